package command

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// ini is an answer file: sections of keys, names in lower case.
type ini map[string]map[string]string

// readINI reads an answer file strictly: CRLF lines, sections, key=value, comments
// with a semicolon, no key twice.
func readINI(path string) (ini, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if n := strings.Count(string(text), "\n"); n == 0 || n != strings.Count(string(text), "\r\n") {
		return nil, fmt.Errorf("lines do not end with CR LF")
	}
	file, section := ini{}, ""
	for i, line := range strings.Split(string(text), "\r\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == ';':
			continue
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			section = strings.ToLower(line[1 : len(line)-1])
			if file[section] == nil {
				file[section] = map[string]string{}
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		if !ok || key == "" || section == "" {
			return nil, fmt.Errorf("line %d is no key=value in a section", i+1)
		}
		if _, twice := file[section][key]; twice {
			return nil, fmt.Errorf("line %d: %s stands there twice", i+1, key)
		}
		file[section][key] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return file, nil
}

// unknown are the keys of a section that are none of known, sorted.
func (f ini) unknown(section string, known ...string) []string {
	var bad []string
	for key := range f[section] {
		if !slices.Contains(known, key) {
			bad = append(bad, key)
		}
	}
	slices.Sort(bad)
	return bad
}

// eraseValues empties the values of keys in an answer file, as Windows does with used passwords.
func eraseValues(path string, keys ...string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\r\n")
	for i, line := range lines {
		key, _, ok := strings.Cut(line, "=")
		if ok && slices.Contains(keys, strings.ToLower(strings.TrimSpace(key))) {
			lines[i] = key + "="
		}
	}
	return os.WriteFile(path, []byte(strings.Join(lines, "\r\n")), 0o600)
}
