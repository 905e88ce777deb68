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

// What is typed at a console, from a sensitive text or a secret, is not shown
// either, and is noticed when it changes.
func TestWhatIsTypedIsNotShown(t *testing.T) {
	t.Parallel()
	made := func(text, digest string) *plan.Plan {
		l := lab()
		l.Stages[0].Steps = append(l.Stages[0].Steps, &labs.Step{
			Kind: "keys", Name: "keys", On: []string{"ex01"}, Sensitive: []string{"text"},
			Args: map[string]labs.Value{"text": text, "secret": labs.SecretRef(l.Secrets[0].Name), "runner": true},
		})
		in := input(l, "windows")
		in.Secret = func(string) (string, error) { return digest, nil }
		p := mustMake(t, in)
		shown, err := json.Marshal(struct {
			Plan      *plan.Plan
			Preimages []plan.Preimage
		}{p, []plan.Preimage{p.Stages[0].Layers[0].Preimage, p.Stages[0].Layers[1].Preimage}})
		if err != nil || strings.Contains(string(shown), text) {
			t.Errorf("%v: %s", err, shown)
		}
		return p
	}
	old := made("hunter2", "aa").Stages[0].Layers[1]
	for _, now := range []*plan.Plan{made("hunter3", "aa"), made("hunter2", "ab")} {
		layer := now.Stages[0].Layers[1]
		if why := strings.Join(old.Preimage.Differences(layer.Preimage), "; "); old.Key == layer.Key || !strings.Contains(why, "keys: console changed") {
			t.Errorf("the plan would say %q", why)
		}
	}
}
