package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Key codes are those of Linux' input-event-codes.h, which libvirt calls the
// key code set "linux". The layout is that of the United States, which Setup,
// boot loaders and Windows before its language is chosen all have.
const (
	keyShift = 42
	// keyRest is the wait after each chord: QEMU holds it for 50 ms.
	keyRest = 100 * time.Millisecond
	// mostKeys is the most chords in one step: they take a tenth of a second each.
	mostKeys = 1000
	// longestRest is the longest wait in a list of keys.
	longestRest = 10 * time.Minute
)

// rows are the keys that type a character, without and with Shift, and the code
// of each row's first key.
const (
	plainRows   = "1234567890-= qwertyuiop[] asdfghjkl;'` \\zxcvbnm,./"
	shiftedRows = "!@#$%^&*()_+ QWERTYUIOP{} ASDFGHJKL:\"~ |ZXCVBNM<>?"
)

// rowCodes are the codes of the first keys of the rows above.
func rowCodes() [4]uint { return [4]uint{2, 16, 30, 43} }

// typed is the chord that types a character.
func typed(r rune) ([]uint, bool) {
	switch r {
	case ' ':
		return []uint{57}, true
	case '\n':
		return []uint{28}, true
	case '\t':
		return []uint{15}, true
	}
	for shift, rows := range []string{plainRows, shiftedRows} {
		for i, row := range strings.Fields(rows) {
			if at := strings.IndexRune(row, r); at >= 0 {
				code := rowCodes()[i] + uint(at)
				if shift == 1 {
					return []uint{keyShift, code}, true
				}
				return []uint{code}, true
			}
		}
	}
	return nil, false
}

// namedKeys are the keys that have a name.
func namedKeys() map[string]uint {
	all := map[string]uint{
		"esc": 1, "backspace": 14, "tab": 15, "enter": 28, "ctrl": 29, "shift": keyShift, "alt": 56, "space": 57, "capslock": 58,
		"numlock": 69, "scrolllock": 70, "f11": 87, "f12": 88, "right-ctrl": 97, "print": 99, "right-alt": 100, "home": 102, "up": 103,
		"pageup": 104, "left": 105, "right": 106, "end": 107, "down": 108, "pagedown": 109, "insert": 110, "delete": 111, "pause": 119,
		"win": 125, "menu": 127,
	}
	for i := range uint(10) {
		all[fmt.Sprintf("f%d", i+1)] = 59 + i
	}
	return all
}

// chord reads keys that are pressed together, such as "ctrl+alt+delete", "f8" or
// "a"; why says in a clause what is wrong with them.
func chord(text string) (codes []uint, why string) {
	if strings.HasSuffix(text, "++") || text == "+" { // the key itself
		text = strings.TrimSuffix(text, "+") + "plus"
	}
	names := namedKeys()
	for part := range strings.SplitSeq(text, "+") {
		if code, ok := names[strings.ToLower(part)]; ok {
			codes = append(codes, code)
			continue
		}
		letter := []rune(part)
		if part == "plus" {
			letter = []rune{'+'}
		}
		if len(letter) != 1 {
			return nil, fmt.Sprintf("%q is no key; keys are a character, or one of %s", part, strings.Join(sortedWords(names), " "))
		}
		more, ok := typed(letter[0])
		if !ok {
			return nil, fmt.Sprintf("no key of a US keyboard types %q", letter[0])
		}
		for _, code := range more {
			if !slices.Contains(codes, code) { // Shift may be there already
				codes = append(codes, code)
			}
		}
	}
	if len(codes) > 5 {
		return nil, "it has more keys than a hand presses together"
	}
	return codes, ""
}

// untypable says in a clause why text cannot be typed; empty when it can.
// It shows no character of it: the text may be secret.
func untypable(text string) string {
	for i, r := range []rune(text) {
		if _, ok := typed(r); !ok {
			return fmt.Sprintf("no key of a US keyboard types its character %d", i+1)
		}
	}
	return ""
}

// pressed are the acts that type a text.
func pressed(text string) []Act {
	var acts []Act
	for _, r := range text {
		codes, _ := typed(r)
		acts = append(acts, Act{Press: codes}, Act{Pause: keyRest})
	}
	return acts
}

// stroke reads one entry of a list of keys: a chord, or "wait 2s".
func stroke(entry string) ([]Act, string) {
	if rest, ok := strings.CutPrefix(entry, "wait "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(rest))
		if err != nil || d <= 0 || d > longestRest {
			return nil, fmt.Sprintf("%q is no wait of up to %s, such as \"wait 2s\"", entry, "10m")
		}
		return []Act{{Pause: d}}, ""
	}
	codes, why := chord(entry)
	return []Act{{Press: codes}, {Pause: keyRest}}, why
}
