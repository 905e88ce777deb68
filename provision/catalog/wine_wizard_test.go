package catalog_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/guest"
)

// TestWizardJobsInWine runs the jobs against a setup that shows a wizard. Its
// licence page is answered; its key page is not, since no key was given.
func TestWizardJobsInWine(t *testing.T) {
	t.Parallel()
	s := openStage(t)
	out := filepath.Join(t.TempDir(), "setup.exe")
	source := filepath.Join("..", "guest", "wizard", "testdata", "setup.c")
	if text, err := exec.CommandContext(t.Context(), "i686-w64-mingw32-gcc", "-Os", "-mwindows", "-o", out, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	content, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, labs.Windows2003)
	works := w.demo()
	for _, name := range []string{"wizard", "forestprep"} {
		work := works[name]
		s.begin(work)
		if name == "wizard" { // the recorder shows no window
			s.job(t, 1, 0)
			if !strings.Contains(s.calls(), "SETUP /x") {
				t.Errorf("calls:\n%s", s.calls())
			}
			continue
		}
		s.Write(`D:\SETUP\I386`, []guest.File{guest.Bytes("SETUP.EXE", content)})
		said := s.job(t, 1, 243)
		explained(t, work, said, `The wizard stopped: page key: cannot press "Next"`)
		explained(t, work, said, "Product Identification")
	}
}
