package drivertest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

func powerChecks() []check {
	return []check{
		{"power goes on, pauses, goes on and off, each as often as one likes", powerTwice},
		{"a machine without power cannot be paused, resumed or listened to", powerless},
		{"a machine whose disk is gone does not start", missingDisk},
		{"two machines cannot write to one disk", sharedDisk},
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
	spec := b.boots("pc", SkipIf("1", 3), WriteDisk("1"), Wait(), Reboot(), Say("again"), Wait(), Wait(), Wait(), PowerOff())
	var mu sync.Mutex
	var told []drivers.ChangeKind
	ctx, stop := context.WithCancel(b.ctx)
	var wait sync.WaitGroup
	wait.Go(func() {
		err := watcher.Watch(ctx, func(change drivers.Change) {
			mu.Lock()
			defer mu.Unlock()
			if change.Machine == spec.Name {
				told = append(told, change.Kind)
			}
		})
		if err != nil {
			b.Errorf("the watch ended with %v", err)
		}
	})
	defer wait.Wait()
	defer stop()
	b.rest(200 * time.Millisecond) // until the watcher listens; nothing tells when
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
