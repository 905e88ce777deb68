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

// TestShippedLabsRunToTheirEnds runs the long rehearsals that ship, as they are,
// from bare discs to their last stage. A step ends with its proofs or not at all,
// so what is left to look at is that no stage and no step was left out, that no
// job was begun twice, and what it all led to.
func TestShippedLabsRunToTheirEnds(t *testing.T) {
	t.Parallel()
	h := realHost(t)
	t.Run("inside-out", func(t *testing.T) {
		t.Parallel()
		h.shipped(t, "inside-out").rehearse(t, "windows-2003", map[string]string{})
	})
	t.Run("double-hop", func(t *testing.T) {
		t.Parallel()
		l := h.shipped(t, "double-hop")
		l.rehearse(t, "to-2013-removal", map[string]string{})
		l.rehearse(t, "to-2016-removal", map[string]string{})
	})
}

// shipped is a lab that ships, as it ships, in a pool of its own.
func (h *host) shipped(t *testing.T, name string) *lab {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("../labs", name))
	if err != nil {
		t.Fatal(err)
	}
	l := h.lab(t, name, folder)
	l.flags = []string{"--var", "discs=" + filepath.Join(h.discs, "../../../build/standin")}
	const key = "DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ2K" // whose shape is all that a stand-in looks at
	l.environ = []string{"LAB_WINDOWS_2000_KEY=" + key, "LAB_WINDOWS_2003_KEY=" + key}
	return l
}

// rehearse builds to a stage, and demands the facts that its guests must have
// told at the end.
func (l *lab) rehearse(t *testing.T, to string, facts map[string]string) {
	t.Helper()
	r := l.begin(t, "up", "-y", "--to", to)
	if code := r.end(); code != 0 {
		t.Fatalf("up --to %s: exit code %d\n%s", to, code, r.words.String())
	}
	l.doneOnce(t, r.seen)
	_, manifests := l.pooled(t)
	told, steps := map[string]string{}, 0
	for _, m := range l.finished(t, manifests) {
		for _, p := range m.Proofs {
			told[p.Machine+" "+p.Name] = p.Value
		}
	}
	var plan struct {
		Stages []struct {
			Name, Action string
			Steps        []struct{ Name, Machine string }
		}
	}
	if err := json.Unmarshal([]byte(l.must(t, 0, "plan", "--to", to, "-o", "json").stdout), &plan); err != nil {
		t.Fatal(err)
	}
}
