package labfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
)

// summaries are what a load complains about, in order.
func summaries(diags labs.Diagnostics) []string {
	var out []string
	for _, d := range diags {
		out = append(out, d.Summary)
	}
	return out
}

func TestLaterSourcesOfAVariableWin(t *testing.T) {
	dir := t.TempDir()
	named := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first, second := named("first.vars", `v = "first file"`), named("second.vars", `v = "second file"`)
	const lab = `
lab "x" { description = var.v }
variable "v" { default = "default" }
`
	environ := []string{"PATH=/bin", "DOUBLEHOP_VAR_v=environment", "DOUBLEHOP_VAR_other=x"}
	own := fstest.MapFS{
		"a.lab.hcl":  {Data: []byte(lab)},
		"a.labvars":  {Data: []byte(`v = "own a"`)},
		"b.labvars":  {Data: []byte(`v = "own b"`)},
		".c.labvars": {Data: []byte(`v = "hidden"`)},
	}
	bare := fstest.MapFS{"a.lab.hcl": own["a.lab.hcl"]}
	vars := map[string]string{"v": "given"}
	for _, c := range []struct {
		folder fstest.MapFS
		opts   labfile.Options
		want   string
	}{
		{bare, labfile.Options{}, "default"},
		{bare, labfile.Options{Environ: environ}, "environment"},
		{own, labfile.Options{Environ: environ}, "own b"},
		{own, labfile.Options{Environ: environ, VarFiles: []string{first}}, "first file"},
		{own, labfile.Options{Environ: environ, VarFiles: []string{first, second}}, "second file"},
		{own, labfile.Options{Environ: environ, VarFiles: []string{second, first}}, "first file"},
		{own, labfile.Options{Environ: environ, VarFiles: []string{first, second}, Vars: vars}, "given"},
	} {
		lab, sources, diags := labfile.LoadFS(c.folder, "", c.opts)
		if lab == nil {
			t.Fatal(told(sources, diags))
		}
		if lab.Description != c.want {
			t.Errorf("the value is %q, not %q", lab.Description, c.want)
		}
	}
}

func TestValuesFromOutsideBecomeTheirType(t *testing.T) {
	const src = `
lab "x" { description = jsonencode([var.s, var.n, var.b, var.l, var.o, var.plain, var.untyped]) }
variable "s" { type = string }
variable "n" { type = number }
variable "b" { type = bool }
variable "l" { type = list(string) }
variable "o" { type = object({ a = number, b = optional(string, "filled") }) }
variable "plain" {}
variable "untyped" { default = ["x"] }
`
	opts := labfile.Options{Vars: map[string]string{
		"s": `["not", "a list"]`, "n": "42", "b": "true", "l": `["a", "b"]`, "o": "{ a = 1 }",
		"plain": "{ not = an expression", "untyped": `["y", "z"]`,
	}}
	lab := mustLoad(t, src, opts)
	want := `["[\"not\", \"a list\"]",42,true,["a","b"],{"a":1,"b":"filled"},"{ not = an expression",["y","z"]]`
	if lab.Description != want {
		t.Errorf("got %s", lab.Description)
	}
}

func TestWrongValuesFromOutside(t *testing.T) {
	for name, c := range map[string]struct {
		declaration, value, want string
	}{
		"no expression":   {"type = list(string)", `["a",`, "Missing expression"},
		"a reference":     {"type = list(string)", `[var.v]`, "Reference in a constant"},
		"another type":    {"type = number", "many", "Wrong type of variable"},
		"another element": {"type = list(number)", `["a"]`, "Wrong type of variable"},
		"deep":            {"type = list(string)", strings.Repeat("[", 400), "Nesting too deep"},
		"a product key":   {"", "BCDFG-HJKMP-QRTVW-XY234-6789B", "Product key in a variable"},
		"refused":         {"type = number\nvalidation {\ncondition = var.v > 3\nerror_message = \"more\"\n}", "1", "Variable refused by its validation"},
	} {
		src := "lab \"x\" {}\nvariable \"v\" {\n" + c.declaration + "\n}\n"
		_, sources, diags := load(t, src, labfile.Options{Vars: map[string]string{"v": c.value}})
		if got := summaries(diags); len(got) == 0 || got[0] != c.want {
			t.Errorf("%s: %s", name, told(sources, diags))
		}
		for _, d := range diags {
			if strings.Contains(d.Detail, "BCDFG") {
				t.Errorf("%s: the key is shown: %s", name, d.Detail)
			}
		}
	}
}

func TestAFileOfVariablesThatIsNotThere(t *testing.T) {
	_, _, diags := load(t, `lab "x" {}`, labfile.Options{VarFiles: []string{"/nowhere/x.labvars"}})
	if diff := cmp.Diff([]string{"File of variables cannot be read"}, summaries(diags)); diff != "" {
		t.Error(diff)
	}
}

func TestComplaintsShowWhatReferencesStandFor(t *testing.T) {
	_, _, diags := load(t, `
lab "x" {}
variable "small" { default = "32MiB" }
media "w" { path = "w.iso" }
secret "s" { generate = true }
machine "m" {
  os = "windows-2003"
  memory = var.small
  install_from = media.w
  admin_password = secret.s
  disk "system" { size = "2GiB" }
}
`, options())
	for _, d := range diags {
		if d.Summary == "Machine memory too small" {
			if diff := cmp.Diff([]string{`var.small is "32MiB"`}, d.Values); diff != "" {
				t.Error(diff)
			}
			if d.Addr != "machine.m" || d.Context == nil || d.Context.Start.Line != 6 {
				t.Errorf("address %s, context %v", d.Addr, d.Context)
			}
			return
		}
	}
	t.Errorf("no complaint about the memory: %v", summaries(diags))
}
