package fake

import (
	"context"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

// Guest is a machine as its guest sees it, during one boot. Its methods belong
// to the goroutine in which the guest was called; they wait while the machine is
// paused, and end that goroutine (deferred calls run) when the power is gone, so
// a guest needs no error handling.
type Guest struct {
	driver *Driver
	name   string
	spec   drivers.MachineSpec
	power  *power
	reboot *bool
}

// Name is the machine's name in the hypervisor.
func (g *Guest) Name() string { return g.name }

// Spec is the machine's hardware as it was at power-on.
func (g *Guest) Spec() drivers.MachineSpec { return cloneSpec(g.spec) }

// Boot counts the boots since power-on, from 1.
func (g *Guest) Boot() (n int) {
	g.see(func(_ *world, m *machine) { n = m.Boot })
	return n
}

// Adopted says that this is no boot: the process that ran the guest is gone, and
// the guest goes on here, with its disks and drives but without its memory. Only
// a world in a file knows this.
func (g *Guest) Adopted() bool { return g.power.adopted }

// Say writes a line and CRLF to COM1. When nobody reads it, it is lost.
func (g *Guest) Say(line string) { _, _ = io.WriteString(g.Serial(), line+"\r\n") }

// Serial is COM1. Writing to it never blocks and never fails.
func (g *Guest) Serial() io.Writer { return serialOf{g} }

// Show puts lines on the text screen, in place of what was there.
func (g *Guest) Show(lines ...string) {
	g.wait()
	g.change(func(_ *world, m *machine) { m.Screen = slices.Clone(lines) })
}

type serialOf struct{ g *Guest }

func (s serialOf) Write(p []byte) (int, error) {
	s.g.wait()
	s.g.power.serial.write(p)
	return len(p), nil
}

// Get reads a key from a disk ("hda"), through its overlays.
func (g *Guest) Get(disk, key string) (value string, ok bool) {
	g.see(func(w *world, m *machine) {
		for _, v := range w.chain(m.disk(disk)) {
			if found, has := v.Keys[key]; has {
				if found != nil {
					value, ok = *found, true
				}
				return
			}
		}
	})
	return value, ok
}

// Set writes a key to a disk; a disk that is not there swallows it.
func (g *Guest) Set(disk, key, value string) { g.write(disk, key, &value) }

// Delete takes a key away from a disk.
func (g *Guest) Delete(disk, key string) { g.write(disk, key, nil) }

func (g *Guest) write(disk, key string, value *string) {
	g.wait()
	g.change(func(w *world, m *machine) { g.put(w, m, disk, key, value) })
}

// put writes a key to a disk of m, which has power.
func (g *Guest) put(w *world, m *machine, disk, key string, value *string) {
	v := w.Volumes[m.disk(disk)]
	if v == nil {
		return
	}
	for _, other := range w.Volumes {
		if other.Backing == v.Name {
			g.driver.problem("%s wrote %q to %s, which lies under %s", g.name, key, v.Name, other.Name)
		}
	}
	if v.Keys == nil {
		v.Keys = map[string]*string{}
	}
	v.Keys[key] = value
	m.DiskBytes += uint64(len(key)) + 512
}

// Keys lists what is on a disk, sorted; a blank disk has none.
func (g *Guest) Keys(disk string) (keys []string) {
	g.see(func(w *world, m *machine) {
		found := map[string]bool{}
		for _, v := range slices.Backward(w.chain(m.disk(disk))) {
			for key, value := range v.Keys {
				found[key] = value != nil
			}
		}
		for key, there := range found {
			if there {
				keys = append(keys, key)
			}
		}
	})
	slices.Sort(keys)
	return keys
}

// Drive gives the bytes of what is in a drive ("hdc", "hdd", "fda"); ok is false
// when it is empty.
func (g *Guest) Drive(drive string) (data []byte, ok bool) {
	data, ok, _ = g.media(drive)
	return data, ok
}

func (g *Guest) media(drive string) (data []byte, ok bool, version uint64) {
	g.see(func(w *world, m *machine) {
		version = m.Media[drive]
		for _, each := range m.Spec.Drives {
			if each.Target != drive || each.Volume == "" {
				continue
			}
			if v := w.Volumes[each.Volume]; v != nil {
				data, ok = v.Data, true
				m.DiskBytes += uint64(len(v.Data))
			}
		}
	})
	return data, ok, version
}

// WaitDrive waits until the media in a drive were changed since seen, which is 0
// at first and then what the last call gave. The first call returns at once.
func (g *Guest) WaitDrive(drive string, seen uint64) (data []byte, ok bool, version uint64) {
	for {
		change := g.power.changes()
		data, ok, version = g.media(drive)
		version++ // so that 0 is before everything
		if version != seen {
			return data, ok, version
		}
		g.sleep(change)
	}
}

// sleep waits for a nudge; another process cannot give one, so a world in a file
// is looked at from time to time.
func (g *Guest) sleep(change <-chan struct{}) {
	var look <-chan time.Time
	if g.driver.options.File != "" {
		timer := time.NewTimer(20 * time.Millisecond)
		defer timer.Stop()
		look = timer.C
	}
	select {
	case <-change:
	case <-look:
	case <-g.power.ctx.Done():
		runtime.Goexit()
	}
}

// PowerButton says that somebody pressed the power button.
func (g *Guest) PowerButton() <-chan struct{} { return g.power.buttons }

// Keyboard gives chords of Linux key codes that somebody pressed.
func (g *Guest) Keyboard() <-chan []uint { return g.power.keys }

// Neighbours names the running machines that share a network with this one.
func (g *Guest) Neighbours() (names []string) {
	g.see(func(w *world, m *machine) {
		for _, name := range sortedNames(w.Machines) {
			other := w.Machines[name]
			if name == g.name || other.State != drivers.Running {
				continue
			}
			if slices.ContainsFunc(other.Spec.NICs, func(theirs drivers.NIC) bool {
				return slices.ContainsFunc(m.Spec.NICs, func(mine drivers.NIC) bool { return mine.Network == theirs.Network })
			}) {
				names = append(names, name)
			}
		}
		m.NetBytes += 1500
	})
	return names
}

// NeighbourGet reads a key from a running neighbour's disk, as a guest would ask
// a service there; ok is false too when that machine cannot be reached.
func (g *Guest) NeighbourGet(neighbour, disk, key string) (value string, ok bool) {
	if !slices.Contains(g.Neighbours(), neighbour) {
		return "", false
	}
	g.see(func(w *world, _ *machine) {
		other := w.Machines[neighbour]
		if other == nil {
			return
		}
		for _, v := range w.chain(other.disk(disk)) {
			if found, has := v.Keys[key]; has {
				if found != nil {
					value, ok = *found, true
				}
				return
			}
		}
	})
	return value, ok
}

// NeighbourSet writes a key to a running neighbour's disk, as a service there
// does when it is asked to; a machine that cannot be reached swallows it.
func (g *Guest) NeighbourSet(neighbour, disk, key, value string) {
	g.wait()
	if !slices.Contains(g.Neighbours(), neighbour) {
		return
	}
	g.change(func(w *world, _ *machine) {
		if other := w.Machines[neighbour]; other != nil {
			g.put(w, other, disk, key, &value)
		}
	})
}

// Reboot starts the guest over; it does not return.
func (g *Guest) Reboot() {
	g.wait()
	*g.reboot = true
	runtime.Goexit()
}

// PowerOff switches the machine off; it does not return. Without ACPI no guest
// can: the machine halts, until its power is cut.
func (g *Guest) PowerOff() {
	g.wait()
	halts := false
	g.see(func(_ *world, m *machine) { halts = m.Spec.Hardware.Chipset != "" && !m.Spec.Hardware.ACPI })
	if halts {
		runtime.Goexit()
	}
	_ = g.driver.powerOff(context.Background(), "power off", g.name, drivers.Stopped, func(m *machine) {
		m.State, m.ShutDown = drivers.Off, true
	})
	runtime.Goexit()
}

// wait returns when the machine runs, and ends the guest when it has no power.
func (g *Guest) wait() {
	for {
		change := g.power.changes()
		state := drivers.Off
		g.see(func(_ *world, m *machine) { state = m.State })
		if state == drivers.Running {
			return
		}
		g.sleep(change)
	}
}

// see looks at the world, and ends the guest when its power-on is over.
func (g *Guest) see(do func(*world, *machine)) { g.touch(false, do) }

func (g *Guest) change(do func(*world, *machine)) { g.touch(true, do) }

func (g *Guest) touch(write bool, do func(*world, *machine)) {
	err := g.driver.store.with(write, func(w *world) error {
		m := w.Machines[g.name]
		if m == nil || m.Power != g.power.id || !m.on() || context.Cause(g.power.ctx) != nil {
			return errPowerCut
		}
		do(w, m)
		return nil
	})
	if err != nil {
		g.power.cut(errPowerCut)
		runtime.Goexit()
	}
}

// leave runs when the guest's goroutine ends.
func (g *Guest) leave() {
	if *g.reboot || context.Cause(g.power.ctx) != nil {
		return
	}
	g.power.cut(errPowerCut)
}

// disk is the volume of a disk.
func (m *machine) disk(target string) string {
	for _, disk := range m.Spec.Disks {
		if disk.Target == target {
			return disk.Volume
		}
	}
	return ""
}
