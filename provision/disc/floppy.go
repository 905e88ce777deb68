package disc

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// FloppySize is the size of a 1.44 MB floppy in bytes.
const FloppySize = 2880 * floppySector

// The geometry that Windows Setup expects of a 1.44 MB floppy.
const (
	floppySector   = 512
	floppyFAT      = 9   // sectors of one of the two FATs
	floppyRoot     = 224 // entries of the root folder
	floppyData     = 1 + 2*floppyFAT + floppyRoot*32/floppySector
	floppyClusters = 2880 - floppyData
)

// Floppy makes the image of a 1.44 MB FAT12 floppy, [FloppySize] bytes, with
// the files in its root folder. Starting a machine from it goes on with the
// next boot device. The label has up to 11 characters of A-Z, 0-9 and "_".
func Floppy(label string, files []File) ([]byte, error) {
	root, err := tree(files)
	if err = errors.Join(checkLabel(label, 11), err); err != nil {
		return nil, fmt.Errorf("make floppy: %w", err)
	}
	slots := 0
	for _, n := range root.children {
		if n.file != nil {
			if slots += 1 + longEntries(n.file.Long); !longName(n.file.Long) {
				return nil, fmt.Errorf("make floppy: %w", &NameError{n.file.Long, "is no long name of letters, digits, \"-\", \"_\" and \".\""})
			}
		}
	}
	if slots > floppyRoot-1 {
		return nil, fmt.Errorf("make floppy: %d names do not fit; its root folder holds %d", slots, floppyRoot-1)
	}
	f := floppy{image: make([]byte, FloppySize), next: 2, slot: 1}
	f.entry(0, label, 0x08, 0, 0)
	for _, n := range root.children {
		if n.file == nil {
			return nil, fmt.Errorf("make floppy: the folder %s: a floppy of ours carries files in its root only", n.name)
		}
		if err := f.add(n); err != nil {
			return nil, fmt.Errorf("make floppy: %w", err)
		}
	}
	f.finish(label)
	return f.image, nil
}

type floppy struct {
	image []byte
	next  int // first free cluster
	slot  int // first free entry of the root folder
}

func (f *floppy) add(n *node) error {
	clusters := (n.file.Size + floppySector - 1) / floppySector
	free := int64(floppyClusters + 2 - f.next)
	if clusters > free {
		return fmt.Errorf("the file %s of %d bytes does not fit; %d of %d bytes are free",
			n.name, n.file.Size, free*floppySector, floppyClusters*floppySector)
	}
	first := 0
	if clusters > 0 {
		first = f.next
	}
	body, err := open(n.file)
	if err != nil {
		return err
	}
	at := (floppyData + f.next - 2) * floppySector
	_, err = io.ReadFull(body, f.image[at:at+int(n.file.Size)])
	if err == nil { // the read that must find the end
		_, err = body.Read(make([]byte, 1))
	}
	if err = errors.Join(notEOF(err), body.Close()); err != nil {
		return err
	}
	for range clusters {
		follow := f.next + 1
		if f.next == first+int(clusters)-1 {
			follow = 0xFFF
		}
		f.link(f.next, follow)
		f.next++
	}
	short := shortName(n.name)
	f.long(n.file.Long, short)
	f.entry(f.slot, short, 0x20, first, n.file.Size)
	f.slot++
	return nil
}

// longPart is how many characters of a long name one entry holds.
const longPart = 13

func longEntries(name string) int { return (len(name) + longPart - 1) / longPart }

// longName says whether name can be a long name; none is one.
func longName(name string) bool {
	letters := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
	return letters && len(name) <= 255 && strings.Trim(name, ".") == name
}

// long writes the entries of a long name, which stand before that of the short
// one, last part first (Microsoft's FAT specification 1.03, "FAT Long Directory
// Entries").
func (f *floppy) long(name, short string) {
	var sum byte
	for _, c := range []byte(short) {
		sum = sum>>1 | sum<<7
		sum += c
	}
	for i := longEntries(name); i > 0; i-- {
		e := f.image[(1+2*floppyFAT)*floppySector+f.slot*32:][:32]
		e[0], e[11], e[13] = byte(i), 0x0F, sum
		if i == longEntries(name) {
			e[0] |= 0x40
		}
		for k := range longPart {
			c := uint16(0xFFFF) // after the end
			switch at := (i-1)*longPart + k; {
			case at < len(name):
				c = uint16(name[at])
			case at == len(name):
				c = 0
			}
			binary.LittleEndian.PutUint16(e[longPlace(k):], c)
		}
		f.slot++
	}
}

// longPlace is where the k-th character of an entry stands: five, six and two
// of them between the fields that old systems look at.
func longPlace(k int) int {
	switch {
	case k < 5:
		return 1 + 2*k
	case k < 11:
		return 14 + 2*(k-5)
	}
	return 28 + 2*(k-11)
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// shortName is the name as a folder of FAT keeps it, without its dot.
func shortName(name string) string {
	base, ext, _ := strings.Cut(name, ".")
	return fmt.Sprintf("%-8s%-3s", base, ext)
}

// entry writes one entry of the root folder.
func (f *floppy) entry(slot int, name string, attribute byte, cluster int, size int64) {
	e := f.image[(1+2*floppyFAT)*floppySector+slot*32:][:32]
	copy(e, fmt.Sprintf("%-11s", name))
	e[11] = attribute
	date := fatDate(Stamp())
	binary.LittleEndian.PutUint16(e[16:], date) // made
	binary.LittleEndian.PutUint16(e[18:], date) // looked at
	binary.LittleEndian.PutUint16(e[24:], date) // written
	binary.LittleEndian.PutUint16(e[26:], uint16(cluster))
	binary.LittleEndian.PutUint32(e[28:], uint32(size))
}

// fatDate counts years from 1980; the time of day of [Stamp] is midnight: 0.
func fatDate(t time.Time) uint16 {
	return uint16((t.Year()-1980)<<9 | int(t.Month())<<5 | t.Day())
}

// link writes a 12-bit entry into both FATs.
func (f *floppy) link(cluster, follow int) {
	for fat := range 2 {
		pair := f.image[(1+fat*floppyFAT)*floppySector+cluster*3/2:]
		old := binary.LittleEndian.Uint16(pair)
		if cluster%2 == 0 {
			old = old&0xF000 | uint16(follow)
		} else {
			old = old&0x000F | uint16(follow)<<4
		}
		binary.LittleEndian.PutUint16(pair, old)
	}
}

// finish writes the media byte into the FATs and the boot sector. The serial
// number is a digest of the files, as it has to be something.
func (f *floppy) finish(label string) {
	f.link(0, 0xFF0)
	f.link(1, 0xFFF)
	sum := sha256.Sum256(f.image)
	b := f.image[:floppySector]
	copy(b, "\xEB\x3C\x90MSDOS5.0") // the name that NT's own format writes
	binary.LittleEndian.PutUint16(b[11:], floppySector)
	b[13] = 1 // sectors of a cluster
	binary.LittleEndian.PutUint16(b[14:], 1)
	b[16] = 2 // FATs
	binary.LittleEndian.PutUint16(b[17:], floppyRoot)
	binary.LittleEndian.PutUint16(b[19:], FloppySize/floppySector)
	b[21] = 0xF0
	binary.LittleEndian.PutUint16(b[22:], floppyFAT)
	binary.LittleEndian.PutUint16(b[24:], 18) // sectors of a track
	binary.LittleEndian.PutUint16(b[26:], 2)  // heads
	b[38] = 0x29                              // serial, label and type follow
	copy(b[39:43], sum[:])
	copy(b[43:], fmt.Sprintf("%-11sFAT12   ", label))
	copy(b[62:], "\xCD\x18\xEB\xFE") // int 18h: nothing to boot here; then stand still
	b[510], b[511] = 0x55, 0xAA
}
