package labfile_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/doublehop/doublehop/hcl/labfile"
)

// seeds are all labs of testdata.
func seeds(f *testing.F) {
	f.Helper()
	for _, folder := range []string{"testdata", "../../labs"} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".hcl" {
				return err
			}
			src, err := os.ReadFile(path)
			f.Add(src)
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	for _, s := range []string{
		"", "\x00", "lab", `lab "x" {`, `lab "x" {}` + "\r\n", `lab "${x}" {}`, "a = <<EOT\n", "a = <<EOT\nx\nEOT", "a = \"${\"${\"\"}\"}\"",
		`lab "x" { description = machine }`, `locals { a = [for m in machine : m.address] }`, `locals { a = local.a[*].b }`,
		`locals { a = "%{ for x in [1] }${x}%{ endfor }" }`, "locals { a = 1e99999 }", "locals { a = -(-(1)) }", "/* open", "# only",
		`machine "m" { for_each = { a = 1 } }` + "\nlocals { a = machine.m[*].address }", `media "m" { for_each = media.m }`, `media "m" { for_each = toset([each.key]) }`,
		`machine "m" { dynamic "nic" { for_each = [machine.m] labels = [nic.value] content { network = nic.value address = each.value } } }`,
		"stage \"a\" {\n  dynamic \"step\" {\n    for_each = machine\n    labels   = [\"run\", step.key]\n    content {\n      on = step.value\n    }\n  }\n}\n",
		"variable \"v\" {\n  sensitive = true\n  default   = \"x\"\n}\nlab \"x\" { description = try(parseint(var.v, 10), nonsensitive(var.v)) }\n",
		`locals { a = [for i in range(9) : format("%05d", i) if i > 3]...}`, `locals { a = jsondecode("[[") }`, `locals { a = index([1, null], sum([])) }`,
		`stage "a" { step "run" { on = values(machine)["x"] } }`, `locals { a = try(secret.x, 1) }`,
	} {
		f.Add([]byte(s))
	}
}

// FuzzLoad: whatever a file holds, a load ends, and either gives a lab or says
// why not.
func FuzzLoad(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		lab, sources, diags := labfile.LoadFS(fstest.MapFS{"x.lab.hcl": {Data: src}}, "", labfile.Brief(options()))
		if (lab == nil) != diags.Fatal() {
			t.Fatalf("lab %v with %s", lab, told(sources, diags))
		}
		for _, d := range diags {
			wellSaid(t, d)
			sources.Snippet(d)
		}
		if lab != nil {
			for _, s := range lab.Stages {
				if len(lab.Path(s.Name)) == 0 {
					t.Errorf("stage %s is on no path", s.Name)
				}
			}
		}
	})
}

// FuzzFormat: formatting twice is formatting once, and changes no meaning that
// a load sees.
func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		once, diags := labfile.Format("x.lab.hcl", src)
		if diags.Fatal() {
			if !bytes.Equal(once, src) {
				t.Fatal("a wrong file was changed")
			}
			return
		}
		twice, diags := labfile.Format("x.lab.hcl", once)
		if diags.Fatal() || !bytes.Equal(once, twice) {
			t.Fatalf("once:\n%q\ntwice:\n%q\n%v", once, twice, diags)
		}
	})
}
