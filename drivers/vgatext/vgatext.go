// Package vgatext reads the text of a PC's text screen back from a picture of
// it, character by character, and draws such pictures.
//
// A VGA in a text mode draws each character from a font of code page 437 in
// two colours, so what is read is exact, not guessed: a cell that shows no
// glyph of the font is marked as such. Known are the fonts of 8, 14 and 16 rows
// that a VGA BIOS loads, in cells of 8 or 9 columns, also doubled: 720×400
// (80×25), 640×480 (80×30), 640×400, 720×350 and those of 43 and 50 rows. A
// font that a guest loads itself is read as far as it resembles this one, and
// never called exact.
//
// Floor 0. It knows no machine.
package vgatext

import (
	"errors"
	"strings"
)

// ErrNoText says that a picture shows no text screen.
var ErrNoText = errors.New("the picture shows no text screen")

// Unknown stands for a character that could not be read.
const Unknown = '\uFFFD'

// Cell is one character of a screen.
type Cell struct {
	// Rune is the character; [Unknown] when the cell shows none.
	Rune rune
	// Exact says that what is shown can be this character only, but for one
	// thing: a cell of one colour is called a blank where that colour is the
	// paper of its row or of most of the screen, and a full block looks the same.
	Exact bool
	// Cursor says that the cursor covers a part of the cell.
	Cursor bool
}

// Screen is what a text screen shows.
type Screen struct {
	Columns, Rows int
	// Cells are all characters, row by row.
	Cells []Cell
}

// Lines are the screen's rows without blanks at their ends, and without empty
// rows at the screen's end.
func (s *Screen) Lines() []string {
	var lines []string
	for y := range s.Rows {
		var row strings.Builder
		for _, c := range s.Cells[y*s.Columns:][:s.Columns] {
			row.WriteRune(c.Rune)
		}
		lines = append(lines, strings.TrimRight(row.String(), " "))
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// String is the screen's text.
func (s *Screen) String() string { return strings.Join(s.Lines(), "\n") }

// Doubts counts the cells that were not read exactly, the cursor's left out:
// it may hide all that tells two characters apart.
func (s *Screen) Doubts() int {
	n := 0
	for _, c := range s.Cells {
		if !c.Exact && !c.Cursor {
			n++
		}
	}
	return n
}
