package labs

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sources keeps the text of every file that was read, so that a diagnostic can
// show the lines it means. The zero value is empty and ready. It is not safe
// for use by several goroutines at once.
type Sources struct {
	files  map[string]*source
	hidden []Range
}

type source struct {
	text  []byte
	lines []int // where each line starts
}

// Snippet is what a diagnostic shows of a file, as plain data.
type Snippet struct {
	File string `json:"file"`
	// Context is the header of the block around it: `machine "dc01"`; it may
	// be empty.
	Context string        `json:"context,omitempty"`
	Lines   []SnippetLine `json:"lines"`
}

// SnippetLine is one line of a file.
type SnippetLine struct {
	// Number counts from 1.
	Number int    `json:"number"`
	Text   string `json:"text"`
	// From and To bound what is meant, in characters of Text from 0, To excluded;
	// they are equal when nothing on the line is meant.
	From int `json:"from"`
	To   int `json:"to"`
}

// mostLines is how much of a file one diagnostic shows.
const mostLines = 5

// Add keeps a file under the name that ranges use.
func (s *Sources) Add(name string, text []byte) {
	if s.files == nil {
		s.files = map[string]*source{}
	}
	lines := []int{0}
	for i, c := range text {
		if c == '\n' {
			lines = append(lines, i+1)
		}
	}
	s.files[name] = &source{text, lines}
}

// Files lists the names of the files, sorted.
func (s *Sources) Files() []string {
	names := make([]string, 0, len(s.files))
	for name := range s.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Text is the file as it was read; nil when there is none of that name. It is
// not masked: see [Sources.Hide].
func (s *Sources) Text(name string) []byte {
	if f := s.files[name]; f != nil {
		return f.text
	}
	return nil
}

// Hide masks a range in every snippet from now on: what stands there is a
// secret that its author should not have written.
func (s *Sources) Hide(r Range) { s.hidden = append(s.hidden, r) }

// Snippet is what to show for d; false when its subject is nowhere or in a
// file that was not read.
func (s *Sources) Snippet(d Diagnostic) (Snippet, bool) {
	if s == nil || d.Subject == nil || s.files[d.Subject.File] == nil {
		return Snippet{}, false
	}
	f, r := s.files[d.Subject.File], *d.Subject
	first := f.lineOf(r.Start.Byte)
	last := max(first, f.lineOf(max(r.Start.Byte, r.End.Byte-1)))
	out := Snippet{File: r.File, Context: s.header(d.Context)}
	for n := first; n <= min(last, first+mostLines-1); n++ {
		out.Lines = append(out.Lines, s.line(f, r, n))
	}
	return out, true
}

// line cuts line n (from 0) out of f and marks what of r is on it.
func (s *Sources) line(f *source, r Range, n int) SnippetLine {
	from, to := f.bounds(n)
	text := slices.Clone(f.text[from:to])
	for _, h := range s.hidden {
		if h.File == r.File {
			mask(text, h.Start.Byte-from, h.End.Byte-from)
		}
	}
	clamp := func(b int) int {
		return utf8.RuneCount(text[:min(max(b-from, 0), len(text))])
	}
	return SnippetLine{
		Number: n + 1, Text: string([]rune(string(text))), // one U+FFFD for each bad byte
		From: clamp(r.Start.Byte), To: clamp(r.End.Byte),
	}
}

// mask writes asterisks over text[from:to], of which parts may lie outside.
func mask(text []byte, from, to int) {
	for i := max(from, 0); i < min(to, len(text)); i++ {
		text[i] = '*'
	}
}

// header is the text of a block's header, without its brace.
func (s *Sources) header(r *Range) string {
	if r == nil || s.files[r.File] == nil {
		return ""
	}
	f := s.files[r.File]
	n := f.lineOf(r.Start.Byte)
	l := s.line(f, Range{File: r.File}, n)
	head, _, _ := strings.Cut(l.Text, "{")
	return strings.TrimSpace(head)
}

// lineOf is the line, from 0, that holds the byte at offset.
func (f *source) lineOf(offset int) int {
	n, found := slices.BinarySearch(f.lines, min(max(offset, 0), len(f.text)))
	if found {
		return n
	}
	return n - 1
}

// bounds are the first byte of line n and the one after its last, without the
// line's end.
func (f *source) bounds(n int) (from, to int) {
	from, to = f.lines[n], len(f.text)
	if n+1 < len(f.lines) {
		to = f.lines[n+1]
	}
	return from, from + len(bytes.TrimRight(f.text[from:to], "\r\n"))
}
