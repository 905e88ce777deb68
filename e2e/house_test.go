package e2e_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// room is a package of the house.
type room struct {
	ImportPath, Dir           string
	GoFiles, CgoFiles         []string
	TestGoFiles, XTestGoFiles []string
	IgnoredGoFiles            []string
	Imports                   []string
	TestImports, XTestImports []string
	Error                     *struct{ Err string }
	floor                     string
}

// owners are the rooms that alone may import a library, and why.
var owners = []struct{ library, rooms, why string }{
	{"github.com/hashicorp/hcl", "hcl", "what leaves hcl/labfile is labs' own types"},
	{"github.com/zclconf/go-cty", "hcl", "what leaves hcl/labfile is labs' own types"},
	{"libvirt.org/go", "drivers/libvirt", "others speak to the contract in drivers"},
	{"github.com/spf13/cobra", "cmd", "the command line belongs to cmd"},
	{"github.com/spf13/pflag", "cmd", "the command line belongs to cmd"},
	{"github.com/muesli/termenv", "cmd", "the terminal belongs to cmd"},
	{"github.com/diskfs/go-diskfs", "provision/disc", "disc images belong to provision/disc"},
}

// drawers are names of packages into which everything would be thrown.
var drawers = regexp.MustCompile(`(^|/)(utils?|common|helpers?|types|base|misc|shared|managers?)$`)

func TestTheHouseStands(t *testing.T) {
	t.Parallel()
	rooms := list(t, "..")
	if len(rooms) < 5 {
		t.Fatalf("the house has %d rooms: the test looks in the wrong place", len(rooms))
	}
	for _, f := range faults(t, rooms) {
		t.Error(f)
	}
}

// A guard that was never seen to bark is no guard: the planted house has each
// fault once.
func TestAPlantedFaultIsFound(t *testing.T) {
	t.Parallel()
	got := faults(t, list(t, filepath.Join("testdata", "house")))
	want := []string{
		"homeless: its package comment names no floor",
		"labs (floor 0) imports cmd/cli (floor 3): arrows point down only",
		"provision/plan (floor 3) imports cmd/cli (floor 3): arrows point down only",
		"provision/plan imports github.com/hashicorp/hcl/v2: what leaves hcl/labfile is labs' own types",
		"provision/plan imports github.com/spf13/cobra: the command line belongs to cmd",
		"provision/plan imports github.com/zclconf/go-cty/cty: what leaves hcl/labfile is labs' own types",
		"provision/plan imports libvirt.org/go/libvirt: others speak to the contract in drivers",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("faults found (-want +got):\n%s", diff)
	}
}

// list asks the go command for every package below dir, broken ones included.
func list(t *testing.T, dir string) []room {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json", "-tags=libvirt_dlopen", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly -buildvcs=false", "GOPROXY=off")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list in %s: %v", dir, err)
	}
	var rooms []room
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var r room
		err := d.Decode(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rooms = append(rooms, r)
	}
	return rooms
}

// faults are the ways in which the house does not stand, sorted.
func faults(t *testing.T, rooms []room) []string {
	t.Helper()
	root := module(rooms)
	name := func(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, root), "/") }
	floors := map[string]string{}
	var found []string
	for i := range rooms {
		r := &rooms[i]
		r.floor = floorOf(t, r)
		floors[r.ImportPath] = r.floor
		if r.floor == "" {
			found = append(found, name(r.ImportPath)+": its package comment names no floor")
		}
		if drawers.MatchString(r.ImportPath) {
			found = append(found, name(r.ImportPath)+": a package is named after its subject")
		}
	}
	for _, r := range rooms {
		for _, to := range r.Imports {
			if f, ours := floors[to]; ours && f >= r.floor {
				found = append(found, fmt.Sprintf("%s (floor %s) imports %s (floor %s): arrows point down only",
					name(r.ImportPath), r.floor, name(to), f))
			}
			for _, o := range owners {
				if within(to, o.library) && !within(name(r.ImportPath), o.rooms) {
					found = append(found, fmt.Sprintf("%s imports %s: %s", name(r.ImportPath), to, o.why))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// within says whether path is dir or below it.
func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// module is what all import paths begin with.
func module(rooms []room) string {
	for _, r := range rooms {
		if i := strings.Index(r.ImportPath, "/labs"); i > 0 {
			return r.ImportPath[:i]
		}
	}
	return ""
}

var floorWord = regexp.MustCompile(`\bFloor (\d)\.`)

// floorOf is the floor that a package's comment names. A package of tests only
// says it in a test file; one that builds only elsewhere, in any file.
func floorOf(t *testing.T, r *room) string {
	t.Helper()
	for _, files := range [][]string{r.GoFiles, r.CgoFiles, r.TestGoFiles, r.XTestGoFiles, r.IgnoredGoFiles} {
		for _, f := range files {
			tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(r.Dir, f), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Errorf("%s: %v", f, err)
				continue
			}
			if m := floorWord.FindStringSubmatch(tree.Doc.Text()); m != nil {
				return m[1]
			}
		}
	}
	return ""
}

const longest = 500 // lines of code in a file, comments and blank lines not counted

// Long files are drawers. Generated files are excused.
func TestNoFileIsTooLong(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t, "..") {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := codeLines(src); n > longest && !strings.HasSuffix(file, "_gen.go") {
			t.Errorf("%s has %d lines of code, and the most is %d: split it by noun", file, n, longest)
		}
	}
}

// codeLines counts the lines that are neither blank nor only a comment.
func codeLines(src []byte) int {
	n, inside := 0, false
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(line)
		switch {
		case inside:
			inside = !strings.Contains(line, "*/")
		case strings.HasPrefix(line, "/*"):
			inside = !strings.Contains(line, "*/")
		case line != "" && !strings.HasPrefix(line, "//"):
			n++
		}
	}
	return n
}

// unfinished are words that a person leaves who means to come back.
var unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b|(?i)//.*\bfor now\b|(?i)not (yet )?implemented`)

// What is committed is finished, or it is an issue.
func TestNothingIsLeftForLater(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t, "..") {
		if filepath.Base(file) == "house_test.go" {
			continue // it names the words
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(src)) {
			n++
			if w := unfinished.FindString(line); w != "" {
				t.Errorf("%s:%d: %q", file, n, cmp.Or(strings.TrimSpace(line), w))
			}
		}
	}
}

// goFiles lists the Go files below dir, but not what the go command ignores.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && path != dir && (base == "testdata" || base == "build" || base == "bin" || strings.HasPrefix(base, ".")) {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(base, ".go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("%d Go files found: the test looks in the wrong place", len(files))
	}
	return files
}
