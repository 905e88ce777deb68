// Package drivertest holds the whole contract of package drivers as tests, to be
// run by every driver: by the fake, and by libvirt with real QEMU.
//
// Its guests have no operating system: a boot image of 2 KiB says on COM1 what
// it sees. Everything that it makes begins with dht- (volumes with dh-t, since a
// driver refuses others) and the number of this process, and is removed.
//
// Floor 2. It is imported by tests only.
package drivertest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

// Harness is a hypervisor to be tested.
type Harness struct {
	// Open connects to the hypervisor. All drivers that it gives during one
	// test see the same world.
	Open func(t *testing.T) drivers.Driver
	// PlantMachine and PlantNetwork make one that is not ours, behind the
	// driver's back, and give a function that says whether it is still as it
	// was. Nil leaves those checks out.
	PlantMachine, PlantNetwork func(t *testing.T, name string) (untouched func() bool)
	// Limit is how long a guest may take to say a line.
	Limit time.Duration
}

// Run holds the driver to its whole contract.
func Run(t *testing.T, h Harness) {
	for _, group := range [][]check{machineChecks(), powerChecks(), guestChecks(), networkChecks(), volumeChecks(), hostChecks(), memoryChecks()} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				c.run(newBench(t, h))
			})
		}
	}
}

type check struct {
	name string
	run  func(*bench)
}

// RunProfiles starts the box of every Windows as far as a boot loader, and reads
// from its screen that BIOS and loader were there: each part is one that this
// hypervisor has, the blank disk is passed by, the disc starts, and the keyboard is
// heard. Boxes that are the same are started once. As many start at once as the
// tests of a package may.
func RunProfiles(t *testing.T, h Harness) {
	var boxes []drivers.Hardware
	for _, p := range drivers.Profiles() {
		if slices.ContainsFunc(boxes, func(other drivers.Hardware) bool { return reflect.DeepEqual(other, p.Hardware) }) {
			continue
		}
		boxes = append(boxes, p.Hardware)
		t.Run(p.OS+" "+p.Arch, func(t *testing.T) {
			t.Parallel()
			bootScreen(newBench(t, h), p)
		})
	}
}
