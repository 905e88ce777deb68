package engine

import (
	"context"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// A machine without ACPI cannot be switched off by its guest: Windows 2000 ends
// with "It is now safe to turn off your computer" (KB810400) and halts. QEMU has
// no other way for it: its power management is a part of ACPI's chip.
const (
	// restTime is how long such a machine must rest. Windows gives a service 20 s
	// to stop (WaitToKillServiceTimeout), in which nothing need happen.
	restTime = 30 * time.Second
	// restCPU is the share of a processor that a machine at rest uses at most.
	restCPU = 0.05
	// restLook is how often it is looked at.
	restLook = 5 * time.Second
)

// repose watches a machine without ACPI that was asked to shut down.
type repose struct {
	box    *box
	meter  drivers.Meter
	before drivers.Activity
	looked time.Time
	since  time.Time // at rest since then; zero for busy
}

// watchRest is nil where the guest can switch its machine off, or nobody can
// tell whether it rests.
func (b *box) watchRest() *repose {
	if b.source == nil {
		return nil
	}
	meter, ok := drivers.As[drivers.Meter](b.driver)
	hardware := plan.Hardware(b.source)
	if !ok || hardware.ACPI || hardware.Chipset == "" {
		return nil
	}
	return &repose{box: b, meter: meter}
}

// over says that the guest has been told to shut down, and that processor and
// disks have rested for long enough since.
func (r *repose) over(ctx context.Context) bool {
	if r == nil || time.Since(r.looked) < restLook {
		return false
	}
	now, err := r.meter.Activity(ctx, r.box.machine.Domain)
	if err != nil {
		r.since = time.Time{}
		return false
	}
	took := time.Since(r.looked)
	busy := now.DiskBytes != r.before.DiskBytes || now.CPU-r.before.CPU > time.Duration(restCPU*float64(took))
	r.before, r.looked = now, time.Now()
	switch {
	case busy || r.box.idle():
		r.since = time.Time{}
	case r.since.IsZero():
		r.since = time.Now()
	}
	return !r.since.IsZero() && time.Since(r.since) >= restTime
}

// idle says that the guest's last word was that it has nothing to do: it has not
// taken the disc that tells it to shut down.
func (b *box) idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last.Verb == guest.Idle
}

// cutRested switches a machine off whose guest has done all it can, and notes
// that before: its disks are whole.
func (b *box) cutRested(ctx context.Context) error {
	if err := b.note(ctx, b.machine, map[string]string{plan.FactRested: "yes"}); err != nil {
		return err
	}
	return b.driver.StopMachine(ctx, b.machine.Domain, drivers.ForceOff)
}
