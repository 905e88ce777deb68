package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// lateModules are the drivers that the disk's own file system holds.
const lateModules = "/usr/lib/standin/modules"

// startFromDisk is every start after the text mode of Setup.
func (g *guest) startFromDisk() error {
	trace("drivers loaded")
	if err := enterDisk(); err != nil {
		return err
	}
	trace("disk mounted")
	left, err := readInstalled()
	if err != nil {
		return err
	}
	if left.Question != nil {
		go g.watchButtonWhenReady()
		return g.ask(left.Question)
	}
	if err := g.upgrade(&left); err != nil {
		return err
	}
	ready := g.startDevices()
	g.screen.desktop("  Windows is starting up (stand-in)...", left.Release.Title+" stand-in")
	if !left.Done {
		if err := finishSetup(&left); err != nil {
			return err
		}
		trace("setup finished")
		ready.Wait() // the commands of the first logon lie on A:
	}
	return g.logon(left)
}

// enterDisk makes the system disk the root, as every later program sees it.
func enterDisk() error {
	if !within(time.Minute, func() bool { return systemDisk() != "" && exists(systemDisk()+"1") }) {
		return fmt.Errorf("no system disk")
	}
	const root = "/disk"
	if err := mountAt(systemDisk()+"1", root, "ext4", unix.MS_NOATIME, "noinit_itable"); err != nil {
		return err
	}
	for _, folder := range []string{"dev", "proc", "sys"} {
		if err := unix.Mount("/"+folder, root+"/"+folder, "", unix.MS_MOVE, ""); err != nil {
			return fmt.Errorf("move /%s: %w", folder, err)
		}
	}
	if err := unix.Chdir(root); err != nil {
		return err
	}
	if err := unix.Mount(root, "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("make the disk the root: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return err
	}
	for _, folder := range []string{"/run", "/tmp"} {
		if err := mountAt("tmpfs", folder, "tmpfs", 0, "mode=0755"); err != nil {
			return err
		}
	}
	return os.MkdirAll("/run/standin", 0o755) //nolint:gosec // the daemon's programs use it
}

// startDevices brings up what a logon does not need at once, and says when all of it is there.
func (g *guest) startDevices() *sync.WaitGroup {
	var ready sync.WaitGroup
	ready.Go(func() {
		if err := loadModules(lateModules + "/media"); err != nil {
			trace("media: %v", err)
		}
		if err := unlockDoors(); err != nil {
			trace("media: %v", err)
		}
		for i, device := range drives("sr") {
			first := make(chan struct{})
			go watchMedia(device, string(rune('d'+i)), first)
			<-first
		}
		trace("discs mounted")
	})
	ready.Go(func() {
		_ = loadModules(lateModules + "/floppy")
		mountFloppy()
		trace("floppy mounted")
	})
	go g.watchButtonWhenReady()
	go g.watchPower()
	return &ready
}

func (g *guest) watchButtonWhenReady() {
	if err := loadModules(lateModules + "/power"); err != nil {
		trace("power button: %v", err)
	}
	g.watchButton()
}

func readInstalled() (installed, error) {
	var left installed
	text, err := os.ReadFile(installedFile)
	if err != nil {
		return left, err
	}
	return left, json.Unmarshal(text, &left)
}
