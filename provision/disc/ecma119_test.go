package disc_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
)

// strict reads an ISO 9660 image by the letter of ECMA-119 (4th edition),
// sharing nothing with the writer or with the product's reader, and keeps
// every breach. Numbers in messages are sections of the standard.
type strict struct {
	image    []byte
	breaches []string
	sectors  uint32
	owner    []string          // of each sector
	folders  []strictFolder    // in the order of a breadth-first walk
	files    map[string][]byte // content by path, without version
	label    string
}

type strictFolder struct {
	path, name     string
	sector, length uint32
	parent         int // index into folders
	level          int
}

const sector = 2048

// readStrict checks the whole image.
func readStrict(image []byte) *strict {
	s := &strict{image: image, files: map[string][]byte{}}
	if len(image)%sector != 0 || len(image) < 18*sector {
		s.breach("the image has %d bytes", len(image))
		return s
	}
	s.owner = make([]string, len(image)/sector)
	s.expect(allZero(image[:16*sector]), "6.2.1: the system area is not empty")
	d := image[16*sector:]
	s.descriptor(d)
	s.claim(0, 16*sector, "system area")
	s.claim(16, sector, "primary descriptor")
	s.claim(17, sector, "terminator")
	t := image[17*sector:]
	s.expect(t[0] == 255 && string(t[1:6]) == "CD001" && t[6] == 1, "8.3: no terminator follows")
	s.expect(allZero(t[7:sector]), "8.3.4: the terminator's reserved bytes")
	if len(s.breaches) == 0 {
		s.tree(d[156:190])
		s.tables(d)
	}
	return s
}

func (s *strict) breach(format string, args ...any) {
	s.breaches = append(s.breaches, fmt.Sprintf(format, args...))
}

func (s *strict) expect(ok bool, format string, args ...any) {
	if !ok {
		s.breach(format, args...)
	}
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// claim says that an extent is the owner's; overlaps and extents outside the
// volume are breaches.
func (s *strict) claim(first, length uint32, owner string) bool {
	count := (int(length) + sector - 1) / sector
	if int(first)+count > len(s.owner) {
		s.breach("6.3: the extent of %s ends outside the volume", owner)
		return false
	}
	for i := range count {
		if was := s.owner[int(first)+i]; was != "" {
			s.breach("%s and %s share sector %d", was, owner, int(first)+i)
			return false
		}
		s.owner[int(first)+i] = owner
	}
	end := int(first)*sector + int(length)
	if tail := (int(first) + count) * sector; !allZero(s.image[end:tail]) {
		s.breach("the rest of the last sector of %s is not zero", owner)
	}
	return true
}

func (s *strict) both16(b []byte, what string) uint16 {
	l, m := binary.LittleEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	s.expect(l == m, "7.2.3: %s is %d little and %d big", what, l, m)
	return l
}

func (s *strict) both32(b []byte, what string) uint32 {
	l, m := binary.LittleEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	s.expect(l == m, "7.3.3: %s is %d little and %d big", what, l, m)
	return l
}

func (s *strict) text(b []byte, pattern, what string) string {
	trimmed := strings.TrimRight(string(b), " ")
	s.expect(regexp.MustCompile("^"+pattern+"$").MatchString(trimmed), "7.4: %s is %q", what, b)
	return trimmed
}

const (
	dChars = `[A-Z0-9_]*`
	aChars = `[A-Z0-9_ !"%&'()*+,\-./:;<=>?]*`
)

func (s *strict) descriptor(d []byte) {
	s.expect(d[0] == 1 && string(d[1:6]) == "CD001" && d[6] == 1, "8.4: no primary descriptor")
	s.expect(d[7] == 0 && allZero(d[72:80]) && allZero(d[88:120]), "8.4: unused fields")
	s.text(d[8:40], aChars, "system identifier")
	s.label = s.text(d[40:72], dChars, "volume identifier")
	s.sectors = s.both32(d[80:], "volume space size")
	s.expect(int(s.sectors)*sector == len(s.image), "8.4.8: volume space of %d sectors in %d bytes", s.sectors, len(s.image))
	s.expect(s.both16(d[120:], "set size") == 1 && s.both16(d[124:], "sequence number") == 1, "8.4.9: not a single volume")
	s.expect(s.both16(d[128:], "logical block size") == sector, "8.4.12: logical block size")
	s.text(d[190:318], dChars, "volume set identifier")
	for i, what := range []string{"publisher", "preparer", "application"} {
		s.text(d[318+i*128:][:128], aChars, what)
	}
	for i := range 3 {
		s.text(d[702+i*37:][:37], dChars, "file identifiers of the descriptor")
	}
	s.expect(realDate(d[813:830]) && realDate(d[830:847]), "8.4.26.1: creation and modification date")
	for _, at := range []int{847, 864} {
		s.expect(realDate(d[at:at+17]) || string(d[at:at+17]) == strings.Repeat("0", 16)+"\x00", "8.4.26.1: date %q", d[at:at+17])
	}
	s.expect(d[881] == 1 && d[882] == 0 && allZero(d[1395:2048]), "8.4.31: version and reserved bytes")
	s.expect(d[156] == 34 && d[156+32] == 1 && d[156+33] == 0, "8.4.18: the record of the root folder")
}

// realDate wants a date of sensible years in digits, and an offset of 15
// minutes steps between -48 and 52.
func realDate(b []byte) bool {
	return regexp.MustCompile(`^(19[89]|20[0-3])\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d\d\d$`).
		Match(b[:16]) && int8(b[16]) >= -48 && int8(b[16]) <= 52
}

func (s *strict) tree(root []byte) {
	sector, length := s.both32(root[2:], "root"), s.both32(root[10:], "root's length")
	s.folders = []strictFolder{{sector: sector, length: length, level: 1}}
	for i := 0; i < len(s.folders) && len(s.breaches) < 20; i++ {
		s.folder(i)
	}
}

// folder checks one folder's records (6.8, 9.1, 9.3).
func (s *strict) folder(index int) {
	f := s.folders[index]
	s.expect(f.length > 0 && f.length%sector == 0, "6.8.1.3: the folder %q has %d bytes", f.path, f.length)
	s.expect(f.level <= 8, "6.8.2.1: the folder %q is at level %d", f.path, f.level)
	if !s.claim(f.sector, f.length, "folder "+f.path) {
		return
	}
	extent := s.image[int(f.sector)*sector:][:f.length]
	var last string
	for at, n := 0, 0; at < len(extent); n++ {
		if extent[at] == 0 { // the rest of this sector is unused
			end := (at/sector + 1) * sector
			s.expect(allZero(extent[at:end]), "6.8.1.1: bytes after the last record of a sector of %q", f.path)
			s.expect(at%sector != 0 && end-at < 34+8+3+1+2 || end == len(extent), "6.8.1.1: the folder %q has a gap", f.path)
			at = end
			continue
		}
		length := int(extent[at])
		if length < 34 || at%sector+length > sector {
			s.breach("6.8.1.1: a record of %q crosses a sector", f.path)
			return
		}
		last = s.record(index, n, extent[at:at+length], last)
		at += length
	}
}

// record checks record n of a folder and returns its key for the order.
func (s *strict) record(index, n int, r []byte, last string) string {
	f := s.folders[index]
	name := string(r[33 : 33+int(r[32])])
	what := fmt.Sprintf("record %q of %q", name, f.path)
	first, length := s.both32(r[2:], what), s.both32(r[10:], what)
	s.expect(len(r) == (33+len(name)+1)/2*2 && r[len(r)-1]&(byte(len(name)%2)-1) == 0, "9.1.12: %s has length %d", what, len(r))
	s.expect(r[1] == 0 && r[26] == 0 && r[27] == 0 && r[25]&^2 == 0, "9.1: %s: flags, attributes, interleave", what)
	s.expect(r[18] >= 80 && r[18] <= 130 && r[19] >= 1 && r[19] <= 12 && r[20] >= 1 && r[20] <= 31 &&
		r[21] < 24 && r[22] < 60 && r[23] < 60 && int8(r[24]) >= -48 && int8(r[24]) <= 52, "9.1.5: %s: date % x", what, r[18:25])
	s.expect(s.both16(r[28:], what) == 1, "9.1.9: %s: volume sequence number", what)
	folder := r[25]&2 != 0
	if n < 2 {
		at := s.folders[[]int{index, f.parent}[n]]
		s.expect(name == string(rune(n)) && folder && first == at.sector && length == at.length, "6.8.2.2: %s is not record %d", what, n)
		return ""
	}
	key := s.name(name, folder, what)
	s.expect(last < key, "9.3: %s is out of order", what)
	path := strings.TrimPrefix(f.path+"/"+strings.TrimSuffix(strings.TrimSuffix(name, ";1"), "."), "/")
	switch {
	case folder:
		s.folders = append(s.folders, strictFolder{path, name, first, length, index, f.level + 1})
	case length == 0:
		s.files[path] = nil
		s.expect(int(first) < len(s.owner) && s.owner[first] == "", "6.5: the empty %s lies in another's sector", what)
	case s.claim(first, length, "file "+path):
		s.files[path] = s.image[int(first)*sector:][:length]
	}
	return key
}

// name checks an identifier of level 1 (7.5, 7.6, 10.1) and makes the key that
// orders it (9.3).
func (s *strict) name(name string, folder bool, what string) string {
	pattern := `^([A-Z0-9_]{0,8})\.([A-Z0-9_]{0,3});1$`
	if folder {
		pattern = `^([A-Z0-9_]{1,8})()$`
	}
	m := regexp.MustCompile(pattern).FindStringSubmatch(name)
	if m == nil {
		s.breach("10.1: %s is no name of level 1", what)
		return name
	}
	return fmt.Sprintf("%-8s%-3s", m[1], m[2])
}

// tables checks both path tables against the folders (9.4, 6.9.1).
func (s *strict) tables(d []byte) {
	size := s.both32(d[132:], "path table size")
	l, m := binary.LittleEndian.Uint32(d[140:]), binary.BigEndian.Uint32(d[148:])
	s.expect(allZero(d[144:148]) && allZero(d[152:156]), "8.4.15: optional path tables")
	if !s.claim(l, size, "path table L") || !s.claim(m, size, "path table M") {
		return
	}
	s.table(s.image[int(l)*sector:][:size], binary.LittleEndian, "L")
	s.table(s.image[int(m)*sector:][:size], binary.BigEndian, "M")
	for i, owner := range s.owner {
		empty := false
		for _, content := range s.files {
			empty = empty || content == nil
		}
		s.expect(owner != "" || empty && allZero(s.image[i*sector:][:sector]), "sector %d belongs to nothing", i)
	}
}

func (s *strict) table(t []byte, order binary.ByteOrder, which string) {
	for i, f := range s.folders {
		name := f.name
		if i == 0 {
			name = "\x00"
		}
		length := 8 + len(name) + len(name)%2
		if len(t) < length {
			s.breach("9.4: path table %s ends at folder %d", which, i+1)
			return
		}
		s.expect(int(t[0]) == len(name) && t[1] == 0 && order.Uint32(t[2:]) == f.sector &&
			int(order.Uint16(t[6:])) == f.parent+1 && string(t[8:8+len(name)]) == name &&
			allZero(t[8+len(name):length]), "9.4: path table %s, record %d: % x for %q", which, i+1, t[:length], f.path)
		t = t[length:]
	}
	s.expect(len(t) == 0, "9.4: path table %s has %d bytes too many", which, len(t))
}
