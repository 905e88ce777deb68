package plan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/plan"
)

// A sensitive argument is in no plan and in no preimage, and yet a change of it
// is noticed.
func TestASensitiveArgumentIsNotShown(t *testing.T) {
	t.Parallel()
	made := func(value string) *plan.Plan {
		l := lab()
		l.Stages[0].Steps = append(l.Stages[0].Steps, &labs.Step{
			Kind: "run", Name: "run", On: []string{"ex01"}, Sensitive: []string{"command"},
			Args: map[string]labs.Value{"command": "echo " + value, "expect_code": int64(0)},
		})
		p := mustMake(t, input(l, "windows"))
		text, err := json.Marshal(struct {
			Plan      *plan.Plan
			Preimages []plan.Preimage
		}{p, []plan.Preimage{p.Stages[0].Layers[0].Preimage, p.Stages[0].Layers[1].Preimage}})
		if err != nil || strings.Contains(string(text), value) {
			t.Errorf("%v: %s", err, text)
		}
		return p
	}
	old, now := made("hunter2").Stages[0].Layers[1], made("hunter3").Stages[0].Layers[1]
	if old.Key == now.Key {
		t.Error("another value gives the same key")
	}
	if why := strings.Join(old.Preimage.Differences(now.Preimage), "; "); why != `run: E:COMMAND.CMD changed` {
		t.Errorf("the plan would say %q", why)
	}
}
