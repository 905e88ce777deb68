package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/doublehop/doublehop/e2e/standin/platform/release"
	"github.com/doublehop/doublehop/e2e/standin/platform/unattend"
	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

// installed is what the text mode leaves on the disk for the first start from it.
type installed struct {
	Release release.Release
	Answers winnt.Answers
	// Question is the page at which the graphical part stops; nil when none.
	Question *winnt.Question
	// Done says that the graphical part was passed.
	Done bool
}

const installedFile = "/var/lib/standin/setup.json"

const (
	target      = "/target"
	partitionAt = 2048 // sectors of 512 bytes, so that every disk format is aligned
)

// setup is the first part of Setup: it reads the answer file, asks what that does not answer, writes the disk and restarts.
func (g *guest) setup() error {
	g.screen.page("  Setup is inspecting your computer's hardware configuration...", "Windows Setup")
	cd, err := mountInstallCD()
	if err != nil {
		return err
	}
	table, err := os.ReadFile(cd + "/" + release.File) //nolint:gosec // the disc that Setup runs from
	if err != nil {
		return err
	}
	of, err := release.Parse(string(table))
	if err != nil {
		return err
	}
	within(20*time.Second, func() bool { return exists("/dev/fd0") })
	mountFloppy()
	answers, erase, textMode, guiMode := interrogate(of)
	trace("read %s", of.Answers)
	if textMode != nil {
		return g.ask(textMode)
	}
	disk := systemDisk()
	if disk == "" {
		return g.ask(&winnt.Question{
			Title: "Setup did not find any hard disk drives installed in your computer.",
			Text:  "To quit Setup, press F3.", Because: "The first IDE disk is missing.",
		})
	}
	if partitioned(disk) && !erase {
		return g.ask(&winnt.Question{
			Title:   "The following list shows the existing partitions and unpartitioned space.",
			Text:    "To set up Windows on the selected item, press ENTER.",
			Because: "The disk has partitions, and the answer file does not let Setup erase them.",
		})
	}
	if err := g.install(cd, disk, installed{Release: of, Answers: answers, Question: guiMode}); err != nil {
		return err
	}
	g.screen.page("  Your computer will now restart.", "The text-mode portion of Setup has completed.")
	trace("text mode done")
	return unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART)
}

// interrogate reads the answer file on A: as Setup of this version does. Erase says that Setup may erase a disk that has partitions.
func interrogate(of release.Release) (answers winnt.Answers, erase bool, textMode, guiMode *winnt.Question) {
	text, err := os.ReadFile(mediaFolder + "a/" + of.Answers)
	if err != nil {
		text, err = os.ReadFile(mediaFolder + "a/" + strings.ToUpper(of.Answers))
	}
	if err != nil {
		return answers, false, &winnt.Question{
			Title: "Welcome to Setup.", Text: "To set up Windows now, press ENTER.",
			Because: "There is no A:\\" + strings.ToUpper(of.Answers) + ", so nothing is answered.",
		}, nil
	}
	if of.Answers == release.Unattended {
		return unattend.Interrogate(text, of)
	}
	answers, textMode, guiMode = winnt.Interrogate(text, of)
	return answers, winnt.Repartition(text), textMode, guiMode
}

// ask shows a page and waits for an answer that never comes.
func (g *guest) ask(q *winnt.Question) error {
	g.screen.page("  ENTER=Continue   F3=Quit", q.Title, "", q.Text, "", "", "(stand-in) Setup waits here because:", q.Because)
	trace("stopped: %s: %s", q.Title, q.Because)
	g.waitForever()
	return nil
}

func (g *guest) install(cd, disk string, left installed) error {
	g.screen.page("  Please wait while Setup formats the partition", "C:  Partition1 [NTFS (stand-in: ext4)]")
	size, err := partition(disk)
	if err != nil {
		return err
	}
	trace("partitioned")
	g.screen.page("  Copying files...", "Please wait while Setup copies files to the Windows installation folders.")
	if err := copyImage(cd+"/standin/root.img", disk+"1"); err != nil {
		return err
	}
	trace("copied")
	if err := mountAt(disk+"1", target, "ext4", unix.MS_NOATIME, "noinit_itable"); err != nil {
		return err
	}
	if err := growTo(target, size); err != nil {
		return err
	}
	trace("grown")
	if err := g.makeBootable(); err != nil {
		return err
	}
	trace("bootable")
	text, err := json.Marshal(left)
	if err != nil {
		return err
	}
	if err := os.WriteFile(target+installedFile, text, 0o600); err != nil {
		return err
	}
	unix.Sync()
	if err := unix.Unmount(target, 0); err != nil {
		return fmt.Errorf("unmount the new disk: %w", err)
	}
	// Last, so that a Setup that is cut off starts from the CD again.
	return writeBootCode(disk)
}

// mountInstallCD finds the CD that Setup came from, in any drive.
func mountInstallCD() (string, error) {
	const at = "/cd"
	for range 100 {
		for _, device := range drives("sr") {
			if mountAt(device, at, "iso9660", unix.MS_RDONLY, "norock,nojoliet,map=normal") != nil {
				continue
			}
			if exists(at + "/standin/root.img") {
				return at, nil
			}
			_ = unix.Unmount(at, 0)
		}
		pause(100 * time.Millisecond)
	}
	return "", errors.New("the CD that Setup started from is not in any drive")
}

func mountAt(device, at, kind string, flags uintptr, options string) error {
	if err := os.MkdirAll(at, 0o755); err != nil { //nolint:gosec // mount points
		return err
	}
	if err := unix.Mount(device, at, kind, flags, options); err != nil {
		return fmt.Errorf("mount %s: %w", device, err)
	}
	return nil
}
