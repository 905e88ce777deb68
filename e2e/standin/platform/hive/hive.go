// Package hive edits Wine's registry files (system.reg, user.reg) while no Wine
// process runs.
//
// Floor 5. It promises that what it does not change stays byte for byte, and
// that a file is either the old or the new one.
package hive

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Hive is the text of a registry file.
type Hive struct {
	path    string
	text    []byte
	changed bool
}

// Load reads a registry file.
func Load(path string) (*Hive, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the caller's own registry
	if err != nil {
		return nil, err
	}
	return &Hive{path: path, text: text}, nil
}

// Save writes the file when something was changed.
func (h *Hive) Save() error {
	if !h.changed {
		return nil
	}
	temporary := h.path + ".new"
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // beside the caller's own registry
	if err != nil {
		return err
	}
	_, err = f.Write(h.text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", temporary, err)
	}
	return os.Rename(temporary, h.path)
}

// section finds the lines of a key's values. The key is written with single
// backslashes, and CurrentControlSet is the control set that it links to.
func (h *Hive) section(key string) (from, to int, found bool) {
	header := []byte("\n[" + escape(controlSet(key)) + "]")
	for at := 0; ; at += 2 {
		next := bytes.Index(h.text[at:], []byte("\n["))
		if next < 0 {
			return 0, 0, false
		}
		at += next
		end := at + len(header)
		if end > len(h.text) || !bytes.EqualFold(h.text[at:end], header) {
			continue
		}
		line := bytes.IndexByte(h.text[end:], '\n')
		if line < 0 {
			return len(h.text), len(h.text), true
		}
		from = end + line + 1
		to = bytes.Index(h.text[from-1:], []byte("\n["))
		if to < 0 {
			return from, len(h.text), true
		}
		return from, from - 1 + to + 1, true
	}
}

// value finds the line of a value, its end of line included.
func (h *Hive) value(from, to int, name string) (start, end int, found bool) {
	prefix := []byte(`"` + escape(name) + `"=`)
	for start = from; start < to; start = end {
		end = to
		if n := bytes.IndexByte(h.text[start:to], '\n'); n >= 0 {
			end = start + n + 1
		}
		if len(prefix) <= end-start && bytes.EqualFold(h.text[start:start+len(prefix)], prefix) {
			return start, end, true
		}
	}
	return 0, 0, false
}

// Get is the text of a string value, or the number of a DWORD in decimal.
func (h *Hive) Get(key, name string) (string, bool) {
	from, to, found := h.section(key)
	if !found {
		return "", false
	}
	start, end, found := h.value(from, to, name)
	if !found {
		return "", false
	}
	data := strings.TrimRight(string(h.text[start+len(escape(name))+3:end]), "\r\n")
	if digits, ok := strings.CutPrefix(data, "dword:"); ok {
		n, err := strconv.ParseUint(digits, 16, 32)
		return strconv.FormatUint(n, 10), err == nil
	}
	text, ok := strings.CutPrefix(data, `"`)
	return unescape(strings.TrimSuffix(text, `"`)), ok
}

// SetString writes a string value, and the key where there is none.
func (h *Hive) SetString(key, name, text string) {
	h.set(key, name, `"`+escape(text)+`"`)
}

// SetNumber writes a DWORD, and the key where there is none.
func (h *Hive) SetNumber(key, name string, n uint32) {
	h.set(key, name, fmt.Sprintf("dword:%08x", n))
}

func (h *Hive) set(key, name, data string) {
	line := `"` + escape(name) + `"=` + data + "\n"
	from, to, found := h.section(key)
	if !found {
		h.replace(len(h.text), len(h.text), "\n["+escape(controlSet(key))+"] 0\n"+line)
		return
	}
	if start, end, found := h.value(from, to, name); found {
		h.replace(start, end, line)
		return
	}
	for to > from && h.text[to-1] == '\n' && (to == from+1 || h.text[to-2] == '\n') {
		to-- // before the blank line that ends a section
	}
	h.replace(to, to, line)
}

// Delete removes a value; none is fine.
func (h *Hive) Delete(key, name string) {
	from, to, found := h.section(key)
	if !found {
		return
	}
	if start, end, found := h.value(from, to, name); found {
		h.replace(start, end, "")
	}
}

func (h *Hive) replace(start, end int, text string) {
	h.text = append(append(append([]byte(nil), h.text[:start]...), text...), h.text[end:]...)
	h.changed = true
}

func controlSet(key string) string {
	const link = `system\currentcontrolset`
	if len(key) >= len(link) && strings.EqualFold(key[:len(link)], link) {
		return `System\ControlSet001` + key[len(link):]
	}
	return key
}

func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
}

func unescape(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text)
}
