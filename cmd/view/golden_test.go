package view_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// fits fails when a line of text is wider than columns.
func fits(t *testing.T, text string, columns int) {
	t.Helper()
	for line := range strings.Lines(text) {
		if w := uniseg.StringWidth(strings.TrimRight(line, "\n")); w > columns {
			t.Errorf("%d columns: %s", w, line)
		}
	}
}

// recorded is a run of the demo lab whose last stage fails.
func recorded(t *testing.T) []engine.Event {
	t.Helper()
	f, err := os.Open("testdata/run.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var events []engine.Event
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e engine.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

func minutes(n float64) plan.Seconds { return plan.Seconds(n * float64(time.Minute)) }

// planned is the plan of the recorded run.
func planned() *plan.Plan {
	layers := func(action plan.Action, why ...string) []plan.Layer {
		return []plan.Layer{
			{Machine: "dc01", Domain: "dh-demo-dc01", Key: "aa", Action: action, Why: why},
			{Machine: "ex01", Domain: "dh-demo-ex01", Key: "bb", Action: action},
		}
	}
	return &plan.Plan{
		Lab: "demo", Instance: "demo", Target: "exchange", Estimate: minutes(7),
		Networks: []plan.Network{{Name: "corp", Libvirt: "dh-demo-corp"}},
		Machines: []plan.Machine{{Name: "dc01", Domain: "dh-demo-dc01"}, {Name: "ex01", Domain: "dh-demo-ex01"}},
		Stages: []plan.Stage{
			{
				Name: "windows", Key: "1", Action: plan.Reuse, Layers: layers(plan.Reuse), Estimate: minutes(40),
				Steps: []plan.Step{{Name: "install", Kind: "install", Machine: "dc01"}, {Name: "install", Kind: "install", Machine: "ex01"}},
			},
			{
				Name: "forest", Key: "2", Action: plan.Build, Estimate: minutes(3), Coupled: true,
				Layers: layers(plan.Build, "promote: netbios \"CONTOSO\" → \"FABRIKAM\""),
				Steps: []plan.Step{
					{Name: "promote", Kind: "promote", Machine: "dc01", ID: "FOREST-1", Estimate: minutes(2)},
					{Name: "join", Kind: "join", Machine: "ex01", ID: "FOREST-2", Needs: []int{0}, Estimate: minutes(1)},
				},
				Becomes: []string{"domain contoso.test, schema 30", "ex01 is a member of contoso.test"},
			},
			{
				Name: "exchange", Key: "3", Action: plan.Continue, Estimate: minutes(4), Coupled: true,
				Why:    []string{"An earlier run stopped in the middle of it, and the machines stand where it stopped; what is done there is not done again."},
				Layers: layers(plan.Build),
				Steps:  []plan.Step{{Name: "exchange_setup", Kind: "exchange_setup", Machine: "ex01", ID: "EXCHANGE-1", Estimate: minutes(4)}},
			},
		},
		Final: plan.Final{Action: plan.Build, Loses: []string{"dc01", "ex01"}},
	}
}
