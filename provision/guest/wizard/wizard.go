// Package wizard drives setup programs that ask page by page: it holds
// WIZARD.EXE, which runs in the guest, and the lists of pages it answers.
//
// WIZARD.EXE finds the wizard's window by its title, reads the texts on it, sets
// fields and presses buttons by message, which needs no focus, and says what it
// saw and did. It stops where a page is not in its list or has changed; see
// [End]. It is built from the C files in source by build.sh, the same
// bytes each time with the same compiler, and a test holds it to that.
//
// Floor 1.
package wizard

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:generate ./build.sh

//go:embed WIZARD.EXE
var program []byte

//go:embed pages
var shipped embed.FS

// Names of the driver's files on a job disc.
const (
	ProgramFile = "WIZARD.EXE"
	PagesFile   = "PAGES.TXT"
)

// End is an exit code with which the driver says that it stopped by itself.
// Any other code is that of the program it drove.
type End int

// The reasons to stop.
const (
	// EndUse is a list of pages that cannot be read, or a program that does not start.
	EndUse End = iota + 240
	// EndUnknown is a page that is not in the list.
	EndUnknown
	// EndChanged is a page with its heading, but without a text that the list expects.
	EndChanged
	// EndControl is a button or field that is missing, disabled or takes no value.
	EndControl
	// EndBox is a message box that is not in the list.
	EndBox
	// EndHang is a window on which nothing changed for as long as its page allows.
	EndHang
	// EndGone is a window that went, or a program that ended, before the last page.
	EndGone
	// EndCircle is a page that comes again and again.
	EndCircle
)

// Stopped begins the line that says why the driver stopped.
const Stopped = "wizard: stopped: "

// Limits of WIZARD.EXE's own arrays.
const (
	longestLine = 500
	longestWord = 60
	mostPages   = 64
	mostLines   = 24
	mostSecrets = 16
)

// Program is the driver, for a job disc.
func Program() []byte { return slices.Clone(program) }

// Shipped is the list of pages that comes with Doublehop for a product, such as
// "exchange-2003" or "exchange-2003-update".
func Shipped(name string) (string, bool) {
	text, err := shipped.ReadFile("pages/" + name + ".txt")
	return string(text), err == nil
}

// Check says in full sentences what is wrong with a list of pages.
func Check(text string) []string {
	c := checker{}
	for i, line := range strings.Split(text, "\n") {
		if why := c.line(strings.TrimSpace(line)); why != "" {
			c.found = append(c.found, fmt.Sprintf("Line %d: %s.", i+1, why))
		}
	}
	if !c.titled {
		c.found = append(c.found, "There is no title before the first page.")
	}
	if c.pages == 0 {
		c.found = append(c.found, "There is no page.")
	}
	return c.found
}

type checker struct {
	pages, secrets int
	titled         bool
	lines          map[string]int // of this page, by their kind
	found          []string
}

func (c *checker) line(line string) string {
	verb, rest, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	rest = strings.TrimSpace(rest)
	plain := func(r rune) bool { return r < ' ' && r != '\t' || r > '~' }
	switch {
	case line == "" || line[0] == '#':
		return ""
	case len(line) > longestLine:
		return fmt.Sprintf("it has more than %d characters", longestLine)
	case strings.ContainsFunc(line, plain):
		return "it has a sign that is not plain ASCII"
	case rest == "" && verb != "last":
		return fmt.Sprintf("%q needs something after it", verb)
	}
	switch verb {
	case "page", "box":
		c.pages++
		c.lines = map[string]int{}
		if c.pages > mostPages || len(rest) > longestWord {
			return fmt.Sprintf("there is room for %d pages, with names of %d characters", mostPages, longestWord)
		}
		return ""
	case "title":
		c.titled = c.titled || c.pages == 0
		return outside(c.pages, verb)
	case "linger", "grace":
		return cmp.Or(outside(c.pages, verb), seconds(rest))
	case "wait":
		return seconds(rest)
	}
	return c.inside(verb, rest)
}

// inside are the statements of a page.
func (c *checker) inside(verb, rest string) string {
	deeds := []string{"press", "check", "uncheck", "type", "secret", "choose"}
	kind := verb
	if slices.Contains(deeds, verb) {
		kind = "deeds"
	} else if !slices.Contains([]string{"heading", "text", "last"}, verb) {
		return fmt.Sprintf("%q is no statement", verb)
	}
	if c.pages == 0 {
		return fmt.Sprintf("%q stands before the first page", verb)
	}
	if c.lines[kind]++; c.lines[kind] > mostLines {
		return fmt.Sprintf("a page has room for %d of these", mostLines)
	}
	if verb == "secret" {
		if c.secrets++; c.secrets > mostSecrets {
			return fmt.Sprintf("there is room for %d secrets", mostSecrets)
		}
	}
	if verb == "type" || verb == "secret" || verb == "choose" {
		if len(strings.Fields(rest)) < 2 {
			return fmt.Sprintf("%q needs a field and a value", verb)
		}
	}
	return ""
}

func outside(pages int, verb string) string {
	if pages > 0 {
		return fmt.Sprintf("%q belongs before the first page", verb)
	}
	return ""
}

func seconds(text string) string {
	if n, err := strconv.Atoi(text); err != nil || n < 1 || n > 86400 {
		return fmt.Sprintf("%q is no number of seconds from 1 to 86400", text)
	}
	return ""
}

// Fill puts values in place of their names between @ signs. A line whose value
// is empty is left out, so that a page without a key to type is still answered.
func Fill(text string, values map[string]string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		keep := true
		for name, value := range values {
			mark := "@" + name + "@"
			if strings.Contains(line, mark) {
				keep = keep && value != ""
				line = strings.ReplaceAll(line, mark, value)
			}
		}
		if keep {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Explain is why the driver stopped, out of what it said; empty when it did not.
func Explain(output []string) string {
	for i, line := range slices.Backward(output) {
		why, ok := strings.CutPrefix(strings.TrimSpace(line), Stopped)
		if !ok {
			continue
		}
		var texts []string
		for _, l := range output[i+1:] {
			if l = strings.TrimSpace(l); strings.HasPrefix(l, "wizard:   Static: ") {
				texts = append(texts, strings.TrimPrefix(l, "wizard:   Static: "))
			}
		}
		return strings.TrimSpace("The wizard stopped: " + why + " " + strings.Join(texts, " "))
	}
	return ""
}
