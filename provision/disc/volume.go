package disc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
)

// ImageError says why a file is no disc image that can be read. Its text is a
// clause about the file and says what to do where that is known.
type ImageError struct{ Why string }

// Error is the clause: "is cut short: ...".
func (e *ImageError) Error() string { return e.Why }

func bad(format string, args ...any) error { return &ImageError{fmt.Sprintf(format, args...)} }

// The most that is read of a foreign image. A folder of a Windows disc takes
// 300 KiB; an update of Exchange has 100 MiB and is looked through once. A
// hostile image must not take more than this.
const (
	mostDescriptors = 64
	mostFolder      = 4 << 20
	mostRead        = 256 << 20
)

// volume is a user's disc. A disc may list its files in several trees: UDF, the
// long names of Joliet, and ISO 9660's primary one.
type volume struct {
	r                             io.ReaderAt
	size                          int64
	left                          int64 // what may still be read
	searched                      int64 // what was looked through
	label, publisher, application string
	trees                         []item // roots: the one that Windows reads first
	primary                       *item
	catalog                       uint32 // sector of El Torito's boot catalogue; 0 for none
	udf                           *udf   // nil where there is none that can be read
	broken                        error  // why a UDF that is there cannot be read
}

// kind is the tree that an item is of.
type kind int

const (
	primaryTree kind = iota
	jolietTree
	udfTree
)

// item is a file or folder on a volume.
type item struct {
	name    string // upper case, without version and dot at its end
	folder  bool
	tree    kind
	extents []extent
	length  int64
	entry   *longAD // where UDF describes it; nil once that was read
}

// extent is a run of bytes of the image.
type extent struct{ at, length int64 }

// openVolume reads the descriptors of an image of size bytes.
func openVolume(r io.ReaderAt, size int64) (*volume, error) {
	v := &volume{r: r, size: size, left: mostRead}
	if err := v.recognize(); err != nil {
		return nil, err
	}
	var joliet *item
	udf := false
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
			udf = true
		case id != "CD001":
		case d[0] == 0 && bytes.HasPrefix(d[7:], []byte("EL TORITO SPECIFICATION")):
			v.catalog = binary.LittleEndian.Uint32(d[71:])
		case d[0] == 1 && v.primary == nil:
			if err := v.readPrimary(d); err != nil {
				return nil, err
			}
		case d[0] == 2 && isJoliet(d) && joliet == nil:
			if root, err := parseRecord(d[156:190], jolietTree); err == nil {
				root.folder, joliet = true, &root
			}
		}
	}
	return v, v.plant(udf, joliet)
}

// plant puts the trees in the order in which Windows prefers them. A disc may
// do without ISO 9660.
func (v *volume) plant(udf bool, joliet *item) error {
	if udf {
		root, err := v.openUDF()
		if err != nil {
			v.broken = err
		} else {
			v.trees = append(v.trees, root)
		}
	}
	if joliet != nil {
		v.trees = append(v.trees, *joliet)
	}
	if v.primary != nil {
		v.trees = append(v.trees, *v.primary)
	}
	switch {
	case len(v.trees) > 0:
		return nil
	case v.broken != nil:
		return v.broken
	}
	return bad("is no disc image: it has no ISO 9660 volume, and no UDF volume either")
}

// isJoliet says whether a supplementary descriptor is that of long names in
// UCS-2 (Joliet, "SVD Escape Sequences Field").
func isJoliet(d []byte) bool {
	return d[88] == '%' && d[89] == '/' && (d[90] == '@' || d[90] == 'C' || d[90] == 'E')
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
	if v.left -= int64(len(p)); v.left < 0 {
		return bad("is broken: its folders and files lead to more than %d MiB", mostRead>>20)
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

func (v *volume) readPrimary(d []byte) error {
	text := func(b []byte) string { return strings.TrimRight(strings.ToValidUTF8(string(b), "?"), " \x00") }
	v.label, v.publisher, v.application = text(d[40:72]), text(d[318:446]), text(d[574:702])
	if block := binary.LittleEndian.Uint16(d[128:]); block != isoSector {
		return bad("has logical blocks of %d bytes; discs of Windows have 2,048", block)
	}
	if whole := int64(binary.LittleEndian.Uint32(d[80:])) * isoSector; whole > v.size {
		return bad("is cut short: the disc has %d bytes, the file %d; copy it again", whole, v.size)
	}
	root, err := parseRecord(d[156:190], primaryTree)
	if err != nil {
		return err
	}
	if root.folder = true; root.length == 0 {
		return bad("is broken: its root folder is empty")
	}
	v.primary = &root
	return nil
}

// Flag of a directory record: the file goes on in the next record (9.1.6).
const moreFlag = 0x80

// parseRecord reads a directory record; r is as long as its first byte says.
func parseRecord(r []byte, tree kind) (item, error) {
	if len(r) < 34 || int(r[32]) > len(r)-33 {
		return item{}, bad("is broken: a record of a folder is too short")
	}
	name := string(r[33 : 33+int(r[32])])
	if tree == jolietTree && len(name) > 1 {
		name = wide([]byte(name), binary.BigEndian)
	}
	name = strings.ToUpper(name)
	if base, _, versioned := strings.Cut(name, ";"); versioned {
		name = base
	}
	length := int64(binary.LittleEndian.Uint32(r[10:]))
	return item{
		name: strings.TrimSuffix(name, "."), folder: r[25]&folderFlag != 0, tree: tree, length: length,
		extents: []extent{{int64(binary.LittleEndian.Uint32(r[2:])) * isoSector, length}},
	}, nil
}

// wide decodes text of two bytes a character.
func wide(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// list reads a folder.
func (v *volume) list(folder item) ([]item, error) {
	if folder.length > mostFolder {
		return nil, bad("is broken: its folder %q claims %d bytes", folder.name, folder.length)
	}
	extent, err := v.content(folder, mostFolder)
	if err != nil {
		return nil, err
	}
	if folder.tree == udfTree {
		return listUDF(extent, folder.name)
	}
	var items []item
	more := false // the record before goes on in this one
	for at := 0; at < len(extent); {
		length := int(extent[at])
		if length == 0 { // the rest of the sector is unused
			at = (at/isoSector + 1) * isoSector
			continue
		}
		if at+length > len(extent) {
			return nil, bad("is broken: a record of the folder %q crosses its end", folder.name)
		}
		i, err := parseRecord(extent[at:at+length], folder.tree)
		if err != nil {
			return nil, err
		}
		last := len(items) - 1
		switch {
		case i.name == "\x00" || i.name == "\x01":
		case more && items[last].name == i.name:
			items[last].length += i.length
			items[last].extents = append(items[last].extents, i.extents...)
		default:
			items = append(items, i)
		}
		more = extent[at+25]&moreFlag != 0 && len(items) > 0
		at += length
	}
	return items, nil
}

// find follows a path, without regard to case, in each tree. Its cost is bounded
// by the path's length, whatever cycles the folders form. A "*" in the last part
// stands for any text; the first file that fits is found.
func (v *volume) find(path string) (item, bool, error) {
	all, err := v.match(path)
	if err != nil || len(all) == 0 {
		return item{}, false, err
	}
	return all[0], true, nil
}

// match is every item of the first tree that has one that the path fits.
func (v *volume) match(path string) ([]item, error) {
	parts := strings.Split(strings.ToUpper(strings.ReplaceAll(path, `\`, "/")), "/")
	for _, root := range v.trees {
		found, err := v.matchIn(root, parts)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

func (v *volume) matchIn(at item, parts []string) ([]item, error) {
	for n, part := range parts {
		items, err := v.list(at)
		if err != nil {
			return nil, err
		}
		items = slices.DeleteFunc(items, func(i item) bool { return !fits(part, i.name) })
		for i := range items {
			if items[i], err = v.described(items[i]); err != nil {
				return nil, err
			}
			if n < len(parts)-1 || len(items) > mostMatches {
				items = items[:i+1]
				break
			}
		}
		if n == len(parts)-1 || len(items) == 0 || !items[0].folder {
			if n < len(parts)-1 {
				return nil, nil
			}
			return items, nil
		}
		at = items[0]
	}
	return nil, nil
}

// mostMatches is how many files with names of one pattern are looked at.
const mostMatches = 16

// fits says whether a name fits a pattern in which "*" is any text.
func fits(pattern, name string) bool {
	for {
		before, after, star := strings.Cut(pattern, "*")
		if !star {
			return pattern == name
		}
		rest, ok := strings.CutPrefix(name, before)
		if !ok {
			return false
		}
		next, _, _ := strings.Cut(after, "*")
		if next == after { // the last star: the rest must end so
			return strings.HasSuffix(rest, after)
		}
		at := strings.Index(rest, next)
		if at < 0 {
			return false
		}
		pattern, name = after, rest[at:]
	}
}

// roots are the names in the root folders of all trees.
func (v *volume) roots() (map[string]bool, error) {
	names := map[string]bool{}
	for _, root := range v.trees {
		items, err := v.list(root)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			names[i.name] = true
		}
	}
	return names, nil
}

// content reads up to most bytes of a file from its beginning.
func (v *volume) content(i item, most int64) ([]byte, error) {
	if i.length > v.size {
		return nil, bad("is broken: %q claims %d bytes, and the image has %d", i.name, i.length, v.size)
	}
	b := make([]byte, min(i.length, most))
	return b, v.readAt(i, b, 0)
}

// readAt fills p from a file, from the byte at on.
func (v *volume) readAt(i item, p []byte, at int64) error {
	for _, e := range i.extents {
		if at >= e.length {
			at -= e.length
			continue
		}
		n := min(int64(len(p)), e.length-at)
		if err := v.read(p[:n], e.at+at); err != nil {
			return err
		}
		p, at = p[n:], 0
		if len(p) == 0 {
			return nil
		}
	}
	if len(p) == 0 {
		return nil
	}
	return bad("is broken: %q ends before its %d bytes", i.name, i.length)
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
