//go:build rehearse

package e2e_test

import (
	"path/filepath"
	"testing"
	"time"
)

// TestShippedLabsRunToTheirEnds runs the long rehearsals that ship, as they are,
// from bare discs to their last stage. A step ends with its proofs or not at all,
// so what is left to look at is that no stage and no step was left out, that no
// job was begun twice, and what it all led to.
func TestShippedLabsRunToTheirEnds(t *testing.T) {
	t.Parallel()
	h := realHost(t)
	t.Run("inside-out", func(t *testing.T) {
		t.Parallel()
		h.shipped(t, "inside-out").rehearse(t, "windows-2003", map[string]string{
			"dc01 ad.schema.objectVersion": "30", "dc01 windows.build": "3790",
			"ex00 windows.build": "3790", "ex00 exchange.server.build": "6.5.7638.2",
		})
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
	discs, err := filepath.Abs("../build/standin")
	if err != nil {
		t.Fatal(err)
	}
	l := h.lab(t, name, folder)
	l.pool, l.patience = h.mine+"-shipped", 40*time.Minute
	l.flags = []string{"--var", "discs=" + discs}
	const key = "DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ2K" // whose shape is all that a stand-in looks at
	l.environ = []string{"LAB_WINDOWS_2000_KEY=" + key, "LAB_WINDOWS_2003_KEY=" + key}
	return l
}

// rehearse builds to a stage, and demands of every step on the way that it was
// begun once and that its guests told what they had to tell, and of some facts
// what they are.
func (l *lab) rehearse(t *testing.T, to string, facts map[string]string) {
	t.Helper()
	r := l.begin(t, "up", "-y", "--to", to)
	if code := r.end(); code != 0 {
		t.Fatalf("up --to %s: exit code %d\n%s", to, code, r.words.String())
	}
	l.doneOnce(t, r.seen)
	told := map[string]string{}
	steps := map[string]bool{}
	_, manifests := l.pooled(t)
	all := l.planned(t, to)
	stages := finished(manifests, all)
	for _, s := range all {
		m, there := stages[s.Name]
		if !there || s.Action != "reuse" {
			t.Errorf("stage %s: %s, and its checkpoint exists: %v", s.Name, s.Action, there)
		}
		for _, p := range m.Proofs { // what a later stage told stands
			told[p.Machine+" "+p.Name] = p.Value
			steps[s.Name+"/"+p.Step+"/"+p.Machine] = true
		}
		for _, step := range s.Steps {
			if !steps[s.Name+"/"+step.Name+"/"+step.Machine] {
				t.Errorf("stage %s: step %s left no proof of %s", s.Name, step.Name, step.Machine)
			}
		}
	}
	for name, value := range facts {
		if told[name] != value {
			t.Errorf("proof %s = %q, not %s; there are %v", name, told[name], value, told)
		}
	}
}
