package view

import (
	"fmt"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/doublehop/doublehop/labs"
)

// Diagnostics draws diagnostics with the lines that they mean:
//
//	Error: Machine memory too small                                   [machine.dc01]
//	  on corp.lab.hcl line 12, in machine "dc01":
//	  12 │   memory = var.small
//	     │            ─────────  var.small is 32
//	Machine "dc01" asks for 32 MiB. No guest boots with less than 64 MiB.
//
// sources may be nil; the lines are then left out. What is said of several
// objects at one place is said once.
func (s Style) Diagnostics(list labs.Diagnostics, sources *labs.Sources) string {
	var b strings.Builder
	for i, d := range list.Together() {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.heading(d))
		b.WriteString(s.snippet(d, sources))
		b.WriteString(s.wrap(d.Detail, ""))
		if d.Rule != "" {
			b.WriteString(s.draw(faint, "More: doublehop explain "+Clean(d.Rule)) + "\n")
		}
	}
	return b.String()
}

// heading is the severity and the summary, with the address at the right edge.
func (s Style) heading(d labs.Diagnostic) string {
	i := bad
	if d.Severity == labs.Warning {
		i = warning
	}
	word, summary, addr := d.Severity.String()+":", Clean(d.Summary), ""
	if d.Addr != "" {
		addr = "[" + Clean(d.Addr) + "]"
	}
	gap := s.width() - uniseg.StringWidth(word+" "+summary+addr)
	if addr != "" && gap < 1 {
		gap = 1
	}
	line := s.draw(i, word) + " " + s.draw(strong, summary)
	if addr != "" {
		line += strings.Repeat(" ", gap) + s.draw(faint, addr)
	}
	return line + "\n"
}

func (s Style) snippet(d labs.Diagnostic, sources *labs.Sources) string {
	if d.Subject == nil || !d.Subject.Known() {
		return ""
	}
	snip, ok := sources.Snippet(d)
	where := fmt.Sprintf("  on %s line %d", Clean(d.Subject.File), d.Subject.Start.Line)
	if !ok {
		return where + ":\n"
	}
	if snip.Context != "" {
		where += ", in " + cut(Clean(snip.Context), 40)
	}
	var b strings.Builder
	b.WriteString(where + ":\n")
	gutter := len(fmt.Sprint(snip.Lines[len(snip.Lines)-1].Number))
	values := d.Values
	for n, line := range snip.Lines {
		bar := s.draw(faint, fmt.Sprintf("  %*d │", gutter, line.Number))
		text, from, to := window(line, s.width()-gutter-6)
		b.WriteString(strings.TrimRight(bar+" "+text, " ") + "\n")
		if from == to {
			continue
		}
		blank := s.draw(faint, fmt.Sprintf("  %*s │", gutter, ""))
		mark := strings.Repeat(" ", from) + s.draw(bad, strings.Repeat("─", to-from))
		if n == len(snip.Lines)-1 && len(values) > 0 && from+gutter+len("    ")+to-from+uniseg.StringWidth(values[0]) < s.width() {
			mark += "  " + Clean(values[0])
			values = values[1:]
		}
		b.WriteString(blank + " " + mark + "\n")
	}
	for _, v := range values {
		b.WriteString(s.draw(faint, fmt.Sprintf("  %*s │", gutter, "")) + "   " + cut(Clean(v), s.width()-gutter-8) + "\n")
	}
	return b.String()
}

// longestMark bounds the work on a line that no person wrote.
const longestMark = 250

// window is the part of a line around what is meant, in at most so many
// columns, and the columns of the mark. Tabs become two blanks.
func window(line labs.SnippetLine, columns int) (text string, from, to int) {
	if runes := []rune(line.Text); len(runes) > 4*longestMark {
		first := max(line.From-longestMark, 0)
		line.Text = string(runes[first:min(first+4*longestMark, len(runes))])
		line.From, line.To = line.From-first, min(line.To-first, 4*longestMark)
	}
	cells := make([]string, 0, len(line.Text))
	at := 0
	wide := func() int { return uniseg.StringWidth(strings.Join(cells, "")) }
	for _, r := range line.Text {
		if at == line.From {
			from = wide()
		}
		if at == line.To {
			to = wide()
		}
		cell := Clean(string(r))
		if r == '\t' {
			cell = "  "
		}
		cells = append(cells, cell)
		at++
	}
	if at <= line.From {
		from = wide()
	}
	if at <= line.To {
		to = wide()
	}
	text = strings.Join(cells, "")
	if line.From != line.To && to == from {
		to = from + 1 // a mark is always seen
	}
	if uniseg.StringWidth(text) <= columns {
		return text, from, to
	}
	skip := 0 // cells
	for uniseg.StringWidth(strings.Join(cells[:skip], "")) < from-columns/3 && skip < len(cells) {
		skip++
	}
	if skip > 0 {
		lost := uniseg.StringWidth(strings.Join(cells[:skip], "")) - 1
		text, from, to = "…"+strings.Join(cells[skip:], ""), max(from-lost, 1), max(to-lost, 1)
	}
	return cut(text, columns), min(from, columns), min(to, columns)
}

// Verdict is what `validate -o json` says.
type Verdict struct {
	// Valid says that there are no errors; there may be warnings.
	Valid bool `json:"valid"`
	// Errors and Warnings count the diagnostics.
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	// Diagnostics are all that there is to say, in the order of the files' lines.
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// Diagnostic is the JSON form of a diagnostic.
type Diagnostic struct {
	// Severity is "error" or "warning".
	Severity string `json:"severity"`
	// Rule is the id of the broken rule, for `explain`; only of what is about
	// Windows, Active Directory and Exchange and not about the file.
	Rule string `json:"rule,omitempty"`
	// Summary is the same text wherever the same mistake is made; Detail says in
	// full sentences what is wrong with this one, why, and what to do.
	Summary string `json:"summary"`
	Detail  string `json:"detail,omitempty"`
	// Address is the object meant: "machine.dc01".
	Address string `json:"address,omitempty"`
	// Range is where the mistake stands; Context is the header of the block around it.
	Range   *Range `json:"range,omitempty"`
	Context *Range `json:"context,omitempty"`
	// Snippet is the lines that Range is about, with secrets masked.
	Snippet *labs.Snippet `json:"snippet,omitempty"`
	// Values are what references in Range stand for: "var.small is 32".
	Values []string `json:"values,omitempty"`
}

// Range is the JSON form of a place in a file. Lines and columns count from 1,
// bytes from 0.
type Range struct {
	File string `json:"file"`
	// Start is the first character, End the one after the last.
	Start Pos `json:"start"`
	End   Pos `json:"end"`
}

// Pos is the JSON form of a position.
type Pos struct {
	// Line counts from 1.
	Line int `json:"line"`
	// Column counts characters from 1.
	Column int `json:"column"`
	// Byte counts bytes of the file from 0.
	Byte int `json:"byte"`
}

// VerdictOf sums diagnostics up for a program.
func VerdictOf(list labs.Diagnostics, sources *labs.Sources) Verdict {
	v := Verdict{Valid: !list.Fatal(), Diagnostics: DiagnosticsJSON(list, sources)}
	for _, d := range list {
		if d.Severity == labs.Error {
			v.Errors++
		} else {
			v.Warnings++
		}
	}
	return v
}

// DiagnosticsJSON turns diagnostics into their JSON form; never nil.
func DiagnosticsJSON(list labs.Diagnostics, sources *labs.Sources) []Diagnostic {
	out := make([]Diagnostic, 0, len(list))
	for _, d := range list {
		j := Diagnostic{
			Severity: strings.ToLower(d.Severity.String()), Rule: d.Rule, Summary: d.Summary, Detail: d.Detail,
			Address: d.Addr, Values: d.Values,
		}
		j.Range, j.Context = rangeJSON(d.Subject), rangeJSON(d.Context)
		if snip, ok := sources.Snippet(d); ok {
			j.Snippet = &snip
		}
		out = append(out, j)
	}
	return out
}

func rangeJSON(r *labs.Range) *Range {
	if r == nil || !r.Known() {
		return nil
	}
	return &Range{File: r.File, Start: Pos(r.Start), End: Pos(r.End)}
}
