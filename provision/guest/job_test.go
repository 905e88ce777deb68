package guest_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/guest"
)

var update = flag.Bool("update", false, "write the golden files")

func content(t *testing.T, f guest.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(r)
	if err != nil || int64(len(text)) != f.Size {
		t.Fatalf("%s: %d bytes of %d, %v", f.Path, len(text), f.Size, err)
	}
	return string(text)
}

// golden compares text with a file of testdata; CR shows as "<CR>".
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	text = strings.ReplaceAll(text, "\r", "<CR>")
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestDisc(t *testing.T) {
	t.Parallel()
	for name, j := range map[string]guest.Job{
		"promote.golden": {
			ID: "DC01-FOREST-1", Then: guest.ThenReboot, Resume: guest.ResumeProof,
			Files: []guest.File{
				guest.Text("JOB.CMD", "dcpromo /answer:%DHJOB%\\DCPROMO.TXT\n"),
				guest.Text("PROOF.CMD", "net share>%DHPROOF%\\SHARES.TXT"),
				guest.Text("FILES/README.TXT", "on the disc only\n"),
			},
		},
		"poweroff.golden": guest.PowerOff(labs.Windows2000, "OFF-1"),
		"defaults.golden": {ID: "X"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := j.Check(); err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, f := range j.Disc("0badf00d") {
				fmt.Fprintf(&b, "== %s\n%s", f.Path, content(t, f))
			}
			golden(t, name, b.String())
		})
	}
}

func TestJobThatCannotBeGiven(t *testing.T) {
	t.Parallel()
	for name, j := range map[string]guest.Job{
		"no id":                {},
		"a lower-case id":      {ID: "dc01"},
		"an id with a line":    {ID: "A\nthen=poweroff"},
		"an id that is long":   {ID: strings.Repeat("A", 33)},
		"an id that is a dash": {ID: "-"},
		"an unknown end":       {ID: "A", Then: "explode"},
		"an unknown resume":    {ID: "A", Resume: "maybe"},
		"a marker of its own":  {ID: "A", Files: []guest.File{guest.Text("dhjob.txt", "id=B")}},
	} {
		if err := j.Check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTextHasWindowsLineEnds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "a": "a\r\n", "a\n": "a\r\n", "a\r\nb": "a\r\nb\r\n", "a\n\nb\n": "a\r\n\r\nb\r\n",
	} {
		if got := content(t, guest.Text("A.TXT", text)); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// What Windows 2000 does not have, and what Wine does not run.
var forbidden = map[string]*regexp.Regexp{
	"needs Windows Script Host 5.6":   regexp.MustCompile(`(?i)\.Exec\(|CurrentDirectory|StdOut|StdErr|\.Named`),
	"is not in Wine":                  regexp.MustCompile(`(?i)\bExecute|ExecuteGlobal|find /c|\.Skip\b|\.Delete\b`),
	"is not on Windows 2000":          regexp.MustCompile(`(?i)\breg (add|query|delete)|\bschtasks|\btaskkill|\bwmic\b|\bsc query|timeout /t`),
	"makes a digit before > a handle": regexp.MustCompile(`[^>&\s]\d>`),
}

func TestRunnerScripts(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[A-Z0-9]{1,8}\.[A-Z0-9]{1,3}$`)
	for _, os := range []labs.OS{labs.Windows2000, labs.Windows2003} {
		for _, f := range guest.Runner(os) {
			text := content(t, f)
			if !name.MatchString(f.Path) {
				t.Errorf("%s: not an 8.3 name", f.Path)
			}
			for n, line := range strings.SplitAfter(text, "\n") {
				at := fmt.Sprintf("%s %s line %d", os, f.Path, n+1)
				if line != "" && !strings.HasSuffix(line, "\r\n") {
					t.Errorf("%s does not end in CR LF", at)
				}
				line = strings.TrimRight(line, "\r\n")
				if len(line) > 255 || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
					t.Errorf("%s is too long or not ASCII", at)
				}
				for why, shape := range forbidden {
					if shape.MatchString(line) {
						t.Errorf("%s: %q %s", at, line, why)
					}
				}
			}
		}
	}
}

func TestRunnerFitsTheSystem(t *testing.T) {
	t.Parallel()
	for os, want := range map[labs.OS]string{labs.Windows2000: "POWER.VBS", labs.Windows2003: "shutdown -r"} {
		for _, f := range guest.Runner(os) {
			if f.Path == "POWER.CMD" && !strings.Contains(content(t, f), want) {
				t.Errorf("%s: no %q in\n%s", os, want, content(t, f))
			}
		}
	}
}
