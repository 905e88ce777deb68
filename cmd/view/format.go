package view

import (
	"strings"
)

// Formatted is what `fmt -o json` says.
type Formatted struct {
	// Changed are the files that are otherwise than they should be, or were.
	Changed []string `json:"changed"`
	// Diffs say how, when that is asked.
	Diffs []FileDiff `json:"diffs,omitempty"`
	// Diagnostics are about files that cannot be read as the language's.
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// FileDiff is a unified diff of one file.
type FileDiff struct {
	File string `json:"file"`
	Diff string `json:"diff"`
}

// Diff draws a unified diff for a person: what a stranger's file holds beside
// text is made harmless, so that it is no patch any more.
func (s Style) Diff(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		text := strings.TrimRight(line, "\n")
		i := plain
		switch {
		case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"), strings.HasPrefix(text, "diff "):
			i = strong
		case strings.HasPrefix(text, "@@"):
			i = faint
		case strings.HasPrefix(text, "+"):
			i = good
		case strings.HasPrefix(text, "-"):
			i = bad
		}
		b.WriteString(s.draw(i, Clean(text)) + "\n")
	}
	return b.String()
}
