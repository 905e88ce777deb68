// Command boot is process 1 of the stand-in guest: from the CD it is Setup, from
// the disk it is Windows' way from power-on to a logon.
//
// Floor 7. It promises to say on the screen that this is not Windows, to wait
// for ever where Windows would wait for a person, and never to write to COM1.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	g := &guest{screen: openScreen()}
	if err := g.run(); err != nil {
		g.screen.stop("STOP: the stand-in cannot go on", err.Error())
	}
	g.waitForever()
}

// guest is this machine while it runs.
type guest struct {
	screen   *screen
	children children
	// daemon serves the stand-in programs; nil before it runs.
	daemon *child
}

func (g *guest) run() error {
	if err := mountKernel(); err != nil {
		return err
	}
	g.screen = openScreen()
	go g.children.reap()
	if err := loadModules("/modules"); err != nil {
		return err
	}
	line, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return err
	}
	if strings.Contains(string(line), "standin=cd") {
		return g.setup()
	}
	return g.startFromDisk()
}

// waitForever keeps process 1 alive; the power button still works where it was set up.
func (g *guest) waitForever() {
	for {
		pause(time.Hour)
	}
}

// trace writes to the kernel log how far the start has come, in seconds of uptime.
func trace(format string, args ...any) {
	_ = os.WriteFile("/dev/kmsg", []byte("standin: "+fmt.Sprintf(format, args...)), 0) //nolint:gosec // the kernel log
}
