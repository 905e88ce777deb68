package fake

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

// image is what a volume with a machine's memory holds.
type image struct {
	Format   string
	Hardware drivers.Hardware
	Memory   uint64
	CPUs     int
	Cards    []string // their MACs
	Boot     int
	Words    map[string]string
	Screen   []string
	Clock    time.Time
}

// format is of every memory that this fake saves; it loads no other.
const format = "fake memory 1"

func (m *machine) image() image {
	cards := make([]string, len(m.Spec.NICs))
	for i, nic := range m.Spec.NICs {
		cards[i] = nic.MAC
	}
	return image{
		Format: format, Hardware: m.Spec.Hardware, Memory: m.Spec.Memory, CPUs: m.Spec.CPUs, Cards: cards,
		Boot: m.Boot, Words: m.Words, Screen: m.Screen, Clock: m.now(),
	}
}

// now is what the machine's hardware clock shows; zero while it follows the host.
func (m *machine) now() time.Time {
	if m.Clock.IsZero() || m.State != drivers.Running {
		return m.Clock
	}
	return m.Clock.Add(time.Since(m.Since))
}

// turn changes a machine's state, with which its clock runs or stands still.
func (m *machine) turn(to drivers.State) {
	m.Clock, m.Since = m.now(), time.Now()
	m.State = to
}

// SaveMemory implements drivers.Memory.
func (d *Driver) SaveMemory(ctx context.Context, name, volumeName string) error {
	const op = "save memory of"
	err := d.update(ctx, op, name, func(w *world) error {
		if err := ourVolume(volumeName); err != nil {
			return err
		}
		m, err := w.ours(name)
		if err != nil {
			return err
		}
		switch {
		case m.State == drivers.Running:
			return kind(drivers.Conflict, "the machine runs; pause it first")
		case m.State == drivers.Off && m.Saved == volumeName && w.Volumes[volumeName] != nil:
			return nil
		case m.State != drivers.Paused:
			return kind(drivers.Conflict, "the machine has no power")
		}
		data, err := json.Marshal(m.image())
		if err != nil {
			return err
		}
		made := &volume{Name: volumeName, Capacity: uint64(len(data)), Data: data}
		if err := d.fits(w, made); err != nil {
			return err
		}
		w.Volumes[volumeName] = made
		return nil
	})
	if err != nil {
		return err
	}
	return d.powerOff(ctx, op, name, drivers.Stopped, func(m *machine) { m.State, m.Saved = drivers.Off, volumeName })
}

// StartMemory implements drivers.Memory. The guest is called as one that goes on
// without a boot ([Guest.Adopted]), with its memory ([Guest.Recall]).
func (d *Driver) StartMemory(ctx context.Context, name, volumeName string) error {
	started := false
	err := d.update(ctx, "start machine", name, func(w *world) error {
		if err := ourVolume(volumeName); err != nil {
			return err
		}
		m, err := w.ours(name)
		if err != nil || m.on() {
			return err
		}
		v := w.Volumes[volumeName]
		if v == nil {
			return kind(drivers.NotFound, "there is no volume %s", volumeName)
		}
		if err := w.startable(m); err != nil {
			return err
		}
		memory, err := load(m, v.Data)
		if err != nil {
			return err
		}
		m.power(drivers.Paused)
		m.Boot, m.Words, m.Screen, m.Clock = memory.Boot, maps.Clone(memory.Words), memory.Screen, memory.Clock
		started = true
		d.plug(name, m, true, false)
		return nil
	})
	if err == nil && started {
		d.tell(drivers.Change{Machine: name, Kind: drivers.Started})
	}
	return err
}

// load reads a memory, and refuses one that is not of such a machine.
func load(m *machine, data []byte) (memory image, err error) {
	if err := json.Unmarshal(data, &memory); err != nil || memory.Format != format {
		return memory, kind(drivers.Refused, "the volume holds no memory of a machine")
	}
	want := m.image()
	same := want.Memory == memory.Memory && want.CPUs == memory.CPUs &&
		reflect.DeepEqual(want.Hardware, memory.Hardware) && reflect.DeepEqual(want.Cards, memory.Cards)
	if !same {
		return memory, kind(drivers.Refused, "the memory is of a machine with other hardware")
	}
	return memory, nil
}

// power switches a machine on, blank as at power-on.
func (m *machine) power(state drivers.State) {
	m.Clock, m.Since = m.Spec.Clock.Start, time.Now()
	m.State, m.StateWhy, m.ShutDown, m.Saved = state, "", false, ""
	m.Power++
	m.Boot, m.Owner, m.DiskBytes, m.NetBytes = 1, os.Getpid(), 0, 0
	m.Screen, m.Words = nil, nil
}

// Remember keeps a word in the machine's memory, which a reboot clears and a
// warm checkpoint holds.
func (g *Guest) Remember(key, word string) {
	g.wait()
	g.change(func(_ *world, m *machine) {
		if m.Words == nil {
			m.Words = map[string]string{}
		}
		m.Words[key] = word
	})
}

// Recall gives a word that was kept in memory; "" for none.
func (g *Guest) Recall(key string) (word string) {
	g.see(func(_ *world, m *machine) { word = m.Words[key] })
	return word
}

// Now is what the machine's hardware clock shows.
func (g *Guest) Now() (now time.Time) {
	g.see(func(_ *world, m *machine) { now = m.now() })
	if now.IsZero() {
		now = time.Now()
	}
	return now.UTC()
}

var _ drivers.Memory = (*Driver)(nil)

// Clock is what a machine's hardware clock shows.
func (d *Driver) Clock(name string) (now time.Time, err error) {
	err = d.view(context.Background(), "read the clock of", name, func(w *world) error {
		m, err := w.ours(name)
		if err == nil {
			now = m.now()
		}
		return err
	})
	return now, err
}
