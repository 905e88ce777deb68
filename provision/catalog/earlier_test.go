package catalog_test

import (
	"slices"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// Whether a step of Exchange is legal hangs on the servers that others have
// updated or removed before it: it waits for those on other machines, and never
// for what is written later.
func TestServersComeInTheirOrder(t *testing.T) {
	t.Parallel()
	on := func(kind, name string, machines ...string) *labs.Step {
		return &labs.Step{Kind: kind, Name: name, On: machines, Args: map[string]labs.Value{"establishes": []string{"no-connector"}}}
	}
	stage := &labs.Stage{Name: "hop", Steps: []*labs.Step{
		on("exchange_update", "sp2", "ex01"), on("exchange_remove", "gone", "ex02"), on("run", "vouched", "dc02"),
		on("prepare_schema", "schema", "dc01"), on("exchange_update", "late", "ex03"),
	}}
	lab := &labs.Lab{Name: "order", Stages: []*labs.Stage{stage}}
	for _, name := range []string{"dc01", "dc02", "ex01", "ex02", "ex03"} {
		lab.Machines = append(lab.Machines, &labs.Machine{Name: name, Computer: name})
	}
	needs := func(i int, machine string) []estate.Fact {
		m, _ := lab.Machine(machine)
		entry, ok := catalog.Find(stage.Steps[i].Kind)
		if !ok {
			t.Fatalf("no step is called %s", stage.Steps[i].Kind)
		}
		return entry.Needs(catalog.Call{Lab: lab, Stage: stage, Step: stage.Steps[i], Machine: m, Estate: estate.New()})
	}
	for i, machine := range map[int]string{3: "dc01", 4: "ex03"} {
		got := needs(i, machine)
		for _, f := range []estate.Fact{estate.FactStep("hop", "sp2", "ex01"), estate.FactStep("hop", "gone", "ex02"), estate.FactStep("hop", "vouched", "dc02")} {
			if !slices.Contains(got, f) {
				t.Errorf("%s does not wait for %s: %v", stage.Steps[i].Kind, f, got)
			}
		}
		if slices.Contains(got, estate.FactStep("hop", "late", "ex03")) {
			t.Errorf("%s waits for what is written after it, or for itself: %v", stage.Steps[i].Kind, got)
		}
	}
}
