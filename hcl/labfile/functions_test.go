package labfile_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/doublehop/doublehop/hcl/labfile"
)

// distinct keeps the first of each, whatever the members are.
func TestDistinct(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`join(" ", distinct(["b", "a", "b", "c", "a"]))`:                                  "b a c",
		`join(" ", distinct([1, 1.0, 2, 1]))`:                                             "1 2",
		`join(" ", distinct([]))`:                                                         "",
		`jsonencode(distinct([{ a = 1, b = [] }, { a = 2, b = [] }, { a = 1, b = [] }]))`: `[{"a":1,"b":[]},{"a":2,"b":[]}]`,
		`jsonencode(distinct([null, "a", null]))`:                                         `[null,"a"]`,
	} {
		text := `lab "x" { description = "${` + expression + `}." }`
		lab, sources, diags := labfile.LoadFS(fstest.MapFS{"x.lab.hcl": {Data: []byte(text)}}, "", options())
		if len(diags) > 0 {
			t.Errorf("%s: %s", expression, told(sources, diags))
			continue
		}
		if lab.Description != want+"." {
			t.Errorf("%s is %q, want %q", expression, lab.Description, want+".")
		}
	}
}

// A long tuple becomes a list in a time that grows with the square of its length:
// it is refused before that takes long, and one of a thousand members is not.
func TestLongTuplesAreCounted(t *testing.T) {
	t.Parallel()
	for members, want := range map[string]string{
		"[for a in range(1000) : \"x\"]":                                     "",
		"flatten([for a in range(100) : [for b in range(180) : \"x\"]])":     "Too much to compute",
		"flatten([for a in range(300) : [for b in range(300) : \"x${b}\"]])": "Too much to compute",
	} {
		text := `lab "x" { description = "${length(compact(` + members + `))}" }`
		began := time.Now()
		_, _, diags := labfile.LoadFS(fstest.MapFS{"x.lab.hcl": {Data: []byte(text)}}, "", options())
		got := ""
		if len(diags) > 0 {
			got = diags[0].Summary
		}
		if took := time.Since(began); got != want || took > 10*time.Second {
			t.Errorf("%s: %q after %s, want %q", members, got, took, want)
		}
	}
}

// The work of distinct grows with the number of members and not with its square:
// a file that calls it as often as it may is read in a moment.
func TestDistinctIsNotSquare(t *testing.T) {
	t.Parallel()
	text := `lab "x" { description = "${length([for i in range(300) : distinct(range(1000))])}" }`
	began := time.Now()
	lab, sources, diags := labfile.LoadFS(fstest.MapFS{"x.lab.hcl": {Data: []byte(text)}}, "", options())
	if len(diags) > 0 || lab.Description != "300" {
		t.Fatal(told(sources, diags))
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}
