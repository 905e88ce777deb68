package command_test

import (
	"os"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// refusal is a prerequisite of a step, taken away.
type refusal struct {
	// step is stage/step of the lab, and lacks says what it lacks there.
	step, lacks string
	// without are steps of the lab that are left out; a step whose own prerequisites go with them is left out too.
	without string
	// spoil takes away what no step of the lab makes; nil for nothing.
	spoil func(p *play, b *box)
	// says is what Doublehop must find in what the job said.
	says string
}

func TestEveryPrerequisiteThatIsTakenAwayIsNamed(t *testing.T) {
	needsWine(t)
	template := makeTemplate(t)
	for lab, rows := range refusals() {
		for _, r := range rows {
			t.Run(lab+"/"+r.step+" without "+r.lacks, func(t *testing.T) {
				t.Parallel()
				r.refused(t, lab, template)
			})
		}
	}
}

func (r refusal) refused(t *testing.T, name, template string) {
	t.Helper()
	p := &play{lan: &lan{t: t, template: template}, lab: shipped(t, name), without: strings.Fields(r.without), world: estate.New()}
	p.world.SetClock(p.lab.Clock.Start)
	p.wine = p.computer(r.step)
	c := p.until(r.step)
	entry, _ := catalog.Find(c.Step.Kind)
	work, diags := entry.Work(c)
	if diags.Fatal() || work.Job == nil || work.Explain == nil {
		t.Fatalf("%s is no work that explains itself: %v", r.step, diags)
	}
	b := p.on(c)
	if r.spoil != nil {
		r.spoil(p, b)
	}
	b.begin(work)
	code, said := b.script("JOB")
	why := work.Explain(said[max(0, len(said)-200):])
	if code == 0 { // then it is for the proofs to say
		b.script("PROOF")
		code = b.wrong(work)
	}
	if code == 0 || !strings.Contains(why, r.says) {
		t.Errorf("exit code %d; Doublehop says %q, without %q; the job said:\n%s", code, why, r.says, strings.Join(said, "\n"))
	}
}

// wrong is how many of a work's proofs do not hold.
func (b *box) wrong(work catalog.Work) int {
	b.t.Helper()
	wrong := 0
	for _, p := range work.Proofs {
		text, _ := os.ReadFile(b.guest.Machine.Prefix + "/drive_c/DH/PROOF/" + p.File + ".TXT") // no file is an empty one
		if _, err := p.Read(strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"), "\n")); err != nil {
			wrong++
		}
	}
	return wrong
}

// computer is the computer of a step's first machine.
func (p *play) computer(step string) string {
	for _, s := range p.lab.Stages {
		for _, doing := range s.Steps {
			if m, ok := p.lab.Machine(doing.On[0]); ok && address(s, doing) == step {
				return m.Computer
			}
		}
	}
	p.t.Fatalf("lab %s has no step %s", p.lab.Name, step)
	return ""
}
