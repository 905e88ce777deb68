// Package qcow2 reads and changes the header of a disk in QEMU's qcow2 format:
// which file it is laid over, and nothing else.
//
// A disk names the file underneath by its path. A disk from another pool, or
// from a stranger, is therefore only as harmless as its header: [Parse] refuses
// whatever makes QEMU open a file that the caller did not choose, or read the
// disk otherwise than it was written.
//
// Floor 1. It opens no file. The format is that of QEMU's docs/interop/qcow2.txt.
package qcow2

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// HeadSize is how much of a file [Parse] and [SetBacking] want, in bytes, if it
// has as much: what they read lies in the first cluster, which has 64 KiB
// unless somebody asked for another size.
const HeadSize = 64 << 10

// The places of fields in the header, in bytes.
const (
	atVersion      = 4
	atBackingPlace = 8
	atBackingSize  = 16
	atClusterBits  = 20
	atCapacity     = 24
	atEncryption   = 32
	atSnapshots    = 60
	atIncompatible = 72
	atAutoclear    = 88
	atLength       = 100
	shortest       = 104

	magic          = "QFI\xfb"
	version        = 3
	longestName    = 1023 // the format's own limit
	formatName     = "qcow2"
	smallest, most = 9, 21 // bits of a cluster
	largestDisk    = 1 << 50
)

// Header extensions.
const (
	extEnd    = 0
	extFormat = 0xE2792ACA // of the file underneath
	extData   = 0x44415441 // an external data file
	extLUKS   = 0x0537BE77
)

// Header is what matters of a disk's header.
type Header struct {
	// Capacity is the size that a guest sees, in bytes.
	Capacity uint64
	// Backing is the path of the file underneath, as it is written; empty for none.
	Backing string
}

// Parse reads the beginning of a disk. It refuses a disk that is not qcow2 of
// version 3, that keeps its data in another file, that is encrypted, that has
// snapshots inside, that lies over something other than qcow2, or that needs
// what is not known here.
func Parse(head []byte) (Header, error) {
	if len(head) < shortest || string(head[:len(magic)]) != magic {
		return Header{}, errors.New("it does not begin as a qcow2 disk does")
	}
	word := func(at int) uint32 { return binary.BigEndian.Uint32(head[at:]) }
	long := func(at int) uint64 { return binary.BigEndian.Uint64(head[at:]) }
	h := Header{Capacity: long(atCapacity)}
	length := word(atLength)
	switch {
	case word(atVersion) != version:
		return h, fmt.Errorf("it is qcow2 of version %d, and only version %d is read", word(atVersion), version)
	case word(atClusterBits) < smallest || word(atClusterBits) > most:
		return h, fmt.Errorf("it says that its clusters have 2^%d bytes", word(atClusterBits))
	case long(atIncompatible) != 0 || long(atAutoclear) != 0:
		return h, fmt.Errorf("it has features %x and %x, such as data in another file, which no disk of Doublehop's has", long(atIncompatible), long(atAutoclear))
	case word(atEncryption) != 0:
		return h, errors.New("it is encrypted")
	case word(atSnapshots) != 0:
		return h, errors.New("it has snapshots inside")
	case h.Capacity == 0 || h.Capacity > largestDisk:
		return h, fmt.Errorf("it says that a guest sees %d bytes", h.Capacity)
	case length < shortest || length%8 != 0 || uint64(length) > uint64(len(inCluster(head))):
		return h, fmt.Errorf("it says that its header has %d bytes", length)
	}
	format, err := extensions(inCluster(head)[length:])
	if err != nil {
		return h, err
	}
	name, err := backing(head)
	if err != nil {
		return h, err
	}
	if h.Backing = string(name); h.Backing != "" && format != formatName {
		return h, fmt.Errorf("it lies over a file of format %q, and not over a qcow2 disk", format)
	}
	return h, nil
}

// inCluster is what is known of the first cluster, in which all headers lie.
func inCluster(head []byte) []byte {
	bits := min(binary.BigEndian.Uint32(head[atClusterBits:]), most)
	return head[:min(len(head), 1<<bits, HeadSize)]
}

// extensions walks the header's extensions and gives the format of the file
// underneath.
func extensions(rest []byte) (format string, err error) {
	for len(rest) >= 8 {
		kind, size := binary.BigEndian.Uint32(rest), binary.BigEndian.Uint32(rest[4:])
		padded := (uint64(size) + 7) &^ 7
		switch {
		case kind == extEnd:
			return format, nil
		case padded > uint64(len(rest)-8): //nolint:gosec // at least 8 are left
			return "", errors.New("its header ends in the middle of an extension")
		case kind == extData || kind == extLUKS:
			return "", errors.New("its data are kept in another file or encrypted")
		case kind == extFormat:
			format = string(rest[8 : 8+size])
		}
		rest = rest[8+padded:]
	}
	return format, nil
}

// backing is the place of the name of the file underneath; nil for none.
func backing(head []byte) ([]byte, error) {
	place, size := binary.BigEndian.Uint64(head[atBackingPlace:]), binary.BigEndian.Uint32(head[atBackingSize:])
	if place == 0 {
		return nil, nil
	}
	cluster := uint64(len(inCluster(head)))
	if size == 0 || size > longestName || place < shortest || place > cluster || uint64(size) > cluster-place {
		return nil, fmt.Errorf("it says that the name of the disk underneath has %d bytes and lies at %d", size, place)
	}
	return head[place : place+uint64(size)], nil
}

// SetBacking changes the path of the file underneath, in place: all else stays
// as it is, and setting the old path gives the old bytes again. A disk that
// lies over nothing takes only an empty name, and another takes no empty one.
func SetBacking(head []byte, name string) error {
	h, err := Parse(head)
	if err != nil {
		return err
	}
	if (h.Backing == "") != (name == "") {
		return fmt.Errorf("it lies over %q, and should lie over %q", h.Backing, name)
	}
	if name == "" {
		return nil
	}
	place := binary.BigEndian.Uint64(head[atBackingPlace:])
	room := inCluster(head)[place:]
	if len(name) > longestName || len(name) > len(room) {
		return fmt.Errorf("there is no room in its header for the name %q", name)
	}
	// QEMU writes the name last and zeros behind it.
	if len(bytes.Trim(room[len(h.Backing):], "\x00")) > 0 {
		return errors.New("its header has something behind the name of the disk underneath")
	}
	clear(room[:len(h.Backing)])
	copy(room, name)
	binary.BigEndian.PutUint32(head[atBackingSize:], uint32(len(name))) //nolint:gosec // at most 1023
	return nil
}

// Head reads the beginning of a disk of so many bytes, as [Parse] wants it.
func Head(r io.Reader, size int64) ([]byte, error) {
	head := make([]byte, min(max(size, 0), HeadSize))
	if n, err := io.ReadFull(r, head); err != nil {
		return nil, fmt.Errorf("the disk ends after %d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	}
	return head, nil
}

// Rebacked passes a disk on to w with another path of the file underneath.
// What of it did not come yet must be asked for with Close.
type Rebacked struct {
	w    io.Writer
	name string
	head []byte
	sent bool
}

// NewRebacked passes a disk on to w, laid over the file of that path.
func NewRebacked(w io.Writer, name string) *Rebacked { return &Rebacked{w: w, name: name} }

// Write takes a part of the disk.
func (r *Rebacked) Write(b []byte) (int, error) {
	if r.sent {
		return r.w.Write(b)
	}
	n := min(HeadSize-len(r.head), len(b))
	if r.head = append(r.head, b[:n]...); len(r.head) < HeadSize {
		return n, nil
	}
	if err := r.flush(); err != nil {
		return 0, err
	}
	more, err := r.w.Write(b[n:])
	return n + more, err
}

func (r *Rebacked) flush() error {
	if r.sent {
		return nil
	}
	r.sent = true
	if err := SetBacking(r.head, r.name); err != nil {
		return err
	}
	_, err := r.w.Write(r.head)
	return err
}

// Close passes on the rest of a disk that is shorter than its first cluster.
func (r *Rebacked) Close() error { return r.flush() }
