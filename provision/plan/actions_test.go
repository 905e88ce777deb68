package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/plan"
)

func TestFinishedStagesAreReused(t *testing.T) {
	t.Parallel()
	in := input(lab(), "forest")
	in.World = finished(mustMake(t, in), 1)
	p := mustMake(t, in)
	if p.Stages[0].Action != plan.Reuse || p.Stages[1].Action != plan.Build {
		t.Errorf("%s, %s", p.Stages[0].Action, p.Stages[1].Action)
	}
}

// counted is a shelf that knows what was taken off it.
type counted struct {
	plan.Known
	found []string
	all   int
}

func (c *counted) Find(key string) (plan.Checkpoint, bool) {
	c.found = append(c.found, key)
	return c.Known.Find(key)
}

func (c *counted) All() map[string]plan.Checkpoint {
	c.all++
	return c.Known.All()
}

// A lab that stands reads one checkpoint of the pool, however many there are.
func TestALabThatStandsReadsOneCheckpoint(t *testing.T) {
	t.Parallel()
	in := input(lab(), "forest")
	first := mustMake(t, in)
	for n, want := range []int{len(first.Stages), 2, 1} {
		shelf := &counted{Known: finished(first, n).Checkpoints.(plan.Known)}
		in.World = plan.World{Checkpoints: shelf}
		p := mustMake(t, in)
		if len(shelf.found) != want || (shelf.all > 0) != p.Building() {
			t.Errorf("with %d of %d stages it looked for %d checkpoints and for all %d times", n, len(first.Stages), len(shelf.found), shelf.all)
		}
	}
}

// left are the machines as an earlier run left them in the middle of a stage.
func left(p *plan.Plan, stage int, phases ...string) []drivers.Machine {
	var list []drivers.Machine
	for i, l := range p.Stages[stage].Layers[:len(phases)] {
		state := drivers.Running
		phase, off := strings.CutSuffix(phases[i], " off")
		phase, cut := strings.CutSuffix(phase, " cut")
		if off || cut {
			state = drivers.Off
		}
		phase, failed := strings.CutSuffix(phase, " failed")
		phase, ran := strings.CutSuffix(phase, " ran")
		m := drivers.Machine{Name: l.Domain, State: state, ShutDown: off, Mark: drivers.Mark{
			Lab: p.Lab, Instance: p.Instance, Object: l.Machine,
			Facts: map[string]string{plan.FactLayer: l.Key, plan.FactPhase: phase, plan.FactStage: p.Stages[stage].Name},
		}}
		if failed {
			m.Mark.Facts[plan.FactFailed] = "join"
		}
		if ran {
			m.Mark.Facts[plan.FactRan] = "1"
		}
		list = append(list, m)
	}
	return list
}

func TestAStageGoesOnOnlyWhenItsMachinesAreAsTheyWereLeft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		stage  int
		phases []string
		want   []plan.Action
	}{
		{"both run: both go on", 1, []string{"build", "build"}, []plan.Action{plan.Continue, plan.Continue}},
		{"one lost power in a domain: both begin again", 1, []string{"build", "build off"}, []plan.Action{plan.Build, plan.Build}},
		{"one lost power before there was a domain: that one begins again", 0, []string{"build", "build off"}, []plan.Action{plan.Continue, plan.Build}},
		{"one failed: both begin again", 1, []string{"build", "build failed"}, []plan.Action{plan.Build, plan.Build}},
		{"both are closing, one is off already", 1, []string{"closing", "closing off"}, []plan.Action{plan.Continue, plan.Continue}},
		{"both are closing, and one lost power before it had shut down", 1, []string{"closing off", "closing cut"}, []plan.Action{plan.Build, plan.Build}},
		{"that one begins again alone before there is a domain", 0, []string{"closing off", "closing cut"}, []plan.Action{plan.Continue, plan.Build}},
		{"both stand and only the manifest is missing", 1, []string{"stand off", "stand cut"}, []plan.Action{plan.Continue, plan.Continue}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := input(lab(), "forest")
			first := mustMake(t, in)
			in.World = finished(first, c.stage)
			in.World.Machines = left(first, c.stage, c.phases...)
			p := mustMake(t, in)
			var got []plan.Action
			for _, l := range p.Stages[c.stage].Layers {
				got = append(got, l.Action)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFinalSaysWhatBecomesOfTheInstance(t *testing.T) {
	t.Parallel()
	in := input(lab(), "forest")
	first := mustMake(t, in)
	in.World = finished(first, 2)
	for _, c := range []struct {
		name   string
		stage  int
		phases []string
		action plan.Action
		loses  []string
	}{
		{"it runs on the checkpoint", 1, []string{"stand ran", "stand ran"}, plan.Reuse, nil},
		{"one is off", 1, []string{"stand ran", "stand ran off"}, plan.Continue, nil},
		{"it stands on an older checkpoint", 0, []string{"stand ran", "stand ran off"}, plan.Build, []string{"dc01", "ex01"}},
		{"it never ran on the older checkpoint", 0, []string{"stand off", "stand cut"}, plan.Build, nil},
		{"one is missing, so that all go back", 1, []string{"stand ran"}, plan.Build, []string{"dc01"}},
		{"one is in the middle of a stage, so that all go back", 1, []string{"build", "stand ran"}, plan.Build, []string{"ex01"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := in
			in.World.Machines = left(first, c.stage, c.phases...)
			p := mustMake(t, in)
			if p.Final.Action != c.action {
				t.Errorf("action %s", p.Final.Action)
			}
			if diff := cmp.Diff(c.loses, p.Final.Loses); diff != "" {
				t.Error(diff)
			}
		})
	}
}
