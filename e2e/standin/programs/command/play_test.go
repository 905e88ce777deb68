package command_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// shipped reads a lab that ships.
func shipped(t *testing.T, name string) *labs.Lab {
	t.Helper()
	lab, _, diags := labfile.Load("../../../../labs/"+name, labfile.Options{Schemas: catalog.Schemas()})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return lab
}

// play is a lab that ships, played in memory as far as one of its steps.
type play struct {
	*lan
	lab   *labs.Lab
	boxes map[string]*box // by the machine's name in the lab
	// world is what Doublehop believes: every step of the lab has been made.
	world *estate.Estate
	// without are steps, as stage/step or stage/*, that were left out.
	without []string
}

// address names a step in its lab.
func address(stage *labs.Stage, step *labs.Step) string { return stage.Name + "/" + step.Name }

// branch are the stages from the lab's beginning to one of them.
func branch(t *testing.T, lab *labs.Lab, name string) []*labs.Stage {
	t.Helper()
	var way []*labs.Stage
	for name != "" {
		at := slices.IndexFunc(lab.Stages, func(s *labs.Stage) bool { return s.Name == name })
		if at < 0 {
			t.Fatalf("lab %s has no stage %q", lab.Name, name)
		}
		way = append(way, lab.Stages[at])
		name = lab.Stages[at].After
	}
	slices.Reverse(way)
	return way
}

// until plays the lab to a step, which is not made, and gives the step as
// Doublehop would begin it on its first machine.
func (p *play) until(step string) catalog.Call {
	p.t.Helper()
	stage, _, _ := strings.Cut(step, "/")
	for _, s := range p.without {
		if !slices.ContainsFunc(p.steps(), func(a string) bool { return fits(s, a) }) {
			p.t.Fatalf("lab %s has no step %s", p.lab.Name, s)
		}
	}
	for _, s := range branch(p.t, p.lab, stage) {
		if !s.Clock.IsZero() {
			p.world.SetClock(s.Clock)
		}
		for _, doing := range s.Steps {
			for _, c := range p.calls(s, doing) {
				if address(s, doing) == step {
					return c
				}
				p.make(c)
			}
		}
	}
	p.t.Fatalf("lab %s has no step %s", p.lab.Name, step)
	return catalog.Call{}
}

// steps are the addresses of the lab's steps.
func (p *play) steps() []string {
	var all []string
	for _, s := range p.lab.Stages {
		for _, doing := range s.Steps {
			all = append(all, address(s, doing))
		}
	}
	return all
}

// fits says that a pattern, stage/step or stage/*, means a step.
func fits(pattern, step string) bool {
	stage, all := strings.CutSuffix(pattern, "*")
	return pattern == step || all && strings.HasPrefix(step, stage)
}

// calls is a step on each of its machines.
func (p *play) calls(stage *labs.Stage, step *labs.Step) []catalog.Call {
	var all []catalog.Call
	for _, name := range step.On {
		m, _ := p.lab.Machine(name)
		all = append(all, catalog.Call{
			Lab: p.lab, Stage: stage, Step: step, Machine: m, Estate: p.world, MAC: func(int) string { return "525400000001" },
			Secret: func(name string) (labs.SecretValue, error) {
				if strings.HasSuffix(name, "key") {
					return labs.NewSecretValue("DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ2K"), nil
				}
				return labs.NewSecretValue("Passw0rd."), nil
			},
		})
	}
	return all
}

// make makes a step, unless it is left out.
func (p *play) make(c catalog.Call) {
	p.t.Helper()
	if !slices.ContainsFunc(p.without, func(s string) bool { return fits(s, address(c.Stage, c.Step)) }) {
		do, ok := deeds()[c.Step.Kind]
		if !ok {
			p.t.Fatalf("nobody knows how to do %s", c.Step.Kind)
		}
		do(p, c)
	}
	entry, _ := catalog.Find(c.Step.Kind)
	entry.Effects(c, p.world)
}
