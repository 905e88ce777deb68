package fake

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/doublehop/doublehop/drivers"
)

// power is one power-on of one machine whose guest runs in this process.
type power struct {
	id      int
	ctx     context.Context //nolint:containedctx // it is the power itself
	cut     context.CancelCauseFunc
	serial  serial
	buttons chan struct{}
	keys    chan []uint
	adopted bool

	mu     sync.Mutex
	change chan struct{} // closed and replaced whenever the world may have changed
}

var errPowerCut = errors.New("the power was cut")

// StartMachine implements drivers.Machines.
func (d *Driver) StartMachine(ctx context.Context, name string, how drivers.StartMode) error {
	started := false
	err := d.update(ctx, "start machine", name, func(w *world) error {
		m, err := w.ours(name)
		if err != nil || m.on() {
			return err
		}
		if err := w.startable(m); err != nil {
			return err
		}
		state := drivers.Running
		if how == drivers.StartPaused {
			state = drivers.Paused
		}
		m.power(state)
		started = true
		d.plug(name, m, false, false)
		return nil
	})
	if err == nil && started {
		d.tell(drivers.Change{Machine: name, Kind: drivers.Started})
	}
	return err
}

// startable refuses what QEMU would refuse: a disk that is not there, whose
// chain is broken, or that another machine writes to; a network that is not up.
func (w *world) startable(m *machine) error {
	for _, disk := range m.Spec.Disks {
		chain := w.chain(disk.Volume)
		if len(chain) == 0 {
			return kind(drivers.Other, "cannot access disk %s", disk.Volume)
		}
		if under := chain[len(chain)-1].Backing; under != "" {
			return kind(drivers.Other, "the chain of %s is broken: %s is not there", disk.Volume, under)
		}
		for _, other := range w.Machines {
			if other == m || !other.on() {
				continue
			}
			for _, theirs := range other.Spec.Disks {
				if theirs.Volume == disk.Volume {
					return kind(drivers.Other, "failed to get write lock on %s: %s uses it", disk.Volume, other.Spec.Name)
				}
			}
		}
	}
	for _, drive := range m.Spec.Drives {
		if drive.Volume != "" && w.Volumes[drive.Volume] == nil {
			return kind(drivers.Other, "cannot access disc %s", drive.Volume)
		}
	}
	for _, nic := range m.Spec.NICs {
		if n := w.Networks[nic.Network]; n == nil || !n.Active {
			return kind(drivers.Other, "network %s is not active", nic.Network)
		}
	}
	return nil
}

// plug starts a guest's goroutine in this process. What an adopted one says
// before its line is opened can be kept, as the process before would have read it.
func (d *Driver) plug(name string, m *machine, adopted, kept bool) {
	ctx, cut := context.WithCancelCause(context.Background())
	p := &power{
		id: m.Power, ctx: ctx, cut: cut, adopted: adopted,
		buttons: make(chan struct{}, 1), keys: make(chan []uint, 64), change: make(chan struct{}),
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		cut(errClosed)
		return
	}
	if kept {
		p.serial.keep()
	}
	d.powered[name] = p
	spec := cloneSpec(m.Spec)
	d.guests.Go(func() { d.run(name, spec, p) })
}

// run calls the guest at power-on and after each reboot until the power ends.
func (d *Driver) run(name string, spec drivers.MachineSpec, p *power) {
	defer p.serial.end()
	for context.Cause(p.ctx) == nil {
		again := false
		g := &Guest{driver: d, name: name, spec: spec, power: p, reboot: &again}
		done := make(chan struct{})
		go func() { // a goroutine of its own, so that a guest may end it at any depth
			defer close(done)
			defer g.leave()
			g.wait()
			if d.options.Guest != nil {
				d.options.Guest(p.ctx, g)
			}
			<-p.ctx.Done() // it hangs
		}()
		<-done
		if !again {
			return
		}
		if !d.booted(name, p) {
			return
		}
	}
}

// booted counts a reboot and tells of it.
func (d *Driver) booted(name string, p *power) bool {
	err := d.update(context.Background(), "reboot machine", name, func(w *world) error {
		m := w.Machines[name]
		if m == nil || m.Power != p.id || !m.on() {
			return errPowerCut
		}
		m.Boot++
		m.Screen, m.Words = nil, nil
		return nil
	})
	p.adopted = false
	if err == nil {
		d.tell(drivers.Change{Machine: name, Kind: drivers.Rebooted})
	}
	return err == nil
}

// adopt goes on with a guest whose process is gone.
func (d *Driver) adopt(ctx context.Context, name string) error {
	if d.options.File == "" {
		return nil
	}
	return d.update(ctx, "adopt machine", name, func(w *world) error {
		m, err := w.ours(name)
		if err != nil {
			return err
		}
		if m.on() && !m.alive() {
			m.Owner = os.Getpid()
			d.plug(name, m, true, true)
		}
		return nil
	})
}

// ResumeMachine implements drivers.Machines.
func (d *Driver) ResumeMachine(ctx context.Context, name string) error {
	return d.shift(ctx, "resume machine", name, drivers.Running, drivers.Started)
}

// PauseMachine implements drivers.Machines.
func (d *Driver) PauseMachine(ctx context.Context, name string) error {
	return d.shift(ctx, "pause machine", name, drivers.Paused, drivers.Halted)
}

func (d *Driver) shift(ctx context.Context, op, name string, to drivers.State, kindOf drivers.ChangeKind) error {
	changed := false
	err := d.update(ctx, op, name, func(w *world) error {
		m, err := w.ours(name)
		if err != nil {
			return err
		}
		if !m.on() {
			return kind(drivers.Conflict, "the machine has no power")
		}
		changed = m.State != to
		m.turn(to)
		m.StateWhy = ""
		return nil
	})
	if err == nil {
		err = d.adopt(ctx, name)
	}
	d.nudge(name)
	if err == nil && changed {
		d.tell(drivers.Change{Machine: name, Kind: kindOf})
	}
	return err
}

// StopMachine implements drivers.Machines.
func (d *Driver) StopMachine(ctx context.Context, name string, how drivers.StopMode) error {
	const op = "stop machine"
	if how == drivers.ForceOff {
		return d.powerOff(ctx, op, name, drivers.Stopped, func(m *machine) { m.State = drivers.Off })
	}
	err := d.view(ctx, op, name, func(w *world) error {
		_, err := w.ours(name)
		return err
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.powered[name]; err == nil && p != nil {
		select {
		case p.buttons <- struct{}{}:
		default:
		}
	}
	return err
}

// powerOff ends a machine's power and sets how it is then; one that has none is
// left as it is.
func (d *Driver) powerOff(ctx context.Context, op, name string, change drivers.ChangeKind, set func(*machine)) error {
	was := false
	err := d.update(ctx, op, name, func(w *world) error {
		m, err := w.ours(name)
		if err != nil || !m.on() {
			return err
		}
		was = true
		m.StateWhy, m.Owner = "", 0
		set(m)
		return nil
	})
	if err != nil || !was {
		return err
	}
	d.mu.Lock()
	p := d.powered[name]
	delete(d.powered, name)
	d.mu.Unlock()
	if p != nil {
		p.cut(errPowerCut)
		p.serial.end()
	}
	d.tell(drivers.Change{Machine: name, Kind: change})
	return nil
}

// nudge wakes a guest that waits for a change of its world.
func (d *Driver) nudge(name string) {
	d.mu.Lock()
	p := d.powered[name]
	d.mu.Unlock()
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.change)
	p.change = make(chan struct{})
}

func (p *power) changes() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.change
}

// Watch implements drivers.Watcher, for what happens in this process.
func (d *Driver) Watch(ctx context.Context, report func(drivers.Change)) error {
	d.mu.Lock()
	d.watchers[&report] = true
	d.mu.Unlock()
	<-ctx.Done()
	d.mu.Lock()
	delete(d.watchers, &report)
	d.mu.Unlock()
	return nil
}

func (d *Driver) tell(change drivers.Change) {
	d.mu.Lock()
	var all []func(drivers.Change)
	for report := range d.watchers {
		all = append(all, *report)
	}
	d.mu.Unlock()
	for _, report := range all {
		report(change)
	}
}
