package disc

import (
	"encoding/binary"
	"slices"
	"strings"
)

// The part of UDF 1.02 to 2.01 that discs of Windows use: one partition that
// lies in one piece, blocks of 2,048 bytes, files without a history. Numbers in
// comments are sections of ECMA-167.

// The tags of descriptors (3/7.2.1, 4/7.2.1).
const (
	tagAnchor       = 2
	tagPartition    = 5
	tagLogical      = 6
	tagTerminator   = 8
	tagFileSet      = 256
	tagName         = 257
	tagFile         = 261
	tagExtendedFile = 266
)

// Where the anchor is (3/8.4.2.1), and how much of the rest is read.
const (
	anchorSector  = 256
	mostSequence  = 64   // descriptors of the volume
	mostExtents   = 4096 // of one file: 4 TiB in pieces of 1 GiB
	folderKind    = 4    // type of file in an ICB tag (4/14.6.6)
	nameOfParent  = 0x08 // characteristics of a name (4/14.4.3)
	nameIsDeleted = 0x04
)

// udf is where the blocks of the partition lie in the image, in bytes.
type udf struct {
	start, length int64
	number        uint16 // the partition's, as the logical volume counts
}

// longAD is a place in the partition (4/14.14.2).
type longAD struct {
	length    uint32
	block     uint32
	partition uint16
}

func parseLongAD(b []byte) longAD {
	return longAD{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint16(b[8:])}
}

// openUDF finds the root folder of the UDF volume.
func (v *volume) openUDF() (item, error) {
	anchor, err := v.anchor()
	if err != nil {
		return item{}, err
	}
	set, err := v.sequence(anchor)
	if err != nil {
		return item{}, err
	}
	d, err := v.fileSet(set)
	if err != nil {
		return item{}, err
	}
	root := parseLongAD(d[400:])
	return v.described(item{name: "", tree: udfTree, entry: &root})
}

// anchor reads where the descriptors of the volume are, from the start of the
// disc or, where that is damaged, from its end.
func (v *volume) anchor() (extent, error) {
	last := v.size/isoSector - 1
	for _, sector := range []int64{anchorSector, last, last - anchorSector} {
		d := make([]byte, isoSector)
		if sector <= 0 || v.read(d, sector*isoSector) != nil || !tagged(d, tagAnchor, uint32(sector)) {
			continue
		}
		return extent{int64(binary.LittleEndian.Uint32(d[20:])) * isoSector, int64(binary.LittleEndian.Uint32(d[16:]))}, nil
	}
	return extent{}, bad("is broken: its UDF volume has no anchor")
}

// tagged checks a descriptor's tag: which it is, where it is, and its sums.
func tagged(d []byte, id uint16, at uint32) bool {
	var sum byte
	for i, b := range d[:16] {
		if i != 4 {
			sum += b
		}
	}
	length := int(binary.LittleEndian.Uint16(d[10:]))
	return binary.LittleEndian.Uint16(d) == id && sum == d[4] && 16+length <= len(d) &&
		binary.LittleEndian.Uint32(d[12:]) == at && crc(d[16:16+length]) == binary.LittleEndian.Uint16(d[8:])
}

// crc is the check of ECMA-167 7.2.6: CRC-16 with the polynomial 1021 from zero.
func crc(b []byte) uint16 {
	var c uint16
	for _, x := range b {
		c ^= uint16(x) << 8
		for range 8 {
			if c&0x8000 != 0 {
				c = c<<1 ^ 0x1021
			} else {
				c <<= 1
			}
		}
	}
	return c
}

// sequence reads the descriptors of the volume: the partition, and where the
// file set is.
func (v *volume) sequence(at extent) (longAD, error) {
	var set longAD
	partitions := map[uint16]udf{}
	var logical []byte
	for n := range min(at.length/isoSector, mostSequence) {
		d := make([]byte, isoSector)
		if err := v.read(d, at.at+n*isoSector); err != nil {
			return set, err
		}
		sector := uint32(at.at/isoSector + n)
		switch {
		case tagged(d, tagPartition, sector):
			partitions[binary.LittleEndian.Uint16(d[22:])] = udf{
				start:  int64(binary.LittleEndian.Uint32(d[188:])) * isoSector,
				length: int64(binary.LittleEndian.Uint32(d[192:])) * isoSector,
			}
		case tagged(d, tagLogical, sector):
			logical = d
		}
		if tagged(d, tagTerminator, sector) {
			break
		}
	}
	if logical == nil {
		return set, bad("is broken: its UDF volume has no description")
	}
	return parseLongAD(logical[248:]), v.partition(logical, partitions)
}

// partition finds the one partition that the logical volume is made of, by the
// first map of its table (3/10.6, 3/10.7.2).
func (v *volume) partition(logical []byte, partitions map[uint16]udf) error {
	if block := binary.LittleEndian.Uint32(logical[212:]); block != isoSector {
		return bad("has UDF blocks of %d bytes; discs of Windows have 2,048", block)
	}
	if binary.LittleEndian.Uint32(logical[268:]) == 0 || logical[440] != 1 || logical[441] != 6 {
		return bad("has a UDF volume of several parts, or one that was written in sessions; discs of Windows have one part")
	}
	p, ok := partitions[binary.LittleEndian.Uint16(logical[444:])]
	switch {
	case !ok:
		return bad("is broken: its UDF partition is missing")
	case p.start+p.length > v.size:
		return bad("is cut short: its UDF partition ends at byte %d, the file at %d; copy it again", p.start+p.length, v.size)
	}
	v.udf = &p
	return nil
}

// fileSet reads the file set (4/14.1).
func (v *volume) fileSet(at longAD) ([]byte, error) {
	d, err := v.block(at)
	if err == nil && !tagged(d, tagFileSet, at.block) {
		return nil, bad("is broken: its UDF volume has no file set")
	}
	return d, err
}

// block reads one block of the partition.
func (v *volume) block(at longAD) ([]byte, error) {
	offset := int64(at.block) * isoSector
	if at.partition != v.udf.number || offset+isoSector > v.udf.length {
		return nil, bad("is broken: its UDF volume points outside its partition")
	}
	d := make([]byte, isoSector)
	return d, v.read(d, v.udf.start+offset)
}

// described reads a file's entry (4/14.9, 4/14.17): how long it is, and where it
// lies. What is described already stays as it is.
func (v *volume) described(i item) (item, error) {
	if i.entry == nil {
		return i, nil
	}
	d, err := v.block(*i.entry)
	if err != nil {
		return i, err
	}
	head := 176
	switch {
	case tagged(d, tagFile, i.entry.block):
	case tagged(d, tagExtendedFile, i.entry.block):
		head = 216
	default:
		return i, bad("is broken: %q has no entry in its UDF volume", i.name)
	}
	i.folder = d[16+11] == folderKind
	length := binary.LittleEndian.Uint64(d[56:])
	if length > uint64(v.size) {
		return i, bad("is broken: %q claims %d bytes, and the image has %d", i.name, length, v.size)
	}
	i.length = int64(length)
	attributes, descriptors := binary.LittleEndian.Uint32(d[head-8:]), binary.LittleEndian.Uint32(d[head-4:])
	from := uint64(head) + uint64(attributes)
	if from+uint64(descriptors) > isoSector {
		return i, bad("is broken: the entry of %q is longer than its block", i.name)
	}
	at := v.udf.start + int64(i.entry.block)*isoSector + int64(from)
	i.extents, err = v.extents(d[from:from+uint64(descriptors)], d[16+18]&7, at, *i.entry)
	i.entry = nil
	return i, err
}

// extents reads where a file lies: by short or long descriptors, or in its own
// entry (4/14.6.8, 4/14.14). at is where list is in the image.
func (v *volume) extents(list []byte, form byte, at int64, of longAD) ([]extent, error) {
	size := map[byte]int{0: 8, 1: 16}[form]
	switch {
	case form == 3:
		return []extent{{at, int64(len(list))}}, nil
	case size == 0:
		return nil, bad("is broken: its UDF volume describes a file in a way that discs of Windows do not")
	}
	var extents []extent
	for ; len(list) >= size; list = list[size:] {
		e := longAD{binary.LittleEndian.Uint32(list), binary.LittleEndian.Uint32(list[4:]), of.partition}
		if size == 16 {
			e = parseLongAD(list)
		}
		length, offset := int64(e.length&0x3FFFFFFF), int64(e.block)*isoSector
		if length == 0 {
			break
		}
		if e.length>>30 != 0 || e.partition != v.udf.number || offset+length > v.udf.length || len(extents) == mostExtents {
			return nil, bad("is broken: its UDF volume points outside its partition, or has holes")
		}
		extents = append(extents, extent{v.udf.start + offset, length})
	}
	return extents, nil
}

// listUDF reads the names of a folder (4/14.4). What they name is described
// when it is asked for.
func listUDF(b []byte, folder string) ([]item, error) {
	var items []item
	for len(b) >= 38 {
		if binary.LittleEndian.Uint16(b) != tagName {
			return nil, bad("is broken: its UDF folder %q holds what is no name", folder)
		}
		name, use := int(b[19]), int(binary.LittleEndian.Uint16(b[36:]))
		whole := (38 + name + use + 3) / 4 * 4
		if whole > len(b) {
			return nil, bad("is broken: a name in the UDF folder %q crosses its end", folder)
		}
		if b[18]&(nameOfParent|nameIsDeleted) == 0 {
			at := parseLongAD(b[20:])
			items = append(items, item{
				name: strings.ToUpper(compressed(b[38+use : 38+use+name])), folder: b[18]&2 != 0, tree: udfTree, entry: &at,
			})
		}
		b = b[whole:]
	}
	if slices.ContainsFunc(b, func(x byte) bool { return x != 0 }) {
		return nil, bad("is broken: the UDF folder %q has bytes behind its names", folder)
	}
	return items, nil
}

// compressed is a name in the form of UDF 2.1.1: of 8 or of 16 bits a character.
func compressed(b []byte) string {
	switch {
	case len(b) > 1 && b[0] == 8:
		return latin(b[1:])
	case len(b) > 1 && b[0] == 16:
		return wide(b[1:], binary.BigEndian)
	}
	return ""
}

// latin is text whose bytes are the first 256 characters of Unicode.
func latin(b []byte) string {
	runes := make([]rune, len(b))
	for i, x := range b {
		runes[i] = rune(x)
	}
	return string(runes)
}
