package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/guest/winetest"
	"github.com/doublehop/doublehop/provision/guest/wizard"
)

// windows compiles a program for Windows.
func windows(t *testing.T, source string, more ...string) []byte {
	t.Helper()
	const compiler = "i686-w64-mingw32-gcc"
	if _, err := exec.LookPath(compiler); err != nil {
		missing := "no " + compiler + " to build Windows programs with: install gcc-mingw-w64-i686"
		if os.Getenv("E2E_STRICT") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	_, err := os.Stat(source) // so that a result of another source is not taken from Go's cache
	check(t, err)
	out := filepath.Join(t.TempDir(), "program.exe")
	args := append([]string{"-Os", "-Wall", "-Wextra", "-Werror", "-o", out, source}, more...)
	if text, err := exec.CommandContext(t.Context(), compiler, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	content, err := os.ReadFile(out)
	check(t, err)
	return content
}

// TestWizardOfSetupInWine answers each way through the wizard of the stand-in's Exchange
// setup with the pages that Doublehop ships, and holds what the core is told then.
func TestWizardOfSetupInWine(t *testing.T) {
	t.Parallel()
	const shim = "../shim/wizard.c"
	core := windows(t, "testdata/core.c")
	programs := map[string][]byte{"2000": windows(t, shim, "-mwindows", "-DYEAR=2000"), "2003": windows(t, shim, "-mwindows", "-DYEAR=2003")}
	const server = "COR.EXE\"  /UnattendFile \"C:"
	for _, c := range []struct {
		name, year, program, switches, pages, state, fails string
		said, told                                         string
		code                                               int
	}{
		{name: "first", year: "2003", program: "SETUP", state: "Install", said: "did: type 1 Contoso", told: "[Organization]\nName=\"Contoso\"\n"},
		{name: "further", year: "2003", program: "SETUP", state: "Install Fabrikam", said: "page: summary", told: "Name=\"Fabrikam\"\n"},
		{name: "upgrade", year: "2003", program: "SETUP", state: "Upgrade Contoso", said: "Upgrade: Microsoft Exchange", told: server},
		{name: "forest", year: "2003", program: "SETUP", switches: "/ForestPrep", state: "ForestPrep", said: "page: account", told: "COR.EXE\" /ForestPrep\n"},
		{name: "forest 2000", year: "2000", program: "SETUP", switches: "/ForestPrep", state: "ForestPrep", said: "page: account", told: "COR.EXE\" /ForestPrep /StandInName \"Contoso\"\n"},
		{name: "domain", year: "2000", program: "SETUP", switches: "/DomainPrep", state: "DomainPrep Contoso", said: "page: pre-windows-2000", told: "COR.EXE\" /DomainPrep\n"},
		{name: "service pack", year: "2000", program: "UPDATE", pages: "-update", state: "Update Contoso", said: "page: finish", told: "COR.EXE\" \n"},
		{name: "removal", year: "2003", program: "SETUP", pages: "-remove", state: "Remove Contoso", said: "did: choose 1 Remove", told: "COR.EXE\" \n"},
		{name: "failure", year: "2003", program: "SETUP", switches: "/ForestPrep", state: "ForestPrep", fails: "The domain is not there", said: "The domain is not there", told: "/ForestPrep", code: int(wizard.EndBox)},
		{name: "recorded", year: "2003", program: "SETUP", switches: `/UnattendFile C:\MINE.INI`, fails: "why", said: "the program ended with 7", told: `/UnattendFile C:\MINE.INI`, code: 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pages, ok := wizard.Shipped("exchange-" + c.year + c.pages)
			if !ok {
				t.Fatal("no pages")
			}
			m := winetest.Open(t)
			files := []guest.File{
				guest.Bytes(wizard.ProgramFile, wizard.Program()), guest.Text(wizard.PagesFile, wizard.Fill(pages, map[string]string{"ORGANIZATION": "Contoso"})),
				guest.Bytes(c.program+".EXE", programs[c.year]), guest.Bytes(strings.TrimSuffix(c.program, "E")+"COR.EXE", core), guest.Text("STATE.TXT", c.state+"\n"),
			}
			if c.fails != "" {
				files = append(files, guest.Text("FAILS.TXT", c.fails+"\n"))
			}
			m.Write(`C:\`, files)
			code, said := m.Run(t.Context(), append([]string{`C:\WIZARD.EXE`, `C:\PAGES.TXT`, `C:\` + c.program + `.EXE`}, strings.Fields(c.switches)...)...)
			told := strings.ReplaceAll(m.Read(`C:\TOLD.TXT`), "\r", "")
			if code != c.code || !strings.Contains(said, c.said) || !strings.Contains(told, c.told) {
				t.Errorf("ended with %d, want %d; the core was told %q, want %q; said, without %q perhaps:\n%s", code, c.code, told, c.told, c.said, said)
			}
		})
	}
}
