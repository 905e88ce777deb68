package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/doublehop/doublehop/drivers"
)

// The facts that the engine keeps in a machine's mark, and their words.
const (
	// FactStage is the stage that the machine is in or stands at.
	FactStage = "stage"
	// FactLayer is the key of the layer that is being made, or that it stands on.
	FactLayer = "layer"
	// FactPhase is PhaseBuild, PhaseClosing, PhaseSaving or PhaseStand.
	FactPhase = "phase"
	// FactDone is how many of the stage's steps on this machine are done.
	FactDone = "done"
	// FactFailed names the step that failed; such a stage is not continued.
	FactFailed = "failed"
	// FactRested is set before the power of a machine is cut whose guest has shut
	// down and cannot switch it off: its disks are whole all the same.
	FactRested = "rested"
	// FactRan is set before a standing machine is started: from then on its own
	// disks hold something that can be lost.
	FactRan = "ran"

	// FactAsleep names the volume with the memory that a machine is to go on from.
	// It is taken away before the machine is let go: from then on its disks are no
	// longer what its memory believes them to be.
	FactAsleep = "asleep"

	// PhaseBuild: the stage's steps are being done.
	PhaseBuild = "build"
	// PhaseClosing: all steps of the stage are done; the machine is being
	// powered off so that its disks can be frozen.
	PhaseClosing = "closing"
	// PhaseSaving: all machines of a warm stage were paused at one instant, at
	// which this one's memory is being saved. It must not run any more until its
	// disks are frozen.
	PhaseSaving = "saving"
	// PhaseStand: the machine's disks lie on top of the layer's; once the
	// checkpoint's manifest exists, the machine stands at the stage.
	PhaseStand = "stand"
)

// Done is how many steps of its stage a machine has behind it.
func Done(m drivers.Machine) int {
	n, err := strconv.Atoi(m.Mark.Facts[FactDone])
	if err != nil {
		return 0
	}
	return n
}

// actions decides for each stage whether it is reused, built or continued.
// A stage is only looked for when the one after it does not exist: a finished
// checkpoint rests on nothing but its own layers.
func (m *maker) actions(p *Plan) {
	first := 0 // the first stage that has to be made
	for i, v := range slices.Backward(p.Stages) {
		if _, ok := m.World.Checkpoints.Find(v.Key); ok {
			first = i + 1
			break
		}
	}
	var frozen map[string]Frozen
	if first < len(p.Stages) {
		frozen = m.frozen()
	}
	for i := range p.Stages {
		s := &p.Stages[i]
		s.Action = Reuse
		if i >= first {
			m.decide(s, frozen, i == first)
		}
		for k := range s.Layers {
			if i < first {
				s.Layers[k].Action = Reuse
			}
		}
	}
}

// frozen lists all finished layers by key.
func (m *maker) frozen() map[string]Frozen {
	all := map[string]Frozen{}
	for _, c := range m.World.Checkpoints.All() {
		for _, f := range c.Layers {
			all[f.Key] = f
		}
	}
	return all
}

// decide settles a stage that has no checkpoint yet.
func (m *maker) decide(s *Stage, frozen map[string]Frozen, next bool) {
	s.Action = Build
	var open []int // layers that are not there yet
	for k := range s.Layers {
		l := &s.Layers[k]
		if _, ok := frozen[l.Key]; ok && !s.Coupled {
			l.Action = Reuse
			continue
		}
		l.Action = Build
		open = append(open, k)
	}
	if next {
		m.resume(s, open)
	}
	m.explain(s)
}

// resume finds machines that an earlier run left in the middle of this stage.
// In a stage whose machines change one another all of them go on or none.
func (m *maker) resume(s *Stage, open []int) {
	able := 0
	for _, k := range open {
		if m.resumable(s.Layers[k]) {
			s.Layers[k].Action = Continue
			able++
		}
	}
	if s.Coupled && able < len(open) {
		for _, k := range open {
			s.Layers[k].Action = Build
		}
		return
	}
	if able > 0 {
		s.Action = Continue
	}
}

// resumable says whether a machine can go on where an earlier run left it: it
// is making this very layer, no step of it failed, and it has not lost power
// before its steps were done and its guest had shut down: what the guest had not
// written by then is lost, and the layer would hold half of it for ever. One that is paused, by a run that was cut before
// it let it go or by the hypervisor for want of room, has lost nothing.
func (m *maker) resumable(l Layer) bool {
	i := slices.IndexFunc(m.World.Machines, func(x drivers.Machine) bool { return x.Name == l.Domain })
	if i < 0 {
		return false
	}
	machine := m.World.Machines[i]
	facts := machine.Mark.Facts
	if facts[FactLayer] != l.Key || facts[FactFailed] != "" {
		return false
	}
	powered := machine.State == drivers.Running || machine.State == drivers.Paused
	switch facts[FactPhase] {
	case PhaseBuild:
		return powered
	case PhaseClosing:
		return powered || machine.ShutDown
	case PhaseSaving: // nobody has let it go since
		return machine.State == drivers.Paused || machine.State == drivers.Off && machine.Saved
	case PhaseStand:
		return true
	}
	return false
}

// explain says why a stage is built.
func (m *maker) explain(s *Stage) {
	if s.Action == Continue {
		s.Why = append(s.Why, "An earlier run stopped in the middle of this stage; it goes on there.")
	}
	old := m.newest(s.Name)
	if old == nil {
		if s.Action != Continue {
			s.Why = append(s.Why, "There is no checkpoint of this stage yet.")
		}
		return
	}
	for k := range s.Layers {
		l := &s.Layers[k]
		if before, ok := old.Layers[l.Machine]; ok {
			l.Why = before.Preimage.Differences(l.Preimage)
		} else {
			l.Why = []string{"the machine is new in this stage"}
		}
		for _, why := range l.Why {
			s.Why = append(s.Why, fmt.Sprintf("%s: %s.", l.Machine, why))
		}
	}
}

// newest finds the last made checkpoint of a stage of this lab.
func (m *maker) newest(stage string) *Checkpoint {
	var best *Checkpoint
	all := m.World.Checkpoints.All()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		c := all[key]
		if c.Lab == m.Lab.Name && c.Stage == stage && (best == nil || c.Made.After(best.Made)) {
			best = &c
		}
	}
	return best
}

// final decides what becomes of the instance's machines once the target's
// checkpoint exists. When one of them has to be made anew, all are: one that
// went back alone would break the forest.
func (m *maker) final(p *Plan) {
	p.Final.Action = Build
	standing, running, untidy := 0, 0, false
	var loses, strangers []string
	for _, x := range m.World.Machines {
		i := slices.IndexFunc(p.Last().Layers, func(l Layer) bool { return l.Domain == x.Name })
		switch {
		case i < 0:
			strangers = append(strangers, ran(x)...)
			untidy = true
		case !p.Building() && Stands(x, p.Last().Layers[i]):
			standing++
			loses = append(loses, ran(x)...)
			if x.State == drivers.Running {
				running++
			}
			untidy = untidy || holdsDisc(x, m.Instance)
		default:
			p.Final.Loses = append(p.Final.Loses, ran(x)...)
		}
	}
	if n := len(p.Last().Layers); standing == n {
		p.Final.Action = Continue
		if running == n && !untidy {
			p.Final.Action = Reuse
		}
	} else {
		p.Final.Loses = append(p.Final.Loses, loses...)
	}
	p.Final.Loses = append(p.Final.Loses, strangers...)
	slices.Sort(p.Final.Loses)
}

// Stands says whether a machine stands on a layer.
func Stands(x drivers.Machine, l Layer) bool {
	return x.Mark.Facts[FactPhase] == PhaseStand && x.Mark.Facts[FactLayer] == l.Key
}

// ran names a machine whose own disks hold something that can be lost.
func ran(x drivers.Machine) []string {
	if x.Mark.Facts[FactPhase] != PhaseStand || x.Mark.Facts[FactRan] == "" {
		return nil
	}
	return []string{x.Mark.Object}
}

// holdsDisc says whether a disc that an earlier run made is still in a drive.
func holdsDisc(x drivers.Machine, instance string) bool {
	return slices.ContainsFunc(x.Drives, func(d drivers.Drive) bool { return IsDisc(instance, d.Volume) })
}
