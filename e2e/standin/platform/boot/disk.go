package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	diskSector   = 512
	bootCodeSize = 440
	tableAt      = 446
	linuxType    = 0x83
	blockSize    = 4096
	copyChunk    = 4 << 20
	// resizeFS is EXT4_IOC_RESIZE_FS of the kernel's fs/ext4/ext4.h: _IOW('f', 16, __u64).
	resizeFS = 0x40086610
)

// partitioned reports whether a disk has a partition table.
func partitioned(disk string) bool {
	f, err := os.Open(disk) //nolint:gosec // a device
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // read only
	sector := make([]byte, diskSector)
	_, err = io.ReadFull(f, sector)
	return err == nil && sector[510] == 0x55 && sector[511] == 0xAA
}

// partition makes one active partition over the whole disk, without boot code, and tells its size in bytes.
func partition(disk string) (int64, error) {
	f, err := os.OpenFile(disk, os.O_RDWR|os.O_SYNC, 0) //nolint:gosec // a device
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // each write is synced
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	sectors := min(size/diskSector, 1<<32-1) - partitionAt
	if _, err := f.WriteAt(partitionTable(uint32(sectors)), 0); err != nil { //nolint:gosec // limited above
		return 0, err
	}
	if err := unix.IoctlSetInt(int(f.Fd()), unix.BLKRRPART, 0); err != nil {
		return 0, fmt.Errorf("read the new partition table: %w", err)
	}
	if !within(time.Minute, func() bool { return exists(disk + "1") }) {
		return 0, errors.New("the new partition does not appear")
	}
	return sectors * diskSector, nil
}

// nextDevice is "int 18h": with it as boot code the BIOS goes on to its next device, the CD,
// when a Setup that was cut off left the disk half written.
const nextDevice = "\xCD\x18"

// partitionTable is the first sector of a disk with one active partition that cannot be started yet.
func partitionTable(sectors uint32) []byte {
	sector := make([]byte, diskSector)
	copy(sector, nextDevice)
	entry := sector[tableAt:]
	copy(entry, []byte{0x80, 0xFE, 0xFF, 0xFF, linuxType, 0xFE, 0xFF, 0xFF})
	binary.LittleEndian.PutUint32(entry[8:], partitionAt)
	binary.LittleEndian.PutUint32(entry[12:], sectors)
	sector[510], sector[511] = 0x55, 0xAA
	return sector
}

// writeBootCode makes the disk one that the BIOS starts.
func writeBootCode(disk string) error {
	code, err := os.ReadFile("/boot/mbr.bin")
	if err != nil {
		return err
	}
	if len(code) > bootCodeSize {
		return fmt.Errorf("the boot code has %d bytes, more than %d", len(code), bootCodeSize)
	}
	f, err := os.OpenFile(disk, os.O_WRONLY|os.O_SYNC, 0) //nolint:gosec // a device
	if err != nil {
		return err
	}
	_, err = f.WriteAt(code, 0)
	return errors.Join(err, f.Close())
}

// copyImage copies a file to a device past the page cache, which would copy it twice more.
func copyImage(from, to string) error {
	in, err := unix.Open(from, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_DIRECT, 0)
	if err != nil {
		in, err = unix.Open(from, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", from, err)
	}
	defer unix.Close(in) //nolint:errcheck // read only
	out, err := unix.Open(to, unix.O_WRONLY|unix.O_CLOEXEC|unix.O_DIRECT, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", to, err)
	}
	defer unix.Close(out) //nolint:errcheck // synced by the caller
	chunk, err := unix.Mmap(-1, 0, copyChunk, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return err
	}
	defer unix.Munmap(chunk) //nolint:errcheck // our own memory
	for {
		n, err := unix.Read(in, chunk)
		if err != nil {
			return fmt.Errorf("read %s: %w", from, err)
		}
		if n == 0 {
			return nil
		}
		if _, err := unix.Write(out, chunk[:n]); err != nil {
			return fmt.Errorf("write %s: %w", to, err)
		}
	}
}

// growTo makes the file system mounted at a folder as large as its partition, which takes the kernel no time.
func growTo(folder string, size int64) error {
	f, err := os.Open(folder) //nolint:gosec // our own mount point
	if err != nil {
		return err
	}
	defer f.Close()                                                                                 //nolint:errcheck // read only
	blocks := uint64(size / blockSize)                                                              //nolint:gosec // positive
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), resizeFS, uintptr(unsafe.Pointer(&blocks))) //nolint:gosec // an ioctl needs it
	if errno != 0 {
		return fmt.Errorf("grow the file system to %d blocks: %w", blocks, errno)
	}
	return nil
}

// makeBootable installs the boot loader with its own program, which runs on the new disk.
func (g *guest) makeBootable() error {
	for _, folder := range []string{"dev", "proc", "sys"} {
		if err := unix.Mount("/"+folder, target+"/"+folder, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind /%s: %w", folder, err)
		}
		defer unix.Unmount(target+"/"+folder, 0) //nolint:errcheck // a busy one keeps the disk mounted, which the caller notices
	}
	code, err := g.children.run(g.screen, program{argv: []string{"/usr/bin/extlinux", "--install", "/boot"}, root: target})
	if err != nil {
		return fmt.Errorf("install the boot loader: %w", err)
	}
	if code != 0 {
		return fmt.Errorf("install the boot loader: exit code %d", code)
	}
	return nil
}
