package engine

import (
	"context"
	"fmt"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/plan"
)

// PartialError is an instance that cannot be worked on because one of its
// machines is missing, somebody else's, or of another instant than the others.
type PartialError struct {
	Instance, Machine string
	// Why says what is the matter with the machine.
	Why string
	// Err is the hypervisor's word for it, if there is one.
	Err error
}

// Error says which machine, and why the others do not go on without it.
func (e *PartialError) Error() string {
	return fmt.Sprintf("machine %s of instance %q %s; a lab goes as a whole or not at all: a domain controller of another instant than its "+
		"partners breaks the forest (USN rollback), and machine passwords no longer match", e.Machine, e.Instance, e.Why)
}

// Unwrap gives the hypervisor's word.
func (e *PartialError) Unwrap() error { return e.Err }

// whole says whether all of a plan's machines stand at its last stage, on disks
// right above those of one checkpoint: the same for all of them.
func (e *Engine) whole(p *plan.Plan, w *world) error {
	last := p.Last()
	for _, l := range last.Layers {
		m, _ := p.Machine(l.Machine)
		x, ok := w.machine(l.Domain)
		if why := e.astray(w, m, x, ok, last.Name); why != "" {
			return &PartialError{Instance: e.instance, Machine: l.Machine, Why: why}
		}
	}
	return nil
}

// astray says why a machine is not where the others are; empty when it is.
func (e *Engine) astray(w *world, m plan.Machine, x drivers.Machine, there bool, stage string) string {
	facts := x.Mark.Facts
	switch {
	case !there:
		return "is missing"
	case facts[plan.FactPhase] != plan.PhaseStand:
		return fmt.Sprintf("is in the middle of stage %q", facts[plan.FactStage])
	case facts[plan.FactStage] != stage:
		return fmt.Sprintf("stands at stage %q and another one at %q", facts[plan.FactStage], stage)
	}
	for i, d := range m.Disks {
		have, want := diskAt(x, target(i)), plan.RunVolume(e.instance, m.Name, d.Name, facts[plan.FactLayer])
		v, there := w.volumes[have]
		switch {
		case have != want:
			return fmt.Sprintf("was changed: its disk %s is volume %q and not %s", d.Name, have, want)
		case !there:
			return fmt.Sprintf("has lost the volume of its disk %s, %s", d.Name, have)
		case !plan.IsLayer(v.Backing, facts[plan.FactLayer], d.Name):
			return fmt.Sprintf("was changed: its disk %s rests on volume %q, which is not what it was laid over", d.Name, v.Backing)
		}
	}
	return ""
}

// unclaimed says whether every name that the plan needs is free or ours, before
// anything is removed: a machine of somebody else's in the place of one would
// leave the lab in parts.
func (e *Engine) unclaimed(ctx context.Context, p *plan.Plan, w *world) error {
	for _, m := range p.Machines {
		if _, ok := w.machine(m.Domain); ok {
			continue
		}
		x, err := e.driver.Machine(ctx, m.Domain)
		switch {
		case drivers.KindOf(err) == drivers.NotFound:
		case drivers.KindOf(err) == drivers.Conflict:
			return &PartialError{Instance: e.instance, Machine: m.Name, Err: err, Why: fmt.Sprintf(
				"cannot be made: the hypervisor's machine %s was not made by Doublehop", m.Domain)}
		case err != nil:
			return err
		case x.Mark.Instance != e.instance || x.Mark.Lab != e.lab.Name:
			return &PartialError{Instance: e.instance, Machine: m.Name, Why: fmt.Sprintf(
				"cannot be made: the hypervisor's machine %s belongs to instance %q of lab %q", m.Domain, x.Mark.Instance, x.Mark.Lab)}
		}
	}
	return nil
}
