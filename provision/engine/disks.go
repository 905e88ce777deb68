package engine

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// atOnce is how many machines are made or switched at the same time: libvirt
// serves five requests of one connection at once (measured on libvirt 9.0).
const atOnce = 8

// limited is a group of calls of which only so many run at once.
func limited(ctx context.Context) (*errgroup.Group, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	return group, ctx
}

// The facts that keep a machine's lab time: what its clock showed at an
// instant of the host's, or stands at until it is let go.
const (
	factClock = "clock"
	factSince = "since"
)

// targets are the places of hard disks, in order.
func target(index int) string { return "hd" + "ab"[index:index+1] }

// stand lays a machine's own disks over a finished layer and defines it, asleep
// when there is a memory. What was there of the machine has been cleared.
func (e *Engine) stand(ctx context.Context, m plan.Machine, stage, key string, part checkpoint.Machine, memory string, labTime time.Time) error {
	spec := m.Spec
	for i, d := range m.Disks {
		volume := plan.RunVolume(e.instance, m.Name, d.Name, key)
		if err := e.fresh(ctx, drivers.VolumeSpec{Name: volume, Backing: part.Disks[d.Name].Volume}); err != nil {
			return err
		}
		spec.Disks = append(spec.Disks, drivers.Disk{Target: target(i), Volume: volume})
	}
	spec.Drives = drives("", "")
	spec.Clock, spec.Mark.Facts = clockAt(labTime, m.Skew), map[string]string{
		plan.FactStage: stage, plan.FactLayer: key, plan.FactPhase: plan.PhaseStand,
	}
	noteSleep(spec.Mark.Facts, memory)
	noteClock(spec.Mark.Facts, labTime)
	return e.driver.DefineMachine(ctx, spec)
}

// clear removes a machine and what it wrote for itself.
func (e *Engine) clear(ctx context.Context, m plan.Machine, w *world) error {
	if err := e.driver.RemoveMachine(ctx, m.Domain); err != nil {
		return err
	}
	for _, name := range w.volumesOf(e.instance, m.Name) {
		if err := e.driver.RemoveVolume(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// tidy takes the discs and floppies that cut runs left, which may hold secrets,
// out of the drives of machines that have no use for them, and deletes them. A
// machine in the middle of a stage, with power, may be reading its own.
func (e *Engine) tidy(ctx context.Context, w *world) error {
	used := map[string]bool{}
	for i := range w.machines {
		x := &w.machines[i]
		busy := x.Mark.Facts[plan.FactPhase] != plan.PhaseStand && x.State != drivers.Off && x.State != drivers.Crashed
		for k, d := range x.Drives {
			switch {
			case !plan.IsDisc(e.instance, d.Volume):
			case busy:
				used[d.Volume] = true
			default:
				if err := e.driver.SetMedia(ctx, x.Name, d.Target, ""); err != nil {
					return err
				}
				x.Drives[k].Volume = ""
			}
		}
	}
	for _, name := range w.owned[e.instance] {
		if plan.IsDisc(e.instance, name) && !used[name] {
			if err := e.driver.RemoveVolume(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// volumesOf lists the volumes of a machine that belong to no checkpoint; of
// the whole instance when machine is empty.
func (w *world) volumesOf(instance, machine string) []string {
	var list []string
	for _, name := range w.owned[instance] {
		for _, prefix := range plan.InstanceVolumes(instance, machine) {
			if strings.HasPrefix(name, prefix) {
				list = append(list, name)
			}
		}
	}
	return list
}

// fresh makes a volume anew; one of that name is what an earlier run left.
func (e *Engine) fresh(ctx context.Context, spec drivers.VolumeSpec) error {
	err := e.driver.CreateVolume(ctx, spec)
	if drivers.KindOf(err) != drivers.Conflict {
		return err
	}
	if err := e.driver.RemoveVolume(ctx, spec.Name); err != nil {
		return err
	}
	return e.driver.CreateVolume(ctx, spec)
}

// lay makes the disks that a stage writes to, and defines the machine on them,
// asleep when there is a memory that goes with what is underneath.
func (e *Engine) lay(ctx context.Context, p *plan.Plan, s plan.Stage, l plan.Layer, from checkpoint.Machine, memory string, labTime time.Time, w *world) error {
	m, _ := p.Machine(l.Machine)
	if err := e.clear(ctx, m, w); err != nil {
		return err
	}
	spec := m.Spec
	for i, d := range m.Disks {
		volume := drivers.VolumeSpec{Name: w.freeLayer(l.Key, d.Name, e.instance, m.Name)}
		if l.Base == "" {
			volume.Capacity = d.Size
		} else {
			volume.Backing = from.Disks[d.Name].Volume
		}
		if err := e.fresh(ctx, volume); err != nil {
			return err
		}
		spec.Disks = append(spec.Disks, drivers.Disk{Target: target(i), Volume: volume.Name})
	}
	spec.Drives = drives("", "")
	spec.Clock, spec.Mark.Facts = clockAt(labTime, m.Skew), map[string]string{
		plan.FactStage: s.Name, plan.FactLayer: l.Key, plan.FactPhase: plan.PhaseBuild, plan.FactDone: "0",
	}
	noteSleep(spec.Mark.Facts, memory)
	noteClock(spec.Mark.Facts, labTime)
	return e.driver.DefineMachine(ctx, spec)
}

// freeLayer names a new layer's volume. It has a number when something still
// rests on the volume of that name: the layers of a checkpoint whose manifest
// was lost may be what later checkpoints stand on. What the machine wrote for
// itself on top does not count, since it has just been cleared.
func (w *world) freeLayer(key, disk, instance, machine string) string {
	needed := map[string]bool{}
	for _, v := range w.volumes {
		own := func(begin string) bool { return strings.HasPrefix(v.Name, begin) }
		if !slices.ContainsFunc(plan.InstanceVolumes(instance, machine), own) {
			needed[v.Backing] = true
		}
	}
	for _, m := range w.manifests {
		for _, part := range m.Machines {
			for _, d := range part.Disks {
				needed[d.Volume] = true
			}
		}
	}
	number := 1
	for needed[plan.LayerVolume(key, disk, instance, number)] {
		number++
	}
	return plan.LayerVolume(key, disk, instance, number)
}

// rebase puts a machine whose layer is finished onto disks of its own, so that
// nothing writes to the layer any more, whoever starts the machine.
func (e *Engine) rebase(ctx context.Context, m plan.Machine, x drivers.Machine, labTime time.Time) error {
	key := x.Mark.Facts[plan.FactLayer]
	spec := m.Spec
	for i, d := range m.Disks {
		volume := plan.RunVolume(e.instance, m.Name, d.Name, key)
		err := e.fresh(ctx, drivers.VolumeSpec{Name: volume, Backing: diskAt(x, target(i))})
		if err != nil {
			return err
		}
		spec.Disks = append(spec.Disks, drivers.Disk{Target: target(i), Volume: volume})
	}
	spec.Drives = drives("", "")
	spec.Clock, spec.Mark.Facts = clockAt(labTime, m.Skew), maps.Clone(x.Mark.Facts)
	spec.Mark.Facts[plan.FactPhase] = plan.PhaseStand
	noteClock(spec.Mark.Facts, labTime)
	return e.driver.DefineMachine(ctx, spec)
}

// diskAt is the volume of a machine's hard disk.
func diskAt(x drivers.Machine, target string) string {
	for _, d := range x.Disks {
		if d.Target == target {
			return d.Volume
		}
	}
	return ""
}

// drives are the removable drives that every machine has.
func drives(media, floppyVolume string) []drivers.Drive {
	return []drivers.Drive{
		{Target: mediaDrive, Volume: media}, {Target: jobDrive}, {Target: floppy, Volume: floppyVolume},
	}
}

// clockAt is a guest's clock at a lab time, and so much ahead of it. Without a
// lab time it follows the host.
func clockAt(labTime time.Time, skew time.Duration) drivers.Clock {
	if labTime.IsZero() && skew != 0 {
		labTime = time.Now().UTC().Truncate(time.Second)
	}
	if labTime.IsZero() {
		return drivers.Clock{}
	}
	return drivers.Clock{Start: labTime.Add(skew)}
}

// noteSleep remembers what a machine is to go on from, if anything.
func noteSleep(facts map[string]string, memory string) {
	if memory != "" {
		facts[plan.FactAsleep] = memory
	}
}

// noteClock remembers what the lab's clock shows; a machine's own may be ahead of
// it by its skew. It stands still until the machine is let go.
func noteClock(facts map[string]string, labTime time.Time) {
	if labTime.IsZero() {
		return
	}
	facts[factClock] = strconv.FormatInt(labTime.Unix(), 10)
	facts[factSince] = ""
}

// labTime is what the lab's clock shows now: it runs on from when the machine was
// let go, whether that still runs or not, and so never goes back. It is zero when
// the lab follows the host.
func labTime(x drivers.Machine) time.Time {
	clock, err := strconv.ParseInt(x.Mark.Facts[factClock], 10, 64)
	if err != nil {
		return time.Time{}
	}
	since, err := strconv.ParseInt(x.Mark.Facts[factSince], 10, 64)
	if err != nil { // not let go yet
		return time.Unix(clock, 0).UTC()
	}
	return time.Unix(clock+time.Now().Unix()-since, 0).UTC()
}

// clockOf is where the clock of a lab's first stage starts.
func clockOf(lab *labs.Lab) time.Time { return lab.Clock.Start }
