package catalog_test

import (
	"testing"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// How long public folders take hangs on where they come from.
func TestTakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind, on, from string
		want           time.Duration
	}{
		"made":            {"public_folders", "ex13", "", 2 * time.Minute},
		"by replicas":     {"public_folders", "ex10", "ex03", 20 * time.Minute},
		"by a batch":      {"public_folders", "ex16", "ex10", time.Hour},
		"by moves":        {"public_folders", "ex16", "ex13", 20 * time.Minute},
		"its kind tells":  {"move_roles", "dc01", "", time.Minute},
		"no such step is": {"dance", "dc01", "", 0},
	} {
		w := hop(t)
		call := catalog.Call{Lab: w.lab, Estate: w.estate, Step: &labs.Step{Kind: test.kind, On: []string{test.on}, Args: map[string]labs.Value{}}}
		call.Machine, _ = w.lab.Machine(test.on)
		if test.from != "" {
			call.Step.Args["from"] = labs.MachineRef(test.from)
		}
		if got := catalog.Takes(call); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
