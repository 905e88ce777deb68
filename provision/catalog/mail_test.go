package catalog_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
)

// messages are the letters on a job's disc.
func messages(work catalog.Work) []guest.File {
	var list []guest.File
	for _, f := range work.Job.Files {
		if strings.HasSuffix(f.Path, ".BIN") {
			list = append(list, f)
		}
	}
	return list
}

func seedArgs(count, letters int64, size uint64) args {
	return args{"count": count, "messages": letters, "size": size}
}

func TestMailIsTheSameInEveryRehearsal(t *testing.T) {
	t.Parallel()
	one, two := hop(t).work("seed_mail", "ex03", seedArgs(20, 100, 300000)), hop(t).work("seed_mail", "ex03", seedArgs(20, 100, 300000))
	a, b := messages(one), messages(two)
	total, attachments := int64(0), 0
	for i := range a {
		text := read(t, a[i]) // it holds the size to what the file says
		if !bytes.Equal(text, read(t, b[i])) {
			t.Fatalf("letter %d differs", i+1)
		}
		total += int64(len(text))
		if wellFormed(t, text) {
			attachments++
		}
	}
	if len(a) != 100 || total < 290000 || total > 310000 || attachments < 10 || attachments > 40 {
		t.Errorf("%d letters of %d bytes, %d with attachments", len(a), total, attachments)
	}
	other := hop(t).work("seed_mail", "ex03", args{"count": int64(20), "messages": int64(100), "size": uint64(300000), "seed": "another"})
	if bytes.Equal(read(t, messages(other)[0]), read(t, a[0])) {
		t.Error("another seed makes the same letter")
	}
}

// wellFormed parses a letter as a mail server does, and says whether it has an
// attachment.
func wellFormed(t *testing.T, text []byte) bool {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	from, err := m.Header.AddressList("From")
	to, err2 := m.Header.AddressList("To")
	date, err3 := m.Header.Date()
	if err != nil || err2 != nil || err3 != nil || len(from) != 1 || len(to) == 0 || date.Before(time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC)) || !strings.HasSuffix(to[0].Address, "@contoso.test") {
		t.Fatalf("from %v to %v on %v: %v %v %v", from, to, date, err, err2, err3)
	}
	if slices.ContainsFunc(text, func(b byte) bool { return b > '~' || b < ' ' && b != '\r' && b != '\n' && b != '\t' }) {
		t.Error("a sign that is not plain ASCII")
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		return false
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"text/plain; charset=us-ascii", "application/octet-stream; name="} {
		p, err := parts.NextRawPart()
		if err != nil || !strings.HasPrefix(p.Header.Get("Content-Type"), want) {
			t.Fatalf("part %v, %v", p, err)
		}
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			if _, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, p)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Fatalf("a third part, %v", err)
	}
	return true
}

func TestALongerCrowdBeginsWithTheShorterOne(t *testing.T) {
	t.Parallel()
	users := func(count int64) []string {
		for _, f := range hop(t).work("create_mailboxes", "ex03", args{"count": count}).Job.Files {
			if f.Path == "USERS.TXT" {
				return strings.Fields(string(read(t, f)))
			}
		}
		return nil
	}
	short, long := users(5), users(1000)
	if !slices.Equal(short, long[:5]) {
		t.Errorf("%v is not the beginning of %v", short, long[:5])
	}
	slices.Sort(long)
	if len(slices.Compact(long)) != 1000 {
		t.Error("two users have one name")
	}
	for _, name := range long {
		if len(name) > 20 { // sAMAccountName
			t.Errorf("the name %s is too long", name)
		}
	}
}

// TestMailIsFollowedOverHops asks at each server for the mail that must be there.
func TestMailIsFollowedOverHops(t *testing.T) {
	t.Parallel()
	w := hop(t)
	w.step("create_mailboxes", "ex03", args{"count": int64(3)})
	w.step("seed_mail", "ex03", seedArgs(3, 9, 0))
	expect := func(on string) string {
		for _, p := range w.work("check", on, args{"mail": true}).Proofs {
			return p.Expect
		}
		return ""
	}
	before := expect("ex03")
	if !strings.HasSuffix(before, "items or more in 3 mailboxes") {
		t.Errorf("at the first server: %q", before)
	}
	move := w.work("move_mailboxes", "ex10", args{"from": labs.MachineRef("ex03")})
	if got := move.Proofs[len(move.Proofs)-1].Expect; got != before {
		t.Errorf("the move expects %q, and before it was %q", got, before)
	}
	if got := expect("ex10"); got != before {
		t.Errorf("at the second server: %q", got)
	}
	entry, _ := catalog.Find("check")
	if _, diags := entry.Work(w.step("check", "ex03", args{"mail": true})); !diags.Fatal() || diags[0].Summary != "No mail to check" {
		t.Errorf("at a server that gave its mail away: %v", diags)
	}
}

func TestSeededMailIsCounted(t *testing.T) {
	t.Parallel()
	w := hop(t)
	w.step("create_mailboxes", "ex03", args{"count": int64(2)})
	w.step("seed_mail", "ex03", seedArgs(2, 4, 0))
	proof := w.work("check", "ex03", args{"mail": true}).Proofs[0]
	for name, c := range map[string]struct {
		lines []string
		says  string
	}{
		"the table of wmic":     {[]string{"MailboxDisplayName    TotalItems", "Clara Jensen 001  9\r", "Sara Davis 002    12 ", "SMTP (EX03-{1})   0"}, "21 items in 2 mailboxes, digest "},
		"the list of the shell": {[]string{"", "DisplayName : Clara Jensen 001", "ItemCount   : 9", "", "DisplayName : Sara Davis 002", "ItemCount   : 12"}, "21 items in 2 mailboxes, digest "},
		"mail is missing":       {[]string{"Clara Jensen 001  9", "Sara Davis 002    0"}, "the mailbox of Sara Davis 002 has 0 of its "},
		"the tool says no":      {[]string{"ERROR:", "Description = Invalid namespace"}, "read ERROR:, Description = Invalid namespace"},
		"the tool says nothing": {nil, "read nothing"},
	} {
		value, err := proof.Read(c.lines)
		if err != nil {
			value = err.Error()
		}
		if !strings.Contains(value, c.says) {
			t.Errorf("%s: %q, want %q in it", name, value, c.says)
		}
	}
	table, _ := proof.Read([]string{"Clara Jensen 001  9", "Sara Davis 002  12"})
	list, _ := proof.Read([]string{"DisplayName : Sara Davis 002", "ItemCount : 12", "DisplayName : Clara Jensen 001", "ItemCount : 9", "DisplayName : Somebody", "ItemCount : 1"})
	if table != list {
		t.Errorf("before the hop %q, after it %q", table, list)
	}
}
