package guest

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Verb is what a record tells.
type Verb string

// What a runner can tell.
const (
	// Hello is the runner's start: "install", "boot" or "again", then the
	// system's version and the computer's name.
	Hello Verb = "hello"
	// Idle is the beat of a runner without work. With an ID it repeats how the
	// last job ended: "done 0" or "fail 5".
	Idle Verb = "idle"
	// Start is the start of JOB.CMD ("job" and the pass) or PROOF.CMD ("proof").
	Start Verb = "start"
	// Out is a line that the script wrote.
	Out Verb = "out"
	// Beat is a sign of life of a script that is quiet, with its phase.
	Beat Verb = "beat"
	// Exit is the exit code of JOB.CMD.
	Exit Verb = "exit"
	// Reboot says that the runner restarts the machine now.
	Reboot Verb = "reboot"
	// Proof is one line of a proof: its name, then the line.
	Proof Verb = "proof"
	// Done ends a job that went well, with its exit code.
	Done Verb = "done"
	// Fail ends a job that did not, with its exit code and why.
	Fail Verb = "fail"
)

// known says whether v is one of the verbs.
func (v Verb) known() bool {
	switch v {
	case Hello, Idle, Start, Out, Beat, Exit, Reboot, Proof, Done, Fail:
		return true
	default:
		return false
	}
}

// Record is one line of a runner.
type Record struct {
	// ID and Ask name the job it belongs to; both are empty when there is none.
	ID, Ask string
	// Seq counts from 1 since the runner's start.
	Seq  int
	Verb Verb
	// Text is printable ASCII and tabs; other bytes show as \x1b.
	Text string
}

const (
	prefix = "~DH1 "
	// longest is the most bytes that a record may have after its length.
	longest = 1400
	none    = "-"
)

var (
	recordShape = regexp.MustCompile(`^(-|[A-Z0-9][A-Z0-9-]{0,31}) (-|[0-9a-f]{8}) ([1-9][0-9]{0,8}) ([a-z]{3,6})(?: (.*))?$`)
	lengthShape = regexp.MustCompile(`^([1-9][0-9]{0,3}) `)
)

// Parse finds the first whole record in a line. What stands before and after
// it is ignored. A record whose length is not what it says has lost bytes on
// the way, and is none.
func Parse(line []byte) (Record, bool) {
	r, _, _, ok := find(line)
	return r, ok
}

// find is Parse that also tells where the record begins and ends.
func find(line []byte) (r Record, begin, end int, ok bool) {
	for {
		at := bytes.Index(line[begin:], []byte(prefix))
		if at < 0 {
			return Record{}, 0, 0, false
		}
		begin += at
		body := line[begin+len(prefix):]
		if r, n, ok := read(body); ok {
			return r, begin, begin + len(prefix) + n, true
		}
		begin += len(prefix)
	}
}

// read takes a record from the start of body, which follows the prefix, and
// tells how many bytes it has.
func read(body []byte) (Record, int, bool) {
	head := lengthShape.FindSubmatch(body)
	if head == nil {
		return Record{}, 0, false
	}
	n, _ := strconv.Atoi(string(head[1]))
	rest := body[len(head[0]):]
	if n > longest || n > len(rest) || !ends(rest[n:]) {
		return Record{}, 0, false
	}
	m := recordShape.FindSubmatch(rest[:n])
	if m == nil || !Verb(m[4]).known() || (string(m[1]) == none) != (string(m[2]) == none) {
		return Record{}, 0, false
	}
	r := Record{Verb: Verb(m[4]), Text: decode(m[5])}
	r.Seq, _ = strconv.Atoi(string(m[3]))
	if string(m[1]) != none {
		r.ID, r.Ask = string(m[1]), string(m[2])
	}
	return r, len(head[0]) + n, true
}

// ends says whether a record may end where rest begins: at the end of the
// line, or where the line end was lost and the next record begins.
func ends(rest []byte) bool {
	return len(rest) == 0 || rest[0] == '\r' || rest[0] == '\n' || bytes.HasPrefix(rest, []byte(prefix))
}

// Line is the record as a runner writes it, with its line end.
func (r Record) Line() []byte {
	id, ask := r.ID, r.Ask
	if id == "" {
		id, ask = none, none
	}
	body := fmt.Sprintf("%s %s %d %s", id, ask, r.Seq, r.Verb)
	if r.Text != "" {
		body += " " + encode(r.Text)
	}
	return fmt.Appendf(nil, "%s%d %s\r\n", prefix, len(body), body)
}

// Code is the number at the start of the text of [Exit], [Done] and [Fail].
func (r Record) Code() (code int, rest string, ok bool) {
	word, rest, _ := strings.Cut(r.Text, " ")
	code, err := strconv.Atoi(word)
	return code, rest, err == nil
}

// encode writes every byte that is not printable ASCII, and "~", as ~HH: so no
// text can hold the prefix of a record.
func encode(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c >= ' ' && c < '~' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "~%02X", c)
		}
	}
	return b.String()
}

// decode undoes encode for what a terminal may be shown, and shows the rest.
func decode(text []byte) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '~' && i+2 < len(text) {
			if v, err := strconv.ParseUint(string(text[i+1:i+3]), 16, 8); err == nil {
				c = byte(v)
				i += 2
			}
		}
		out = show(out, c)
	}
	return string(out)
}

// show appends c in a form that no terminal takes as a command.
func show(out []byte, c byte) []byte {
	if c == '\t' || (c >= ' ' && c <= '~') {
		return append(out, c)
	}
	return fmt.Appendf(out, `\x%02x`, c)
}
