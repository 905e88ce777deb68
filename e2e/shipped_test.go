package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/engine"
)

// The stand-in discs are told for what the labs want that are run with them,
// and nothing about one is in doubt.
func TestTheStandInDiscsAreWhatTheLabsWant(t *testing.T) {
	t.Parallel()
	discs, err := filepath.Abs("../build/standin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(discs, "windows-2016.iso")); err != nil {
		drivertest.NeedsHost(t, "the stand-in discs are not there", "Run make discs.")
	}
	for _, name := range []string{"demo", "inside-out", "double-hop"} {
		lab, _, list := labfile.Load(filepath.Join("../labs", name), labfile.Options{
			Schemas: catalog.Schemas(), Vars: map[string]string{"discs": discs},
		})
		if err := list.Err(); err != nil {
			t.Fatal(err)
		}
		checks, err := engine.CheckMedia(t.Context(), lab, nil, nil)
		if err != nil || len(checks) < 2 {
			t.Fatalf("%s: %d discs, %v", name, len(checks), err)
		}
		for _, c := range checks {
			if c.State != engine.MediaReady {
				t.Errorf("%s: %s is %s: %+v", name, c.Media, c.State, c.Faults)
			}
		}
	}
}
