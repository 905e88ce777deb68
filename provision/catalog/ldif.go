package catalog

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// object is one entry of the directory as ldifde writes it.
type object struct {
	DN string
	// Values are in the order written, by attribute name in lower case.
	Values map[string][]string
}

// parseLDIF reads what `ldifde -f` wrote (RFC 2849): folded lines, base64,
// comments. Lines are without their line ends. It is strict, since half an
// entry must not be taken for a fact.
func parseLDIF(lines []string) ([]object, error) {
	var list []object
	var open *object
	for _, l := range unfold(lines) {
		switch {
		case l.text == "":
			open = nil
			continue
		case strings.HasPrefix(l.text, "#"), l.text == "-":
			continue
		}
		name, value, err := attribute(l.text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", l.number, err)
		}
		switch {
		case name == "dn":
			list = append(list, object{DN: value, Values: map[string][]string{}})
			open = &list[len(list)-1]
		case open == nil && name == "version" && len(list) == 0:
		case open == nil:
			return nil, fmt.Errorf("line %d: %q belongs to no entry", l.number, name)
		default:
			open.Values[name] = append(open.Values[name], value)
		}
	}
	return list, nil
}

// logical is a line with its continuations; number is that of its first part.
type logical struct {
	text   string
	number int
}

func unfold(lines []string) []logical {
	var list []logical
	for i, line := range lines {
		line = strings.TrimRight(line, "\r\n")
		if rest, ok := strings.CutPrefix(line, " "); ok && len(list) > 0 && list[len(list)-1].text != "" {
			list[len(list)-1].text += rest
			continue
		}
		if strings.TrimSpace(line) == "" {
			line = ""
		}
		list = append(list, logical{line, i + 1})
	}
	return list
}

// attribute parts a line "name: value", "name:: base64". The name comes in
// lower case, without its options.
func attribute(line string) (name, value string, err error) {
	name, value, ok := strings.Cut(line, ":")
	if !ok || !attributeName(name) {
		return "", "", fmt.Errorf("%q is no attribute of LDIF", clip(line))
	}
	name, _, _ = strings.Cut(strings.ToLower(name), ";")
	if encoded, ok := strings.CutPrefix(value, ":"); ok {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		if err != nil {
			return "", "", fmt.Errorf("%s is not base64: %w", name, err)
		}
		return name, string(raw), nil
	}
	if strings.HasPrefix(value, "<") {
		return "", "", fmt.Errorf("%s refers to a URL, which ldifde does not write", name)
	}
	return name, strings.TrimLeft(value, " "), nil
}

func attributeName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.;") == ""
}

// clip shortens foreign text for a message.
func clip(s string) string {
	const most = 80
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '.'
		}
		return r
	}, s)
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
