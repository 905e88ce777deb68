package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

// installed is what the text mode leaves on the disk for the first start from it.
type installed struct {
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

// setup is the text mode of Setup: it reads A:\WINNT.SIF, asks what that does not answer, writes the disk and restarts.
func (g *guest) setup() error {
	g.screen.page("  Setup is inspecting your computer's hardware configuration...", "Windows Setup")
	within(3*time.Second, func() bool { return exists("/dev/fd0") })
	mountFloppy()
	text, err := os.ReadFile(mediaFolder + "a/winnt.sif")
	if err != nil {
		text, err = os.ReadFile(mediaFolder + "a/WINNT.SIF")
	}
	if err != nil {
		return g.ask(&winnt.Question{
			Title: "Welcome to Setup.", Text: "To set up Windows now, press ENTER.",
			Because: "There is no A:\\WINNT.SIF, so nothing is answered.",
		})
	}
	trace("read winnt.sif")
	answers, textMode, guiMode := winnt.Interrogate(text)
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
	if partitioned(disk) && !winnt.Repartition(text) {
		return g.ask(&winnt.Question{
			Title:   "The following list shows the existing partitions and unpartitioned space.",
			Text:    "To set up Windows on the selected item, press ENTER.",
			Because: "The disk has partitions and [Unattended] Repartition is not Yes.",
		})
	}
	if err := g.install(disk, installed{Answers: answers, Question: guiMode}); err != nil {
		return err
	}
	g.screen.page("  Your computer will now restart.", "The text-mode portion of Setup has completed.")
	trace("text mode done")
	return unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART)
}

// ask shows a page and waits for an answer that never comes.
func (g *guest) ask(q *winnt.Question) error {
	g.screen.page("  ENTER=Continue   F3=Quit", q.Title, "", q.Text, "", "", "(stand-in) Setup waits here because:", q.Because)
	trace("stopped: %s: %s", q.Title, q.Because)
	g.waitForever()
	return nil
}

func (g *guest) install(disk string, left installed) error {
	cd, err := mountInstallCD()
	if err != nil {
		return err
	}
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
