// Package answer writes the files that answer Setup's questions before it asks
// them: WINNT.SIF for Windows 2000 and 2003, the answer file of dcpromo, and
// the one of Exchange setup.
//
// It is pure text: a plain struct in, a [File] out. A value that a file cannot
// carry safely is a diagnostic that names its argument, never a broken file,
// since Windows answers a broken file by waiting at a screen. Every key says
// where it is known from, and the differences between versions are rows of a
// table. A File holds passwords and keys: it cannot be printed by accident.
//
// Floor 1. It knows no disc and no step.
package answer

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// File is an answer file. Every way to print it hides its content; only
// [File.Reveal] gives it.
type File struct{ name, text, masked string }

// Name is the file's 8.3 name: "WINNT.SIF".
func (f File) Name() string { return f.name }

// Reveal gives the content to the one place that writes it on a disc: ASCII
// with CRLF line ends.
func (f File) Reveal() []byte { return []byte(f.text) }

// Masked is the content with **** in place of each secret, for people and for
// the record of a run.
func (f File) Masked() string { return f.masked }

// String hides the content.
func (f File) String() string { return f.name + " (secret)" }

// GoString hides the content from %#v.
func (f File) GoString() string { return f.String() }

// Format hides the content from every verb.
func (f File) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(f.String())) }

// MarshalText hides the content from JSON and from logs.
func (f File) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// mask stands for a secret in [File.Masked].
const mask = "****"

// Origin says where the values of an answer file were written, for
// diagnostics. The zero Origin is nowhere.
type Origin struct {
	// Addr is the object meant: "machine.dc01".
	Addr string
	// At is the range of an argument: (*labs.Machine).Attribute. It may be nil.
	At func(argument string) labs.Range
}

// complaint is a diagnostic on an argument.
func (o Origin) complaint(argument, summary, detail string) labs.Diagnostic {
	d := labs.Diagnostic{Summary: summary, Detail: detail, Addr: o.Addr}
	if o.At == nil {
		return d
	}
	if r := o.At(argument); r.Known() {
		d.Subject = &r
	}
	return d
}

// valueLimit is how long a value may be. Windows documents a limit for a few
// keys only (127 characters for AdminPassword, TechNet cc755725); this one is
// below all that are known.
const valueLimit = 120

// value is what stands behind a key's equals sign.
type value struct {
	text string
	// quoted puts it between double quotes.
	quoted bool
	// ours is a value that we made: it is known to be what Windows wants.
	ours   bool
	secret bool
	// argument is the lab file's argument that it comes from; empty for ours.
	argument string
}

// literal is a value of ours, and phrase one between quotes.
func literal(text string) value { return value{text: text, ours: true} }
func phrase(text string) value  { return value{text: text, ours: true, quoted: true} }

// given is a value of the lab's author, between quotes; bare is one without.
func given(argument, text string) value {
	return value{text: text, quoted: true, argument: argument}
}

func bare(argument, text string) value { return value{text: text, argument: argument} }

// hush makes it a secret.
func (v value) hush() value {
	v.secret = true
	return v
}

// entry is one line of an answer file; an empty key only opens its section.
type entry struct {
	section, key string
	value        value
}

// write makes the file, or says which values it cannot carry.
func write(name string, entries []entry, o Origin) (File, labs.Diagnostics) {
	var diags labs.Diagnostics
	for _, e := range entries {
		if why := unsafe(e.value); why != "" {
			subject := fmt.Sprintf("The value %q", e.value.text)
			if e.value.secret {
				subject = "A secret"
			}
			diags = append(diags, o.complaint(e.value.argument, "Value cannot be written into an answer file",
				fmt.Sprintf("%s cannot be written for %s in [%s] of %s: %s. Choose another value for %s.",
					subject, e.key, e.section, name, why, argumentName(e))))
		}
	}
	return finish(File{name, text(entries, false), text(entries, true)}, diags)
}

// finish withholds the file when anything is fatal.
func finish(file File, diags labs.Diagnostics) (File, labs.Diagnostics) {
	if diags.Fatal() {
		return File{}, diags
	}
	return file, diags
}

func argumentName(e entry) string {
	if e.value.argument == "" {
		return e.key
	}
	return e.value.argument
}

// unsafe says why a value would not arrive as it is; empty when it will.
// Setup reads one file with several readers: the INF reader takes %x% for a
// string to look up and "" for a quote, the profile reader takes both as they
// are and cuts quotes at the ends. So only what all agree on is written.
func unsafe(v value) string {
	switch {
	case v.ours:
		return ""
	case len(v.text) > valueLimit:
		return fmt.Sprintf("it has %d characters, and %d are known to be safe", len(v.text), valueLimit)
	case strings.TrimSpace(v.text) != v.text:
		return "it begins or ends with a space"
	}
	refused := `"%`
	if !v.quoted {
		refused = `"%';,=`
	}
	for _, r := range v.text {
		switch {
		case r < ' ' || r > '~':
			return fmt.Sprintf("it has %q, and answer files are plain ASCII", r)
		case strings.ContainsRune(refused, r):
			return fmt.Sprintf("it has %q, which Windows' readers of answer files take differently", r)
		}
	}
	if !v.quoted && strings.HasSuffix(v.text, `\`) {
		return `it ends with a \, which joins it with the next line`
	}
	return ""
}

// text renders the entries, sections in the order of their first entry.
func text(entries []entry, masked bool) string {
	var order []string
	bodies := map[string]*strings.Builder{}
	for _, e := range entries {
		b, ok := bodies[e.section]
		if !ok {
			b = &strings.Builder{}
			bodies[e.section], order = b, append(order, e.section)
		}
		if e.key != "" {
			fmt.Fprintf(b, "%s=%s\r\n", e.key, e.value.render(masked))
		}
	}
	var out strings.Builder
	for i, section := range order {
		if i > 0 {
			out.WriteString("\r\n")
		}
		fmt.Fprintf(&out, "[%s]\r\n%s", section, bodies[section])
	}
	return out.String()
}

func (v value) render(masked bool) string {
	shown := v.text
	if masked && v.secret {
		shown = mask
	}
	if v.quoted {
		return `"` + shown + `"`
	}
	return shown
}
