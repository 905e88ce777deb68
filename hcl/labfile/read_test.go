package labfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNothingToRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "near", "corp.hcl"), `lab "x" {}`)
	write(t, filepath.Join(dir, "disc.iso"), "CD001")
	write(t, filepath.Join(dir, "large", "x.lab.hcl"), strings.Repeat("#\n", 3<<20))
	write(t, filepath.Join(dir, "folder", "x.lab.hcl", "inner"), "")
	for name, c := range map[string]struct{ path, want, says string }{
		"no such folder":  {"absent", "No such lab", "-f FOLDER"},
		"an empty folder": {".", "No lab file", ".lab.hcl"},
		"a near miss":     {"near", "No lab file", "corp.hcl"},
		"another file":    {"disc.iso", "Not a lab file", "disc.iso"},
		"a huge file":     {"large", "Lab file cannot be read", "larger than"},
		"a folder's name": {"folder", "No lab file", ".lab.hcl"},
	} {
		lab, sources, diags := labfile.Load(filepath.Join(dir, c.path), options())
		if lab != nil || sources == nil || len(diags) != 1 || diags[0].Summary != c.want || !strings.Contains(diags[0].Detail, c.says) {
			t.Errorf("%s: %s", name, told(sources, diags))
		}
	}
}

func TestOneFileOfAFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.lab.hcl"), `lab "a" { description = file("note.txt") }`)
	write(t, filepath.Join(dir, "b.lab.hcl"), `lab "b" {}`)
	write(t, filepath.Join(dir, "note.txt"), "note")
	lab, sources, diags := labfile.Load(filepath.Join(dir, "a.lab.hcl"), options())
	if lab == nil || lab.Name != "a" || lab.Description != "note" || lab.Folder != dir {
		t.Fatalf("%+v\n%s", lab, told(sources, diags))
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "a.lab.hcl")}, sources.Files()); diff != "" {
		t.Error(diff)
	}
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret.txt"), "host secret")
	write(t, filepath.Join(dir, "lab", "a.lab.hcl"), `lab "a" { description = file("link.txt") }`)
	if err := os.Symlink("../secret.txt", filepath.Join(dir, "lab", "link.txt")); err != nil {
		t.Fatal(err)
	}
	lab, sources, diags := labfile.Load(filepath.Join(dir, "lab"), options())
	if lab != nil || len(diags) != 1 || strings.Contains(told(sources, diags), "host secret") {
		t.Errorf("%+v\n%s", lab, told(sources, diags))
	}
}

func TestAFileFromNotepad(t *testing.T) {
	lab := mustLoad(t, "\xef\xbb\xbflab \"x\" {\r\n  description = \"a\"\r\n}\r\n", options())
	if lab.Description != "a" {
		t.Errorf("the description is %q", lab.Description)
	}
}

func TestAProductKeyIsNeverShown(t *testing.T) {
	const key = "BCDFG-HJKMP-QRTVW-XY234-6789B"
	for name, src := range map[string]string{
		"an argument":         `lab "x" { description = "` + key + `" }`,
		"a comment":           `lab "x" {} # ` + key,
		"wrong place":         `lab "x" { connect = "` + key + `" }`,
		"a secret":            `lab "x" {}` + "\n" + `secret "k" { value = "` + key + `" }`,
		"a local":             `lab "x" {}` + "\n" + `locals { product_key = "` + key + `" }`,
		"an unknown":          `lab "x" { hobby = "` + key + `" }`,
		"an interpolated one": `lab "x" { clock { start = "` + key + `${local.x}" } }` + "\n" + `locals { x = "" }`,
	} {
		_, sources, diags := load(t, src, options())
		if !diags.Fatal() || strings.Contains(told(sources, diags), "BCDFG") {
			t.Errorf("%s:\n%s", name, told(sources, diags))
		}
	}
}

func TestAPasswordIsNeverShown(t *testing.T) {
	const machine = `
media "w" { path = "w.iso" }
secret "s" { generate = true }
machine "m" {
  os = "windows-2003"
  memory = "256MiB"
  install_from = media.w
  admin_password = PASSWORD
  disk "system" { size = "2GiB" }
  owner = OWNER
}
`
	for name, c := range map[string]struct{ declared, password, owner string }{
		"written out":          {"", `"hunter2"`, `"me"`},
		"in a variable":        {`variable "x" { default = "hunter2" }`, "var.x", `"me"`},
		"in a local":           {`locals { x = "hunter2" }`, "local.x", `"me"`},
		"in a list":            {"", `["hunter2"]`, `"me"`},
		"by the name of local": {`locals { password = "hunter2" }`, "secret.s", "[local.password]"},
	} {
		src := "lab \"x\" {}\n" + c.declared + strings.NewReplacer("PASSWORD", c.password, "OWNER", c.owner).Replace(machine)
		_, sources, diags := load(t, src, options())
		text := told(sources, diags)
		if !diags.Fatal() || strings.Contains(text, "hunter2") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

func TestAProductKeyInAFileThatIsReadIn(t *testing.T) {
	folder := fstest.MapFS{
		"x.lab.hcl": {Data: []byte(`lab "x" { description = file("key.txt") }`)},
		"key.txt":   {Data: []byte("BCDFG-HJKMP-QRTVW-XY234-6789B")},
	}
	_, sources, diags := labfile.LoadFS(folder, "", options())
	if text := told(sources, diags); !diags.Fatal() || strings.Contains(text, "BCDFG") || !strings.Contains(text, "product key") {
		t.Error(text)
	}
}

func TestARequiredVersion(t *testing.T) {
	for _, c := range []struct {
		version, required string
		fits              bool
	}{
		{"0.2.0", ">= 0.2", true},
		{"0.1.9", ">= 0.2", false},
		{"1.4.7", "~> 1.4", true},
		{"2.0.0", "~> 1.4", false},
		{"1.4.7", "~> 1.4.2", true},
		{"1.5.0", "~> 1.4.2", false},
		{"1.5.0", "> 1.4, < 2.0, != 1.4.9", true},
		{"1.5.0", "<= 1.4", false},
		{"1.5.0", "1.5.0", true},
		{"1.5.0", "= 1.5.1", false},
		{"", ">= 99", true},
		{"development", ">= 99", true},
	} {
		opts := options()
		opts.Version = c.version
		lab, sources, diags := load(t, `lab "x" { required_version = "`+c.required+`" }`, opts)
		if (lab != nil) != c.fits {
			t.Errorf("%s by %s:\n%s", c.required, c.version, told(sources, diags))
		}
	}
}

// A file of the future: only its version is complained about.
func TestAnOldProgramSaysOnlyWhichVersionIsNeeded(t *testing.T) {
	opts := options()
	opts.Version = "1.0.0"
	_, _, diags := load(t, "lab \"x\" { required_version = \">= 2\" }\nquantum \"q\" {}\n???", opts)
	if diff := cmp.Diff([]string{"Another version of Doublehop is needed"}, summaries(diags)); diff != "" {
		t.Error(diff)
	}
}

// Recursive parts of the parser and the evaluation cannot be driven to the end
// of the stack, which no program survives.
func TestHostileFilesEnd(t *testing.T) {
	t.Parallel()
	const n = 1 << 18
	for name, value := range map[string]string{
		"brackets":             strings.Repeat("[", n),
		"signs":                strings.Repeat("!", n) + "true",
		"signs on many lines":  "(" + strings.Repeat("!\n", n) + "true)",
		"sums":                 "1" + strings.Repeat("+1", n),
		"sums on many lines":   "(1" + strings.Repeat("\n+1", n) + ")",
		"choices":              strings.Repeat("true?1:", n/2) + "1",
		"choices in brackets":  "[" + strings.Repeat("true\n?1:", n/2) + "1]",
		"indexes":              "local.b" + strings.Repeat("[local.c]", n/4),
		"calls":                strings.Repeat("upper(", n/4),
		"templates":            strings.Repeat("\"${", n/2),
		"templates with lines": "\"${" + strings.Repeat("!\n", n/2) + "true}\"",
		"attributes":           "local.b" + strings.Repeat(".b", n),
		"splats":               "local.b" + strings.Repeat("[*].b", n/4),
		"conditions":           "\"" + strings.Repeat("%{if true}", n/8) + "\"",
		"objects":              strings.Repeat("{a=", n),
		"many items":           "[" + strings.Repeat("1,", n) + "]",
	} {
		src := "lab \"x\" {}\nlocals {\n b = 1\n c = 0\n a = " + value + "\n}\n"
		lab, sources, diags := load(t, src, options())
		if lab == nil && !diags.Fatal() {
			t.Errorf("%s:\n%s", name, told(sources, diags))
		}
		if len(diags) > 50 {
			t.Errorf("%s: %d complaints", name, len(diags))
		}
		labfile.Format("x.lab.hcl", []byte(src))
	}
	blocks := "lab \"x\" {}\n" + strings.Repeat("machine \"m\" {\n", n/8)
	if _, _, diags := load(t, blocks, options()); !diags.Fatal() {
		t.Error("blocks in blocks are fine")
	}
	chain := strings.Builder{}
	chain.WriteString("lab \"x\" {}\nlocals {\na0 = 1\n")
	for i := range 50_000 {
		fmt.Fprintf(&chain, "a%d = local.a%d\n", i+1, i)
	}
	chain.WriteString("}\n")
	mustLoad(t, chain.String(), options())
}
