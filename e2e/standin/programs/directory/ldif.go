package directory

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// foldAt is where ldifde breaks a line, going on with a blank on the next.
const foldAt = 80

// WriteLDIF writes entries as `ldifde -f` does: "changetype: add", CRLF, folded lines, a blank line after each.
func WriteLDIF(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		line(&b, "dn", e.DN)
		line(&b, "changetype", "add")
		for _, a := range e.Attributes {
			for _, v := range a.Values {
				line(&b, a.Name, v)
			}
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func line(b *strings.Builder, name, value string) {
	text := name + ": " + value
	if !plain(value) {
		text = name + ":: " + base64.StdEncoding.EncodeToString([]byte(value))
	}
	for len(text) > foldAt {
		b.WriteString(text[:foldAt] + "\r\n")
		text = " " + text[foldAt:]
	}
	b.WriteString(text + "\r\n")
}

// plain reports whether RFC 2849 lets a value stand as it is.
func plain(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || (i == 0 && strings.IndexByte(" :<", c) >= 0) {
			return false
		}
	}
	return !strings.HasSuffix(value, " ")
}

// Record is one record of an LDIF file that is imported.
type Record struct {
	Line    int // where it begins, from 1
	Kind    string
	Entry   Entry    // add
	Changes []Change // modify
	NewRDN  string   // modrdn, moddn
	Above   string   // newsuperior
}

// SyntaxError says where an LDIF file is wrong.
type SyntaxError struct {
	Line int
	Why  string
}

// Error is the message with the line.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("syntax error on line %d: %s", e.Line, e.Why)
}

type pair struct {
	number      int
	name, value string
}

// ParseLDIF reads the records of a file: add (the default), modify, delete and modrdn.
func ParseLDIF(text string) ([]Record, error) {
	var records []Record
	var block []pair
	flush := func() error {
		if len(block) == 0 {
			return nil
		}
		r, err := record(block)
		block = nil
		records = append(records, r)
		return err
	}
	lines := unfold(text)
	for _, l := range lines {
		switch {
		case l.value == "":
			if err := flush(); err != nil {
				return nil, err
			}
		case strings.HasPrefix(l.value, "#"), len(block) == 0 && strings.HasPrefix(strings.ToLower(l.value), "version:"):
		default:
			p, err := parse(l)
			if err != nil {
				return nil, err
			}
			block = append(block, p)
		}
	}
	return records, flush()
}

// unfold joins continued lines; the text of each is in value.
func unfold(text string) []pair {
	var all []pair
	for i, l := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.HasPrefix(l, " ") && len(all) > 0 {
			all[len(all)-1].value += l[1:]
			continue
		}
		all = append(all, pair{number: i + 1, value: l})
	}
	return all
}

func parse(l pair) (pair, error) {
	if l.value == "-" {
		return pair{l.number, "-", ""}, nil
	}
	name, value, ok := strings.Cut(l.value, ":")
	if !ok || name == "" {
		return pair{}, &SyntaxError{l.number, "no attribute"}
	}
	if encoded, is64 := strings.CutPrefix(value, ":"); is64 {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		if err != nil {
			return pair{}, &SyntaxError{l.number, "bad base64"}
		}
		return pair{l.number, name, string(raw)}, nil
	}
	return pair{l.number, name, strings.TrimLeft(value, " ")}, nil
}

func record(block []pair) (Record, error) {
	r := Record{Line: block[0].number, Kind: "add"}
	if !strings.EqualFold(block[0].name, "dn") || block[0].value == "" {
		return r, &SyntaxError{r.Line, "a record begins with dn:"}
	}
	r.Entry.DN = block[0].value
	rest := block[1:]
	if len(rest) > 0 && strings.EqualFold(rest[0].name, "changetype") {
		r.Kind, rest = strings.ToLower(rest[0].value), rest[1:]
	}
	switch r.Kind {
	case "add":
		for _, p := range rest {
			r.Entry.put(p.name, p.value)
		}
	case "delete":
	case "modify":
		return r, r.modify(rest)
	case "modrdn", "moddn":
		for _, p := range rest {
			switch strings.ToLower(p.name) {
			case "newrdn":
				r.NewRDN = p.value
			case "newsuperior":
				r.Above = p.value
			}
		}
	default:
		return r, &SyntaxError{r.Line, "unknown changetype " + r.Kind}
	}
	return r, nil
}

func (r *Record) modify(rest []pair) error {
	open := false
	for _, p := range rest {
		if p.name == "-" {
			open = false
			continue
		}
		if !open {
			op := Operation(strings.ToLower(p.name))
			if op != Add && op != Delete && op != Replace {
				return &SyntaxError{p.number, "wants add:, delete: or replace:"}
			}
			r.Changes = append(r.Changes, Change{op, Attribute{Name: p.value}})
			open = true
			continue
		}
		c := &r.Changes[len(r.Changes)-1]
		if !strings.EqualFold(c.Name, p.name) {
			return &SyntaxError{p.number, "another attribute than " + c.Name + ", or a missing - line"}
		}
		c.Values = append(c.Values, p.value)
	}
	if open {
		return &SyntaxError{r.Line, "the last change does not end with a - line"}
	}
	return nil
}
