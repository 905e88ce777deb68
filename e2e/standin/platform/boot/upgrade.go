package main

import (
	"errors"
	"io/fs"
	"os"
	"regexp"

	"github.com/doublehop/doublehop/e2e/standin/platform/hive"
	"github.com/doublehop/doublehop/e2e/standin/platform/release"
)

// upgradeFile is where winnt32 leaves the table of the Windows that Setup is to make of this one.
const upgradeFile = "/var/lib/standin/upgrade.txt"

var windowsLine = regexp.MustCompile(`(?m)^windows=.*$`)

// upgrade is Setup over an installed Windows: version and programs become those of the other, all else stays. It may
// be cut off anywhere and is done again then.
func (g *guest) upgrade(left *installed) error {
	text, err := os.ReadFile(upgradeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if left.Release, err = release.Parse(string(text)); err != nil {
		return err
	}
	g.screen.page("  Installing Windows...", left.Release.Title+" Setup (stand-in)", "", "Upgrading the Windows that is installed.")
	machine, err := hive.Load(machineHive)
	if err != nil {
		return err
	}
	setVersion(machine, left.Release)
	if err := machine.Save(); err != nil {
		return err
	}
	if err := fitPrograms(left.Release); err != nil {
		return err
	}
	facts, err := os.ReadFile(machineFile)
	if err != nil {
		return err
	}
	facts = windowsLine.ReplaceAll(facts, []byte("windows="+left.Release.OS))
	if err := os.WriteFile(machineFile, facts, 0o600); err != nil { //nolint:gosec // a constant path
		return err
	}
	if err := writeInstalled(*left); err != nil {
		return err
	}
	trace("upgraded to %s", left.Release.OS)
	return os.Remove(upgradeFile)
}
