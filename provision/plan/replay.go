package plan

import (
	"maps"
	"slices"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// Check replays every branch of a lab on the estate and says what cannot
// work. It needs no hypervisor, no discs and no secrets.
func Check(lab *labs.Lab) labs.Diagnostics {
	r := replay{lab: lab, secret: standInSecret}
	children := map[string]int{}
	for _, stage := range lab.Stages {
		children[stage.After]++
	}
	after := map[string]*moment{"": r.begin()}
	var diags labs.Diagnostics
	for _, stage := range lab.Stages {
		now, ok := after[stage.After]
		if !ok {
			continue // labfile has complained about it
		}
		if children[stage.After]--; children[stage.After] > 0 {
			now = now.clone() // the last branch may have the original
		} else {
			delete(after, stage.After)
		}
		diags = append(diags, r.stage(now, stage, nil)...)
		after[stage.Name] = now
	}
	diags.Sort()
	return diags
}

// standInSecret is a value that any place for a secret accepts; it serves
// where only the form of a job matters.
func standInSecret(string) (labs.SecretValue, error) {
	return labs.NewSecretValue("0123456789abcdef"), nil
}

// replay walks stages on a model of the world.
type replay struct {
	lab    *labs.Lab
	secret func(name string) (labs.SecretValue, error)
	// silenced is told of broken rules that the lab's author silenced; it may be
	// nil.
	silenced func([]Silenced)
}

// moment is the modelled world after a stage: the estate, and who made what.
type moment struct {
	estate *estate.Estate
	makers map[estate.Fact][]string // machines
	count  map[string]int           // steps so far, by machine
}

func (r replay) begin() *moment {
	world := estate.New()
	if at := r.lab.Clock.Start; !at.IsZero() {
		world.SetClock(at)
	}
	return &moment{estate: world, makers: map[estate.Fact][]string{}, count: map[string]int{}}
}

func (m *moment) clone() *moment {
	c := &moment{estate: m.estate.Clone(), makers: map[estate.Fact][]string{}, count: map[string]int{}}
	for f, who := range m.makers {
		c.makers[f] = slices.Clone(who)
	}
	maps.Copy(c.count, m.count)
	return c
}

// visit is called for each step with the work that it means.
type visit func(call catalog.Call, order int, work catalog.Work, needs []int, makers []string)

// stage replays one stage and changes now. The steps are walked in an order in
// which each one's needs come first, whatever order they are written in.
func (r replay) stage(now *moment, stage *labs.Stage, tell visit) labs.Diagnostics {
	diags := turn(now.estate, stage)
	calls, more := r.calls(now, stage)
	diags = append(diags, more...)
	needs, circles := order(calls)
	diags = append(diags, circles...)
	broken := map[*labs.Step]map[string]bool{}
	for _, i := range sorted(needs) {
		c := calls[i]
		c.call.Estate = now.estate
		makers := now.makersOf(c)
		work, complaints := c.entry.Work(c.call)
		diags = append(diags, complaints...)
		diags = append(diags, r.judge(c, now.estate, broken)...)
		for _, f := range c.entry.Makes(c.call) {
			now.makers[f] = append(now.makers[f], c.call.Machine.Name)
		}
		now.count[c.call.Machine.Name]++
		if tell != nil {
			tell(c.call, i, work, needs[i], makers)
		}
	}
	for _, step := range stage.Steps {
		if len(step.Allow) > 0 {
			diags = append(diags, allowed(stage, step)...)
			diags = append(diags, idle(stage, step, broken[step])...)
		}
	}
	return diags
}

// turn sets the lab's clock where the stage does.
func turn(e *estate.Estate, stage *labs.Stage) labs.Diagnostics {
	if stage.Clock.IsZero() {
		return nil
	}
	var diags labs.Diagnostics
	for _, p := range e.SetClock(stage.Clock) {
		at := stage.Attribute(p.Attr)
		diags = append(diags, labs.Diagnostic{
			Severity: p.Severity, Rule: p.Rule, Summary: p.Summary, Detail: p.Detail,
			Addr: labs.Address("stage", stage.Name), Subject: &at, Context: &stage.Range,
		})
	}
	return diags
}

// judge holds a step against the rules and changes the world. It notes which
// rules each step broke.
func (r replay) judge(c bound, e *estate.Estate, broken map[*labs.Step]map[string]bool) labs.Diagnostics {
	problems := c.entry.Effects(c.call, e)
	if len(problems) == 0 {
		return nil
	}
	rules := broken[c.call.Step]
	if rules == nil {
		rules = map[string]bool{}
		broken[c.call.Step] = rules
	}
	for _, p := range problems {
		rules[p.Rule] = true
	}
	told, silenced := silence(c.call, problems)
	if r.silenced != nil && len(silenced) > 0 {
		r.silenced(silenced)
	}
	var diags labs.Diagnostics
	for _, p := range told {
		diags = append(diags, diagnose(c.call, p))
	}
	return diags
}

// makersOf lists the other machines that made what c needs.
func (m *moment) makersOf(c bound) []string {
	var list []string
	for _, f := range c.entry.Needs(c.call) {
		for _, who := range m.makers[f] {
			if who != c.call.Machine.Name {
				list = append(list, who)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// bound is a step on one machine with its entry of the catalogue.
type bound struct {
	entry catalog.Entry
	call  catalog.Call
}

// calls lists the stage's steps, one for each machine that it is on.
func (r replay) calls(now *moment, stage *labs.Stage) ([]bound, labs.Diagnostics) {
	var list []bound
	var diags labs.Diagnostics
	for _, step := range stage.Steps {
		entry, ok := catalog.Find(step.Kind)
		if !ok {
			diags = append(diags, labs.Diagnostic{
				Summary: "Unknown step", Detail: "There is no step \"" + step.Kind + "\" in the catalogue.",
				Addr: labs.Address("stage", stage.Name), Subject: &step.Range,
			})
			continue
		}
		for _, name := range step.On {
			machine, ok := r.lab.Machine(name)
			if !ok {
				continue // labfile has complained about it
			}
			list = append(list, bound{entry, catalog.Call{
				Lab: r.lab, Stage: stage, Step: step, Machine: machine, Estate: now.estate, Secret: r.secret,
				MAC: func(nic int) string { return macOf(r.lab.Name, name, nic) },
			}})
		}
	}
	return list, diags
}

// diagnose points a problem of the estate at the step's line.
func diagnose(call catalog.Call, p estate.Problem) labs.Diagnostic {
	at := call.Step.Attribute(p.Attr)
	return labs.Diagnostic{
		Severity: p.Severity, Rule: p.Rule, Summary: p.Summary, Detail: p.Detail,
		Addr:    labs.Address("stage", call.Stage.Name) + "." + labs.Address("step", call.Step.Name),
		Subject: &at, Context: &call.Step.Range,
	}
}
