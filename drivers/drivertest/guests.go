package drivertest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/vgatext"
)

func guestChecks() []check {
	return []check{
		{"nothing that a guest says is lost when its line is open before it runs", serialWhole},
		{"a line survives a reboot and ends with the power", serialReboot},
		{"a second reader takes the line over", serialTakeover},
		{"a closed line wakes its reader", serialClose},
		{"what is written to an overlay stays in that overlay", overlays},
		{"a guest reads the floppy that was put in last", floppySwap},
		{"a guest that waits in a pause says nothing", pausedGuest},
		{"a machine's screen, keys and counters can be had", senses},
	}
}

func serialWhole(b *bench) {
	const lines = 500
	spec := b.boots("pc", Say("hello"), Lines(lines), Say("end"))
	l := b.start(spec.Name)
	l.says("hello")
	for i := range lines {
		l.says(fmt.Sprintf("line %05d", i+1))
	}
	l.says("end")
	b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.ForceOff))
	l.ends()
}

func serialReboot(b *bench) {
	spec := b.boots("pc", ReadDisk(), SkipIf("1", 2), WriteDisk("1"), Reboot(), PowerOff())
	l := b.start(spec.Name)
	l.says("disk:", "disk:1")
	l.ends()
	b.state(spec.Name, drivers.Off)
}

func serialTakeover(b *bench) {
	spec := b.boots("pc", Say("tick"), Wait(), Again())
	first := b.start(spec.Name)
	first.says("tick")
	second := b.listen(spec.Name)
	for range first.lines {
	}
	second.until("tick")
}

func serialClose(b *bench) {
	spec := b.boots("pc", Say("hello"))
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	serial, ok := drivers.As[drivers.Serial](b.d)
	if !ok {
		b.Skip("the driver has no serial lines")
	}
	stream, err := serial.OpenSerial(b.ctx, spec.Name)
	b.ok(err)
	done := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, stream)
		done <- err
	}()
	b.rest(50 * time.Millisecond) // let it block; without that the check is only weaker
	b.ok(stream.Close())
	select {
	case err := <-done:
		b.ok(err)
	case <-time.After(b.h.Limit):
		b.Fatal("the reader still waits")
	}
	b.ok(stream.Close())
	// The line is free again.
	l := b.listen(spec.Name)
	b.ok(b.d.ResumeMachine(b.ctx, spec.Name))
	l.says("hello")
}

// overlays plays build, checkpoint, change and revert on one machine.
func overlays(b *bench) {
	base := b.disk("base.qcow2")
	spec := b.bootsFrom("pc", base, ReadDisk(), WriteDisk("base"), ReadDisk(), PowerOff())
	l := b.start(spec.Name)
	l.says("disk:", "disk:base")
	l.ends()
	b.state(spec.Name, drivers.Off)
	before := b.download(base)

	change := b.upload("change.iso", TinyGuest(ReadDisk(), WriteDisk("changed"), ReadDisk(), PowerOff()))
	look := b.upload("look.iso", TinyGuest(ReadDisk(), PowerOff()))
	boot := func(disk, disc string, want ...string) {
		b.Helper()
		spec.Disks[0].Volume, spec.Drives[0].Volume = disk, disc
		b.ok(b.d.DefineMachine(b.ctx, spec))
		l := b.start(spec.Name)
		l.says(want...)
		l.ends()
		b.state(spec.Name, drivers.Off)
	}
	first, second := b.over("first.qcow2", base), b.over("second.qcow2", base)
	boot(first, change, "disk:base", "disk:changed")
	boot(second, look, "disk:base")
	boot(first, look, "disk:changed")
	third := b.over("third.qcow2", first)
	boot(third, look, "disk:changed")
	if !bytes.Equal(b.download(base), before) {
		b.Error("the frozen volume was changed")
	}
}

func floppySwap(b *bench) {
	spec := b.boots("pc", ReadFloppy(), Wait(), Again())
	one, two := b.upload("one.img", floppy("one")), b.upload("two.img", floppy("two"))
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "fda", one))
	l := b.start(spec.Name)
	l.until("floppy:one")
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "fda", two))
	l.until("floppy:two")
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "fda", ""))
	l.until("floppy:")
	b.ok(b.d.SetMedia(b.ctx, spec.Name, "fda", one))
	l.until("floppy:one")
}

func pausedGuest(b *bench) {
	spec := b.boots("pc", Say("tick"), Wait(), Again())
	l := b.start(spec.Name)
	l.says("tick", "tick")
	b.ok(b.d.PauseMachine(b.ctx, spec.Name))
	// What was on its way arrives. Unpaused, the guest would say more for ever.
	for deadline, last := time.Now().Add(b.h.Limit), time.Now(); time.Since(last) < 400*time.Millisecond; {
		select {
		case _, more := <-l.lines:
			if last = time.Now(); !more {
				b.Fatal("the serial line ended")
			}
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			b.Fatal("it goes on talking")
		}
	}
	b.rest(600 * time.Millisecond)
	if n := len(l.lines); n > 0 {
		b.Errorf("it said %d lines", n)
	}
	b.ok(b.d.ResumeMachine(b.ctx, spec.Name))
	l.says("tick")
}

func senses(b *bench) {
	spec := b.boots("pc", Show("A guest shows this."), ReadDisk(), Say("up"), Key(), Wait(), Again())
	meter, hasMeter := drivers.As[drivers.Meter](b.d)
	if hasMeter {
		still, err := meter.Activity(b.ctx, spec.Name)
		b.ok(err)
		if still != (drivers.Activity{}) {
			b.Errorf("a machine without power was active: %+v", still)
		}
	}
	l := b.start(spec.Name)
	l.until("up")
	if hasMeter {
		busy, err := meter.Activity(b.ctx, spec.Name)
		b.ok(err)
		if busy.DiskBytes == 0 || busy.CPU == 0 {
			b.Errorf("a guest that booted from a disc counts %+v", busy)
		}
	}
	if keyer, ok := drivers.As[drivers.Keyer](b.d); ok {
		const shift, a = 42, 30
		b.ok(keyer.SendKeys(b.ctx, spec.Name, shift, a))
		l.until("key:A")
	}
	if screener, ok := drivers.As[drivers.Screener](b.d); ok {
		var picture bytes.Buffer
		media, err := screener.Screenshot(b.ctx, spec.Name, &picture)
		b.ok(err)
		if !strings.HasPrefix(media, "image/") || picture.Len() < 50 {
			b.Errorf("%d bytes of %q", picture.Len(), media)
		}
		b.shows(&picture, "Booting from DVD/CD...", "A guest shows this.")
	}
}

// shows reads the text screen in a picture and looks for texts, of which
// nothing may be in doubt.
func (b *bench) shows(picture io.Reader, texts ...string) {
	b.Helper()
	screen, err := vgatext.Read(picture)
	b.ok(err)
	for _, text := range texts {
		if !strings.Contains(screen.String(), text) || screen.Doubts() > 0 {
			b.Errorf("the screen does not show %q, or has %d characters in doubt:\n%s", text, screen.Doubts(), screen)
		}
	}
}
