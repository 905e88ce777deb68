package disc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ImageError says why a file is no disc image that can be read. Its text is a
// clause about the file and says what to do where that is known.
type ImageError struct{ Why string }

// Error is the clause: "is cut short: ...".
func (e *ImageError) Error() string { return e.Why }

func bad(format string, args ...any) error { return &ImageError{fmt.Sprintf(format, args...)} }

// The most that is read of a foreign image: a folder of a Windows disc takes
// 300 KiB, and a hostile one must not take more than this.
const (
	mostDescriptors = 64
	mostFolder      = 4 << 20
)

// volume is a user's disc, read by its ISO 9660 primary tree.
type volume struct {
	r                             io.ReaderAt
	size                          int64
	label, publisher, application string
	root                          item
	catalog                       uint32 // sector of El Torito's boot catalogue; 0 for none
	udf                           bool
}

// item is a file or folder on a volume.
type item struct {
	name           string // upper case, without version and dot at its end
	sector, length uint32
	folder         bool
}

// openVolume reads the descriptors of an image of size bytes.
func openVolume(r io.ReaderAt, size int64) (*volume, error) {
	v := &volume{r: r, size: size}
	if err := v.recognize(); err != nil {
		return nil, err
	}
	primary := false
	for n := range int64(mostDescriptors) {
		d := make([]byte, isoSector)
		if err := v.read(d, (systemArea+n)*isoSector); err != nil {
			break
		}
		id := string(d[1:6])
		if !slices.Contains([]string{"CD001", "BEA01", "NSR02", "NSR03", "BOOT2"}, id) {
			break // the descriptors end here, those of UDF included
		}
		switch {
		case id == "NSR02" || id == "NSR03":
			v.udf = true
		case id != "CD001":
		case d[0] == 0 && bytes.HasPrefix(d[7:], []byte("EL TORITO SPECIFICATION")):
			v.catalog = binary.LittleEndian.Uint32(d[71:])
		case d[0] == 1 && !primary:
			primary = true
			if err := v.primary(d); err != nil {
				return nil, err
			}
		}
	}
	if !primary {
		return nil, bad("is no disc image: it has no ISO 9660 volume")
	}
	return v, nil
}

// recognize gives names to files that are often taken for ISO images.
func (v *volume) recognize() error {
	head := make([]byte, 16)
	if err := v.read(head, 0); err != nil || v.size < 18*isoSector {
		return bad("is no disc image: it has %d bytes", v.size)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00")):
		return bad("is a raw CD image with sectors of 2,352 bytes; convert it: bchunk IMAGE.bin IMAGE.cue OUT")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("Rar!")),
		bytes.HasPrefix(head, []byte("7z\xBC\xAF")), bytes.HasPrefix(head, []byte("\x1F\x8B")):
		return bad("is a packed archive; unpack the disc image from it")
	}
	return nil
}

// read fills p from the image; whatever is missing is an error.
func (v *volume) read(p []byte, at int64) error {
	if at < 0 || at > v.size-int64(len(p)) {
		return bad("points outside its own %d bytes", v.size)
	}
	n, err := v.r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return bad("ends before its %d bytes", v.size)
	}
	return err
}

func (v *volume) primary(d []byte) error {
	text := func(b []byte) string { return strings.TrimRight(strings.ToValidUTF8(string(b), "?"), " \x00") }
	v.label, v.publisher, v.application = text(d[40:72]), text(d[318:446]), text(d[574:702])
	if block := binary.LittleEndian.Uint16(d[128:]); block != isoSector {
		return bad("has logical blocks of %d bytes; discs of Windows have 2,048", block)
	}
	if whole := int64(binary.LittleEndian.Uint32(d[80:])) * isoSector; whole > v.size {
		return bad("is cut short: the disc has %d bytes, the file %d; copy it again", whole, v.size)
	}
	root, err := parseRecord(d[156:190])
	if err != nil {
		return err
	}
	if root.folder = true; root.length == 0 {
		return bad("is broken: its root folder is empty")
	}
	v.root = root
	return nil
}

// parseRecord reads a directory record; r is as long as its first byte says.
func parseRecord(r []byte) (item, error) {
	if len(r) < 34 || int(r[32]) > len(r)-33 {
		return item{}, bad("is broken: a record of a folder is too short")
	}
	name := strings.ToUpper(string(r[33 : 33+int(r[32])]))
	if base, _, versioned := strings.Cut(name, ";"); versioned {
		name = base
	}
	return item{
		name:   strings.TrimSuffix(name, "."),
		sector: binary.LittleEndian.Uint32(r[2:]), length: binary.LittleEndian.Uint32(r[10:]),
		folder: r[25]&folderFlag != 0,
	}, nil
}

// list reads a folder.
func (v *volume) list(folder item) ([]item, error) {
	if folder.length > mostFolder {
		return nil, bad("is broken: its folder %q claims %d bytes", folder.name, folder.length)
	}
	extent := make([]byte, folder.length)
	if err := v.read(extent, int64(folder.sector)*isoSector); err != nil {
		return nil, err
	}
	var items []item
	for at := 0; at < len(extent); {
		length := int(extent[at])
		if length == 0 { // the rest of the sector is unused
			at = (at/isoSector + 1) * isoSector
			continue
		}
		if at+length > len(extent) {
			return nil, bad("is broken: a record of the folder %q crosses its end", folder.name)
		}
		i, err := parseRecord(extent[at : at+length])
		if err != nil {
			return nil, err
		}
		if i.name != "\x00" && i.name != "\x01" {
			items = append(items, i)
		}
		at += length
	}
	return items, nil
}

// find follows a path, without regard to case. Its cost is bounded by the
// path's length, whatever cycles the folders form.
func (v *volume) find(path string) (item, bool, error) {
	at := v.root
	for part := range strings.SplitSeq(strings.ToUpper(path), "/") {
		if !at.folder {
			return item{}, false, nil
		}
		items, err := v.list(at)
		if err != nil {
			return item{}, false, err
		}
		found := false
		for _, i := range items {
			if i.name == part {
				at, found = i, true
				break
			}
		}
		if !found {
			return item{}, false, nil
		}
	}
	return at, true, nil
}

// content reads up to most bytes of a file from its beginning.
func (v *volume) content(i item, most int64) ([]byte, error) {
	b := make([]byte, min(int64(i.length), most))
	return b, v.read(b, int64(i.sector)*isoSector)
}

// bootable says whether El Torito's default entry is there and can be booted
// (El Torito 1.0, section 2).
func (v *volume) bootable() bool {
	if v.catalog == 0 {
		return false
	}
	c := make([]byte, 64)
	if v.read(c, int64(v.catalog)*isoSector) != nil {
		return false
	}
	var sum uint16
	for i := 0; i < 32; i += 2 {
		sum += binary.LittleEndian.Uint16(c[i:])
	}
	return c[0] == 1 && c[30] == 0x55 && c[31] == 0xAA && sum == 0 && c[32] == 0x88
}
