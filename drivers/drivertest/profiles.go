package drivertest

import (
	"bytes"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/vgatext"
)

// bootScreen starts a machine with everything in it that a lab's machine has.
func bootScreen(b *bench, p drivers.Profile) {
	words := "Boot loader of " + p.OS + " " + p.Arch
	network := b.connect(b.network("net"))
	spec := b.spec("pc", b.disk("system.qcow2"), b.disk("data.qcow2"))
	spec.Hardware, spec.Memory = p.Hardware, 64<<20
	spec.NICs = []drivers.NIC{{Network: network.Name, MAC: "52:54:00:d0:00:03"}}
	spec.Clock.Start = time.Date(2006, 3, 1, 8, 0, 0, 0, time.UTC)
	spec.Drives[0].Volume = b.upload("boot.iso", TinyGuest(Show(words), Say("up"), Key(), Again()))
	spec.Drives[2].Volume = b.upload("boot.img", floppy("answers"))
	l := b.start(b.define(spec).Name)
	l.until("up")
	screen := b.screen(spec.Name)
	for _, want := range []string{"SeaBIOS (version ", "Booting from Hard Disk...", "Boot failed: not a bootable disk", "Booting from DVD/CD...", words} {
		if !strings.Contains(screen.String(), want) {
			b.Errorf("the screen does not show %q", want)
		}
	}
	if b.Failed() || screen.Doubts() > 0 {
		b.Errorf("with %d characters in doubt it shows:\n%s", screen.Doubts(), screen)
	}
	if keyer, ok := drivers.As[drivers.Keyer](b.d); ok {
		b.ok(keyer.SendKeys(b.ctx, spec.Name, 42, 30))
		l.until("key:A")
	}
}

// screen reads a machine's text screen.
func (b *bench) screen(name string) *vgatext.Screen {
	b.Helper()
	screener, ok := drivers.As[drivers.Screener](b.d)
	if !ok {
		b.Skip("the driver takes no pictures")
	}
	var picture bytes.Buffer
	_, err := screener.Screenshot(b.ctx, name, &picture)
	b.ok(err)
	screen, err := vgatext.Read(&picture)
	b.ok(err)
	return screen
}
