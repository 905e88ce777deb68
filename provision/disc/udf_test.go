package disc_test

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/doublehop/doublehop/provision/disc"
)

// bridge writes UDF 1.02 behind an ISO 9660 volume, as discs of later Windows
// have it: the sectors of the descriptors, then one partition. It shares no code
// with the reader; xorriso's cousin genisoimage writes the same in
// TestIdentifyReadsUDFOfGenisoimage.
type bridge struct {
	image []byte
	next  uint32 // block of the partition
}

const partitionAt = 300

func (b *bridge) sector(n uint32) []byte {
	for len(b.image) < int(n+1)*2048 {
		b.image = append(b.image, make([]byte, 2048)...)
	}
	return b.image[n*2048:][:2048]
}

// tag finishes a descriptor at block, which is at sector of the image.
func (b *bridge) tag(sector, block uint32, id uint16, length int) {
	d := b.sector(sector)
	binary.LittleEndian.PutUint16(d, id)
	d[2] = 2
	binary.LittleEndian.PutUint16(d[8:], ccitt(d[16:16+length]))
	binary.LittleEndian.PutUint16(d[10:], uint16(length))
	binary.LittleEndian.PutUint32(d[12:], block)
	d[4] = 0
	var sum byte
	for _, x := range d[:16] {
		sum += x
	}
	d[4] = sum
}

func ccitt(b []byte) uint16 {
	var c uint16
	for _, x := range b {
		for bit := 7; bit >= 0; bit-- {
			in := x>>bit&1 ^ byte(c>>15)
			c <<= 1
			if in == 1 {
				c ^= 0x1021
			}
		}
	}
	return c
}

// file writes a file's entry and content, and gives back the entry's block.
func (b *bridge) file(kind byte, content []byte) uint32 {
	entry := b.next
	b.next++
	d := b.sector(partitionAt + entry)
	binary.LittleEndian.PutUint16(d[20:], 4) // strategy
	d[27] = kind
	binary.LittleEndian.PutUint64(d[56:], uint64(len(content)))
	blocks := uint32(len(content)+2047) / 2048
	half := blocks / 2 * 2048 // in two pieces, where it is long
	var list []byte
	for _, piece := range [][]byte{content[:half], content[half:]} {
		if len(piece) == 0 {
			continue
		}
		list = binary.LittleEndian.AppendUint32(list, uint32(len(piece)))
		list = binary.LittleEndian.AppendUint32(list, b.next)
		for len(piece) > 0 {
			n := copy(b.sector(partitionAt+b.next), piece)
			piece, b.next = piece[n:], b.next+1
		}
	}
	d = b.sector(partitionAt + entry) // it may have moved
	binary.LittleEndian.PutUint32(d[172:], uint32(len(list)))
	copy(d[176:], list)
	b.tag(partitionAt+entry, entry, 261, 160+len(list))
	return entry
}

// name is a name in a folder.
func name(text string, folder bool, entry uint32, parent bool) []byte {
	id := []byte{}
	if !parent {
		id = append([]byte{8}, text...)
	}
	d := make([]byte, (38+len(id)+3)/4*4)
	binary.LittleEndian.PutUint16(d, 257)
	d[16] = 1
	if folder {
		d[18] |= 2
	}
	if parent {
		d[18] |= 8
	}
	d[19] = byte(len(id))
	binary.LittleEndian.PutUint32(d[20:], 2048)
	binary.LittleEndian.PutUint32(d[24:], entry)
	copy(d[38:], id)
	return d
}

// folder writes a folder of files and folders by their paths.
func (b *bridge) folder(files map[string]string) uint32 {
	below := map[string]map[string]string{}
	list := name("", true, 1, true)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		first, rest, deep := strings.Cut(path, "/")
		if !deep {
			list = append(list, name(first, false, b.file(5, []byte(files[path])), false)...)
			continue
		}
		if below[first] == nil {
			below[first] = map[string]string{}
		}
		below[first][rest] = files[path]
	}
	for _, first := range slices.Sorted(maps.Keys(below)) {
		list = append(list, name(first, true, b.folder(below[first]), false)...)
	}
	return b.file(4, list)
}

// udf is an image with these files in UDF only.
func udf(t testing.TB, label string, files map[string]string) []byte {
	t.Helper()
	b := &bridge{image: bootable(media(t, label, map[string]string{"README.TXT": "This disc contains a UDF file system."})), next: 1}
	for n, id := range []string{"BEA01", "NSR02", "TEA01"} { // 16 to 18 are ISO's
		d := b.sector(uint32(19 + n))
		clear(d)
		copy(d[1:], id+"\x01")
	}
	moveCatalog(b)
	root := b.folder(files)
	set := b.sector(partitionAt)
	binary.LittleEndian.PutUint32(set[400:], 2048)
	binary.LittleEndian.PutUint32(set[404:], root)
	b.tag(partitionAt, 0, 256, 496)
	d := b.sector(257)
	binary.LittleEndian.PutUint32(d[188:], partitionAt)
	binary.LittleEndian.PutUint32(d[192:], b.next)
	b.tag(257, 257, 5, 496)
	d = b.sector(258)
	binary.LittleEndian.PutUint32(d[212:], 2048)
	binary.LittleEndian.PutUint32(d[248:], 2048)
	binary.LittleEndian.PutUint32(d[264:], 6)
	binary.LittleEndian.PutUint32(d[268:], 1)
	d[440], d[441] = 1, 6
	b.tag(258, 258, 6, 430)
	b.tag(259, 259, 8, 496)
	d = b.sector(256)
	binary.LittleEndian.PutUint32(d[16:], 4*2048)
	binary.LittleEndian.PutUint32(d[20:], 257)
	b.tag(256, 256, 2, 496)
	return b.image
}

// moveCatalog makes room for UDF's part of the descriptors, by putting the whole
// of the small ISO volume's files away: only its label and boot record are read.
func moveCatalog(b *bridge) {
	record := b.image[17*2048:]
	from := binary.LittleEndian.Uint32(record[71:])
	catalog := bytes.Clone(b.sector(from))
	copy(b.sector(290), catalog)
	binary.LittleEndian.PutUint32(b.image[17*2048+71:], 290)
	root := bytes.Clone(b.sector(binary.LittleEndian.Uint32(b.image[16*2048+158:])))
	copy(b.sector(291), root)
	binary.LittleEndian.PutUint32(b.image[16*2048+158:], 291)
	d := b.sector(18)
	clear(d)
	copy(d, "\xFFCD001\x01")
}

// wim is a file of images that tells of these, and holds nothing.
func wim(images ...string) string {
	text := "<WIM>"
	for n, image := range images {
		text += fmt.Sprintf("<IMAGE INDEX=\"%d\">%s</IMAGE>", n+1, image)
	}
	wide := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text + "</WIM>")) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	head := make([]byte, 208)
	copy(head, "MSWIM\x00\x00\x00")
	binary.LittleEndian.PutUint64(head[72:], uint64(len(wide)))
	binary.LittleEndian.PutUint64(head[80:], 208+5000)
	return string(head) + strings.Repeat("x", 5000) + string(wide)
}

// system is one image's text.
func system(edition, kind string, arch, major, minor, build, pack int) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte("Windows "+edition))
	product := "ServerNT"
	if kind == "Client" {
		product = "WinNT"
	}
	return fmt.Sprintf("<WINDOWS><ARCH>%d</ARCH><EDITIONID>%s</EDITIONID><INSTALLATIONTYPE>%s</INSTALLATIONTYPE><PRODUCTTYPE>%s</PRODUCTTYPE>"+
		"<LANGUAGES><LANGUAGE>en-US</LANGUAGE><DEFAULT>en-US</DEFAULT></LANGUAGES><VERSION><MAJOR>%d</MAJOR><MINOR>%d</MINOR><BUILD>%d</BUILD>"+
		"<SPBUILD>17514</SPBUILD><SPLEVEL>%d</SPLEVEL></VERSION></WINDOWS><NAME>%s</NAME>", arch, edition, kind, product, major, minor, build, pack, b.String())
}

func laterDiscs(t testing.TB) map[string]known {
	t.Helper()
	r2 := wim(system("ServerStandard", "Server", 9, 6, 1, 7601, 1), system("ServerEnterpriseCore", "Server Core", 9, 6, 1, 7601, 1))
	return map[string]known{
		"2008 R2 in UDF": {udf(t, "GRMSXVOL_EN_DVD", map[string]string{"sources/install.wim": r2, "setup.exe": "x"}), disc.Identity{
			Product: disc.Windows2008R2, Form: disc.Whole, Arch: "x64", Language: "en-US", ServicePack: 1, Version: "6.1.7601.17514", Bootable: true, Label: "GRMSXVOL_EN_DVD",
		}, "windows-2008r2 x64 en-US 6.1.7601.17514 SP1"},
		"2016 evaluation": {udf(t, "SSS_X64FREE_EN_DV9", map[string]string{"sources/install.wim": wim(system("ServerDatacenterEval", "Server", 9, 10, 0, 14393, 0))}), disc.Identity{
			Product: disc.Windows2016, Form: disc.Whole, Edition: "datacenter", Arch: "x64", Language: "en-US", Version: "10.0.14393.17514", KeyClass: disc.Evaluation, Bootable: true, Label: "SSS_X64FREE_EN_DV9",
		}, "windows-2016 datacenter x64 en-US 10.0.14393.17514 evaluation"},
		"2012 R2 for volume keys": {udf(t, "REMADE", map[string]string{
			"sources/install.wim": wim(system("ServerStandard", "Server", 9, 6, 3, 9600, 0)), "sources/ei.cfg": "[Channel]\r\nVolume\r\n[VL]\r\n1\r\n",
		}), disc.Identity{
			Product: disc.Windows2012R2, Form: disc.Whole, Edition: "standard", Arch: "x64", Language: "en-US", Version: "6.3.9600.17514", KeyClass: disc.Volume, Bootable: true, Label: "REMADE",
		}, "windows-2012r2 standard x64 en-US 6.3.9600.17514 volume"},
		"a client": {udf(t, "W7", map[string]string{"sources/install.wim": wim(system("Professional", "Client", 0, 6, 1, 7601, 1))}), disc.Identity{
			Product: disc.WindowsClient, Form: disc.Whole, Edition: "professional", Arch: "x86", Language: "en-US", ServicePack: 1, Version: "6.1.7601.17514", Bootable: true, Label: "W7",
		}, "windows-client professional x86 en-US 6.1.7601.17514 SP1"},
		"images that tell nothing": {udf(t, "IR5_SSS_X64FREV_EN_DV9", map[string]string{"sources/install.wim": "MSWIM"}), disc.Identity{
			Product: disc.Windows2012R2, Form: disc.Whole, Arch: "x64", Bootable: true, Label: "IR5_SSS_X64FREV_EN_DV9",
		}, "windows-2012r2 x64"},
		"Exchange 2016 in UDF": {udf(t, "EXCHANGE2016_CU23", map[string]string{"Setup.exe": setupProgram(15, 1, 2507, 6), "Setup/ServerRoles/Common/a": "x"}), disc.Identity{
			Product: disc.Exchange2016, Form: disc.Whole, Arch: "x64", Version: "15.1.2507.6", Bootable: true, Label: "EXCHANGE2016_CU23",
		}, "exchange-2016 x64 15.1.2507.6"},
		"Exchange SE": {udf(t, "SE", map[string]string{"Setup.exe": setupProgram(15, 2, 2562, 17), "Setup/ServerRoles/Common/a": "x"}), disc.Identity{
			Product: disc.ExchangeSE, Form: disc.Whole, Arch: "x64", Version: "15.2.2562.17", Bootable: true, Label: "SE",
		}, "exchange-se x64 15.2.2562.17"},
		"a rollup": {udf(t, "MINE", map[string]string{"Exchange2010-KB3078674-x64-en.msp": strings.Repeat("y", 1<<20-10) + "Update Rollup 11 for Exchange Server 2010 Service Pack 3 (KB3078674)"}), disc.Identity{
			Product: disc.Exchange2010, Form: disc.Update, Bootable: true, Label: "MINE", Rollups: []disc.Rollup{{File: "EXCHANGE2010-KB3078674-X64-EN.MSP", Number: 11, ServicePack: 3}},
		}, "exchange-2010 update update rollup 11 of SP3"},
		"a rollup that tells only its article": {udf(t, "MINE", map[string]string{"Exchange2010-KB2986475-x64-en.msp": "y"}), disc.Identity{
			Product: disc.Exchange2010, Form: disc.Update, Bootable: true, Label: "MINE", Rollups: []disc.Rollup{{File: "EXCHANGE2010-KB2986475-X64-EN.MSP", Number: 8, ServicePack: 3}},
		}, "exchange-2010 update update rollup 8 of SP3"},
		"a service pack as it was downloaded": {udf(t, "MINE", map[string]string{"WindowsServer2003-KB914961-SP2-x86-ENU.exe": "MZ"}), disc.Identity{
			Product: disc.Windows2003, Form: disc.ServicePackOnly, ServicePack: 2, Bootable: true, Label: "MINE",
		}, "windows-2003 SP2 service-pack"},
		"a download of Exchange": {udf(t, "MINE", map[string]string{"Exchange2010-SP3-x64.exe": "MZ"}), disc.Identity{
			Product: disc.ExchangeUnknown, Form: disc.Packed, Bootable: true, Label: "MINE",
		}, "exchange-unknown packed"},
	}
}

// A broken UDF volume is passed over where ISO 9660 is whole, and said.
func TestUDFThatIsBroken(t *testing.T) {
	t.Parallel()
	good := udf(t, "X", map[string]string{"sources/install.wim": wim(system("ServerStandard", "Server", 9, 6, 3, 9600, 0))})
	for why, change := range map[string]func([]byte){
		"has no anchor":    func(b []byte) { b[256*2048+20]++ },
		"no description":   func(b []byte) { b[258*2048+300]++ },
		"is missing":       func(b []byte) { b[257*2048+22] = 7; retag(b, 257) },
		"is cut short":     func(b []byte) { b[257*2048+195] = 0x7F; retag(b, 257) },
		"blocks of 512":    func(b []byte) { b[258*2048+213] = 2; retag(b, 258) },
		"of several parts": func(b []byte) { b[258*2048+440] = 2; retag(b, 258) },
		"has no file set":  func(b []byte) { b[partitionAt*2048+4]++ },
		"points outside":   func(b []byte) { b[258*2048+254] = 0x7F; retag(b, 258) },
	} {
		broken := bytes.Clone(good)
		change(broken)
		id, err := disc.Identify(bytes.NewReader(broken), int64(len(broken)))
		if err != nil || id.Product != disc.Unknown || !strings.Contains(fmt.Sprint(id.Evidence), why) {
			t.Errorf("%s: %v %q %v", why, id, id.Evidence, err)
		}
	}
}

// retag mends the sums of a descriptor that was changed.
func retag(image []byte, sector uint32) {
	b := &bridge{image: image}
	d := b.sector(sector)
	b.tag(sector, sector, binary.LittleEndian.Uint16(d), int(binary.LittleEndian.Uint16(d[10:])))
}

// A folder in UDF that is its own subfolder, and a file of enormous length.
func TestUDFThatIsHostile(t *testing.T) {
	t.Parallel()
	image := udf(t, "X", map[string]string{"sources/install.wim": "x"})
	at := bytes.Index(image, []byte("\x08sources")) - 38
	root := binary.LittleEndian.Uint32(image[partitionAt*2048+404:])
	cyclic := bytes.Clone(image)
	binary.LittleEndian.PutUint32(cyclic[at+24:], root)
	if id, err := disc.Identify(bytes.NewReader(cyclic), int64(len(cyclic))); err != nil || id.Product != disc.Unknown {
		t.Errorf("%v %v", id, err)
	}
	huge := bytes.Clone(image)
	b := &bridge{image: huge}
	d := b.sector(partitionAt + 1) // the file's entry was written first
	binary.LittleEndian.PutUint64(d[56:], 1<<50)
	b.tag(partitionAt+1, 1, 261, int(binary.LittleEndian.Uint16(d[10:])))
	if _, err := disc.Identify(bytes.NewReader(huge), int64(len(huge))); err == nil || !strings.Contains(err.Error(), "claims 1125899906842624 bytes") {
		t.Errorf("%v", err)
	}
}

// An independent writer of UDF.
func TestIdentifyReadsUDFOfGenisoimage(t *testing.T) {
	t.Parallel()
	needs(t, "genisoimage", "apt-get install genisoimage")
	from := t.TempDir()
	for path, text := range map[string]string{
		"sources/install.wim": wim(system("ServerStandard", "Server", 9, 10, 0, 17763, 0)), "WindowsServer2003-KB914961-SP1-x86-ENU.txt": "no pack",
	} {
		path = filepath.Join(from, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, form := range [][]string{{"-udf"}, {"-J", "-joliet-long"}, {"-udf", "-hide", "sources"}} {
		to := filepath.Join(t.TempDir(), "win.iso")
		run(t, append(append([]string{"genisoimage"}, form...), "-quiet", "-V", "SSS", "-o", to, from)...)
		f, err := os.Open(to)
		if err != nil {
			t.Fatal(err)
		}
		info, _ := f.Stat()
		m, err := disc.Open(f, info.Size())
		if err != nil {
			t.Fatal(err)
		}
		if id := m.Identity(); id.Product != disc.Windows2019 || strings.Contains(fmt.Sprint(id.Evidence), "UDF") {
			t.Errorf("%v: %s %q", form, id, id.Evidence)
		}
		for path, want := range map[string]bool{
			`WindowsServer2003-KB914961-*-x86*.TXT`: true, `SOURCES\install.wim`: true, "sources": false, "sources/*.esd": false, "*2003*": true, "*.txt*x": false,
		} {
			if got, err := m.Has(path); err != nil || got != want {
				t.Errorf("%v: %s is there: %v %v", form, path, got, err)
			}
		}
		_ = f.Close()
	}
}
