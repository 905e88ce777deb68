package drivertest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

func machineChecks() []check {
	return []check{
		{"a machine defined twice is there once", defineTwice},
		{"an absent machine is NotFound", absentMachine},
		{"removing a machine twice is fine", removeTwice},
		{"a machine of another instance is a Conflict", otherInstance},
		{"a foreign machine is a Conflict and stays as it was", foreignMachine},
		{"the facts of a mark come back as they were", markRoundTrip},
		{"a list by instance shows that instance's machines, sorted", listByInstance},
		{"a stopped machine takes new hardware and a running one refuses it", changeHardware},
		{"media are changed, kept and ejected", changeMedia},
		{"a spec that makes no sense is Refused", senselessSpec},
		{"a call whose context is done returns its cause at once", cancelled},
		{"many machines are made and removed at once", concurrent},
	}
}

func defineTwice(b *bench) {
	spec := b.define(b.spec("pc", b.disk("a.qcow2")))
	b.ok(b.d.DefineMachine(b.ctx, spec))
	got, err := b.d.Machine(b.ctx, spec.Name)
	b.ok(err)
	want := drivers.Machine{
		Name: spec.Name, UUID: spec.UUID, Mark: spec.Mark, State: drivers.Off, Disks: spec.Disks,
		Drives: []drivers.Drive{{Target: "fda"}, {Target: "hdc"}, {Target: "hdd"}},
	}
	if !reflect.DeepEqual(got, want) {
		b.Errorf("got  %+v\nwant %+v", got, want)
	}
	all, err := b.d.Machines(b.ctx, b.instance())
	b.ok(err)
	if len(all) != 1 || !reflect.DeepEqual(all[0], want) {
		b.Errorf("the list holds %+v", all)
	}
}

func absentMachine(b *bench) {
	name := b.name("nobody")
	_, err := b.d.Machine(b.ctx, name)
	b.wants(drivers.NotFound, err)
	b.wants(drivers.NotFound, b.d.StartMachine(b.ctx, name, drivers.StartRunning))
	b.wants(drivers.NotFound, b.d.ResumeMachine(b.ctx, name))
	b.wants(drivers.NotFound, b.d.PauseMachine(b.ctx, name))
	b.wants(drivers.NotFound, b.d.StopMachine(b.ctx, name, drivers.ForceOff))
	b.wants(drivers.NotFound, b.d.MarkMachine(b.ctx, name, nil))
	b.wants(drivers.NotFound, b.d.SetMedia(b.ctx, name, "hdc", ""))
	if serial, ok := drivers.As[drivers.Serial](b.d); ok {
		_, err := serial.OpenSerial(b.ctx, name)
		b.wants(drivers.NotFound, err)
	}
}

func removeTwice(b *bench) {
	spec := b.define(b.spec("pc"))
	for range 2 {
		b.ok(b.d.RemoveMachine(b.ctx, spec.Name))
	}
	_, err := b.d.Machine(b.ctx, spec.Name)
	b.wants(drivers.NotFound, err)
	if left := b.serialLogs(); len(left) > 0 {
		b.Errorf("left behind: %v", left)
	}
}

// serialLogs are volumes that a driver made beside ours for this check.
func (b *bench) serialLogs() []string {
	all, err := b.d.Volumes(b.ctx)
	b.ok(err)
	var left []string
	for _, volume := range all {
		if slices.Contains([]string{"dh-serial-" + b.name("pc") + ".log"}, volume.Name) {
			left = append(left, volume.Name)
		}
	}
	return left
}

func otherInstance(b *bench) {
	spec := b.define(b.spec("pc"))
	theirs := spec
	theirs.Mark.Instance = "dht-somebody-else"
	b.wants(drivers.Conflict, b.d.DefineMachine(b.ctx, theirs))
	got, err := b.d.Machine(b.ctx, spec.Name)
	b.ok(err)
	if got.Mark.Instance != spec.Mark.Instance {
		b.Errorf("the machine now belongs to %q", got.Mark.Instance)
	}
}

func foreignMachine(b *bench) {
	if b.h.PlantMachine == nil {
		b.Skip("the harness plants no machines")
	}
	name := b.name("foreign")
	untouched := b.h.PlantMachine(b.T, name)
	spec := b.spec("foreign")
	b.wants(drivers.Conflict, b.d.DefineMachine(b.ctx, spec))
	spec.UUID = uuid("another")
	b.wants(drivers.Conflict, b.d.DefineMachine(b.ctx, spec))
	b.wants(drivers.Conflict, b.d.StartMachine(b.ctx, name, drivers.StartRunning))
	b.wants(drivers.Conflict, b.d.StopMachine(b.ctx, name, drivers.ForceOff))
	b.wants(drivers.Conflict, b.d.PauseMachine(b.ctx, name))
	b.wants(drivers.Conflict, b.d.ResumeMachine(b.ctx, name))
	b.wants(drivers.Conflict, b.d.MarkMachine(b.ctx, name, map[string]string{"mine": "yes"}))
	b.wants(drivers.Conflict, b.d.SetMedia(b.ctx, name, "hdc", ""))
	b.wants(drivers.Conflict, b.d.RemoveMachine(b.ctx, name))
	_, err := b.d.Machine(b.ctx, name)
	b.wants(drivers.Conflict, err)
	all, err := b.d.Machines(b.ctx, "")
	b.ok(err)
	if slices.ContainsFunc(all, func(m drivers.Machine) bool { return m.Name == name }) {
		b.Error("the list of our machines holds a foreign one")
	}
	if !untouched() {
		b.Error("the foreign machine was changed")
	}
}

func markRoundTrip(b *bench) {
	spec := b.spec("pc")
	spec.Mark.Facts = map[string]string{"stage": "exchange", "quoted": "<a href=\"x\">&amp;'", "lines": "one\ntwo", "word": "Wörter", "empty": ""}
	b.define(spec)
	check := func(want map[string]string) {
		b.Helper()
		got, err := b.d.Machine(b.ctx, spec.Name)
		b.ok(err)
		if !maps.Equal(got.Mark.Facts, want) || got.Mark.Lab != spec.Mark.Lab || got.Mark.Object != "pc" {
			b.Errorf("got %+v, want %+v", got.Mark, want)
		}
	}
	check(spec.Mark.Facts)
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	running := map[string]string{"stage": "running"}
	b.ok(b.d.MarkMachine(b.ctx, spec.Name, running))
	check(running)
	b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.ForceOff))
	check(running)
	b.ok(b.d.MarkMachine(b.ctx, spec.Name, nil))
	check(nil)
}

func listByInstance(b *bench) {
	b.define(b.spec("b"))
	b.define(b.spec("a"))
	other := b.spec("c")
	other.Mark.Instance += "x"
	b.define(other)
	names := func(instance string) (all []string) {
		machines, err := b.d.Machines(b.ctx, instance)
		b.ok(err)
		for _, m := range machines {
			all = append(all, m.Name)
		}
		return all
	}
	if got, want := names(b.instance()), []string{b.name("a"), b.name("b")}; !slices.Equal(got, want) {
		b.Errorf("got %v, want %v", got, want)
	}
	all := names("")
	if !slices.IsSorted(all) || !slices.Contains(all, other.Name) || !slices.Contains(all, b.name("a")) {
		b.Errorf("the list of all instances is %v", all)
	}
}

func changeHardware(b *bench) {
	spec := b.define(b.spec("pc"))
	bigger := spec
	bigger.Memory *= 2
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	b.ok(b.d.DefineMachine(b.ctx, spec))
	b.wants(drivers.Refused, b.d.DefineMachine(b.ctx, bigger))
	b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.ForceOff))
	b.ok(b.d.DefineMachine(b.ctx, bigger))
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	b.ok(b.d.DefineMachine(b.ctx, bigger))
	b.wants(drivers.Refused, b.d.DefineMachine(b.ctx, spec))
}

func changeMedia(b *bench) {
	disc := b.upload("disc.iso", make([]byte, 4096))
	floppy := b.upload("floppy.img", floppy("x"))
	spec := b.define(b.spec("pc"))
	drives := func(fda, hdc, hdd string) {
		b.Helper()
		got, err := b.d.Machine(b.ctx, spec.Name)
		b.ok(err)
		want := []drivers.Drive{{Target: "fda", Volume: fda}, {Target: "hdc", Volume: hdc}, {Target: "hdd", Volume: hdd}}
		if !slices.Equal(got.Drives, want) {
			b.Fatalf("drives %+v, want %+v", got.Drives, want)
		}
	}
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "hdd", disc))
	drives("", "", disc)
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartRunning))
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "fda", floppy))
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "hdc", disc))
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "hdd", ""))
	drives(floppy, disc, "")
	b.wants(drivers.NotFound, b.d.SetMedia(b.ctx, spec.Name, "hdd", b.volume("absent.iso")))
	b.wants(drivers.Refused, b.d.SetMedia(b.ctx, spec.Name, "hda", disc))
	b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.ForceOff))
	drives(floppy, disc, "")
	for _, drive := range []string{"hdc", "fda", "fda"} {
		b.ok(b.d.SetMedia(b.ctx, spec.Name, drive, ""))
	}
	drives("", "", "")
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	spec.Drives[0].Volume = disc
	b.ok(b.d.DefineMachine(b.ctx, spec))
	drives("", disc, "")
}

func senselessSpec(b *bench) {
	spec := b.spec("pc")
	spec.Memory++
	b.wants(drivers.Refused, b.d.DefineMachine(b.ctx, spec))
	spec = b.spec("pc")
	spec.Drives = []drivers.Drive{{Target: "hdc", Volume: "../etc/passwd"}}
	b.wants(drivers.Refused, b.d.DefineMachine(b.ctx, spec))
}

func cancelled(b *bench) {
	cause := errors.New("asked to stop")
	ctx, stop := context.WithCancelCause(b.ctx)
	stop(cause)
	began := time.Now()
	spec := b.spec("pc")
	for _, err := range []error{
		b.d.DefineMachine(ctx, spec),
		b.d.RemoveMachine(ctx, spec.Name),
		b.d.CreateVolume(ctx, drivers.VolumeSpec{Name: b.volume("x"), Capacity: 1 << 20}),
		b.d.RemoveNetwork(ctx, b.name("net")),
	} {
		if !errors.Is(err, cause) {
			b.Errorf("got %v, want the context's cause", err)
		}
	}
	if took := time.Since(began); took > 5*time.Second {
		b.Errorf("it took %v", took)
	}
	_, err := b.d.Machine(b.ctx, spec.Name)
	b.wants(drivers.NotFound, err)
}

func concurrent(b *bench) {
	const n = 6
	specs := make([]drivers.MachineSpec, n)
	for i := range specs {
		specs[i] = b.spec(string(rune('a' + i)))
		b.undo(specs[i].Name, func(ctx context.Context) error { return b.d.RemoveMachine(ctx, specs[i].Name) })
	}
	errs := make([]error, 2*n)
	var wait sync.WaitGroup
	for i := range errs { // each machine twice
		wait.Go(func() {
			spec := specs[i%n]
			errs[i] = cmp.Or(
				b.d.DefineMachine(b.ctx, spec),
				b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused),
				b.d.MarkMachine(b.ctx, spec.Name, map[string]string{"k": "v"}),
			)
		})
	}
	wait.Wait()
	b.ok(errors.Join(errs...))
	all, err := b.d.Machines(b.ctx, b.instance())
	b.ok(err)
	if len(all) != n {
		b.Fatalf("%d machines, want %d", len(all), n)
	}
	for i := range errs {
		wait.Go(func() { errs[i] = b.d.RemoveMachine(b.ctx, specs[i%n].Name) })
	}
	wait.Wait()
	b.ok(errors.Join(errs...))
	all, err = b.d.Machines(b.ctx, b.instance())
	b.ok(err)
	if len(all) != 0 {
		b.Errorf("still there: %v", all)
	}
}
