package labfile_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
)

// A bad lab carries its verdict on the line it is about:
//
//	memory = "32MiB" # ERROR: Machine memory too small
//
// Several on one line follow each other; what is about no line is written
// "# ERROR nowhere: …". "# VAR name=value" and "# ENV name=value" set
// variables, and "# VERSION 0.1.0" the program's version.
var (
	verdict   = regexp.MustCompile(`# (ERROR|WARNING)( nowhere)?: ([^#\n]+)`)
	directive = regexp.MustCompile(`(?m)^# (VAR|ENV|VERSION) (.*)$`)
)

// badLabs are the files and folders of testdata/bad.
func badLabs(t testing.TB) map[string]fs.FS {
	t.Helper()
	entries, err := os.ReadDir("testdata/bad")
	if err != nil || len(entries) == 0 {
		t.Fatalf("no bad labs: %v", err)
	}
	labs := map[string]fs.FS{}
	for _, e := range entries {
		if e.IsDir() {
			labs[e.Name()] = os.DirFS(filepath.Join("testdata/bad", e.Name()))
			continue
		}
		labs[e.Name()] = oneFile{os.DirFS("testdata/bad"), e.Name()}
	}
	return labs
}

// oneFile is a folder in which one file is seen, beside the folders.
type oneFile struct {
	fs.FS
	name string
}

func (f oneFile) ReadDir(string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, ".")
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() != f.name }), err
}

// wanted reads the verdicts, and what the load is told.
func wanted(t testing.TB, folder fs.FS) (map[string][]string, labfile.Options) {
	t.Helper()
	want, opts := map[string][]string{}, options()
	opts.Vars = map[string]string{}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		src, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range directive.FindAllStringSubmatch(string(src), -1) {
			name, value, _ := strings.Cut(d[2], "=")
			switch d[1] {
			case "VAR":
				opts.Vars[name] = value
			case "ENV":
				opts.Environ = append(opts.Environ, d[2])
			case "VERSION":
				opts.Version = d[2]
			}
		}
		for i, line := range strings.Split(string(src), "\n") {
			for _, v := range verdict.FindAllStringSubmatch(line, -1) {
				at := e.Name() + ":" + strconv.Itoa(i+1)
				if v[2] != "" {
					at = "nowhere"
				}
				want[at] = append(want[at], v[1]+": "+strings.TrimSpace(v[3]))
			}
		}
	}
	return want, opts
}

func TestBadLabsAreReported(t *testing.T) {
	t.Parallel()
	verdicts := 0
	for name, folder := range badLabs(t) {
		t.Run(name, func(t *testing.T) {
			want, opts := wanted(t, folder)
			if name == "computing.lab.hcl" {
				opts = labfile.Brief(opts)
			}
			_, sources, diags := labfile.LoadFS(folder, "", opts)
			got := map[string][]string{}
			for _, d := range diags {
				at := "nowhere"
				if d.Subject != nil {
					at = path.Base(d.Subject.File) + ":" + strconv.Itoa(d.Subject.Start.Line)
				}
				got[at] = append(got[at], strings.ToUpper(d.Severity.String())+": "+d.Summary)
				wellSaid(t, d)
			}
			for _, list := range want {
				verdicts += len(list)
				slices.Sort(list)
			}
			for _, list := range got {
				slices.Sort(list)
			}
			if len(want) == 0 {
				t.Error("the file has no verdict")
			}
			if text := told(sources, diags); strings.Contains(text, "hunter2") {
				t.Errorf("a secret is shown:\n%s", text)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("reported (-want +got):\n%s\n%s", diff, told(sources, diags))
			}
		})
	}
	if verdicts < 200 {
		t.Errorf("only %d verdicts", verdicts)
	}
}

// wellSaid checks what every diagnostic must be.
func wellSaid(t *testing.T, d labs.Diagnostic) {
	t.Helper()
	if d.Summary == "" || strings.HasSuffix(d.Summary, ".") {
		t.Errorf("summary %q", d.Summary)
	}
	if d.Detail == "" || !strings.ContainsAny(d.Detail[len(d.Detail)-1:], ".?!:,FEuRt") && !strings.Contains(d.Detail, "\n    ") {
		t.Errorf("%s: the detail is no sentence: %q", d.Summary, d.Detail)
	}
	if strings.Contains(d.Detail, "%!") || strings.Contains(d.Detail, "This is a bug") {
		t.Errorf("%s: %q", d.Summary, d.Detail)
	}
}

// Every complaint of this room has a file that provokes it.
func TestEveryComplaintIsTested(t *testing.T) {
	t.Parallel()
	said := regexp.MustCompile(`(?:fail|warn)\((?:place\{\}, |p, |[a-z0-9.]+\.p, |l\.placeOf[^)]*\), )?(?:.*?, )?"([A-Z][^"]{5,60})",`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, folder := range badLabs(t) {
		want, _ := wanted(t, folder)
		for _, list := range want {
			all.WriteString(strings.Join(list, "\n") + "\n")
		}
	}
	// Provoked by tests of their own, since no file can.
	elsewhere := []string{
		"No such lab", "Lab cannot be read", "Not a lab file", "Lab file cannot be read", "No lab file",
		"File of variables cannot be read", "Product key in a variable",
	}
	found := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range said.FindAllStringSubmatch(string(src), -1) {
			if strings.Contains(m[1], "%") {
				continue // a detail
			}
			found++
			if !strings.Contains(all.String(), ": "+m[1]+"\n") && !slices.Contains(elsewhere, m[1]) {
				t.Errorf("%s: no bad lab has the verdict %q", file, m[1])
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d complaints found in the source", found)
	}
}
