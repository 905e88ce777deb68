package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/doublehop/doublehop/provision/plan"
)

// Plan draws what `up` would do: each stage with what is done with it and why,
// the steps of those that are built, what the lab becomes, and what is lost.
func (s Style) Plan(p *plan.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s to stage %s\n\n", s.draw(strong, "Lab "+Clean(p.Lab)+", instance "+Clean(p.Instance)+","), s.draw(strong, Clean(p.Target)))
	widest := 0
	for _, stage := range p.Stages {
		widest = max(widest, len(stage.Name))
	}
	before := ""
	for _, stage := range p.Stages {
		b.WriteString(s.planStage(stage, before, min(widest, 30)))
		before = stage.Name
	}
	b.WriteString(s.final(p))
	return b.String()
}

// actionInk is how an action is drawn.
func actionInk(a plan.Action) ink {
	if a == plan.Reuse {
		return faint
	}
	return good
}

func (s Style) planStage(stage plan.Stage, before string, widest int) string {
	var b strings.Builder
	head := s.draw(actionInk(stage.Action), pad(string(stage.Action), 8)) + "  " + s.draw(strong, pad(Clean(stage.Name), widest)) + "  "
	if stage.Action == plan.Reuse {
		b.WriteString("  " + head + s.draw(faint, cut(layersOf(stage), s.width()-widest-14)) + "\n")
		return b.String()
	}
	b.WriteString("  " + head + "about " + about(time.Duration(stage.Estimate)) + disk(stage.Disk) + warmly(stage) + "\n")
	for _, why := range whyOf(stage) {
		b.WriteString(s.wrap(Clean(why), "            "))
	}
	for i, step := range stage.Steps {
		b.WriteString(cut(s.planStep(stage, i, step), s.width()) + "\n")
	}
	for _, change := range stage.Becomes {
		b.WriteString(s.draw(faint, cut("              → "+Clean(change), s.width())) + "\n")
	}
	b.WriteString(s.noReturn(stage, before))
	for _, q := range stage.Silenced {
		b.WriteString(s.wrap(fmt.Sprintf("%s on %s breaks %s (%s), silenced: %s", Clean(q.Step), Clean(q.Machine), q.Rule, Clean(q.Title), Clean(q.Because)), "            "))
	}
	return b.String()
}

// noReturn says what of a stage cannot be taken back, and how it is undone.
func (s Style) noReturn(stage plan.Stage, before string) string {
	if len(stage.NoReturn) == 0 {
		return ""
	}
	way := "a new lab"
	if before != "" {
		way = "`revert " + Clean(before) + "`"
	}
	what := "one change"
	if n := len(stage.NoReturn); n > 1 {
		what = fmt.Sprintf("%d changes", n)
	}
	return s.draw(warning, "            No way back") + fmt.Sprintf(" from %s but %s.\n", what, way)
}

// disk is what layers will take, to go after a time; empty when that is not worth a word.
func disk(bytes uint64) string {
	if bytes == 0 {
		return ""
	}
	return ", " + humanize.IBytes(bytes)
}

// warmly marks a stage whose checkpoint holds memory, to go after a time.
func warmly(stage plan.Stage) string {
	if stage.Warm {
		return ", to a warm checkpoint"
	}
	return ""
}

// layersOf names the machines that a stage leaves layers of.
func layersOf(stage plan.Stage) string {
	var names []string
	for _, l := range stage.Layers {
		names = append(names, Clean(l.Machine))
	}
	return list(names)
}

// whyOf collects the reasons of a stage and of its machines' layers, each once.
func whyOf(stage plan.Stage) []string {
	reasons := slices.Clone(stage.Why)
	for _, l := range stage.Layers {
		for _, why := range l.Why {
			told := slices.ContainsFunc(reasons, func(r string) bool { return strings.Contains(r, why) })
			if !told {
				reasons = append(reasons, l.Machine+": "+why)
			}
		}
	}
	return reasons
}

func (s Style) planStep(stage plan.Stage, i int, step plan.Step) string {
	line := fmt.Sprintf("            %d. %s on %s", i+1, Clean(step.Name), Clean(step.Machine))
	var after []string
	for _, n := range step.Needs {
		if n >= 0 && n < len(stage.Steps) && stage.Steps[n].Machine != step.Machine {
			after = append(after, fmt.Sprintf("%s on %s", Clean(stage.Steps[n].Name), Clean(stage.Steps[n].Machine)))
		}
	}
	if len(after) > 0 {
		line += ", after " + list(after)
	}
	if step.Estimate > 0 {
		line += ", about " + about(time.Duration(step.Estimate))
	}
	return line
}

// final says what happens after the last stage, what is lost, and sums up.
func (s Style) final(p *plan.Plan) string {
	var b strings.Builder
	b.WriteString("\n")
	switch p.Final.Action {
	case plan.Reuse:
		b.WriteString("The instance stands at this stage and runs.\n")
	case plan.Continue:
		b.WriteString("The instance stands at this stage; its machines are switched on.\n")
	case plan.Build:
		fmt.Fprintf(&b, "Then %s made anew on the checkpoint and switched on.\n", machines(len(p.Machines)))
	}
	if len(p.Final.Loses) > 0 {
		names := make([]string, len(p.Final.Loses))
		for i, n := range p.Final.Loses {
			names[i] = Clean(n)
		}
		b.WriteString(s.lead(warning, "Lost:", "what was changed on "+list(names)+" since the checkpoint they stand on."))
	}
	build, reuse := 0, 0
	for _, stage := range p.Stages {
		if stage.Action == plan.Reuse {
			reuse++
		} else {
			build++
		}
	}
	switch {
	case build > 0:
		fmt.Fprintf(&b, "%s to build, %d to reuse: about %s%s.\n", count(build, "stage"), reuse, about(time.Duration(p.Estimate)), diskOf(p))
	case p.Final.Action == plan.Reuse:
		b.WriteString("Nothing to do.\n")
	default:
		fmt.Fprintf(&b, "Nothing to build: %s reused.\n", stagesAre(reuse))
	}
	return b.String()
}

func diskOf(p *plan.Plan) string {
	if p.Disk == 0 {
		return ""
	}
	return " and " + humanize.IBytes(p.Disk) + " of the pool"
}

func machines(n int) string {
	if n == 1 {
		return "the machine is"
	}
	return fmt.Sprintf("the %d machines are", n)
}

func stagesAre(n int) string {
	if n == 1 {
		return "1 stage is"
	}
	return fmt.Sprintf("%d stages are", n)
}
