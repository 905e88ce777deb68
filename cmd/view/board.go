package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

// Board is the state of a run as a person wants to see it: what each machine
// does now, how long that has taken and will take, and the whole. It learns
// from events, and from the plan when there is one.
type Board struct {
	plan     *plan.Plan
	style    Style
	began    time.Time
	target   string
	stage    string // the stage in hand
	stageAt  time.Time
	over     map[string]bool // stages that are reused or done
	machines []*row
}

// row is one machine.
type row struct {
	name, step, phase, last string
	// done says that the machine has finished its steps of the stage in hand,
	// failed that one of them failed.
	done, failed bool
	finished     int       // steps of the stage in hand
	since        time.Time // when the step, or else the phase, began
	expect       time.Duration
}

// NewBoard makes an empty board; p may be nil.
func NewBoard(p *plan.Plan, style Style) *Board {
	b := &Board{plan: p, style: style, over: map[string]bool{}}
	if p != nil {
		b.target = p.Target
		for _, m := range p.Machines {
			b.machines = append(b.machines, &row{name: m.Name})
		}
	}
	return b
}

// Apply learns from one event.
func (b *Board) Apply(e engine.Event) {
	if b.began.IsZero() {
		b.began = e.Time
	}
	switch e.Kind {
	case engine.RunBegin:
		b.target = e.Stage
	case engine.StageReused:
		b.over[e.Stage] = true
	case engine.StageBegin:
		b.stage, b.stageAt = e.Stage, e.Time
		for _, m := range b.machines {
			*m = row{name: m.name}
		}
	case engine.StageEnd:
		b.over[e.Stage] = e.Err == ""
		b.stage = ""
	case engine.StepBegin, engine.StepEnd, engine.Phase, engine.Line:
		if e.Machine != "" {
			b.row(e.Machine).apply(e)
		}
	case engine.RunEnd, engine.Proof, engine.Note, engine.Warn:
	}
}

func (b *Board) row(name string) *row {
	if i := slices.IndexFunc(b.machines, func(r *row) bool { return r.name == name }); i >= 0 {
		return b.machines[i]
	}
	r := &row{name: name}
	b.machines = append(b.machines, r)
	return r
}

func (r *row) apply(e engine.Event) {
	switch e.Kind {
	case engine.StepBegin:
		r.step, r.phase, r.last, r.done = Clean(e.Step), "", "", false
		r.since, r.expect = e.Time, seconds(e.Seconds)
	case engine.StepEnd:
		r.finished++
		r.done, r.failed = e.Err == "", e.Err != ""
		r.phase, r.last, r.since, r.expect = "done", "", e.Time, 0
		if r.failed {
			r.phase = "failed"
		}
	case engine.Phase:
		if r.step == "" || r.done {
			r.since, r.done = e.Time, false
			r.step = Clean(e.Step)
		}
		r.phase = Clean(e.Phase)
	case engine.Line:
		if text := said(e.Text); text != "" {
			r.last = text
		}
	default:
	}
}

// Frame draws the board at an instant, in at most rows lines: machines at work
// come first when there is not room for all.
func (b *Board) Frame(now time.Time, rows int) []string {
	lines := []string{b.title(now)}
	shown := slices.Clone(b.machines)
	hidden := 0
	if room := rows - 1; len(shown) > room {
		slices.SortStableFunc(shown, func(x, y *row) int { return x.rank() - y.rank() })
		keep := max(room-1, 0)
		hidden = len(shown) - keep
		shown = shown[:keep]
	}
	names, steps, phases := b.widths(shown)
	for _, m := range shown {
		lines = append(lines, b.machine(m, now, names, steps, phases))
	}
	if hidden > 0 && rows > 1 {
		lines = append(lines, b.style.draw(faint, fmt.Sprintf("  and %s more", count(hidden, "machine"))))
	}
	return lines
}

// rank puts what a person looks for first.
func (r *row) rank() int {
	switch {
	case r.failed:
		return 0
	case r.phase != "" && !r.done:
		return 1
	case r.done:
		return 3
	}
	return 2
}

func (b *Board) widths(shown []*row) (names, steps, phases int) {
	for _, m := range shown {
		names = max(names, uniseg.StringWidth(m.name))
		steps = max(steps, uniseg.StringWidth(m.step))
		phases = max(phases, uniseg.StringWidth(m.phase))
	}
	most := min(b.style.width()/5, 16)
	names, steps = min(names, most), min(steps, most)
	return names, steps, max(min(phases, 24, b.style.width()-names-steps-timeColumns-6), 1)
}

// timeColumns are those of the elapsed and the remaining time with their gaps.
const timeColumns = 2 + 7 + 2 + 12

// title says where the whole run is.
func (b *Board) title(now time.Time) string {
	left := b.target
	if b.stage != "" {
		left = b.stage
	}
	left = "stage " + Clean(left)
	if at, of := b.place(); at > 0 {
		left += fmt.Sprintf(" (%d of %d)", at, of)
	}
	right := Lasting(now.Sub(b.began))
	if rest, ok := b.remaining(now); ok {
		right += ", about " + Lasting(rest) + " left"
	}
	gap := b.style.width() - uniseg.StringWidth(left+right)
	return b.style.draw(strong, left) + strings.Repeat(" ", max(gap, 2)) + b.style.draw(faint, right)
}

// place is which stage of the plan is in hand, from 1.
func (b *Board) place() (at, of int) {
	if b.plan == nil {
		return 0, 0
	}
	i := slices.IndexFunc(b.plan.Stages, func(s plan.Stage) bool { return s.Name == b.stage })
	return i + 1, len(b.plan.Stages)
}

// remaining is how long the run goes on, by the plan's estimates.
func (b *Board) remaining(now time.Time) (time.Duration, bool) {
	if b.plan == nil || b.plan.Estimate == 0 {
		return 0, false
	}
	var rest time.Duration
	for _, s := range b.plan.Stages {
		switch {
		case s.Action == plan.Reuse || b.over[s.Name]:
		case s.Name == b.stage:
			rest += max(time.Duration(s.Estimate)-now.Sub(b.stageAt), 0)
		default:
			rest += time.Duration(s.Estimate)
		}
	}
	return rest, true
}

// machine draws one machine's line: name, step, phase, time, last words.
func (b *Board) machine(m *row, now time.Time, names, steps, phases int) string {
	s := b.style
	if m.phase == "" && (m.step == "" || m.done) {
		why := b.waits(m)
		if why == "" {
			return "  " + cut(Clean(m.name), names)
		}
		return "  " + pad(Clean(m.name), names) + "  " + s.draw(faint, cut(why, s.width()-names-4))
	}
	state := plain
	switch {
	case m.failed:
		state = bad
	case m.done:
		state = good
	}
	took := ""
	if !m.done && !m.failed {
		took = Lasting(now.Sub(m.since))
	}
	line := "  " + pad(Clean(m.name), names) + "  " + pad(m.step, steps) + "  " + s.draw(state, pad(m.phase, phases)) +
		"  " + fmt.Sprintf("%7s", took) + "  " + pad(m.left(now), 12)
	used := 2 + names + 2 + steps + 2 + phases + timeColumns
	if room := s.width() - used - 1; room > 4 && m.last != "" {
		line += " " + s.draw(faint, cut(m.last, room))
	}
	return strings.TrimRight(line, " ")
}

// left is how long the step goes on, by its estimate.
func (r *row) left(now time.Time) string {
	if r.expect == 0 || r.done || r.failed {
		return ""
	}
	rest := r.expect - now.Sub(r.since)
	if rest < 0 {
		return Lasting(-rest) + " over"
	}
	return Lasting(rest) + " left"
}

// waits says what an idle machine waits for.
func (b *Board) waits(m *row) string {
	if b.plan == nil || b.stage == "" {
		return ""
	}
	i := slices.IndexFunc(b.plan.Stages, func(s plan.Stage) bool { return s.Name == b.stage })
	if i < 0 {
		return ""
	}
	steps, skip := b.plan.Stages[i].Steps, m.finished
	for _, step := range steps {
		if step.Machine != m.name {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		for _, n := range step.Needs {
			if n >= 0 && n < len(steps) && steps[n].Machine != m.name {
				return fmt.Sprintf("waits with %s for %s on %s", Clean(step.Name), Clean(steps[n].Name), Clean(steps[n].Machine))
			}
		}
		return "waits with " + Clean(step.Name)
	}
	return "has nothing to do in this stage"
}
