package wizard_test

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

const compiler = "i686-w64-mingw32-gcc"

// needCompiler skips a test on a machine that cannot build for Windows.
func needCompiler(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath(compiler); err != nil {
		missing := "no " + compiler + " to build Windows programs with: install gcc-mingw-w64-i686"
		if os.Getenv("E2E_STRICT") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
}

// build compiles the stand-in Setup wizard.
func build(t *testing.T) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "setup.exe")
	cmd := exec.CommandContext(t.Context(), compiler, "-Os", "-Wall", "-Werror", "-mwindows", "-o", out, "testdata/setup.c")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	content, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

type outcome struct {
	mode string
	code wizard.End
	// said must stand in what the driver said, in this order.
	said []string
}

func outcomes() []outcome {
	return []outcome{
		{"well", 0, []string{"page: welcome", "page: licence", "did: check I agree", "page: key", "page: finish", "the program ended with 0"}},
		{"reorder", 0, []string{"page: key", "page: licence", "page: organization", "page: type", "the program ended with 0"}},
		{"warn", 0, []string{"page: pre-windows-2000", "did: press OK", "page: progress", "page: finish"}},
		{"late", 0, []string{"page: welcome", "page: finish", "the program ended with 0"}},
		{"silent", 7, []string{"the program ended with 7"}},
		{"change", wizard.EndUnknown, []string{"page: key", "not in the list", "Choose Components"}},
		{"text", wizard.EndChanged, []string{`page components has changed: it does not say "messaging and collaboration".`}},
		{"control", wizard.EndControl, []string{"page: licence", `cannot check "I agree"`}},
		{"box", wizard.EndBox, []string{"a box came up", "Setup failed while installing sub-component Active Directory"}},
		{"hang", wizard.EndHang, []string{"nothing has changed for long at page summary"}},
		{"crash", wizard.EndGone, []string{"the program ended with 5 at page summary"}},
	}
}

// TestWizardInWine drives the stand-in wizard, well-behaved and not.
func TestWizardInWine(t *testing.T) {
	t.Parallel()
	needCompiler(t)
	shipped, ok := wizard.Shipped("exchange-2003")
	if !ok {
		t.Fatal("no pages")
	}
	pages := strings.NewReplacer("wait 900", "wait 20", "wait 7200", "wait 20", "heading Component Selection", "heading Component Selection\n  text Messaging and Collaboration").Replace(shipped)
	values := map[string]string{"ORGANIZATION": "Contoso"}
	for i, part := range []string{"ABCDE", "FGHIJ", "KLMNO", "PQRST", "UVWXY"} {
		values["PRODUCT_KEY_"+string(rune('1'+i))] = part
	}
	files := []guest.File{guest.Bytes(wizard.ProgramFile, wizard.Program()), guest.Text(wizard.PagesFile, wizard.Fill(pages, values)), guest.Bytes("SETUP.EXE", build(t))}
	for _, o := range outcomes() {
		t.Run(o.mode, func(t *testing.T) {
			t.Parallel()
			m := winetest.Open(t)
			m.Write(`C:\DH`, files)
			code, out := m.Run(t.Context(), `C:\DH\WIZARD.EXE`, `C:\DH\PAGES.TXT`, `C:\DH\SETUP.EXE`, o.mode)
			if code != int(o.code) {
				t.Errorf("exit code %d, want %d", code, o.code)
			}
			rest := out
			for _, want := range o.said {
				_, after, ok := strings.Cut(rest, want)
				if !ok {
					t.Errorf("did not say %q after what went before", want)
				}
				rest = after
			}
			for _, secret := range []string{"ABCDE", "UVWXY"} {
				if strings.Contains(out, secret) {
					t.Errorf("showed the secret %s", secret)
				}
			}
			if why := wizard.Explain(strings.Split(out, "\n")); (why != "") != (o.code >= wizard.EndUse) {
				t.Errorf("explained as %q", why)
			}
			told := strings.ReplaceAll(m.Read(`C:\TOLD.TXT`), "\r", "")
			if o.code == 0 && (!strings.Contains(told, "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY\n") || !strings.Contains(told, "create\n") || !strings.Contains(told, "Contoso\n")) {
				t.Errorf("setup was told %q", told)
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}
