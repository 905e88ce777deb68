package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// powerOffLimit is how long a guest may take to shut down, which Windows 2003
// with Exchange does in some minutes.
const powerOffLimit = 20 * time.Minute

// stageRun is one stage while it is built.
type stageRun struct {
	*Engine
	plan  *plan.Plan
	stage plan.Stage
	world *world
	// parent is the checkpoint underneath; its key is empty at the root.
	parent checkpoint.Manifest
	boxes  map[string]*box // machines that are at work, by name
	// memories are what machines that begin the stage go on from, by name.
	memories map[string]string
	// works is what the steps mean, in their order, with the true secrets.
	works  []catalog.Work
	estate *estate.Estate // after the stage
}

// stage builds or continues one stage to its checkpoint.
func (e *Engine) stage(ctx context.Context, p *plan.Plan, i int) (err error) {
	began := time.Now()
	r := &stageRun{Engine: e, plan: p, stage: p.Stages[i], boxes: map[string]*box{}}
	e.tell(Event{Kind: StageBegin, Stage: r.stage.Name, Seconds: time.Duration(r.stage.Estimate).Seconds()})
	defer func() { e.tell(ended(Event{Kind: StageEnd, Stage: r.stage.Name}, began, err)) }()
	if r.world, err = e.survey(ctx); err != nil {
		return err
	}
	if i > 0 {
		var ok bool
		if r.parent, ok = r.world.manifests[p.Stages[i-1].Key]; !ok {
			return fmt.Errorf("the checkpoint of stage %q is gone; run up again to build it", p.Stages[i-1].Name)
		}
	}
	var diags labs.Diagnostics
	if r.works, r.estate, diags = plan.Render(r.lab, r.stage.Name, r.secrets.value); diags.Fatal() {
		return diags.Err()
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.work(ctx); err != nil {
		return err
	}
	return r.commit(ctx)
}

// prepare lays the disks of machines that begin the stage.
func (r *stageRun) prepare(ctx context.Context) (err error) {
	if r.memories, err = r.underneath(ctx); err != nil {
		return err
	}
	group, in := limited(ctx)
	for _, l := range r.stage.Layers {
		if l.Action == plan.Build {
			group.Go(func() error { return r.begin(in, l) })
		}
		if l.Action != plan.Reuse {
			m, _ := r.plan.Machine(l.Machine)
			r.boxes[l.Machine] = r.newBox(m)
			r.boxes[l.Machine].at(r.stage.Name, "")
		}
	}
	return group.Wait()
}

func (r *stageRun) begin(ctx context.Context, l plan.Layer) error {
	labTime := r.parent.LabTime
	if l.Base == "" {
		labTime = clockOf(r.lab)
		if !r.parent.LabTime.IsZero() {
			labTime = r.parent.LabTime // a machine that enters the lab later
		}
	}
	if at := r.source().Clock; !at.IsZero() {
		labTime = at
	}
	return r.lay(ctx, r.plan, r.stage, l, r.parent.Machines[l.Machine], r.memories[l.Machine], labTime, r.world)
}

// work switches the machines on, does the steps, and switches them off.
func (r *stageRun) work(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var lines sync.WaitGroup
	defer lines.Wait()
	defer stop(nil)
	if frozen, err := r.frozen(ctx); err != nil {
		return err
	} else if frozen {
		return r.save(ctx)
	}
	if err := r.powerUp(ctx, &lines); err != nil {
		return err
	}
	watching, enough := context.WithCancel(ctx)
	defer enough()
	lines.Go(func() { r.noticeHalts(watching, stop) })
	if err := r.steps(ctx); err != nil {
		return err
	}
	if !r.stage.Warm {
		return r.powerDown(ctx)
	}
	enough()
	if err := r.freeze(ctx); err != nil {
		return err
	}
	return r.save(ctx)
}

// noticeHalts ends the stage when one of its machines is paused: QEMU does so
// when the disk of the pool is full, and the guest would be waited for in vain.
// News of a pause before the machine went on is old, so the machine is asked.
func (r *stageRun) noticeHalts(ctx context.Context, stop context.CancelCauseFunc) {
	halted := r.changes.halted()
	for {
		select {
		case <-ctx.Done():
			return
		case domain := <-halted:
			if !r.working(domain) {
				continue // the hypervisor tells of other instances' machines too
			}
			if !r.staysPaused(ctx, domain) {
				continue
			}
			stop(&drivers.Error{
				Kind: drivers.Missing, Op: "run machine", Object: domain,
				Err:    errors.New("it was paused: by somebody, or by QEMU because it cannot write the machine's disk"),
				Remedy: "See whether the disk of the pool is full, and free some room:\n  doublehop prune\nThen run up again; the machine goes on where it stands.",
			})
		}
	}
}

// staysPaused says whether a machine is paused for longer than it takes to change
// a disc, for which a driver may pause it.
func (r *stageRun) staysPaused(ctx context.Context, domain string) bool {
	for range 5 {
		if x, err := r.driver.Machine(ctx, domain); err != nil || x.State != drivers.Paused {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(time.Second):
		}
	}
	return true
}

// phaseOf is how far a machine of the stage is.
func (r *stageRun) phaseOf(ctx context.Context, b *box) (drivers.Machine, string, error) {
	x, err := r.driver.Machine(ctx, b.machine.Domain)
	return x, x.Mark.Facts[plan.FactPhase], err
}

// powerUp starts what is off, opens every serial line before the first
// instruction, and looks at the seal with all cards plugged in.
func (r *stageRun) powerUp(ctx context.Context, lines *sync.WaitGroup) error {
	var cold []plan.Machine
	for _, name := range sortedKeys(r.boxes) {
		b := r.boxes[name]
		x, phase, err := r.phaseOf(ctx, b)
		if err != nil {
			return err
		}
		switch {
		case x.State == drivers.Paused: // by a run that was cut, or for want of room
		case x.State != drivers.Running && phase == plan.PhaseBuild:
			if err := r.fill(ctx, b); err != nil {
				return err
			}
		default:
			continue
		}
		cold = append(cold, b.machine)
		b.phase("starting")
	}
	if err := r.awaken(ctx, cold); err != nil {
		return err
	}
	if err := r.startPaused(ctx, cold); err != nil {
		return err
	}
	if err := r.checkSeal(ctx, r.plan); err != nil {
		return errors.Join(err, r.cutPower(context.WithoutCancel(ctx), cold))
	}
	for _, b := range r.boxes {
		if err := r.listen(ctx, b, lines); err != nil {
			return err
		}
	}
	if err := r.rouse(ctx, cold, nil); err != nil {
		return err
	}
	if err := r.resume(ctx, cold); err != nil {
		return err
	}
	for _, m := range cold {
		r.boxes[m.Name].phase("booting")
	}
	return nil
}

// working says whether a machine is at work in this stage.
func (r *stageRun) working(domain string) bool {
	for _, b := range r.boxes {
		if b.machine.Domain == domain {
			return true
		}
	}
	return false
}

// listen follows a machine's serial line for the rest of the stage.
func (r *stageRun) listen(ctx context.Context, b *box, lines *sync.WaitGroup) error {
	x, _, err := r.phaseOf(ctx, b)
	if err != nil || (x.State != drivers.Running && x.State != drivers.Paused) {
		return err
	}
	done, err := b.follow(ctx)
	if err != nil {
		return err
	}
	lines.Go(func() {
		if err := <-done; err != nil && context.Cause(ctx) == nil {
			b.tell(Event{Kind: Warn, Machine: b.machine.Name, Text: err.Error()})
		}
	})
	return nil
}

// fill fills a cold machine's drives for its first step.
func (r *stageRun) fill(ctx context.Context, b *box) error {
	first := slices.IndexFunc(r.stage.Steps, func(s plan.Step) bool { return s.Machine == b.machine.Name })
	if first < 0 {
		return nil
	}
	work := r.works[first]
	if err := r.media(ctx, b, work); err != nil {
		return err
	}
	if len(work.Floppy) == 0 {
		return nil
	}
	image, err := disc.Floppy("DOUBLEHOP", discFiles(work.Floppy))
	if err != nil {
		return fmt.Errorf("make the answer floppy: %w", err)
	}
	volume := r.floppy(b)
	if err := r.driver.RemoveVolume(ctx, volume); err != nil {
		return err
	}
	if err := r.driver.UploadVolume(ctx, volume, int64(len(image)), bytes.NewReader(image)); err != nil {
		return err
	}
	return r.driver.SetMedia(ctx, b.machine.Domain, floppy, volume)
}

func (r *stageRun) floppy(b *box) string {
	return plan.FloppyVolume(r.instance, b.machine.Name, r.layer(b.machine.Name).Key)
}

func (r *stageRun) layer(machine string) plan.Layer {
	i := slices.IndexFunc(r.stage.Layers, func(l plan.Layer) bool { return l.Machine == machine })
	return r.stage.Layers[i]
}

// media puts the step's disc into the media drive.
func (r *stageRun) media(ctx context.Context, b *box, work catalog.Work) error {
	if work.Media == "" {
		return nil
	}
	sums, err := r.digests(r.lab.Path(r.stage.Name), r.secrets.media())
	if err != nil {
		return err
	}
	volume, err := r.upload(ctx, work.Media, sums[work.Media])
	if err != nil {
		return err
	}
	x, err := r.driver.Machine(ctx, b.machine.Domain)
	if err != nil {
		return err
	}
	if slices.Contains(x.Drives, drivers.Drive{Target: mediaDrive, Volume: volume}) {
		return nil
	}
	return r.driver.SetMedia(ctx, b.machine.Domain, mediaDrive, volume)
}

// powerDown has every guest shut down in order, all at once, and then puts
// each machine onto disks of its own. A machine marked as closing has its
// steps behind it, so that a run that is cut here goes on here.
func (r *stageRun) powerDown(ctx context.Context) error {
	group, in := limited(ctx)
	for _, b := range r.boxes {
		group.Go(func() error { return r.close(in, b) })
	}
	return group.Wait()
}

func (r *stageRun) close(ctx context.Context, b *box) error {
	x, phase, err := r.phaseOf(ctx, b)
	if err != nil || phase == plan.PhaseStand {
		return err
	}
	if phase == plan.PhaseBuild {
		if err := r.note(ctx, b.machine, map[string]string{plan.FactPhase: plan.PhaseClosing, plan.FactRested: ""}); err != nil {
			return err
		}
	}
	b.at(r.stage.Name, "")
	b.phase("powering off")
	if x.State == drivers.Running {
		if err := r.shutDown(ctx, b); err != nil {
			return err
		}
	}
	if x, _, err = r.phaseOf(ctx, b); err != nil {
		return err
	}
	if !x.ShutDown && x.Mark.Facts[plan.FactRested] == "" { // a layer is made of a whole disk only
		return r.failed(ctx, b, powerOff(b), &guest.Stalled{Phase: "powering off", Why: "its power was cut before it had shut down"})
	}
	if err := r.rebase(ctx, b.machine, x, labTime(x)); err != nil {
		return err
	}
	b.phase("frozen")
	return nil
}

// shutDown gives the guest the job to power itself off, which every version
// of Windows does alike, and waits.
func (r *stageRun) shutDown(ctx context.Context, b *box) error {
	job := guest.PowerOff(b.source.OS, "OFF-"+strings.ToUpper(r.layer(b.machine.Name).Key[:10]))
	if err := b.insert(ctx, job, newAsk()); err != nil {
		return err
	}
	if err := b.waitOff(ctx, powerOffLimit); err != nil {
		return r.failed(ctx, b, powerOff(b), err)
	}
	return b.takeDisc(ctx)
}

// powerOff is what the lab's author did not write as a step.
func powerOff(b *box) plan.Step { return plan.Step{Name: "power off", Machine: b.machine.Name} }

// note changes facts of a machine's mark.
func (e *Engine) note(ctx context.Context, m plan.Machine, changed map[string]string) error {
	x, err := e.driver.Machine(ctx, m.Domain)
	if err != nil {
		return err
	}
	facts := maps.Clone(x.Mark.Facts)
	if facts == nil {
		facts = map[string]string{}
	}
	maps.Copy(facts, changed)
	if maps.Equal(facts, x.Mark.Facts) {
		return nil
	}
	return e.driver.MarkMachine(ctx, m.Domain, facts)
}

// commit writes the stage's manifest: from then on the checkpoint exists.
func (r *stageRun) commit(ctx context.Context) error {
	host, err := r.driver.Host(ctx)
	if err != nil {
		return err
	}
	w, err := r.survey(ctx)
	if err != nil {
		return err
	}
	if err := r.tidy(ctx, w); err != nil {
		return err
	}
	m := checkpoint.Manifest{
		Key: r.stage.Key, Lab: r.lab.Name, Stage: r.stage.Name, Made: time.Now().UTC(),
		Machines: map[string]checkpoint.Machine{}, Media: map[string]string{},
		Host: checkpoint.Host{Libvirt: host.Libvirt, QEMU: host.QEMU, Accelerator: host.Accelerator},
	}
	if m.Media, err = r.digests([]*labs.Stage{r.source()}, r.secrets.media()); err != nil {
		return err
	}
	if m.Estate, err = json.Marshal(r.estate); err != nil {
		return err
	}
	frozen := w.layers()
	for _, l := range r.stage.Layers {
		part, err := r.part(w, frozen, l)
		if err != nil {
			return err
		}
		m.Machines[l.Machine] = part
		x, ok := w.machine(l.Domain)
		if !ok || l.Action == plan.Reuse {
			continue
		}
		if labTime(x).After(m.LabTime) {
			m.LabTime = labTime(x)
		}
		m.Proofs = append(m.Proofs, proofsOf(x)...)
	}
	fresh := func(machine string) bool { return r.layer(machine).Action != plan.Reuse }
	if err := m.Digests(ctx, r.driver, fresh); err != nil {
		return err
	}
	return checkpoint.Commit(ctx, r.driver, m)
}

func (r *stageRun) source() *labs.Stage {
	s, _ := r.lab.Stage(r.stage.Name)
	return s
}

// part describes one machine's layer: the disks just written, or those of a
// layer that was there before.
func (r *stageRun) part(w *world, frozen map[string]checkpoint.Machine, l plan.Layer) (checkpoint.Machine, error) {
	if l.Action == plan.Reuse {
		return frozen[l.Key], nil
	}
	m, _ := r.plan.Machine(l.Machine)
	image, err := json.Marshal(l.Preimage)
	part := checkpoint.Machine{
		Layer: l.Key, Preimage: image, Disks: map[string]checkpoint.Disk{},
		Chipset: m.Spec.Hardware.Chipset, CPU: m.Spec.Hardware.CPU,
	}
	for _, d := range m.Disks {
		run := w.volumes[plan.RunVolume(r.instance, m.Name, d.Name, l.Key)]
		v, ok := w.volumes[run.Backing]
		if !ok {
			return part, fmt.Errorf("disk %q of machine %s is gone from the pool; run up again to build the stage anew", d.Name, m.Name)
		}
		part.Disks[d.Name] = checkpoint.Disk{
			Volume: v.Name, Backing: v.Backing, Capacity: v.Capacity, Allocated: v.Allocated,
		}
	}
	if r.stage.Warm {
		x, _ := w.machine(l.Domain)
		v, ok := w.volumes[x.Mark.Facts[plan.FactAsleep]]
		if !ok {
			return part, fmt.Errorf("the memory of machine %s is gone; run up again to build the stage anew", m.Name)
		}
		part.Memory = &checkpoint.Memory{Volume: v.Name, Size: v.Capacity}
	}
	return part, err
}

// layers lists all finished layers by key.
func (w *world) layers() map[string]checkpoint.Machine {
	all := map[string]checkpoint.Machine{}
	for _, m := range w.manifests {
		for _, part := range m.Machines {
			all[part.Layer] = part
		}
	}
	return all
}
