package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const powerRequest = "/run/standin/power"

// watchPower obeys what a program wrote to powerRequest ("reboot" or "poweroff").
func (g *guest) watchPower() {
	for {
		if text, err := os.ReadFile(powerRequest); err == nil {
			g.power(strings.TrimSpace(string(text)) == "reboot")
		}
		pause(200 * time.Millisecond)
	}
}

// inputEvent is the kernel's struct input_event of a 32-bit machine.
const (
	inputEventSize = 16
	eventKey       = 1
	keyPower       = 116
)

// watchButton turns the machine off when its power button is pressed.
func (g *guest) watchButton() {
	events, _ := filepath.Glob("/dev/input/event*")
	for _, path := range events {
		go func() {
			f, err := os.Open(path) //nolint:gosec // a device
			if err != nil {
				return
			}
			defer f.Close() //nolint:errcheck // read only
			for event := make([]byte, inputEventSize); ; {
				if _, err := f.Read(event); err != nil {
					return
				}
				kind, code := binary.LittleEndian.Uint16(event[8:]), binary.LittleEndian.Uint16(event[10:])
				if kind == eventKey && code == keyPower && event[12] == 1 {
					g.power(false)
				}
			}
		}()
	}
}

// going says that the machine is on its way down: two requests are one.
var going atomic.Bool //nolint:gochecknoglobals // there is one machine

// power ends everything in order, leaves the disk clean, and restarts the machine or turns it off.
func (g *guest) power(restart bool) {
	if going.Swap(true) {
		select {}
	}
	word := "shutting down"
	if restart {
		word = "restarting"
	}
	g.screen.page("  Windows is "+word+" (stand-in)", "Saving your settings...")
	if exists(wineServer) {
		_, _ = g.children.run(g.screen, wine(wineServer, "-k"))
		_, _ = g.children.run(g.screen, wine(wineServer, "-w"))
	}
	g.endDaemon()
	_ = unix.Kill(-1, unix.SIGTERM)
	pause(50 * time.Millisecond)
	_ = unix.Kill(-1, unix.SIGKILL)
	unix.Sync()
	_ = unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
	unix.Sync()
	command := unix.LINUX_REBOOT_CMD_POWER_OFF
	if restart {
		command = unix.LINUX_REBOOT_CMD_RESTART
	}
	_ = unix.Reboot(command)
}
