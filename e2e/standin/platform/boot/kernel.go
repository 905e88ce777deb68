package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// mountKernel mounts the kernel's own file systems.
func mountKernel() error {
	for _, m := range []struct{ kind, at string }{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}} {
		if err := os.MkdirAll(m.at, 0o755); err != nil { //nolint:gosec // mount points
			return err
		}
		if err := unix.Mount(m.kind, m.at, m.kind, 0, ""); err != nil && !errors.Is(err, unix.EBUSY) {
			return fmt.Errorf("mount %s: %w", m.at, err)
		}
	}
	return nil
}

// loadModules loads every module that folder/order names, in that order.
func loadModules(folder string) error {
	order, err := os.ReadFile(filepath.Join(folder, "order")) //nolint:gosec // our own folder
	if err != nil {
		return err
	}
	for name := range strings.FieldsSeq(string(order)) {
		if err := loadModule(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

// loadModule loads one module; one that is there already, or whose device is not, is fine.
func loadModule(path string) error {
	f, err := os.Open(path) //nolint:gosec // our own folder
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	err = unix.FinitModule(int(f.Fd()), "", 0)
	if err != nil && !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.ENODEV) {
		return fmt.Errorf("load %s: %w", filepath.Base(path), err)
	}
	return nil
}

// within waits until ready says so, for at most limit.
func within(limit time.Duration, ready func() bool) bool {
	for until := time.Now().Add(limit); !ready(); {
		if time.Now().After(until) {
			return false
		}
		pause(10 * time.Millisecond)
	}
	return true
}

// pause waits; nothing in process 1 is ever cancelled.
func pause(d time.Duration) { <-time.After(d) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
