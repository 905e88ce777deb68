package labs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in a file. Line and Column count from 1, Byte from 0.
type Pos struct {
	Line, Column, Byte int
}

// Range is a stretch of a lab file. The zero Range is nowhere.
type Range struct {
	File       string
	Start, End Pos
}

// Known says whether the range is somewhere.
func (r Range) Known() bool { return r.File != "" }

// String is "corp.lab.hcl:12,3".
func (r Range) String() string {
	if !r.Known() {
		return ""
	}
	return fmt.Sprintf("%s:%d,%d", r.File, r.Start.Line, r.Start.Column)
}

// Severity says whether a diagnostic stops the work.
type Severity uint8

// The severities.
const (
	// Error stops the work.
	Error Severity = iota
	// Warning does not.
	Warning
)

// String is the severity as shown to a person.
func (s Severity) String() string {
	if s == Warning {
		return "Warning"
	}
	return "Error"
}

// Diagnostic is one thing that a lab's author should know.
type Diagnostic struct {
	Severity Severity
	// Rule is the id of the broken rule, which `explain` tells more of; empty
	// when it is about the file and not about the world.
	Rule string
	// Summary is constant text without the author's data; Detail says in full
	// sentences what is wrong with this one, why, and what to do.
	Summary, Detail string
	// Addr is the object meant: "machine.dc01".
	Addr string
	// Subject is what is wrong, Context the block around it; both may be nil.
	Subject, Context *Range
	// Values are the values worth showing, ready to print: `var.small is 32`.
	// A secret never gets here.
	Values []string
}

// Diagnostics is a list of them.
type Diagnostics []Diagnostic

// Fatal says whether any of them stops the work.
func (d Diagnostics) Fatal() bool {
	return slices.ContainsFunc(d, func(d Diagnostic) bool { return d.Severity == Error })
}

// Err is nil when nothing is fatal, else an error that holds the whole list.
func (d Diagnostics) Err() error {
	if !d.Fatal() {
		return nil
	}
	return &DiagnosticsError{List: d}
}

// Sort puts them in the order of the files' lines; those from nowhere come last.
func (d Diagnostics) Sort() {
	slices.SortStableFunc(d, func(a, b Diagnostic) int {
		switch {
		case a.Subject == nil && b.Subject == nil:
			return 0
		case a.Subject == nil:
			return 1
		case b.Subject == nil:
			return -1
		}
		if c := strings.Compare(a.Subject.File, b.Subject.File); c != 0 {
			return c
		}
		return a.Subject.Start.Byte - b.Subject.Start.Byte
	})
}

// mostNamed is how many objects one diagnostic names.
const mostNamed = 5

// Together puts diagnostics into one that differ only in the object that they
// are about, as those of a block that stands for several objects do: the first
// is kept, and names the others. What is said twice is said once.
func (d Diagnostics) Together() Diagnostics {
	type said struct {
		at            Range
		severity      Severity
		rule, summary string
	}
	first := map[said]int{}
	others := map[int][]string{}
	var out Diagnostics
	for _, one := range d {
		if one.Subject == nil {
			out = append(out, one)
			continue
		}
		k := said{*one.Subject, one.Severity, one.Rule, one.Summary}
		i, twice := first[k]
		switch {
		case !twice:
			first[k] = len(out)
			out = append(out, one)
		case out[i].Addr != one.Addr:
			if !slices.Contains(others[i], one.Addr) {
				others[i] = append(others[i], one.Addr)
			}
		case out[i].Detail != one.Detail:
			out = append(out, one)
		}
	}
	for i, list := range others {
		out[i].Detail += alike(out[i].Detail, list)
	}
	return out
}

// alike is the sentence that names the other objects, to stand after a detail.
func alike(detail string, list []string) string {
	rest, end := list, ""
	if n := len(list) - mostNamed; n > 0 {
		rest, end = list[:mostNamed], fmt.Sprintf(" and %d more", n)
	} else if n := len(list) - 1; n > 0 {
		rest, end = list[:n], " and "+list[n]
	}
	gap := " "
	if last := detail[strings.LastIndexByte(detail, '\n')+1:]; strings.HasPrefix(last, " ") {
		gap = "\n\n" // after a command or an example
	}
	return gap + "The same holds for " + strings.Join(rest, ", ") + end + "."
}

// DiagnosticsError carries diagnostics through an error result.
type DiagnosticsError struct{ List Diagnostics }

// Error is the first fatal summary, and how many more there are.
func (e *DiagnosticsError) Error() string {
	var first string
	more := -1
	for _, d := range e.List {
		if d.Severity == Error {
			if more++; more == 0 {
				first = d.Summary
				if d.Subject != nil {
					first = d.Subject.String() + ": " + first
				}
			}
		}
	}
	if more > 0 {
		return fmt.Sprintf("%s (and %d more)", first, more)
	}
	return first
}

// DiagnosticsOf finds the diagnostics in err.
func DiagnosticsOf(err error) (Diagnostics, bool) {
	if e, ok := errors.AsType[*DiagnosticsError](err); ok {
		return e.List, true
	}
	return nil, false
}
