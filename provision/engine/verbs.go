package engine

import (
	"context"
	"fmt"
	"slices"
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
	p, err := e.finished(ctx, stage, w)
	if err != nil {
		return err
	}
	e.tell(Event{Kind: RunBegin, Stage: stage, Text: "revert"})
	defer func() { e.tell(ended(Event{Kind: RunEnd, Stage: stage}, began, err)) }()
	if err := e.unclaimed(ctx, p, w); err != nil { // before anything is lost
		return err
	}
	if err := e.ready(ctx, p, w); err != nil {
		return err
	}
	// Every machine is taken off its old disks before one is put on new ones: a
	// domain controller among others that went back alone would break the forest.
	if err := e.removeMachines(ctx, w.machines, w); err != nil {
		return err
	}
	return e.finish(ctx, p)
}

// planned plans for a stage, whatever there is to be built.
func (e *Engine) planned(ctx context.Context, stage string, w *world) (*plan.Plan, error) {
	p, diags, err := e.planIn(ctx, stage, w)
	if err == nil {
		err = diags.Err()
	}
	return p, err
}

// finished plans for a stage that has a checkpoint. Nothing is to be built.
func (e *Engine) finished(ctx context.Context, stage string, w *world) (*plan.Plan, error) {
	stage, err := e.target(stage)
	if err != nil {
		return nil, err
	}
	p, err := e.planned(ctx, stage, w)
	if err != nil {
		return nil, err
	}
	if p.Building() {
		return nil, &UsageError{fmt.Sprintf("stage %q has no checkpoint that fits the lab files as they are now; "+
			"`doublehop plan --to %[1]s` says why, and `doublehop up --to %[1]s` makes it", stage)}
	}
	return p, nil
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
// An instance in the middle of a stage is refused: `up` goes on with it. So is
// one of which a part is missing, or stands at another instant than the rest.
func (e *Engine) Start(ctx context.Context) error {
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	stage, err := e.rests(w)
	if err != nil {
		return err
	}
	p, err := e.planned(ctx, stage, w)
	if err != nil {
		return err
	}
	if err := e.whole(p, w); err != nil {
		return err
	}
	if err := e.networks(ctx, p); err != nil {
		return err
	}
	off, err := e.wake(ctx, p, w)
	if err != nil {
		return err
	}
	return e.powerOn(ctx, p, off)
}

// rests is the stage at which an instance stands that can be switched on.
func (e *Engine) rests(w *world) (string, error) {
	if len(w.machines) == 0 {
		return "", &UsageError{fmt.Sprintf("instance %q has no machines; `doublehop up` makes them", e.instance)}
	}
	stage, ok := w.standing()
	if !ok {
		return "", &UsageError{fmt.Sprintf("instance %q is in the middle of a stage; `doublehop up` goes on with it", e.instance)}
	}
	return stage, nil
}

// wake sets the clocks of machines without power to the lab time that it is by
// now, and lists the machines that are to be switched on.
func (e *Engine) wake(ctx context.Context, p *plan.Plan, w *world) ([]plan.Machine, error) {
	if err := e.tidy(ctx, w); err != nil { // a disc that asked for power-off would do so again
		return nil, err
	}
	var off []plan.Machine
	for _, m := range p.Machines {
		if x, _ := w.machine(m.Domain); x.State != drivers.Running {
			off = append(off, m)
		}
	}
	return off, e.wind(ctx, off, w)
}

// Destroy removes the instance: machines, networks, and all that belongs to no
// checkpoint. Checkpoints stay, so that a later Up is quick, unless forget is
// set: then those of this lab go too, and their layers that no other
// checkpoint rests on. While another instance stands on one, that is a
// [UsageError] and changes nothing.
func (e *Engine) Destroy(ctx context.Context, forget bool) error {
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	if forget {
		if err := e.standsAlone(ctx, w); err != nil {
			return err
		}
	}
	if err := e.raze(ctx, w); err != nil {
		return err
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

// standsAlone says whether no other instance stands on a checkpoint of the lab.
func (e *Engine) standsAlone(ctx context.Context, w *world) error {
	everyone, err := e.driver.Machines(ctx, "")
	if err != nil {
		return err
	}
	for _, key := range sortedKeys(w.manifests) {
		m := w.manifests[key]
		if m.Lab != e.lab.Name {
			continue
		}
		for _, instance := range w.standsOn(m, everyone) {
			if instance != e.instance {
				return &UsageError{fmt.Sprintf("instance %q stands on the checkpoint of stage %q, too; "+
					"remove it with `doublehop destroy` first, or let the checkpoints stay", instance, m.Stage)}
			}
		}
	}
	return nil
}

// raze removes an instance's machines, what they wrote, and its networks. These
// go last: as long as one is there, it says whose the rest is.
func (e *Engine) raze(ctx context.Context, w *world) error {
	if err := e.empty(ctx, w); err != nil {
		return err
	}
	for _, n := range w.networks {
		if err := e.driver.RemoveNetwork(ctx, n.Name); err != nil {
			return err
		}
	}
	return nil
}

// empty removes an instance's machines and what they wrote, also those that a
// cut run has removed already.
func (e *Engine) empty(ctx context.Context, w *world) error {
	if err := e.removeMachines(ctx, w.machines, w); err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, m := range w.machines {
		for _, name := range w.volumesOf(e.instance, m.Mark.Object) {
			gone[name] = true
		}
	}
	for _, name := range w.owned[e.instance] {
		if gone[name] {
			continue
		}
		if err := e.driver.RemoveVolume(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes layers that belong to no checkpoint: those of a stage that the
// instance never finished, and the given ones of checkpoints that were forgotten.
func (e *Engine) sweep(ctx context.Context, forgotten map[string]bool) error {
	return sweep(ctx, e.driver, map[string]bool{e.instance: true}, forgotten)
}

// sweep does so for several instances.
func sweep(ctx context.Context, driver drivers.Driver, instances, forgotten map[string]bool) error {
	w, err := lookAt(ctx, driver, "")
	if err != nil {
		return err
	}
	goes := func(volume string) bool {
		maker, ok := plan.LayerOf(volume)
		return ok && (instances[maker] || forgotten[volume])
	}
	if !slices.ContainsFunc(sortedKeys(w.volumes), goes) {
		return nil // nobody has to be asked what rests on it
	}
	if err := w.read(ctx, driver); err != nil {
		return err
	}
	for _, v := range topFirst(checkpoint.Collect(w.list(), w.whole(), w.machines)) {
		if goes(v.Name) {
			if err := driver.RemoveVolume(ctx, v.Name); err != nil {
				return err
			}
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
