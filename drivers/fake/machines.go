package fake

import (
	"cmp"
	"context"
	"maps"
	"os"
	"reflect"
	"slices"
	"syscall"

	"github.com/doublehop/doublehop/drivers"
)

// DefineMachine implements drivers.Machines.
func (d *Driver) DefineMachine(ctx context.Context, spec drivers.MachineSpec) error {
	return d.update(ctx, "define machine", spec.Name, func(w *world) error {
		if spec.Memory == 0 || spec.Memory%(1<<20) != 0 || spec.CPUs < 1 {
			return kind(drivers.Refused, "a machine needs whole MiB of memory and a processor")
		}
		spec := cloneSpec(spec)
		for _, drive := range spec.Drives {
			if err := checkDrive(drive); err != nil {
				return err
			}
		}
		have := w.Machines[spec.Name]
		if have == nil {
			for _, other := range w.Machines {
				if other.Spec.UUID == spec.UUID {
					return kind(drivers.Conflict, "UUID %s belongs to %s", spec.UUID, other.Spec.Name)
				}
			}
			w.Machines[spec.Name] = &machine{Spec: spec}
			return nil
		}
		if have.Foreign {
			return notOurs("machine")
		}
		if have.Spec.Mark.Instance != spec.Mark.Instance || have.Spec.Mark.Lab != spec.Mark.Lab {
			return kind(drivers.Conflict, "it belongs to instance %q of lab %q", have.Spec.Mark.Instance, have.Spec.Mark.Lab)
		}
		if have.on() && !reflect.DeepEqual(hardware(have.Spec), hardware(spec)) {
			return kind(drivers.Refused, "its hardware cannot be changed while it runs; stop it first")
		}
		for i, drive := range spec.Drives {
			if i < len(have.Spec.Drives) && have.Spec.Drives[i] != drive {
				have.changed(drive.Target)
			}
		}
		have.Spec = spec
		return nil
	})
}

// cloneSpec copies a spec and puts its disks and drives in order.
func cloneSpec(spec drivers.MachineSpec) drivers.MachineSpec {
	spec.Mark.Facts = maps.Clone(spec.Mark.Facts)
	spec.NICs = slices.Clone(spec.NICs)
	spec.Disks = slices.SortedFunc(slices.Values(spec.Disks), func(a, b drivers.Disk) int { return cmp.Compare(a.Target, b.Target) })
	spec.Drives = slices.SortedFunc(slices.Values(spec.Drives), func(a, b drivers.Drive) int { return cmp.Compare(a.Target, b.Target) })
	return spec
}

// hardware is what a running machine cannot change.
func hardware(spec drivers.MachineSpec) drivers.MachineSpec {
	spec = cloneSpec(spec)
	spec.Mark = drivers.Mark{}
	for i := range spec.Drives {
		spec.Drives[i].Volume = ""
	}
	return spec
}

func checkDrive(drive drivers.Drive) error {
	if drive.Target != "hdc" && drive.Target != "hdd" && drive.Target != "fda" {
		return kind(drivers.Refused, "drive %q is not hdc, hdd or fda", drive.Target)
	}
	if drive.Volume == "" {
		return nil
	}
	return ourVolume(drive.Volume)
}

func (m *machine) on() bool { return m.State == drivers.Running || m.State == drivers.Paused }

func (m *machine) changed(drive string) {
	if m.Media == nil {
		m.Media = map[string]uint64{}
	}
	m.Media[drive]++
}

// alive says whether the process in which the guest runs is still there.
func (m *machine) alive() bool {
	return m.Owner == os.Getpid() || m.Owner != 0 && syscall.Kill(m.Owner, 0) == nil
}

// ours looks a machine up and insists that it is ours.
func (w *world) ours(name string) (*machine, error) {
	m := w.Machines[name]
	if m == nil {
		return nil, kind(drivers.NotFound, "there is no such machine")
	}
	if m.Foreign {
		return nil, notOurs("machine")
	}
	return m, nil
}

// RemoveMachine implements drivers.Machines.
func (d *Driver) RemoveMachine(ctx context.Context, name string) error {
	const op = "remove machine"
	err := d.powerOff(ctx, op, name, drivers.Stopped, func(m *machine) { m.State = drivers.Off })
	if drivers.KindOf(err) == drivers.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return d.update(ctx, op, name, func(w *world) error {
		delete(w.Machines, name)
		return nil
	})
}

// MarkMachine implements drivers.Machines.
func (d *Driver) MarkMachine(ctx context.Context, name string, facts map[string]string) error {
	return d.update(ctx, "mark machine", name, func(w *world) error {
		m, err := w.ours(name)
		if err != nil {
			return err
		}
		m.Spec.Mark.Facts = maps.Clone(facts)
		return nil
	})
}

// Machine implements drivers.Machines.
func (d *Driver) Machine(ctx context.Context, name string) (out drivers.Machine, err error) {
	err = d.view(ctx, "look at machine", name, func(w *world) error {
		m, err := w.ours(name)
		if err != nil {
			return err
		}
		out = m.describe()
		return nil
	})
	return out, err
}

// Machines implements drivers.Machines.
func (d *Driver) Machines(ctx context.Context, instance string) (out []drivers.Machine, err error) {
	err = d.view(ctx, "list machines of", "fake", func(w *world) error {
		for _, name := range sortedNames(w.Machines) {
			m := w.Machines[name]
			if !m.Foreign && (instance == "" || m.Spec.Mark.Instance == instance) {
				out = append(out, m.describe())
			}
		}
		return nil
	})
	return out, err
}

func (m *machine) describe() drivers.Machine {
	spec := cloneSpec(m.Spec)
	return drivers.Machine{
		Name: spec.Name, UUID: spec.UUID, Mark: spec.Mark, State: m.State, StateWhy: m.StateWhy, ShutDown: m.ShutDown, Saved: m.Saved != "",
		Disks: spec.Disks, Drives: spec.Drives,
	}
}

// SetMedia implements drivers.Machines.
func (d *Driver) SetMedia(ctx context.Context, name, drive, volume string) error {
	err := d.update(ctx, "change media of", name, func(w *world) error {
		if err := checkDrive(drivers.Drive{Target: drive, Volume: volume}); err != nil {
			return err
		}
		m, err := w.ours(name)
		if err != nil {
			return err
		}
		if volume != "" && w.Volumes[volume] == nil {
			return kind(drivers.NotFound, "there is no volume %s", volume)
		}
		for i := range m.Spec.Drives {
			if m.Spec.Drives[i].Target == drive {
				m.Spec.Drives[i].Volume = volume
				m.changed(drive)
				return nil
			}
		}
		return kind(drivers.NotFound, "the machine has no drive %s", drive)
	})
	if err == nil {
		err = d.adopt(ctx, name)
	}
	d.nudge(name)
	return err
}
