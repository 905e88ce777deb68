package inf

import (
	"errors"
	"fmt"
	"strings"
)

// parser reads one line from its beginning.
type parser struct {
	rest string
}

func (p *parser) blanks() { p.rest = strings.TrimLeft(p.rest, " \t") }

// ended reports whether only blanks and a comment are left.
func (p *parser) ended() bool {
	p.blanks()
	return p.rest == "" || p.rest[0] == ';'
}

func (p *parser) header() (string, error) {
	name, rest, closed := strings.Cut(p.rest[1:], "]")
	if !closed {
		return "", errors.New("a section header without its ]")
	}
	p.rest = rest
	if !p.ended() {
		return "", fmt.Errorf("%q stands behind a section header", p.rest)
	}
	if strings.TrimSpace(name) == "" {
		return "", errors.New("a section without a name")
	}
	return name, nil
}

// line reads "key = value, value" or "value, value".
func (p *parser) line() (Line, error) {
	first, err := p.word()
	if err != nil {
		return Line{}, err
	}
	p.blanks()
	line := Line{Values: []string{first}}
	if strings.HasPrefix(p.rest, "=") {
		p.rest = p.rest[1:]
		line.Key = first
		if line.Values[0], err = p.word(); err != nil {
			return Line{}, err
		}
	}
	for !p.ended() {
		if p.rest[0] != ',' {
			return Line{}, fmt.Errorf("%q follows a value: quote a value that has blanks in it", p.rest)
		}
		p.rest = p.rest[1:]
		next, err := p.word()
		if err != nil {
			return Line{}, err
		}
		line.Values = append(line.Values, next)
	}
	return line, nil
}

// word reads one value, which may be empty.
func (p *parser) word() (string, error) {
	p.blanks()
	if strings.HasPrefix(p.rest, `"`) {
		return p.quoted()
	}
	end := strings.IndexAny(p.rest, " \t,=;\"[]")
	if end < 0 {
		end = len(p.rest)
	}
	if end < len(p.rest) && strings.ContainsRune(`"[]`, rune(p.rest[end])) {
		return "", fmt.Errorf("%q inside a value that is not quoted", p.rest[end:end+1])
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if p.ended() && strings.HasSuffix(word, `\`) {
		return "", errors.New(`a \ at the end of a line continues it: quote the value`)
	}
	return word, nil
}

func (p *parser) quoted() (string, error) {
	var b strings.Builder
	rest := p.rest[1:]
	for {
		text, after, closed := strings.Cut(rest, `"`)
		if !closed {
			return "", errors.New("a quote that is not closed")
		}
		b.WriteString(text)
		if !strings.HasPrefix(after, `"`) {
			p.rest = after
			return b.String(), nil
		}
		b.WriteByte('"')
		rest = after[1:]
	}
}
