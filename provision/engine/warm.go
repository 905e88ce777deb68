package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// A warm stage ends without a shutdown: all machines are paused at one instant,
// their memory is saved, which cuts their power, and their disks are frozen as
// they are by then. On the disks above, each goes on from its memory, with its
// clock where it stood; those of a later run or of another instance do the same.
// A machine that is to do so is asleep (plan.FactAsleep).

// asleep is the memory that a machine without power is to go on from. One whose
// guest shut down since was let go behind our back.
func asleep(x drivers.Machine) string {
	if x.ShutDown {
		return ""
	}
	return x.Mark.Facts[plan.FactAsleep]
}

// memories names the volumes that the machines of a checkpoint go on from, by
// machine. It is empty for a cold checkpoint, and where it is known beforehand
// that this host cannot load them.
func (e *Engine) memories(ctx context.Context, m checkpoint.Manifest) (map[string]string, error) {
	if !m.Warm() {
		return nil, nil
	}
	host, err := e.driver.Host(ctx)
	if err != nil {
		return nil, err
	}
	if why := e.unfit(m.Host, host); why != "" {
		e.bootInstead(m.Stage, why)
		return nil, nil
	}
	all := map[string]string{}
	for name, part := range m.Machines {
		all[name] = part.Memory.Volume
	}
	return all, nil
}

// unfit says why memory that one hypervisor saved cannot be loaded by another;
// empty when it may be. QEMU loads what an older one saved on the same machine
// type, and not what a newer one did (QEMU's migration documentation).
func (e *Engine) unfit(was checkpoint.Host, is drivers.HostInfo) string {
	if _, ok := drivers.As[drivers.Memory](e.driver); !ok {
		return "this hypervisor's driver loads no memory"
	}
	if was.Accelerator != is.Accelerator {
		return fmt.Sprintf("it was saved under %s, and this host runs machines under %s", was.Accelerator, is.Accelerator)
	}
	if older(is.QEMU, was.QEMU) {
		return fmt.Sprintf("it was saved by QEMU %s, and this host has QEMU %s", was.QEMU, is.QEMU)
	}
	return ""
}

// older compares two versions, number by number.
func older(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		if errM != nil || errN != nil {
			return false
		}
		if m != n {
			return m < n
		}
	}
	return false
}

func (e *Engine) bootInstead(stage, why string) {
	e.tell(Event{Kind: Warn, Stage: stage, Text: fmt.Sprintf(
		"the machines boot from their disks, as after a power cut, instead of going on from their memory: %s", why)})
}

// awaken lets machines that are asleep go on from their memory, and leaves them
// paused: all of them, or none. Where one cannot, all are left without power to
// be started from their disks: in the memory of the others it is still as it was.
// Those that are not asleep are left as they are.
func (e *Engine) awaken(ctx context.Context, machines []plan.Machine) error {
	var sleepers []plan.Machine
	volumes := map[string]string{}
	mixed := false
	for _, m := range machines {
		x, err := e.driver.Machine(ctx, m.Domain)
		if err != nil {
			return err
		}
		volume := asleep(x)
		powerless := x.State != drivers.Running && x.State != drivers.Paused
		mixed = mixed || powerless && volume == "" && x.Mark.Facts[plan.FactRan] != ""
		if volume != "" {
			sleepers = append(sleepers, m)
			volumes[m.Name] = volume
		}
	}
	if len(sleepers) == 0 {
		return nil
	}
	why := "some of them have booted since"
	if !mixed {
		err := e.load(ctx, sleepers, volumes)
		if kind := drivers.KindOf(err); err == nil || kind != drivers.Refused && kind != drivers.NotFound {
			return err
		}
		why = err.Error()
	}
	e.bootInstead("", why)
	if err := e.cutPower(ctx, sleepers); err != nil {
		return err
	}
	group, in := limited(ctx)
	for _, m := range sleepers {
		group.Go(func() error { return e.note(in, m, map[string]string{plan.FactAsleep: ""}) })
	}
	return group.Wait()
}

// load starts machines from their memory, paused.
func (e *Engine) load(ctx context.Context, machines []plan.Machine, volumes map[string]string) error {
	memory, ok := drivers.As[drivers.Memory](e.driver)
	if !ok {
		return &drivers.Error{Kind: drivers.Refused, Op: "load memory", Object: e.instance, Err: errors.New("this hypervisor's driver loads no memory")}
	}
	var group errgroup.Group // each to its end: what is given up goes on in the hypervisor
	group.SetLimit(atOnce)
	for _, m := range machines {
		e.tell(Event{Kind: Phase, Machine: m.Name, Phase: "resuming"})
		group.Go(func() error { return memory.StartMemory(ctx, m.Domain, volumes[m.Name]) })
	}
	return group.Wait()
}

// rouse marks machines that are about to be let go: their disks hold something
// of their own from then on, and their clocks run from now.
func (e *Engine) rouse(ctx context.Context, machines []plan.Machine, facts map[string]string) error {
	group, in := limited(ctx)
	for _, m := range machines {
		group.Go(func() error {
			x, err := e.driver.Machine(in, m.Domain)
			if err != nil {
				return err
			}
			changed := map[string]string{}
			maps.Copy(changed, facts)
			if x.Mark.Facts[plan.FactAsleep] != "" {
				changed[plan.FactAsleep] = ""
			}
			if x.Mark.Facts[factClock] != "" && x.Mark.Facts[factSince] == "" {
				changed[factSince] = strconv.FormatInt(time.Now().Unix(), 10)
			}
			return e.note(in, m, changed)
		})
	}
	return group.Wait()
}

// wind sets the clocks of machines without power to what the lab's clock shows
// by now, which is that of the one that is furthest: they go on together.
func (e *Engine) wind(ctx context.Context, machines []plan.Machine, w *world) error {
	var latest time.Time
	for _, x := range w.machines {
		if at := labTime(x); at.After(latest) {
			latest = at
		}
	}
	for _, m := range machines {
		x, ok := w.machine(m.Domain)
		if !ok || asleep(x) != "" || x.State == drivers.Running || x.State == drivers.Paused {
			continue
		}
		spec := m.Spec
		spec.Disks, spec.Drives, spec.Clock = x.Disks, x.Drives, clockAt(latest, m.Skew)
		spec.Mark.Facts = maps.Clone(x.Mark.Facts)
		noteClock(spec.Mark.Facts, latest)
		if err := e.driver.DefineMachine(ctx, spec); err != nil {
			return err
		}
	}
	return nil
}

// underneath are the memories of the stage before. When this one sets the clock,
// its machines boot: a guest looks at its hardware clock as it does.
func (r *stageRun) underneath(ctx context.Context) (map[string]string, error) {
	if r.parent.Key == "" || !slices.ContainsFunc(r.stage.Layers, func(l plan.Layer) bool { return l.Action == plan.Build }) {
		return nil, nil
	}
	if r.parent.Warm() && !r.source().Clock.IsZero() {
		r.bootInstead(r.stage.Name, "the stage sets the lab's clock, which Windows reads when it boots")
		return nil, nil
	}
	return r.Engine.memories(ctx, r.parent)
}

// frozen says whether an earlier run has paused all machines of a warm stage and
// nobody has let one go, so that only the rest of the saving is left. Otherwise
// none has been saved yet: those that were marked go back to their steps.
func (r *stageRun) frozen(ctx context.Context) (bool, error) {
	if !r.stage.Warm {
		return false, nil
	}
	var marked []plan.Machine
	behind := 0 // machines that have their steps and their saving behind or before them
	for _, name := range sortedKeys(r.boxes) {
		_, phase, err := r.phaseOf(ctx, r.boxes[name])
		if err != nil {
			return false, err
		}
		switch phase {
		case plan.PhaseSaving:
			marked = append(marked, r.boxes[name].machine)
		case plan.PhaseStand:
			behind++
		}
	}
	if len(marked)+behind == len(r.boxes) {
		return true, nil
	}
	for _, m := range marked {
		if err := r.note(ctx, m, map[string]string{plan.FactPhase: plan.PhaseBuild}); err != nil {
			return false, err
		}
	}
	return false, nil
}

// freeze pauses all machines of a warm stage at one instant. Their drives are
// empty by then: no memory is to hold on to a disc.
func (r *stageRun) freeze(ctx context.Context) error {
	boot := r.booting()
	for _, name := range sortedKeys(r.boxes) {
		if err := boot(ctx, r.boxes[name]); err != nil {
			return err
		}
	}
	if err := r.each(ctx, r.eject); err != nil {
		return err
	}
	var pause errgroup.Group // all at once, however many
	for _, b := range r.boxes {
		b.at(r.stage.Name, "")
		b.phase("pausing")
		pause.Go(func() error { return r.driver.PauseMachine(ctx, b.machine.Domain) })
	}
	if err := pause.Wait(); err != nil {
		return err
	}
	instant, err := r.instant(ctx)
	if err != nil {
		return err
	}
	return r.each(ctx, func(ctx context.Context, b *box) error {
		facts := map[string]string{plan.FactPhase: plan.PhaseSaving}
		noteClock(facts, instant)
		return r.note(ctx, b.machine, facts)
	})
}

// each does something with all machines of the stage.
func (r *stageRun) each(ctx context.Context, do func(context.Context, *box) error) error {
	group, in := limited(ctx)
	for _, b := range r.boxes {
		group.Go(func() error { return do(in, b) })
	}
	return group.Wait()
}

// eject empties a machine's drives.
func (r *stageRun) eject(ctx context.Context, b *box) error {
	x, err := r.driver.Machine(ctx, b.machine.Domain)
	if err != nil {
		return err
	}
	for _, d := range x.Drives {
		if d.Volume == "" {
			continue
		}
		if err := r.driver.SetMedia(ctx, b.machine.Domain, d.Target, ""); err != nil {
			return err
		}
	}
	return nil
}

// instant is what the lab's clock shows now: that of the machine that is furthest.
func (r *stageRun) instant(ctx context.Context) (latest time.Time, err error) {
	for _, b := range r.boxes {
		x, err := r.driver.Machine(ctx, b.machine.Domain)
		if err != nil {
			return latest, err
		}
		if at := labTime(x); at.After(latest) {
			latest = at
		}
	}
	return latest, nil
}

// save saves the memory of machines that were paused, and only when all of it is
// saved puts them onto disks of their own. A machine whose memory is lost takes
// the stage with it: the others' is of an instant that cannot be had again.
func (r *stageRun) save(ctx context.Context) error {
	memory, ok := drivers.As[drivers.Memory](r.driver)
	if !ok {
		return errors.New("this hypervisor's driver saves no memory, which a warm checkpoint is made of")
	}
	err := r.each(ctx, func(ctx context.Context, b *box) error {
		x, phase, err := r.phaseOf(ctx, b)
		if err != nil || phase == plan.PhaseStand {
			return err
		}
		b.at(r.stage.Name, "")
		b.phase("saving memory")
		err = memory.SaveMemory(ctx, b.machine.Domain, r.memoryVolume(b.machine.Name))
		if drivers.KindOf(err) == drivers.Conflict {
			why := fmt.Sprintf("its memory is lost (the machine is %s): %v", x.State, err)
			return errors.Join(r.failed(ctx, b, plan.Step{Name: "save memory", Machine: b.machine.Name}, &guest.Stalled{Phase: "saving memory", Why: why}),
				r.note(ctx, b.machine, map[string]string{plan.FactFailed: "save memory"}))
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.each(ctx, func(ctx context.Context, b *box) error {
		x, phase, err := r.phaseOf(ctx, b)
		if err != nil || phase == plan.PhaseStand {
			return err
		}
		x.Mark.Facts[plan.FactAsleep] = r.memoryVolume(b.machine.Name)
		if err := r.rebase(ctx, b.machine, x, labTime(x)); err != nil {
			return err
		}
		b.phase("frozen")
		return nil
	})
}

// memoryVolume is where the memory of one of the stage's machines goes.
func (r *stageRun) memoryVolume(machine string) string {
	return r.world.freeMemory(r.layer(machine).Key, r.instance)
}

// freeMemory names a new memory's volume: not one that a checkpoint has.
func (w *world) freeMemory(key, instance string) string {
	taken := map[string]bool{}
	for _, m := range w.manifests {
		for _, part := range m.Machines {
			for volume := range part.Frozen() {
				taken[volume] = true
			}
		}
	}
	number := 1
	for taken[plan.MemoryVolume(key, instance, number)] {
		number++
	}
	return plan.MemoryVolume(key, instance, number)
}
