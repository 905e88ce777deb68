package drivertest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

func powerChecks() []check {
	return []check{
		{"power goes on, pauses, goes on and off, each as often as one likes", powerTwice},
		{"a machine without power cannot be paused, resumed or listened to", powerless},
		{"a machine whose disk is gone does not start", missingDisk},
		{"two machines cannot write to one disk", sharedDisk},
		{"a guest that shut down is told from one that lost its power", shutDown},
		{"a watcher is told of starts, reboots and stops", watching},
	}
}

func powerTwice(b *bench) {
	spec := b.define(b.spec("pc"))
	for range 2 {
		b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
		b.state(spec.Name, drivers.Paused)
	}
	for range 2 {
		b.ok(b.d.ResumeMachine(b.ctx, spec.Name))
		b.state(spec.Name, drivers.Running)
	}
	for range 2 {
		b.ok(b.d.PauseMachine(b.ctx, spec.Name))
		b.state(spec.Name, drivers.Paused)
	}
	for range 2 {
		b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.ForceOff))
		b.state(spec.Name, drivers.Off)
	}
	b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.PowerButton))
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartRunning))
	b.state(spec.Name, drivers.Running)
	b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.PowerButton))
	b.ok(b.d.RemoveMachine(b.ctx, spec.Name)) // while it runs
}

func powerless(b *bench) {
	spec := b.define(b.spec("pc"))
	b.wants(drivers.Conflict, b.d.ResumeMachine(b.ctx, spec.Name))
	b.wants(drivers.Conflict, b.d.PauseMachine(b.ctx, spec.Name))
	if serial, ok := drivers.As[drivers.Serial](b.d); ok {
		_, err := serial.OpenSerial(b.ctx, spec.Name)
		b.wants(drivers.Conflict, err)
	}
}

func shutDown(b *bench) {
	spec := b.boots("pc", Say("up"), Wait(), PowerOff())
	look := func(when string, want bool) {
		b.Helper()
		b.state(spec.Name, drivers.Off)
		got, err := b.d.Machine(b.ctx, spec.Name)
		b.ok(err)
		if got.ShutDown != want {
			b.Errorf("%s: shut down %t", when, got.ShutDown)
		}
	}
	look("before the first start", false)
	for range 2 {
		l := b.start(spec.Name)
		l.says("up")
		l.ends()
		look("after the guest switched off", true)
		b.ok(b.d.SetMedia(b.ctx, spec.Name, "hdd", ""))
		b.ok(b.d.MarkMachine(b.ctx, spec.Name, map[string]string{"k": "v"}))
		look("and was changed since", true)
		b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
		b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.ForceOff))
		look("after its power was cut", false)
	}
}

func missingDisk(b *bench) {
	disk := b.disk("a.qcow2")
	spec := b.define(b.spec("pc", disk))
	b.ok(b.d.RemoveVolume(b.ctx, disk))
	if err := b.d.StartMachine(b.ctx, spec.Name, drivers.StartRunning); err == nil {
		b.Error("it started")
	}
}

func sharedDisk(b *bench) {
	disk := b.disk("a.qcow2")
	first, second := b.define(b.spec("a", disk)), b.define(b.spec("b", disk))
	b.ok(b.d.StartMachine(b.ctx, first.Name, drivers.StartPaused))
	if err := b.d.StartMachine(b.ctx, second.Name, drivers.StartPaused); err == nil {
		b.Error("both started")
	}
}

func watching(b *bench) {
	watcher, ok := drivers.As[drivers.Watcher](b.d)
	if !ok {
		b.Skip("the driver does not watch")
	}
	probe := b.define(b.spec("probe"))
	spec := b.boots("pc", SkipIf("1", 3), WriteDisk("1"), Wait(), Reboot(), Say("again"), Wait(), Wait(), Wait(), PowerOff())
	var mu sync.Mutex
	var told []drivers.ChangeKind
	var listens atomic.Bool
	ctx, stop := context.WithCancel(b.ctx)
	var wait sync.WaitGroup
	wait.Go(func() {
		err := watcher.Watch(ctx, func(change drivers.Change) {
			mu.Lock()
			defer mu.Unlock()
			switch change.Machine {
			case probe.Name:
				listens.Store(true)
			case spec.Name:
				told = append(told, change.Kind)
			}
		})
		if err != nil {
			b.Errorf("the watch ended with %v", err)
		}
	})
	defer wait.Wait()
	defer stop()
	for deadline := time.Now().Add(b.h.Limit); !listens.Load(); b.rest(20 * time.Millisecond) { // nothing else tells when
		if time.Now().After(deadline) {
			b.Fatal("the watcher is told of nothing")
		}
		b.ok(b.d.StartMachine(b.ctx, probe.Name, drivers.StartPaused))
		b.ok(b.d.StopMachine(b.ctx, probe.Name, drivers.ForceOff))
	}
	l := b.start(spec.Name)
	l.says("again")
	l.ends()
	b.state(spec.Name, drivers.Off)
	deadline := time.Now().Add(b.h.Limit)
	for {
		mu.Lock()
		got := slices.Clone(told)
		mu.Unlock()
		if slices.Contains(got, drivers.Stopped) {
			if slices.Index(got, drivers.Started) != 0 || !slices.Contains(got, drivers.Rebooted) {
				b.Errorf("told of %v", got)
			}
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("never told that it stopped, but of %v", got)
		}
		b.rest(20 * time.Millisecond)
	}
}
