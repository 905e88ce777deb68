// Package view turns what is known into what is shown: diagnostics, plans, the
// state of an instance, the events of a run, and errors, drawn for a person
// or written as JSON for a program.
//
// It draws text that guests and strangers' files wrote, so everything is made
// harmless first: no control character of theirs reaches a terminal. Colour
// and redrawing are the caller's choice; without them the same words appear.
//
// Floor 5. It asks nothing of a hypervisor and decides nothing.
package view

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/mitchellh/go-wordwrap"
	"github.com/muesli/termenv"
	"github.com/rivo/uniseg"
)

// Style says how text is drawn. The zero Style is 80 columns without colour.
type Style struct {
	// Width is in columns; 0 means 80.
	Width int
	// Color says that the reader's terminal shows colours.
	Color bool
}

const (
	usualWidth = 80
	// narrowest is where drawing stops to shrink: below it, lines break.
	narrowest = 50
)

func (s Style) width() int {
	if s.Width <= 0 {
		return usualWidth
	}
	return max(s.Width, narrowest)
}

// ink is what a piece of text is drawn for.
type ink uint8

const (
	plain ink = iota
	strong
	faint
	good
	warning
	bad
)

// draw colours text. Text from outside must be clean before.
func (s Style) draw(i ink, text string) string {
	profile := termenv.Ascii
	if s.Color {
		profile = termenv.ANSI
	}
	t := profile.String(text)
	switch i {
	case plain:
		return text
	case strong:
		t = t.Bold()
	case faint:
		t = t.Faint()
	case good:
		t = t.Foreground(termenv.ANSIGreen)
	case warning:
		t = t.Foreground(termenv.ANSIYellow).Bold()
	case bad:
		t = t.Foreground(termenv.ANSIRed).Bold()
	}
	return t.String()
}

// Clean makes one line of foreign text harmless: tabs become a blank, and what
// cannot be seen, such as the start of a terminal's command, U+FFFD.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// cut shortens a clean line to so many columns, with an ellipsis where it was cut.
func cut(text string, columns int) string {
	if columns <= 0 {
		return ""
	}
	if uniseg.StringWidth(text) <= columns {
		return text
	}
	var b strings.Builder
	used, state := 0, -1
	for rest := text; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+w > columns-1 {
			break
		}
		b.WriteString(cluster)
		used += w
	}
	return b.String() + "…"
}

// pad fills a clean line with blanks, or cuts it, to exactly so many columns.
func pad(text string, columns int) string {
	text = cut(text, columns)
	return text + strings.Repeat(" ", max(columns-uniseg.StringWidth(text), 0))
}

// wrap breaks prose at the style's width. Lines that begin with a blank are
// commands or pictures and stay as they are.
func (s Style) wrap(text, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			plain := strings.TrimSpace(line)
			deep := max(strings.Index(line, plain), 2) // as the author of the text set it, 2 at least
			b.WriteString(indent + strings.Repeat(" ", deep) + strings.TrimRight(Clean(plain), " ") + "\n")
			continue
		}
		room := uint(max(s.width()-len(indent), 20))
		for part := range strings.Lines(wordwrap.WrapString(Clean(line), room)) {
			part = strings.TrimRight(part, " \n")
			if part != "" {
				part = indent + part
			}
			b.WriteString(part + "\n")
		}
		if line == "" {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// lead is a paragraph that begins with a word of its own colour.
func (s Style) lead(i ink, word, text string) string {
	rest, _ := strings.CutPrefix(s.wrap(word+" "+text, ""), word)
	return s.draw(i, word) + rest
}

// Lasting is a length of time as a clock shows it: "0:42", "12:05", "1:02:03".
func Lasting(d time.Duration) string {
	n := max(int(d.Round(time.Second)/time.Second), 0)
	if n >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return fmt.Sprintf("%d:%02d", n/60, n%60)
}

// about is a length of time as a person says it.
func about(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// seconds turns an event's seconds into a duration.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// count is a number with its noun: "1 machine", "2 machines".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// list joins words as a sentence does: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// table lays rows out in columns as wide as their widest cell; the last column
// takes what is left. Cells must be clean.
func (s Style) table(head []string, rows [][]string) string {
	wide := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			wide[i] = max(wide[i], uniseg.StringWidth(cell))
		}
	}
	var b strings.Builder
	for n, row := range append([][]string{head}, rows...) {
		var line strings.Builder
		left := s.width()
		for i, cell := range row {
			w := min(wide[i], max(left, 0))
			line.WriteString(pad(cell, w))
			if i < len(row)-1 {
				line.WriteString("  ")
			}
			left -= w + 2
		}
		text := strings.TrimRight(line.String(), " ")
		if n == 0 {
			text = s.draw(faint, text)
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}
