// Package inf reads Windows setup information files, as strictly as Setup does.
//
// Floor 4. A file is ASCII with CR LF line ends; a value with a blank in it is
// quoted; a quote inside quotes is doubled; a percent sign is doubled, or a pair
// of them names an entry of [Strings]. Whatever else is found is an error that
// names its line: the stand-in refuses what a real Setup might misread.
package inf

import (
	"fmt"
	"strings"
)

// File is a parsed file. Sections of one name are one section.
type File struct {
	sections map[string][]Line
}

// Line is one line of a section.
type Line struct {
	Number int      // counted from 1
	Key    string   // what stands before the equals sign, as written; "" when there is none
	Values []string // the comma separated values, unquoted and expanded
}

// Parse reads a whole file.
func Parse(text []byte) (*File, error) {
	if err := checkBytes(text); err != nil {
		return nil, err
	}
	f := &File{sections: map[string][]Line{}}
	section := ""
	for i, raw := range strings.Split(strings.TrimSuffix(string(text), "\r\n"), "\r\n") {
		p := parser{rest: raw}
		p.blanks()
		switch {
		case p.rest == "" || p.rest[0] == ';':
			continue
		case p.rest[0] == '[':
			name, err := p.header()
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			section = strings.ToLower(name)
			if f.sections[section] == nil {
				f.sections[section] = []Line{}
			}
			continue
		case section == "":
			return nil, fmt.Errorf("line %d: stands before the first section", i+1)
		}
		line, err := p.line()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		line.Number = i + 1
		f.sections[section] = append(f.sections[section], line)
	}
	return f, f.expand()
}

// checkBytes reports bytes that Setup's text mode cannot read.
func checkBytes(text []byte) error {
	number := 1
	for i, b := range text {
		switch {
		case b == '\n':
			if i == 0 || text[i-1] != '\r' {
				return fmt.Errorf("line %d: ends with LF, not CR LF", number)
			}
			number++
		case b == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			return fmt.Errorf("line %d: a CR without its LF", number)
		case b >= 0x7f || b < ' ' && b != '\r' && b != '\t':
			return fmt.Errorf("line %d: the byte 0x%02X is not ASCII text", number, b)
		}
	}
	return nil
}

// Has reports whether a section's header is in the file.
func (f *File) Has(section string) bool {
	_, ok := f.sections[strings.ToLower(section)]
	return ok
}

// Lines are a section's lines in their order.
func (f *File) Lines(section string) []Line {
	return f.sections[strings.ToLower(section)]
}

// Value is the first value of a key, and whether the key is there. The first of
// several lines with one key counts.
func (f *File) Value(section, key string) (string, bool) {
	for _, line := range f.Lines(section) {
		if strings.EqualFold(line.Key, key) {
			return line.Values[0], true
		}
	}
	return "", false
}

// Values are all values of a key; nil when it is not there.
func (f *File) Values(section, key string) []string {
	for _, line := range f.Lines(section) {
		if strings.EqualFold(line.Key, key) {
			return line.Values
		}
	}
	return nil
}

// Is reports whether a key is there and has the value, without regard to case.
func (f *File) Is(section, key, value string) bool {
	got, ok := f.Value(section, key)
	return ok && strings.EqualFold(got, value)
}

// expand replaces %% and %names% in every value.
func (f *File) expand() error {
	for _, lines := range f.sections {
		for _, line := range lines {
			for i, value := range line.Values {
				text, err := f.expanded(value)
				if err != nil {
					return fmt.Errorf("line %d: %w", line.Number, err)
				}
				line.Values[i] = text
			}
		}
	}
	return nil
}

func (f *File) expanded(value string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(value, "%")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "%")
		switch {
		case !closed:
			return "", fmt.Errorf("a single %% in a value: write it twice")
		case name == "":
			b.WriteByte('%')
		default:
			text, ok := f.Value("Strings", name)
			if !ok {
				return "", fmt.Errorf("%%%s%% is not in [Strings]", name)
			}
			b.WriteString(text)
		}
		value = after
	}
}
