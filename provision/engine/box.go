package engine

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// The drives of a machine.
const (
	mediaDrive = "hdc"
	jobDrive   = "hdd"
	floppy     = "fda"
)

// beats is the time in which a runner beats at least twice, busy or idle.
const beats = 25 * time.Second

// box is one machine while the engine works with it: the hypervisor's side,
// and the guest's voice.
type box struct {
	*Engine
	machine plan.Machine
	source  *labs.Machine
	session *guest.Session

	mu    sync.Mutex
	stage string
	step  string
	last  guest.Record  // the newest record
	heard chan struct{} // closed and replaced when one comes
	disc  string        // the job disc in the drive
}

func (e *Engine) newBox(m plan.Machine) *box {
	source, _ := e.lab.Machine(m.Name)
	b := &box{Engine: e, machine: m, source: source, heard: make(chan struct{})}
	b.session = guest.NewSession(guest.Options{Report: b.hear})
	return b
}

// hear is told every line that the guest says.
func (b *box) hear(l guest.Line) {
	b.mu.Lock()
	stage, step := b.stage, b.step
	if l.Record != nil {
		b.last = *l.Record
		close(b.heard)
		b.heard = make(chan struct{})
	}
	b.mu.Unlock()
	text := l.Text
	if l.Record != nil {
		text = strings.TrimSpace(string(l.Record.Verb) + " " + text)
	}
	b.record.line(b.machine.Name, text)
	if l.Record == nil || l.Record.Verb != guest.Idle {
		b.tell(Event{Kind: Line, Stage: stage, Step: step, Machine: b.machine.Name, Text: text})
	}
}

// at says where in the lab the machine is from now on.
func (b *box) at(stage, step string) {
	b.mu.Lock()
	b.stage, b.step = stage, step
	b.mu.Unlock()
}

// phase reports what the machine is doing.
func (b *box) phase(name string) {
	b.mu.Lock()
	stage, step := b.stage, b.step
	b.mu.Unlock()
	b.tell(Event{Kind: Phase, Stage: stage, Step: step, Machine: b.machine.Name, Phase: name})
}

// follow reads the serial line until the machine stops or ctx ends. The line
// is open when it returns; the result of reading comes over the channel.
func (b *box) follow(ctx context.Context) (<-chan error, error) {
	serial, ok := drivers.As[drivers.Serial](b.driver)
	if !ok {
		return nil, errors.New("this hypervisor's driver cannot read a serial line")
	}
	r, err := openWire(ctx, serial, b)
	if err != nil {
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- b.session.Read(ctx, r) }()
	return done, nil
}

// deliver gives the guest a job and waits for its end. A job that an earlier
// run gave it, and that still runs, is not given again.
func (b *box) deliver(ctx context.Context, job guest.Job, patience guest.Patience) (guest.Result, error) {
	if ask, ok := b.underway(ctx, job.ID); ok {
		b.tell(Event{Kind: Note, Stage: b.stage, Step: b.step, Machine: b.machine.Name, Text: "the guest is still busy with this job of an earlier run"})
		result, err := b.session.Result(ctx, job.ID, ask, patience)
		return result, errors.Join(err, b.takeDisc(ctx))
	}
	ask := newAsk()
	if err := b.insert(ctx, job, ask); err != nil {
		return guest.Result{}, err
	}
	result, err := b.session.Result(ctx, job.ID, ask, patience)
	if context.Cause(ctx) != nil {
		return result, err // the disc stays: the guest may be in the middle of it
	}
	return result, errors.Join(err, b.takeDisc(context.WithoutCancel(ctx)))
}

// underway says whether the disc in the drive is that job's and the guest is
// at work on it. What the guest says next tells: a busy runner names the job, an
// idle one does not.
func (b *box) underway(ctx context.Context, id string) (string, bool) {
	m, err := b.driver.Machine(ctx, b.machine.Domain)
	if err != nil || m.State != drivers.Running {
		return "", false
	}
	for _, d := range m.Drives {
		if d.Target != jobDrive || d.Volume == "" {
			continue
		}
		b.disc = d.Volume
		before := plan.DiscVolume(b.instance, b.machine.Name, id, "")
		ask, found := strings.CutPrefix(strings.TrimSuffix(d.Volume, ".iso"), strings.TrimSuffix(before, ".iso"))
		if !found {
			return "", false
		}
		rec, err := b.next(ctx)
		return ask, err == nil && rec.ID == id && rec.Ask == ask && rec.Verb != guest.Idle
	}
	return "", false
}

// next waits for the guest's next record, for as long as two of its beats.
func (b *box) next(ctx context.Context) (guest.Record, error) {
	ctx, stop := context.WithTimeout(ctx, beats)
	defer stop()
	b.mu.Lock()
	heard := b.heard
	b.mu.Unlock()
	select {
	case <-ctx.Done():
		return guest.Record{}, context.Cause(ctx)
	case <-heard:
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.last, nil
	}
}

// insert makes the job's disc, puts it into the pool and into the drive.
func (b *box) insert(ctx context.Context, job guest.Job, ask string) error {
	if err := job.Check(); err != nil {
		return err
	}
	image, err := disc.ISO("DHJOB", discFiles(job.Disc(ask)))
	if err != nil {
		return fmt.Errorf("make the job disc: %w", err)
	}
	volume := plan.DiscVolume(b.instance, b.machine.Name, job.ID, ask)
	r := image.Open()
	err = b.driver.UploadVolume(ctx, volume, image.Size(), r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if err := b.driver.SetMedia(ctx, b.machine.Domain, jobDrive, volume); err != nil {
		return err
	}
	old := b.disc
	b.disc = volume
	if old != "" && old != volume {
		return b.driver.RemoveVolume(ctx, old)
	}
	return nil
}

// takeDisc empties the job drive and deletes the disc: it may hold secrets.
func (b *box) takeDisc(ctx context.Context) error {
	if b.disc == "" {
		return nil
	}
	if err := b.driver.SetMedia(ctx, b.machine.Domain, jobDrive, ""); err != nil {
		return err
	}
	volume := b.disc
	b.disc = ""
	return b.driver.RemoveVolume(ctx, volume)
}

// takeFloppy does the same for the answer floppy.
func (b *box) takeFloppy(ctx context.Context, volume string) error {
	if err := b.driver.SetMedia(ctx, b.machine.Domain, floppy, ""); err != nil {
		return err
	}
	return b.driver.RemoveVolume(ctx, volume)
}

// patience is how long a step may take and be silent. A machine whose disk or
// network moves is not silent.
func (b *box) patience(w catalog.Work) guest.Patience {
	return guest.Patience{Silence: w.Silence, Limit: w.Limit, Alive: b.alive()}
}

// alive says whether the machine did anything since it was last asked.
func (b *box) alive() func(context.Context) bool {
	meter, ok := drivers.As[drivers.Meter](b.driver)
	if !ok {
		return nil
	}
	var before drivers.Activity
	return func(ctx context.Context) bool {
		now, err := meter.Activity(ctx, b.machine.Domain)
		if err != nil {
			return false
		}
		moved := now.DiskBytes != before.DiskBytes || now.NetBytes != before.NetBytes
		before = now
		return moved && now != (drivers.Activity{}) // a machine without power has zeros
	}
}

// waitOff waits until the machine has no power. The hypervisor's events say it
// at once; asking now and then makes up for a lost one.
func (b *box) waitOff(ctx context.Context, limit time.Duration) error {
	ctx, stop := context.WithTimeoutCause(ctx, limit, &guest.Stalled{Phase: "powering off", After: limit})
	defer stop()
	began := time.Now()
	changed := b.changes.of(b.machine.Domain)
	quiet := b.watchRest()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		m, err := b.driver.Machine(ctx, b.machine.Domain)
		if err == nil && m.State == drivers.Off {
			return nil
		}
		if err == nil && m.State == drivers.Crashed {
			return &guest.Stalled{Phase: "powering off", Why: cmp.Or(m.StateWhy, "the machine crashed"), After: time.Since(began)}
		}
		if err != nil && drivers.KindOf(err) != drivers.Transient {
			return err
		}
		if err == nil && quiet.over(ctx) {
			return b.cutRested(ctx)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
		case <-tick.C:
		}
	}
}

// newAsk is a word that no earlier disc carried.
func newAsk() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func discFiles(files []guest.File) []disc.File {
	list := make([]disc.File, len(files))
	for i, f := range files {
		list[i] = disc.File{Path: f.Path, Long: f.Long, Size: f.Size, Open: f.Open, Secret: f.Secret}
	}
	return list
}
