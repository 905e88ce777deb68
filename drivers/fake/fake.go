// Package fake is a hypervisor in memory: it passes the same suite as the real
// one, and its guests are Go functions.
//
// A guest sees what a real one sees: power-on, its disks (as keys and values,
// with overlay semantics, so that a revert really reverts), the bytes of the
// disc in each drive, and a serial line. What the contract calls a Conflict,
// NotFound or Refused is one here too. With a file, the world outlives the
// process and is shared by several; guests run in the process that started
// them, and a machine whose process is gone goes on in the next one that opens
// its serial line, changes its media or resumes it.
//
// A machine's hardware clock starts where its spec says and runs with the guest.
//
// Floor 2. It touches no hypervisor and no network.
package fake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/doublehop/doublehop/drivers"
)

// Options are what a caller may set; the zero value works.
type Options struct {
	// Guest is what every machine runs. It is called in a goroutine of its own
	// at power-on and again after each reboot; its context ends when the power
	// does. When it returns, the guest hangs until the power is cut. Nil is a
	// guest that never does anything.
	Guest func(ctx context.Context, g *Guest)
	// File keeps the world; empty keeps it in memory.
	File string
	// Folder is where the volumes are said to lie; empty means /var/lib/fake.
	Folder string
	// Room is how many bytes of volumes fit; 0 means no limit. An upload or a
	// disk that does not fit is Missing, as on a full disk.
	Room uint64
	// URI is what Host says; empty means "fake:///".
	URI string
}

// Driver is one fake hypervisor.
type Driver struct {
	options Options
	store   store
	room    atomic.Uint64

	mu       sync.Mutex
	closed   bool
	powered  map[string]*power // machines whose guests run here
	watchers map[*func(drivers.Change)]bool
	problems []string
	guests   sync.WaitGroup
}

var (
	_ drivers.Driver   = (*Driver)(nil)
	_ drivers.Serial   = (*Driver)(nil)
	_ drivers.Screener = (*Driver)(nil)
	_ drivers.Keyer    = (*Driver)(nil)
	_ drivers.Meter    = (*Driver)(nil)
	_ drivers.Watcher  = (*Driver)(nil)
)

// New makes a fake hypervisor. With a file that exists it shows what is there.
func New(options Options) *Driver {
	d := &Driver{options: options, powered: map[string]*power{}, watchers: map[*func(drivers.Change)]bool{}}
	d.room.Store(options.Room)
	d.store = &memory{world: newWorld()}
	if options.File != "" {
		d.store = &file{path: options.File}
	}
	return d
}

// Close stops the guests that run here. In a world that is kept in a file their
// machines stay powered, as real ones do; in memory the world ends.
func (d *Driver) Close() error {
	d.mu.Lock()
	d.closed = true
	for _, p := range d.powered {
		p.cut(errClosed)
	}
	d.mu.Unlock()
	d.guests.Wait()
	return nil
}

var errClosed = errors.New("the fake hypervisor was closed")

// Host implements drivers.Host.
func (d *Driver) Host(ctx context.Context) (drivers.HostInfo, error) {
	info := drivers.HostInfo{
		URI: d.options.URI, Driver: "fake", Libvirt: "9.0.0", QEMU: "7.2.22", Chipset: "pc-i440fx-7.2",
		Accelerator: "tcg", AcceleratorWhy: "the fake hypervisor has no processor", Pool: "doublehop", FreeBytes: 1 << 40,
	}
	if info.URI == "" {
		info.URI = "fake:///"
	}
	err := d.view(ctx, "look at", info.URI, func(w *world) error {
		if room := d.room.Load(); room > 0 {
			info.FreeBytes = room - min(room, w.used())
		}
		return nil
	})
	return info, err
}

// view looks at the world, and update changes it; an error of do changes
// nothing.
func (d *Driver) view(ctx context.Context, op, object string, do func(*world) error) error {
	return d.with(ctx, op, object, false, do)
}

func (d *Driver) update(ctx context.Context, op, object string, do func(*world) error) error {
	return d.with(ctx, op, object, true, do)
}

func (d *Driver) with(ctx context.Context, op, object string, write bool, do func(*world) error) error {
	err := context.Cause(ctx)
	if err == nil {
		err = d.store.with(write, do)
	}
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*drivers.Error](err); ok {
		if known.Op == "" {
			known.Op, known.Object = op, object
		}
		return known
	}
	return &drivers.Error{Op: op, Object: object, Err: err}
}

// kind makes an error of the contract; with fills in what was tried.
func kind(k drivers.Kind, format string, args ...any) error {
	return &drivers.Error{Kind: k, Err: fmt.Errorf(format, args...)}
}

// notOurs is the answer about something without our mark.
func notOurs(what string) error {
	return &drivers.Error{
		Kind: drivers.Conflict, Err: fmt.Errorf("a %s of that name exists and was not made by Doublehop", what),
		Remedy: "It is left untouched. Rename or remove it, or build the lab under another name with --name.",
	}
}

// PlantMachine puts a machine there that is not ours.
func (d *Driver) PlantMachine(name string) error {
	return d.update(context.Background(), "plant machine", name, func(w *world) error {
		w.Machines[name] = &machine{Foreign: true, Spec: drivers.MachineSpec{Name: name}}
		return nil
	})
}

// PlantNetwork puts a network there that is not ours.
func (d *Driver) PlantNetwork(name string) error {
	return d.update(context.Background(), "plant network", name, func(w *world) error {
		w.Networks[name] = &network{Foreign: true, Active: true, Spec: drivers.NetworkSpec{Name: name}}
		return nil
	})
}

// Planted says whether a foreign machine or network is still as it was planted.
func (d *Driver) Planted(name string) bool {
	whole := false
	_ = d.view(context.Background(), "look for", name, func(w *world) error {
		if m := w.Machines[name]; m != nil {
			whole = m.Foreign && m.State == drivers.Off && m.Spec.Memory == 0
		}
		if n := w.Networks[name]; n != nil {
			whole = n.Foreign && n.Active && n.Spec.Bridge == ""
		}
		return nil
	})
	return whole
}

// Breach makes CheckSeal find a leak in a network from now on.
func (d *Driver) Breach(name, object, why string) error {
	return d.update(context.Background(), "breach network", name, func(w *world) error {
		n := w.Networks[name]
		if n == nil {
			return kind(drivers.NotFound, "there is no such network")
		}
		n.Leaks = append(n.Leaks, drivers.Leak{Network: name, Object: object, Why: why})
		return nil
	})
}

// SetRoom changes how many bytes of volumes fit; 0 means no limit.
func (d *Driver) SetRoom(room uint64) { d.room.Store(room) }

// Crash makes a machine end as if QEMU had been killed.
func (d *Driver) Crash(name string) error {
	return d.powerOff(context.Background(), "crash machine", name, drivers.Lost, func(m *machine) {
		m.State, m.StateWhy = drivers.Crashed, "QEMU ended without being asked to"
	})
}

// Blackout cuts the power of all machines, as when the host loses its own: after
// it nobody knows which of them had been shut down.
func (d *Driver) Blackout() error {
	machines, err := d.Machines(context.Background(), "")
	for _, m := range machines {
		err = errors.Join(err,
			d.powerOff(context.Background(), "cut power of", m.Name, drivers.Lost, func(m *machine) { m.State = drivers.Off }),
			d.update(context.Background(), "cut power of", m.Name, func(w *world) error {
				w.Machines[m.Name].ShutDown, w.Machines[m.Name].Saved = false, ""
				return nil
			}))
	}
	return err
}

// Problems are mistakes that a real hypervisor would not have noticed either,
// but that would have spoiled a disk: a guest wrote to a volume that lies under
// another.
func (d *Driver) Problems() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.problems)
}

func (d *Driver) problem(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.problems = append(d.problems, fmt.Sprintf(format, args...))
}

// VolumeKeys is what guests have written to a disk, seen through its overlays.
func (d *Driver) VolumeKeys(name string) (map[string]string, error) {
	found := map[string]string{}
	err := d.view(context.Background(), "read volume", name, func(w *world) error {
		chain := w.chain(name)
		if len(chain) == 0 {
			return kind(drivers.NotFound, "there is no such volume")
		}
		for _, v := range slices.Backward(chain) {
			for key, value := range v.Keys {
				if value == nil {
					delete(found, key)
					continue
				}
				found[key] = *value
			}
		}
		return nil
	})
	return found, err
}

func sortedNames[T any](all map[string]T) []string { return slices.Sorted(maps.Keys(all)) }

func ourVolume(name string) error {
	if !strings.HasPrefix(name, "dh-") || strings.ContainsAny(name, "/\n\x00") {
		return kind(drivers.Refused, "volume %q is not of ours: our names begin with dh- and hold no slash", name)
	}
	return nil
}
