package engine

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// Revert puts every machine of the instance back to the instant of a stage's
// checkpoint, all of them or none, and starts them. What they wrote since goes.
func (e *Engine) Revert(ctx context.Context, stage string) (err error) {
	began := time.Now()
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	if stage == "" {
		var ok bool
		if stage, ok = w.standing(); !ok {
			return &UsageError{fmt.Sprintf("instance %q stands at no stage; name the stage to go back to", e.instance)}
		}
	}
	p, diags, err := e.Plan(ctx, stage)
	if err != nil {
		return err
	}
	if diags.Fatal() {
		return diags.Err()
	}
	if p.Building() {
		return &UsageError{fmt.Sprintf("stage %q has no checkpoint that fits the lab files as they are now; "+
			"`doublehop plan --to %[1]s` says why, and `doublehop up --to %[1]s` makes it", stage)}
	}
	e.tell(Event{Kind: RunBegin, Stage: stage, Text: "revert"})
	defer func() { e.tell(ended(Event{Kind: RunEnd, Stage: stage}, began, err)) }()
	if err := e.ready(ctx, p, w); err != nil { // before anything is lost
		return err
	}
	// Every machine is taken off its old disks before one is put on new ones: a
	// domain controller among others that went back alone would break the forest.
	if err := e.removeMachines(ctx, w.machines, w); err != nil {
		return err
	}
	return e.finish(ctx, p)
}

// standing is the stage that the instance stands at; false when there is none.
func (w *world) standing() (string, bool) {
	for _, m := range w.machines {
		if m.Mark.Facts[plan.FactPhase] == plan.PhaseStand {
			return m.Mark.Facts[plan.FactStage], true
		}
	}
	return "", false
}

// Stop shuts every guest down in order and cuts the power of one that does not
// listen. Disks stay; Start goes on from them.
func (e *Engine) Stop(ctx context.Context) error {
	machines, err := e.driver.Machines(ctx, e.instance)
	if err != nil {
		return err
	}
	stop := e.watch(ctx)
	defer stop()
	group, in := limited(ctx)
	for _, m := range machines {
		group.Go(func() error { return e.stop(in, m) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	return e.tidy(ctx, w)
}

// stopLimit is how long a guest may take to shut down before its power is cut.
const stopLimit = 5 * time.Minute

func (e *Engine) stop(ctx context.Context, m drivers.Machine) error {
	switch m.State {
	case drivers.Off, drivers.Crashed:
		return nil
	case drivers.Paused: // its guest cannot be asked, and nobody has looked at the seal
		return e.driver.StopMachine(ctx, m.Name, drivers.ForceOff)
	case drivers.Running:
	}
	b := e.newBox(plan.Machine{Name: m.Mark.Object, Domain: m.Name})
	b.phase("powering off")
	off := func() error {
		if b.source == nil {
			return fmt.Errorf("the lab has no machine %q any more", m.Mark.Object)
		}
		if err := b.insert(ctx, guest.PowerOff(b.source.OS, "OFF-"+strings.ToUpper(newAsk())), newAsk()); err != nil {
			return err
		}
		return b.waitOff(ctx, stopLimit)
	}
	err := off()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		e.tell(Event{Kind: Warn, Machine: b.machine.Name, Text: fmt.Sprintf("the guest did not shut down (%v); its power is cut", err)})
		if err := e.driver.StopMachine(ctx, m.Name, drivers.ForceOff); err != nil {
			return err
		}
	}
	return b.takeDisc(ctx)
}

// Start switches the instance's machines on, at the lab time that it is by now.
// An instance in the middle of a stage is refused: `up` goes on with it.
func (e *Engine) Start(ctx context.Context) error {
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	if len(w.machines) == 0 {
		return &UsageError{fmt.Sprintf("instance %q has no machines; `doublehop up` makes them", e.instance)}
	}
	stage, ok := w.standing()
	if !ok {
		return &UsageError{fmt.Sprintf("instance %q is in the middle of a stage; `doublehop up` goes on with it", e.instance)}
	}
	p, diags, err := e.Plan(ctx, stage)
	if err != nil {
		return err
	}
	if diags.Fatal() {
		return diags.Err()
	}
	if err := e.networks(ctx, p); err != nil {
		return err
	}
	if err := e.tidy(ctx, w); err != nil { // a disc that asked for power-off would do so again
		return err
	}
	var off []plan.Machine
	for _, m := range p.Machines {
		x, ok := w.machine(m.Domain)
		if !ok || x.Mark.Facts[plan.FactPhase] != plan.PhaseStand {
			return &UsageError{fmt.Sprintf("machine %s of instance %q is not at its stage; `doublehop up` goes on with it", m.Name, e.instance)}
		}
		if x.State == drivers.Running {
			continue
		}
		if x.State == drivers.Paused { // it has all it needs, and goes on
			off = append(off, m)
			continue
		}
		spec := m.Spec
		spec.Disks, spec.Drives, spec.Clock = x.Disks, x.Drives, clockAt(labTime(x), m.Skew)
		spec.Mark.Facts = maps.Clone(x.Mark.Facts)
		noteClock(spec.Mark.Facts, labTime(x))
		if err := e.driver.DefineMachine(ctx, spec); err != nil {
			return err
		}
		off = append(off, m)
	}
	return e.powerOn(ctx, p, off)
}

// Destroy removes the instance: machines, networks, and all that belongs to no
// checkpoint. Checkpoints stay, so that a later Up is quick, unless forget is
// set: then those of this lab go too, and their layers that no other
// checkpoint rests on.
func (e *Engine) Destroy(ctx context.Context, forget bool) error {
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	if err := e.removeMachines(ctx, w.machines, w); err != nil {
		return err
	}
	for _, n := range w.networks {
		if err := e.driver.RemoveNetwork(ctx, n.Name); err != nil {
			return err
		}
	}
	layers := map[string]bool{}
	if forget {
		for _, key := range sortedKeys(w.manifests) {
			if w.manifests[key].Lab != e.lab.Name {
				continue
			}
			for _, part := range w.manifests[key].Machines {
				for volume := range part.Frozen() {
					layers[volume] = true
				}
			}
			if err := e.driver.RemoveVolume(ctx, checkpoint.Volume(key)); err != nil {
				return err
			}
		}
	}
	return e.sweep(ctx, layers)
}

// sweep removes what the instance leaves that belongs to no checkpoint: what
// machines wrote that a cut run has removed already, its layers of a stage that
// was never finished, and the given layers of checkpoints that were forgotten.
func (e *Engine) sweep(ctx context.Context, forgotten map[string]bool) error {
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	everyone, err := e.driver.Machines(ctx, "")
	if err != nil {
		return err
	}
	garbage := w.volumesOf(e.instance, "")
	for _, v := range topFirst(checkpoint.Collect(w.list(), w.whole(), everyone)) {
		if maker, ok := plan.LayerOf(v.Name); ok && (maker == e.instance || forgotten[v.Name]) {
			garbage = append(garbage, v.Name)
		}
	}
	for _, name := range garbage {
		if err := e.driver.RemoveVolume(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) list() []drivers.Volume {
	var list []drivers.Volume
	for _, name := range sortedKeys(w.volumes) {
		list = append(list, w.volumes[name])
	}
	return list
}

func (w *world) whole() []checkpoint.Manifest {
	var list []checkpoint.Manifest
	for _, key := range sortedKeys(w.manifests) {
		list = append(list, w.manifests[key])
	}
	return list
}

// removeMachines removes machines and what they wrote for themselves.
func (e *Engine) removeMachines(ctx context.Context, machines []drivers.Machine, w *world) error {
	group, in := limited(ctx)
	for _, m := range machines {
		e.tell(Event{Kind: Phase, Machine: m.Mark.Object, Phase: "removing"})
		group.Go(func() error { return e.clear(in, plan.Machine{Name: m.Mark.Object, Domain: m.Name}, w) })
	}
	return group.Wait()
}

// Verify looks at the instance's live networks for a way out.
func (e *Engine) Verify(ctx context.Context) ([]drivers.Leak, error) {
	w, err := e.survey(ctx)
	if err != nil {
		return nil, err
	}
	expect := map[string][]string{}
	for _, n := range w.networks {
		expect[n.Name] = e.attached(n.Mark.Object)
	}
	return e.driver.CheckSeal(ctx, expect)
}

// attached lists the machines that the lab puts on a network.
func (e *Engine) attached(network string) []string {
	var list []string
	for _, m := range e.lab.Machines {
		for _, n := range m.NICs {
			if n.Network == network {
				list = append(list, plan.Domain(e.instance, m.Name))
			}
		}
	}
	return list
}
