package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/guest"
)

// letter is a message that a lab makes up. All of it depends on the seed and
// on the step's numbers, so that two rehearsals carry the same mail.
type letter struct {
	number int
	// seed is of this letter alone.
	seed    string
	from    person
	to      []person
	domain  string
	subject string
	date    time.Time
	// attachment is the size of what is attached, in bytes; 0 for none.
	attachment int
}

// mailbag are the letters of a seed_mail step.
type mailbag struct {
	letters []letter
	// bytes are what all letters have together.
	bytes int64
}

// firstMail is the date of the first letter where the lab's clock says nothing.
func firstMail() time.Time { return time.Date(2006, 1, 2, 8, 0, 0, 0, time.UTC) }

// mailOf makes up the letters of a step.
func mailOf(lab *labs.Lab, step *labs.Step, domain string) mailbag {
	people := crowdOf(step)
	count, _ := step.Args["messages"].(int64)
	size, _ := step.Args["size"].(uint64)
	if len(people) == 0 || count < 1 {
		return mailbag{}
	}
	begin := firstMail()
	if !lab.Clock.Start.IsZero() {
		begin = lab.Clock.Start.UTC()
	}
	bag := mailbag{letters: make([]letter, min(count, mostMessages))}
	texts, shares := int64(0), 0
	weights := make([]int, len(bag.letters))
	for i := range bag.letters {
		l := letter{number: i + 1, seed: fmt.Sprintf("letter\x00%s\x00%d", step.Text("seed"), i+1), domain: domain}
		s := &stream{seed: l.seed}
		l.from, l.subject = people[s.next(len(people)-1)], sentence(s, 2, 6)
		for range 1 + s.next(2) {
			if p := people[s.next(len(people)-1)]; !slices.Contains(l.to, p) {
				l.to = append(l.to, p)
			}
		}
		l.date = begin.Add(time.Duration(i*7+s.next(6)) * time.Minute)
		if s.next(3) == 0 {
			weights[i] = 1 + s.next(8)
			shares += weights[i]
		}
		bag.letters[i] = l
		texts += l.size()
	}
	rest := int64(size) - texts //nolint:gosec // at most 1 GiB
	for i := range bag.letters {
		if weights[i] > 0 && rest > 0 {
			// Base64 makes four of three and breaks lines of 76.
			bag.letters[i].attachment = int(rest * int64(weights[i]) / int64(shares) * 100 / 137)
		}
		bag.bytes += bag.letters[i].size()
	}
	return bag
}

// words of which letters are made.
const words = "about after agenda airport answer april archive balance board budget call change claim clerk contract copy council customer date deadline delivery design " +
	"draft engine estimate factory figures folder friday garden harbour index invoice journey kitchen ledger letter list manual market meeting memo minutes monday notice " +
	"number office offer order paper parcel phone plan price print project question quarter railway receipt record report request review room sample schedule season server " +
	"shipment signature station store summary supplier survey table ticket tuesday update valley visit voucher warehouse week window winter year"

// sentence makes up least to most words.
func sentence(s *stream, least, most int) string {
	list := strings.Fields(words)
	n := least + s.next(most-least)
	parts := make([]string, n)
	for i := range parts {
		parts[i] = s.pick(list)
	}
	text := strings.Join(parts, " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// lineLength is where base64 is broken (RFC 2045, 6.8).
const lineLength = 76

// frame is the letter without what is attached: what stands before and after.
func (l letter) frame() (head, tail string) {
	s := &stream{seed: l.seed + "\x00text"}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("From: %s", l.address(l.from))
	to := make([]string, len(l.to))
	for i, p := range l.to {
		to[i] = l.address(p)
	}
	line("To: %s", strings.Join(to, ",\r\n\t"))
	line("Subject: %s", l.subject)
	line("Date: %s", l.date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	line("Message-ID: %s", l.id())
	line("MIME-Version: 1.0")
	boundary := "doublehop-" + l.mark()
	if l.attachment > 0 {
		line("Content-Type: multipart/mixed; boundary=\"%s\"\r\n", boundary)
		line("--%s", boundary)
	}
	line("Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n")
	for range 2 + s.next(6) {
		line("%s.", sentence(s, 4, 9))
	}
	if l.attachment == 0 {
		return b.String(), ""
	}
	line("\r\n--%s\r\nContent-Type: application/octet-stream; name=\"%s.bin\"", boundary, l.mark())
	line("Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"%s.bin\"\r\n", l.mark())
	return b.String(), "\r\n--" + boundary + "--\r\n"
}

func (l letter) address(p person) string {
	return fmt.Sprintf("%q <%s@%s>", p.display, p.alias, l.domain)
}

// mark tells the letter from those of other seeds.
func (l letter) mark() string {
	sum := sha256.Sum256([]byte(l.seed))
	return hex.EncodeToString(sum[:8])
}

// id is the Message-ID, which keeps a letter's name in every mailbox and hop.
func (l letter) id() string { return fmt.Sprintf("<%s.%d@doublehop.invalid>", l.mark(), l.number) }

// size is the letter's, in bytes.
func (l letter) size() int64 {
	head, tail := l.frame()
	encoded := base64.StdEncoding.EncodedLen(l.attachment)
	breaks := (encoded + lineLength - 1) / lineLength
	return int64(len(head) + encoded + 2*breaks + len(tail))
}

// render writes the whole letter.
func (l letter) render() []byte {
	head, tail := l.frame()
	var b bytes.Buffer
	b.WriteString(head)
	if l.attachment > 0 {
		raw := make([]byte, l.attachment)
		s := &stream{seed: l.seed + "\x00attachment"}
		for i := 0; i < len(raw); {
			s.next(0)
			i += copy(raw[i:], s.rest)
			s.rest = nil
		}
		encoded := base64.StdEncoding.EncodeToString(raw)
		for from := 0; from < len(encoded); from += lineLength {
			b.WriteString(encoded[from:min(from+lineLength, len(encoded))] + "\r\n")
		}
	}
	b.WriteString(tail)
	return b.Bytes()
}

// file is the letter on a disc; it is made when it is read.
func (l letter) file() guest.File {
	return guest.File{
		Path: discName(l.number - 1), Size: l.size(),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(l.render())), nil },
	}
}

// manifest lists the letters, a line each: Message-ID, size, who gets it.
func (m mailbag) manifest() string {
	var b strings.Builder
	for _, l := range m.letters {
		fmt.Fprintf(&b, "%s %d", l.id(), l.size())
		for _, p := range l.to {
			b.WriteString(" " + p.alias)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// digest is one word for the whole mail.
func (m mailbag) digest() string {
	sum := sha256.Sum256([]byte(m.manifest()))
	return hex.EncodeToString(sum[:])
}

// items adds how many letters each mailbox gets, by its display name.
func (m mailbag) items(into map[string]int) {
	for _, l := range m.letters {
		for _, p := range l.to {
			into[p.display]++
		}
	}
}
