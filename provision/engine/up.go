package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// Up does what the plan says: it builds the stages that are missing, each to
// its checkpoint, and leaves the instance running on the last one.
//
// Cancelled, it returns the cause; machines stay as they are and the next Up
// goes on. A step that fails is a *StepError; a network with a way out is a
// *SealError, and nothing on it was started.
func (e *Engine) Up(ctx context.Context, p *plan.Plan) (err error) {
	began := time.Now()
	e.tell(Event{Kind: RunBegin, Stage: p.Target, Seconds: time.Duration(p.Estimate).Seconds()})
	defer func() { e.tell(ended(Event{Kind: RunEnd, Stage: p.Target}, began, err)) }()
	if p.Final.Action == plan.Reuse && !p.Building() {
		return nil
	}
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	if err := e.open(ctx, w); err != nil {
		return err
	}
	if err := e.under(ctx, p, w); err != nil {
		return err
	}
	stop := e.watch(ctx)
	defer stop()
	if err := e.ready(ctx, p, w); err != nil {
		return err
	}
	from := 0
	for i, s := range p.Stages {
		if s.Action == plan.Reuse {
			from = i + 1
			e.tell(Event{Kind: StageReused, Stage: s.Name})
		}
	}
	for i := from; i < len(p.Stages); i++ {
		if err := e.stage(ctx, p, i); err != nil {
			return err
		}
	}
	return e.finish(ctx, p)
}

// ended fills in how long something took and how it ended.
func ended(event Event, began time.Time, err error) Event {
	event.Seconds = time.Since(began).Seconds()
	if err != nil {
		event.Err = err.Error()
	}
	return event
}

// ready checks the discs that will be used, removes machines that the target
// knows nothing of, and makes the networks.
func (e *Engine) ready(ctx context.Context, p *plan.Plan, w *world) error {
	if _, err := e.identify(ctx, e.building(p)); err != nil { // the plan's maker has told what is doubted
		return err
	}
	if err := e.removeStrangers(ctx, p, w); err != nil {
		return err
	}
	return e.networks(ctx, p)
}

// building lists the stages that a plan does not reuse.
func (e *Engine) building(p *plan.Plan) []*labs.Stage {
	var list []*labs.Stage
	for _, s := range p.Stages {
		if s.Action != plan.Reuse {
			stage, _ := e.lab.Stage(s.Name)
			list = append(list, stage)
		}
	}
	return list
}

// networks makes the plan's networks and looks at them.
func (e *Engine) networks(ctx context.Context, p *plan.Plan) error {
	for _, n := range p.Networks {
		if err := e.driver.DefineNetwork(ctx, n.Spec); err != nil {
			return err
		}
	}
	return e.checkSeal(ctx, p)
}

// checkSeal looks at the live networks. Machines that are switched on later
// are looked at again, paused, before their first instruction.
func (e *Engine) checkSeal(ctx context.Context, p *plan.Plan) error {
	if len(p.Networks) == 0 {
		return nil
	}
	found, err := e.driver.CheckSeal(ctx, e.expected(p))
	if err != nil {
		return err
	}
	return sealError(p, found)
}

// expected are the machines that may be on each of a plan's networks.
func (e *Engine) expected(p *plan.Plan) map[string][]string {
	expect := map[string][]string{}
	for _, n := range p.Networks {
		expect[n.Libvirt] = e.members(p, n.Name)
	}
	return expect
}

// sealError says which of the leaks are a plan's; nil when none is.
func sealError(p *plan.Plan, found []drivers.Leak) error {
	var leaks []string
	for _, l := range found {
		if i := slices.IndexFunc(p.Networks, func(n plan.Network) bool { return n.Libvirt == l.Network }); i >= 0 {
			leaks = append(leaks, fmt.Sprintf("%s: %s: %s", p.Networks[i].Name, l.Object, l.Why))
		}
	}
	if len(leaks) > 0 {
		return &SealError{Leaks: leaks}
	}
	return nil
}

// members lists the machines that may be on a network, by the hypervisor's names.
func (e *Engine) members(p *plan.Plan, network string) []string {
	var list []string
	for _, m := range p.Machines {
		source, _ := e.lab.Machine(m.Name)
		if slices.ContainsFunc(source.NICs, func(n labs.NIC) bool { return n.Network == network }) {
			list = append(list, m.Domain)
		}
	}
	return list
}

// removeStrangers removes machines of the instance that the target knows
// nothing of: those of a later stage, or that the lab has forgotten. Beside
// machines that went back they would know too much, and no seal expects them.
func (e *Engine) removeStrangers(ctx context.Context, p *plan.Plan, w *world) error {
	return e.removeMachines(ctx, slices.DeleteFunc(slices.Clone(w.machines), func(x drivers.Machine) bool {
		return slices.ContainsFunc(p.Machines, func(m plan.Machine) bool { return m.Domain == x.Name })
	}), w)
}

// finish leaves the instance running on the target's checkpoint. When one of
// its machines does not stand there, a revert was cut or somebody removed it:
// then all are made anew, and every old one is gone before the first new one is
// there, so that no cut leaves machines of two instants side by side.
func (e *Engine) finish(ctx context.Context, p *plan.Plan) error {
	w, err := e.survey(ctx)
	if err != nil {
		return err
	}
	on, err := e.settle(ctx, p, w)
	if err != nil {
		return err
	}
	return e.powerOn(ctx, p, on)
}

// settle lays the machines of the instance over the target's checkpoint where
// they do not stand there, as finish says, and lists those to be switched on.
func (e *Engine) settle(ctx context.Context, p *plan.Plan, w *world) ([]plan.Machine, error) {
	last := p.Last()
	manifest, ok := w.manifests[last.Key]
	if !ok {
		return nil, fmt.Errorf("the checkpoint of stage %q is gone; run up again to build it", last.Name)
	}
	if err := e.tidy(ctx, w); err != nil {
		return nil, err
	}
	var fresh, all, off []plan.Machine
	for _, l := range last.Layers {
		m, _ := p.Machine(l.Machine)
		all = append(all, m)
		x, _ := w.machine(l.Domain)
		if !plan.Stands(x, l) {
			fresh = append(fresh, m)
		} else if x.State != drivers.Running {
			off = append(off, m)
		}
	}
	if len(fresh) > 0 && (last.Coupled || !p.Building()) {
		fresh, off = all, nil
	}
	if err := e.standAnew(ctx, p, fresh, manifest, w); err != nil {
		return nil, err
	}
	return append(off, fresh...), e.wind(ctx, off, w)
}

// standAnew takes machines off their disks, all of them, and lays new ones over
// the layers of the target.
func (e *Engine) standAnew(ctx context.Context, p *plan.Plan, machines []plan.Machine, manifest checkpoint.Manifest, w *world) error {
	group, in := limited(ctx)
	for _, m := range machines {
		group.Go(func() error { return e.clear(in, m, w) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if len(machines) == 0 {
		return nil
	}
	memories, err := e.memories(ctx, manifest)
	if err != nil {
		return err
	}
	last := p.Last()
	group, in = limited(ctx)
	for _, l := range last.Layers {
		if i := slices.IndexFunc(machines, func(m plan.Machine) bool { return m.Name == l.Machine }); i >= 0 {
			group.Go(func() error {
				return e.stand(in, machines[i], last.Name, l.Key, manifest.Machines[l.Machine], memories[l.Machine], manifest.LabTime)
			})
		}
	}
	return group.Wait()
}

// powerOn starts machines paused, looks at the seal with their cards plugged in,
// and only then lets them run.
func (e *Engine) powerOn(ctx context.Context, p *plan.Plan, machines []plan.Machine) error {
	if err := e.powerPaused(ctx, machines); err != nil {
		return err
	}
	if err := e.checkSeal(ctx, p); err != nil {
		return errors.Join(err, e.cutPower(context.WithoutCancel(ctx), machines))
	}
	return e.letGo(ctx, machines)
}

// powerPaused starts machines paused, those that are asleep from their memory.
func (e *Engine) powerPaused(ctx context.Context, machines []plan.Machine) error {
	if err := e.awaken(ctx, machines); err != nil {
		return err
	}
	return e.startPaused(ctx, machines)
}

// letGo marks standing machines as having run, and lets them run.
func (e *Engine) letGo(ctx context.Context, machines []plan.Machine) error {
	if err := e.rouse(ctx, machines, map[string]string{plan.FactRan: "1"}); err != nil {
		return err
	}
	return e.resume(ctx, machines)
}

func (e *Engine) startPaused(ctx context.Context, machines []plan.Machine) error {
	group, in := limited(ctx)
	for _, m := range machines {
		group.Go(func() error { return e.driver.StartMachine(in, m.Domain, drivers.StartPaused) })
	}
	return group.Wait()
}

func (e *Engine) resume(ctx context.Context, machines []plan.Machine) error {
	group, in := limited(ctx)
	for _, m := range machines {
		group.Go(func() error { return e.driver.ResumeMachine(in, m.Domain) })
	}
	return group.Wait()
}

func (e *Engine) cutPower(ctx context.Context, machines []plan.Machine) error {
	group, in := limited(ctx)
	for _, m := range machines {
		group.Go(func() error { return e.driver.StopMachine(in, m.Domain, drivers.ForceOff) })
	}
	return group.Wait()
}
