package disc

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// Package is an update as Microsoft offered it for download, told by the name of
// its file. Users put them on discs of their own making.
type Package struct {
	Product Product
	// ServicePack is the one that it brings; 0 for none.
	ServicePack int
	// Pattern is the file's name, with "*" for any text.
	Pattern string
}

// ServicePacks lists the packages of service packs of Windows. Their names end
// with architecture and language.
func ServicePacks() []Package {
	return []Package{
		{Windows2000, 1, "W2KSP1*.EXE"},
		{Windows2000, 1, "SP1NETWORK.EXE"},
		{Windows2000, 2, "W2KSP2*.EXE"},
		{Windows2000, 3, "W2KSP3*.EXE"},
		{Windows2000, 4, "W2KSP4*.EXE"},
		{Windows2003, 1, "WindowsServer2003-KB889101-SP1-*.exe"},
		{Windows2003, 2, "WindowsServer2003-KB914961-SP2-*.exe"},
		{Windows2003, 2, "WindowsServer2003.WindowsXP-KB914961-SP2-*.exe"},
		{Windows2008, 2, "Windows6.0-KB948465-*.exe"},
		{Windows2008R2, 1, "windows6.1-KB976932-*.exe"},
	}
}

// packed are programs of Exchange that unpack to what a setup is run from; a
// server cannot use them as they are.
func packed() []string {
	return []string{"E3SP*.EXE", "E2K3SP*.EXE", "EX2K*SP*.EXE", "Exchange2007*SP*.exe", "Exchange2010-SP*.exe", "Exchange2013-*.exe", "Exchange2016-*.exe"}
}

// packages knows discs that hold updates and nothing that installs.
func packages(id *Identity, v *volume, _ map[string]bool) error {
	if pack, ok, err := v.find("I386/UPDATE/UPDATE.EXE"); err != nil {
		return err
	} else if ok && !pack.folder {
		return windowsPack(id, v)
	}
	for _, p := range ServicePacks() {
		if i, ok, err := v.find(p.Pattern); err != nil {
			return err
		} else if ok {
			id.Product, id.Form, id.ServicePack = p.Product, ServicePackOnly, p.ServicePack
			id.say("the file %s", i.name)
			return nil
		}
	}
	if err := rollups(id, v); err != nil || id.Product != Unknown {
		return err
	}
	for _, pattern := range packed() {
		if i, ok, err := v.find(pattern); err != nil {
			return err
		} else if ok {
			id.Product, id.Form = ExchangeUnknown, Packed
			id.say("the file %s", i.name)
			return nil
		}
	}
	return nil
}

var builds = regexp.MustCompile(`(?im)^\s*NtBuildToUpdate\s*=\s*(2195|3790)\b`)

// windowsPack knows a service pack of Windows 2000 or 2003 that was unpacked, by
// the build that its installer asks for.
func windowsPack(id *Identity, v *volume) error {
	id.Product, id.Form = WindowsUnknown, ServicePackOnly
	id.say(`the file I386\UPDATE\UPDATE.EXE`)
	inf, ok, err := v.find("I386/UPDATE/UPDATE.INF")
	if err != nil || !ok {
		return err
	}
	b, err := v.content(inf, 1<<20)
	if err != nil {
		return err
	}
	if m := builds.FindSubmatch(narrowed(b)); m != nil {
		id.Product = map[string]Product{"2195": Windows2000, "3790": Windows2003}[string(m[1])]
		id.say(`NtBuildToUpdate=%s in I386\UPDATE\UPDATE.INF`, m[1])
	}
	return nil
}

// narrowed is text of an INF as bytes of a character, UTF-16 or not.
func narrowed(b []byte) []byte {
	if len(b) < 2 || b[0] != 0xFF || b[1] != 0xFE {
		return b
	}
	return []byte(wide(b[2:], binary.LittleEndian))
}

var (
	rollupFile = regexp.MustCompile(`^EXCHANGE(2007|2010)-KB(\d+)-.*\.MSP$`)
	rollupName = regexp.MustCompile(`Update Rollup (\d{1,2})(?:-v\d)? for Exchange Server (2007|2010)(?: Service Pack (\d))?`)
)

// rollupNumbers are the numbers and service packs of update rollups, by those of
// the articles that their files are named after; from memory. A file that tells
// its own name is believed instead.
var rollupNumbers = map[string][2]int{ //nolint:gochecknoglobals // a table
	"970162": {9, 1}, "2788321": {10, 3}, "2917522": {13, 3}, // Exchange 2007
	"2917508": {5, 3}, "2986475": {8, 3}, "3078674": {11, 3}, "4295699": {22, 3}, "5000978": {32, 3}, // Exchange 2010
}

// Rollup is an update rollup of Exchange 2007 or 2010 that lies on a disc.
type Rollup struct {
	// File is its name on the disc.
	File string `json:"file"`
	// Number is 11, and ServicePack 3, of "Update Rollup 11 for Exchange Server
	// 2010 Service Pack 3"; both 0 where the file does not tell.
	Number      int `json:"number"`
	ServicePack int `json:"servicePack"`
}

// rollups knows update rollups by their files' names, and which they are by the
// name that they show in the list of installed updates.
func rollups(id *Identity, v *volume) error {
	found, err := v.match("Exchange*.msp")
	if err != nil {
		return err
	}
	for _, i := range found {
		m := rollupFile.FindStringSubmatch(i.name)
		if m == nil || id.Product != Unknown && id.Product != Product("exchange-"+m[1]) {
			continue
		}
		id.Product, id.Form = Product("exchange-"+m[1]), Update
		id.say("the file %s", i.name)
		r := Rollup{File: i.name}
		text, err := v.search(i, rollupName)
		if err != nil {
			return err
		}
		if known, ok := rollupNumbers[m[2]]; ok {
			r.Number, r.ServicePack = known[0], known[1]
		}
		if text != nil && text[2] == m[1] {
			r.Number, _ = strconv.Atoi(text[1])
			r.ServicePack, _ = strconv.Atoi(text[3])
			id.say("%q in %s", text[0], i.name)
		}
		id.Rollups = append(id.Rollups, r)
	}
	slices.SortFunc(id.Rollups, func(a, b Rollup) int { return a.Number - b.Number })
	return nil
}

// The most that is looked through of the updates on a disc, and in what pieces.
const (
	mostUpdate = 160 << 20
	piece      = 1 << 20
	overlap    = 256
)

// search looks through a file for a pattern, and gives back its groups; nil where
// it is not there, or where enough was looked through.
func (v *volume) search(i item, pattern *regexp.Regexp) ([]string, error) {
	b := make([]byte, 0, piece+overlap)
	for at := int64(0); at < i.length && v.searched < mostUpdate; at += piece {
		v.searched += piece
		kept := b[max(0, len(b)-overlap):]
		b = append(b[:0], kept...)
		n := int64(len(b))
		b = b[:n+min(piece, i.length-at)]
		if err := v.readAt(i, b[n:], at); err != nil {
			return nil, err
		}
		if m := pattern.FindSubmatch(b); m != nil {
			groups := make([]string, len(m))
			for n := range m {
				groups[n] = string(m[n])
			}
			return groups, nil
		}
	}
	return nil, nil
}

// String is "update rollup 11", or "an update rollup" where nobody told.
func (r Rollup) String() string {
	if r.Number == 0 {
		return "an update rollup (" + r.File + ")"
	}
	return fmt.Sprintf("update rollup %d of SP%d", r.Number, r.ServicePack)
}
