package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// systemDisk is the first disk in the order of the cables, or "" when there is none.
func systemDisk() string {
	if disks := drives("sd"); len(disks) > 0 {
		return disks[0]
	}
	return ""
}

// drives are the devices of a kind ("sd", "sr") in the order of their cables: the kernel numbers
// them in the order in which they answered.
func drives(kind string) []string {
	found, _ := filepath.Glob("/sys/block/" + kind + "*")
	cable := func(path string) string {
		target, _ := os.Readlink(path + "/device")
		return target
	}
	slices.SortFunc(found, func(a, b string) int { return strings.Compare(cable(a), cable(b)) })
	for i := range found {
		found[i] = "/dev/" + filepath.Base(found[i])
	}
	return found
}

// mediaFolder holds the mount point of each drive letter, in lower case.
const mediaFolder = "/media/"

// unlockDoors lets a disc that is in use be changed: libvirt otherwise waits five seconds for the drive's door, and gives up.
func unlockDoors() error { return os.WriteFile("/proc/sys/dev/cdrom/lock", []byte("0"), 0) }

// nameDrive makes a mount point a drive letter of Windows.
func nameDrive(letter string) {
	_ = os.MkdirAll(mediaFolder+letter, 0o755) //nolint:gosec // every Windows user may look at a disc
	link := prefix + "/dosdevices/" + letter + ":"
	_ = os.Remove(link)
	_ = os.Symlink(mediaFolder+letter, link)
}

// watchMedia mounts the disc of a CD drive and follows its changes, for ever; first is closed after the first look.
// The medium is known by its volume descriptor, sector 16: comparing it needs no help from
// the drive, and QEMU swaps discs without the drive's door being used.
func watchMedia(device, letter string, first chan<- struct{}) {
	const often = 400 * time.Millisecond
	at := mediaFolder + letter
	nameDrive(letter)
	var mounted []byte
	for {
		now := volumeDescriptor(device)
		if !bytes.Equal(now, mounted) {
			if mounted != nil {
				_ = unix.Unmount(at, unix.MNT_DETACH)
				mounted = nil
			}
			if now != nil && mountCD(device, at) == nil {
				mounted = now
			}
		}
		if first != nil {
			close(first)
			first = nil
		}
		pause(often)
	}
}

func mountCD(device, at string) error {
	return unix.Mount(device, at, "iso9660", unix.MS_RDONLY|unix.MS_NOSUID, "norock,nojoliet,map=normal,check=relaxed,mode=0555")
}

const (
	sectorSize       = 2048
	descriptorSector = 16
)

// volumeDescriptor reads sector 16 past every cache; nil when there is no disc.
func volumeDescriptor(device string) []byte {
	fd, err := unix.Open(device, unix.O_RDONLY|unix.O_DIRECT|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd) //nolint:errcheck // read only
	page, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	defer unix.Munmap(page) //nolint:errcheck // our own page
	n, err := unix.Pread(fd, page[:sectorSize], descriptorSector*sectorSize)
	if err != nil || n != sectorSize || string(page[1:6]) != "CD001" {
		return nil
	}
	return bytes.Clone(page[:sectorSize])
}

// mountFloppy makes the floppy in the drive A:, if there is a drive.
func mountFloppy() {
	if !exists("/dev/fd0") {
		return
	}
	nameDrive("a")
	const options = "shortname=mixed,codepage=437,iocharset=ascii,umask=0"
	if unix.Mount("/dev/fd0", mediaFolder+"a", "vfat", unix.MS_NOSUID, options) != nil { // write-protected
		_ = unix.Mount("/dev/fd0", mediaFolder+"a", "vfat", unix.MS_NOSUID|unix.MS_RDONLY, options)
	}
}
