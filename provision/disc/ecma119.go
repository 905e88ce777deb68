package disc

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// The fields of ECMA-119. Numbers in comments are its sections.

// both16 is a number in both byte orders (7.2.3).
func both16(n uint16) []byte {
	return binary.BigEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, n), n)
}

// both32 is a number in both byte orders (7.3.3).
func both32(n uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, n), n)
}

// Flags of a directory record (9.1.6).
const folderFlag = 0x02

// identifier is the name of a file or folder in a directory record (7.5, 7.6):
// a file always has its dot and version 1.
func (n *node) identifier() string {
	if n.file == nil {
		return n.name
	}
	if !strings.Contains(n.name, ".") {
		return n.name + ".;1"
	}
	return n.name + ";1"
}

// record is a directory record (9.1).
func record(n *node, identifier string) []byte {
	length := 33 + len(identifier)
	length += length % 2
	r := make([]byte, length)
	r[0] = byte(length)
	copy(r[2:], both32(n.sector))
	copy(r[10:], both32(n.size))
	t := Stamp()
	copy(r[18:], []byte{byte(t.Year() - 1900), byte(t.Month()), byte(t.Day()), byte(t.Hour()), byte(t.Minute()), byte(t.Second()), 0})
	if n.file == nil {
		r[25] = folderFlag
	}
	copy(r[28:], both16(1)) // the volume's number in its set
	r[32] = byte(len(identifier))
	copy(r[33:], identifier)
	return r
}

// folderExtent is the content of a folder (6.8.1): itself, its parent, then
// what lies in it; no record crosses the end of a sector, and whole sectors.
func folderExtent(f *node) []byte {
	extent := make([]byte, 0, f.size)
	put := func(r []byte) {
		if len(extent)%isoSector+len(r) > isoSector {
			extent = append(extent, make([]byte, padding(int64(len(extent))))...)
		}
		extent = append(extent, r...)
	}
	put(record(f, "\x00"))
	put(record(f.parent, "\x01"))
	for _, c := range f.children {
		put(record(c, c.identifier()))
	}
	return append(extent, make([]byte, padding(int64(len(extent))))...)
}

// folderSize is how long the folder's extent will be in bytes. The lengths of
// records do not depend on where things lie.
func folderSize(f *node) uint32 { return uint32(len(folderExtent(f))) }

// pathTable is the list of all folders (9.4), once in each byte order.
func pathTable(folders []*node, order binary.AppendByteOrder) []byte {
	var t []byte
	for _, f := range folders {
		name := f.name
		if f.parent == f {
			name = "\x00"
		}
		t = append(t, byte(len(name)), 0)
		t = order.AppendUint32(t, f.sector)
		t = order.AppendUint16(t, uint16(f.parent.number))
		t = append(t, name...)
		if len(name)%2 == 1 {
			t = append(t, 0)
		}
	}
	return t
}

// primary is the primary volume descriptor (8.4).
func (l *layout) primary() []byte {
	tableSize := len(pathTable(l.folders, binary.LittleEndian))
	d := make([]byte, isoSector)
	text := func(at, length int, s string) { copy(d[at:at+length], fmt.Sprintf("%-*s", length, s)) }
	copy(d, "\x01CD001\x01")
	text(8, 32, "")
	text(40, 32, l.label)
	copy(d[80:], both32(l.total))
	copy(d[120:], both16(1)) // discs of the set
	copy(d[124:], both16(1)) // this disc's number
	copy(d[128:], both16(isoSector))
	copy(d[132:], both32(uint32(tableSize)))
	binary.LittleEndian.PutUint32(d[140:], systemArea+2)
	binary.BigEndian.PutUint32(d[148:], systemArea+2+l.table)
	copy(d[156:], record(l.folders[0], "\x00"))
	text(190, 128, l.label) // volume set
	text(318, 128, "")      // publisher
	text(446, 128, "")      // data preparer
	text(574, 128, "DOUBLEHOP")
	text(702, 3*37, "") // copyright, abstract and bibliography files
	copy(d[813:], longDate(Stamp()))
	copy(d[830:], longDate(Stamp()))
	copy(d[847:], longDate(time.Time{})) // never expires
	copy(d[864:], longDate(time.Time{})) // is in effect already
	d[881] = 1
	return d
}

// longDate is a date in digits (8.4.26.1); the zero time says "not given".
func longDate(t time.Time) string {
	if t.IsZero() {
		return strings.Repeat("0", 16) + "\x00"
	}
	return t.Format("20060102150405") + "00\x00"
}

// terminator ends the list of volume descriptors (8.3).
func terminator() []byte {
	d := make([]byte, isoSector)
	copy(d, "\xFFCD001\x01")
	return d
}
