package wizard_test

import (
	"bytes"
	"debug/pe"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/provision/guest/wizard"
)

// TestSameBytes holds the program to its source.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	needCompiler(t)
	out := filepath.Join(t.TempDir(), "fresh.exe")
	if text, err := exec.CommandContext(t.Context(), "./build.sh", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	fresh, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(wizard.ProgramFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, have) {
		t.Error("WIZARD.EXE is not what its source makes: run `make wizard`, with gcc-mingw-w64-i686 of Debian 12")
	}
}

// TestImports keeps the program to what Windows 2000 has.
func TestImports(t *testing.T) {
	t.Parallel()
	f, err := pe.Open(wizard.ProgramFile)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	symbols, err := f.ImportedSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		_, library, _ := strings.Cut(s, ":")
		if !slices.Contains([]string{"kernel32.dll", "user32.dll", "msvcrt.dll"}, strings.ToLower(library)) {
			t.Errorf("imports %s", s)
		}
		if strings.Contains(s, "_s:") || strings.Contains(s, "64:") {
			t.Errorf("imports %s, which msvcrt of Windows 2000 may not have", s)
		}
	}
	if h, ok := f.OptionalHeader.(*pe.OptionalHeader32); !ok || h.MajorSubsystemVersion > 5 {
		t.Error("is not for Windows 2000")
	}
}

func TestShippedPages(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"exchange-2000", "exchange-2003", "exchange-2000-update", "exchange-2003-update", "exchange-2000-remove", "exchange-2003-remove"} {
		text, ok := wizard.Shipped(name)
		if !ok {
			t.Fatalf("no pages %s", name)
		}
		if found := wizard.Check(text); found != nil {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           "There is no title before the first page.",
		"title T":                    "There is no page.",
		"press X\ntitle T\npage p":   `Line 1: "press" stands before the first page.`,
		"title T\npage p\nclick X":   `Line 3: "click" is no statement.`,
		"title T\npage p\nwait long": `Line 3: "long" is no number of seconds from 1 to 86400.`,
		"title T\npage p\ntype 1":    `Line 3: "type" needs a field and a value.`,
		"title T\npage p\ngrace 3":   `Line 3: "grace" belongs before the first page.`,
		"title T\npage p\npress Só":  "Line 3: it has a sign that is not plain ASCII.",
		"title T\npage p\npress":     `Line 3: "press" needs something after it.`,
	} {
		if found := wizard.Check(text); !slices.Contains(found, want) {
			t.Errorf("%q: %q, want %q among them", text, found, want)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	have := wizard.Fill("type 1 @A@\ntype 2 @B@\npress Next", map[string]string{"A": "x", "B": ""})
	if want := "type 1 x\npress Next"; have != want {
		t.Errorf("%q, want %q", have, want)
	}
}
