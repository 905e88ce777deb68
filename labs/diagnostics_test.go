package labs_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
)

func at(file string, line, from, to int) *labs.Range {
	return &labs.Range{File: file, Start: labs.Pos{Line: line, Byte: from}, End: labs.Pos{Line: line, Byte: to}}
}

func TestDiagnosticsAsAnError(t *testing.T) {
	list := labs.Diagnostics{{Severity: labs.Warning, Summary: "Odd"}}
	if list.Fatal() || list.Err() != nil {
		t.Error("a warning is fatal")
	}
	list = append(list, labs.Diagnostic{Summary: "Wrong", Subject: at("a.lab.hcl", 3, 20, 25)}, labs.Diagnostic{Summary: "Worse"})
	err := fmt.Errorf("load: %w", list.Err())
	if got, want := err.Error(), "load: a.lab.hcl:3,0: Wrong (and 1 more)"; got != want {
		t.Errorf("error is %q, not %q", got, want)
	}
	if back, ok := labs.DiagnosticsOf(err); !ok || len(back) != 3 {
		t.Errorf("the list does not come back out: %v", back)
	}
	if _, ok := labs.DiagnosticsOf(fmt.Errorf("plain")); ok {
		t.Error("a plain error holds diagnostics")
	}
}

func TestDiagnosticsInTheOrderOfTheFiles(t *testing.T) {
	list := labs.Diagnostics{
		{Summary: "nowhere"},
		{Summary: "b1", Subject: at("b", 1, 1, 2)},
		{Summary: "a9", Subject: at("a", 9, 90, 92)},
		{Summary: "a2", Subject: at("a", 2, 20, 22)},
	}
	list.Sort()
	var got []string
	for _, d := range list {
		got = append(got, d.Summary)
	}
	if diff := cmp.Diff([]string{"a2", "a9", "b1", "nowhere"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSnippets(t *testing.T) {
	var s labs.Sources
	const text = "machine \"dc01\" {\r\n  owner = \"é\" + x\n  key = \"hush\"\n}"
	s.Add("a.lab.hcl", []byte(text))
	s.Hide(labs.Range{File: "a.lab.hcl", Start: labs.Pos{Byte: 45}, End: labs.Pos{Byte: 51}})
	block := at("a.lab.hcl", 1, 0, 14)
	for name, c := range map[string]struct {
		d    labs.Diagnostic
		want labs.Snippet
	}{
		"one line, marked in characters": {
			labs.Diagnostic{Subject: at("a.lab.hcl", 2, 28, 36), Context: block},
			labs.Snippet{File: "a.lab.hcl", Context: `machine "dc01"`, Lines: []labs.SnippetLine{
				{Number: 2, Text: `  owner = "é" + x`, From: 10, To: 17},
			}},
		},
		"what is hidden is masked": {
			labs.Diagnostic{Subject: at("a.lab.hcl", 3, 38, 51)},
			labs.Snippet{File: "a.lab.hcl", Lines: []labs.SnippetLine{{Number: 3, Text: `  key = ******`, From: 1, To: 14}}},
		},
		"several lines": {
			labs.Diagnostic{Subject: at("a.lab.hcl", 1, 0, len(text))},
			labs.Snippet{File: "a.lab.hcl", Lines: []labs.SnippetLine{
				{Number: 1, Text: `machine "dc01" {`, From: 0, To: 16},
				{Number: 2, Text: `  owner = "é" + x`, From: 0, To: 17},
				{Number: 3, Text: `  key = ******`, From: 0, To: 14},
				{Number: 4, Text: `}`, From: 0, To: 1},
			}},
		},
	} {
		got, ok := s.Snippet(c.d)
		if !ok {
			t.Errorf("%s: nothing to show", name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, ok := s.Snippet(labs.Diagnostic{Subject: at("other", 1, 0, 1)}); ok {
		t.Error("a snippet of a file that was not read")
	}
	if _, ok := (*labs.Sources)(nil).Snippet(labs.Diagnostic{}); ok {
		t.Error("a snippet of nothing")
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add([]byte("a\nb"), 0, 3)
	f.Add([]byte(""), -1, 9)
	f.Fuzz(func(t *testing.T, text []byte, from, to int) {
		var s labs.Sources
		s.Add("f", text)
		s.Hide(*at("f", 1, from, to))
		got, _ := s.Snippet(labs.Diagnostic{Subject: at("f", 1, from, to), Context: at("f", 1, to, from)})
		for _, l := range got.Lines {
			if l.From < 0 || l.To > len([]rune(l.Text)) {
				t.Errorf("marks %d to %d of %q", l.From, l.To, l.Text)
			}
		}
	})
}

func TestWhatCopiesRepeatIsSaidOnce(t *testing.T) {
	t.Parallel()
	at := &labs.Range{File: "x", Start: labs.Pos{Line: 1}}
	other := &labs.Range{File: "x", Start: labs.Pos{Line: 2}}
	d := func(at *labs.Range, addr, summary, detail string) labs.Diagnostic {
		return labs.Diagnostic{Subject: at, Addr: addr, Summary: summary, Detail: detail}
	}
	var got []string
	for _, d := range (labs.Diagnostics{
		d(at, "m.a", "Small", "a is small."), d(at, "m.b", "Small", "b is small."), d(at, "m.b", "Small", "b is small."),
		d(at, "m.c", "Small", "c."), d(at, "m.d", "Small", "d."), d(at, "m.e", "Small", "e."), d(at, "m.f", "Small", "f."), d(at, "m.g", "Small", "g."),
		d(at, "m.a", "Odd", "one"), d(at, "m.a", "Odd", "one"), d(at, "m.a", "Odd", "two"),
		d(other, "m.a", "Small", "Write:\n\n    a"), d(other, "m.b", "Small", "Write:\n\n    b"),
		d(nil, "m.a", "Small", "nowhere"), d(nil, "m.b", "Small", "nowhere"),
	}).Together() {
		got = append(got, d.Addr+" "+d.Summary+": "+d.Detail)
	}
	want := []string{
		"m.a Small: a is small. The same holds for m.b, m.c, m.d, m.e, m.f and 1 more.",
		"m.a Odd: one",
		"m.a Odd: two",
		"m.a Small: Write:\n\n    a\n\nThe same holds for m.b.",
		"m.a Small: nowhere",
		"m.b Small: nowhere",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
