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

// Users go before public folders, on whatever machines the two are asked for.
func TestPublicFoldersComeAfterTheirUsers(t *testing.T) {
	t.Parallel()
	from := map[string]labs.Value{"from": labs.MachineRef("ex10")}
	move := &labs.Step{Kind: "move_mailboxes", Name: "users", On: []string{"ex13a"}, Args: from}
	late := &labs.Step{Kind: "move_mailboxes", Name: "late", On: []string{"ex13a"}, Args: from}
	folders := &labs.Step{Kind: "public_folders", Name: "folders", On: []string{"ex13b"}, Args: from}
	stage := &labs.Stage{Name: "hop", Steps: []*labs.Step{move, folders, late}}
	lab := &labs.Lab{Name: "order", Stages: []*labs.Stage{stage}}
	for _, name := range []string{"ex10", "ex13a", "ex13b"} {
		lab.Machines = append(lab.Machines, &labs.Machine{Name: name, Computer: name})
	}
	at := func(s *labs.Step) (catalog.Call, catalog.Entry) {
		m, _ := lab.Machine(s.On[0])
		entry, _ := catalog.Find(s.Kind)
		return catalog.Call{Lab: lab, Stage: stage, Step: s, Machine: m, Estate: estate.New()}, entry
	}
	call, entry := at(folders)
	needs := entry.Needs(call)
	for s, want := range map[*labs.Step]bool{move: true, late: false} {
		made := estate.FactStep("hop", s.Name, s.On[0])
		if call, entry := at(s); !slices.Contains(entry.Makes(call), made) || slices.Contains(needs, made) != want {
			t.Errorf("the folders wait for %s: %v, want %v", made, !want, want)
		}
	}
}
