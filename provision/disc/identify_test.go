package disc_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/doublehop/doublehop/provision/disc"
)

// media makes an image with empty files of these names, and content for some.
func media(t testing.TB, label string, content map[string]string, names ...string) []byte {
	t.Helper()
	var files []disc.File
	for _, name := range names {
		files = append(files, disc.Bytes(name, nil))
	}
	for name, text := range content {
		files = append(files, disc.Bytes(name, []byte(text)))
	}
	image, err := disc.ISO(label, files)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := image.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bootable puts an El Torito boot record in place of the terminator, and its
// catalogue behind the volume.
func bootable(image []byte) []byte {
	image = bytes.Clone(image)
	record := image[17*2048:][:2048]
	clear(record)
	copy(record, "\x00CD001\x01EL TORITO SPECIFICATION")
	binary.LittleEndian.PutUint32(record[71:], uint32(len(image)/2048))
	catalog := make([]byte, 2048)
	catalog[0], catalog[30], catalog[31], catalog[32] = 1, 0x55, 0xAA, 0x88
	binary.LittleEndian.PutUint16(catalog[28:], 0x10000-0xAA55-1) // the sum of its words is 0
	return append(image, catalog...)
}

// setupProgram is a program with a version resource.
func setupProgram(a, b, c, d uint16) string {
	p := append(bytes.Repeat([]byte{0x90}, 3000), "\xBD\x04\xEF\xFE\x00\x00\x01\x00"...)
	for _, n := range []uint16{b, a, d, c} {
		p = binary.LittleEndian.AppendUint16(p, n)
	}
	return string(append(p, make([]byte, 100)...))
}

// known is an image and what it is.
type known struct {
	image []byte
	want  disc.Identity
	text  string
}

func windowsDiscs(t *testing.T) map[string]known {
	t.Helper()
	boot := func(label string, names ...string) []byte {
		return bootable(media(t, label, map[string]string{"I386/SETUPP.INI": "[Pid]\r\nExtraData=x\r\nPid=69763270\r\n"}, names...))
	}
	return map[string]known{
		"2003 enterprise with SP1": {boot("ARMEVOL_EN", "WIN51", "WIN51IA", "WIN51IA.SP1"), disc.Identity{
			Product: disc.Windows2003, Form: disc.Whole, Edition: "enterprise", Arch: "x86", Language: "EN", ServicePack: 1, KeyClass: disc.Volume, Bootable: true, Label: "ARMEVOL_EN",
		}, "windows-2003 enterprise x86 EN SP1 volume"},
		"2003 under another label": {boot("MYDISC", "WIN51", "WIN51IS"), disc.Identity{
			Product: disc.Windows2003, Form: disc.Whole, Edition: "standard", Arch: "x86", KeyClass: disc.Volume, Bootable: true, Label: "MYDISC",
		}, "windows-2003 standard x86 volume"},
		"2003 evaluation": {boot("NRMSEVL_DE", "WIN51", "WIN51IS"), disc.Identity{
			Product: disc.Windows2003, Form: disc.Whole, Edition: "standard", Arch: "x86", Language: "DE", KeyClass: disc.Evaluation, Bootable: true, Label: "NRMSEVL_DE",
		}, "windows-2003 standard x86 DE evaluation"},
		"R2 disc 1": {boot("CRMEVOL_EN", "WIN51", "WIN51IA", "WIN51IA.SP2"), disc.Identity{
			Product: disc.Windows2003, Form: disc.Whole, Edition: "enterprise", Arch: "x86", Language: "EN", ServicePack: 2, R2: true, KeyClass: disc.Volume, Bootable: true, Label: "CRMEVOL_EN",
		}, "windows-2003 enterprise x86 EN SP2 volume"},
		"R2 disc 2": {media(t, "CR0ECD2_EN", nil, "CMPNENTS/R2/SETUP2.EXE"), disc.Identity{
			Product: disc.Windows2003R2, Form: disc.SecondDisc, Arch: "x86", Language: "EN", Label: "CR0ECD2_EN",
		}, "windows-2003r2 x86 EN disc-2"},
		"2003 for x64": {boot("ARMEXFPP_EN", "WIN51", "WIN51AA", "AMD64/A"), disc.Identity{
			Product: disc.Windows2003, Form: disc.Whole, Edition: "enterprise", Arch: "x64", Language: "EN", ServicePack: 1, KeyClass: disc.Volume, Bootable: true, Label: "ARMEXFPP_EN",
		}, "windows-2003 enterprise x64 EN SP1 volume"},
		"service pack": {boot("CR0SP2_EN", "WIN51", "WIN51IS", "WIN51IS.SP2"), disc.Identity{
			Product: disc.Windows2003, Form: disc.ServicePackOnly, Arch: "x86", Language: "EN", ServicePack: 2, Bootable: true, Label: "CR0SP2_EN",
		}, "windows-2003 x86 EN SP2 service-pack"},
		"2000 advanced server with SP4": {boot("ZRMAFPP_EN", "CDROM_NT.5", "CDROM_IA.5"), disc.Identity{
			Product: disc.Windows2000, Form: disc.Whole, Edition: "enterprise", Arch: "x86", Language: "EN", ServicePack: 4, KeyClass: disc.Volume, Bootable: true, Label: "ZRMAFPP_EN",
		}, "windows-2000 enterprise x86 EN SP4 volume"},
		"XP": {boot("WXPVOL", "WIN51", "WIN51IP"), disc.Identity{
			Product: disc.WindowsClient, Form: disc.Whole, Edition: "professional", Arch: "x86", KeyClass: disc.Volume, Bootable: true, Label: "WXPVOL",
		}, "windows-client professional x86 volume"},
	}
}

func otherDiscs(t *testing.T) map[string]known {
	t.Helper()
	german := setupProgram(6, 5, 6944, 0) + "T\x00r\x00a\x00n\x00s\x00l\x00a\x00t\x00i\x00o\x00n\x00\x00\x00\x00\x00\x07\x04\xE4\x04"
	exchange := map[string]string{"SETUP/I386/SETUP.EXE": setupProgram(6, 5, 6944, 0)}
	return map[string]known{
		"Exchange 2003": {media(t, "EXCH", exchange, "EXDEPLOY/A.HTM"), disc.Identity{
			Product: disc.Exchange2003, Form: disc.Whole, Arch: "x86", Version: "6.5.6944.0", Label: "EXCH",
		}, "exchange-2003 x86 6.5.6944.0"},
		"Exchange 2003 by its version": {media(t, "EXCH", exchange), disc.Identity{
			Product: disc.Exchange2003, Form: disc.Whole, Arch: "x86", Version: "6.5.6944.0", Label: "EXCH",
		}, "exchange-2003 x86 6.5.6944.0"},
		"Exchange 2003 by its tools": {media(t, "EXCH", nil, "SETUP/I386/SETUP.EXE", "EXDEPLOY/A.HTM"), disc.Identity{
			Product: disc.Exchange2003, Form: disc.Whole, Arch: "x86", Label: "EXCH",
		}, "exchange-2003 x86"},
		"Exchange 2000": {media(t, "EX", map[string]string{"SETUP/I386/SETUP.EXE": setupProgram(6, 0, 4417, 5)}, "ADC/A"), disc.Identity{
			Product: disc.Exchange2000, Form: disc.Whole, Arch: "x86", Version: "6.0.4417.5", Label: "EX",
		}, "exchange-2000 x86 6.0.4417.5"},
		"Exchange 2010": {media(t, "EX", map[string]string{"SETUP.EXE": setupProgram(14, 3, 123, 4)}, "SETUP/SERVERRO/COMMON/A"), disc.Identity{
			Product: disc.Exchange2010, Form: disc.Whole, Arch: "x64", Version: "14.3.123.4", Label: "EX",
		}, "exchange-2010 x64 14.3.123.4"},
		"Exchange 2003 in German": {media(t, "EXCH", map[string]string{"SETUP/I386/SETUP.EXE": german}), disc.Identity{
			Product: disc.Exchange2003, Form: disc.Whole, Arch: "x86", Language: "DE", Version: "6.5.6944.0", Label: "EXCH",
		}, "exchange-2003 x86 DE 6.5.6944.0"},
		"a service pack of Exchange 2003": {media(t, "SP2", map[string]string{"SETUP/I386/UPDATE.EXE": setupProgram(6, 5, 7638, 1)}, "SETUP/I386/SETUP.EXE"), disc.Identity{
			Product: disc.Exchange2003, Form: disc.ServicePackOnly, Arch: "x86", Version: "6.5.7638.1", Label: "SP2",
		}, "exchange-2003 x86 6.5.7638.1 service-pack"},
		"Exchange 2007 for x86": {udf(t, "EX", map[string]string{"SETUP.EXE": setupProgram(8, 1, 240, 6), "ExchangeServer.msi": "..Intel;1033", "SETUP/SERVERROLES/A": ""}), disc.Identity{
			Product: disc.Exchange2007, Form: disc.Whole, Arch: "x86", Version: "8.1.240.6", Label: "EX", Bootable: true,
		}, "exchange-2007 x86 8.1.240.6"},
		"Exchange 2007 for x64": {udf(t, "EX", map[string]string{"SETUP.EXE": setupProgram(8, 1, 240, 6), "ExchangeServer.msi": "..x64;1033", "SETUP/SERVERROLES/A": ""}), disc.Identity{
			Product: disc.Exchange2007, Form: disc.Whole, Arch: "x64", Version: "8.1.240.6", Label: "EX", Bootable: true,
		}, "exchange-2007 x64 8.1.240.6"},
		"a service pack of Windows 2003, unpacked": {media(t, "MINE", map[string]string{"I386/UPDATE/UPDATE.INF": "[Version]\r\nNtBuildToUpdate=3790\r\n"}, "I386/UPDATE/UPDATE.EXE"), disc.Identity{
			Product: disc.Windows2003, Form: disc.ServicePackOnly, Label: "MINE",
		}, "windows-2003 service-pack"},
		"another program's setup": {media(t, "SQL", nil, "SETUP/I386/SETUP.EXE"), disc.Identity{
			Product: disc.Unknown, Label: "SQL",
		}, "unknown"},
		"a label without its files": {media(t, "ARMEVOL_EN", nil, "README.TXT"), disc.Identity{
			Product: disc.Unknown, Label: "ARMEVOL_EN",
		}, "unknown"},
		"a later Windows": {media(t, "SSS", nil, "SOURCES/INSTALL.WIM"), disc.Identity{
			Product: disc.WindowsUnknown, Form: disc.Whole, Label: "SSS",
		}, "windows-unknown"},
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	discs := windowsDiscs(t)
	maps.Copy(discs, otherDiscs(t))
	maps.Copy(discs, laterDiscs(t))
	for name, c := range discs {
		got, err := disc.Identify(bytes.NewReader(c.image), int64(len(c.image)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.want.Application = "DOUBLEHOP"
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(disc.Identity{}, "Evidence", "Images")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got.String() != c.text {
			t.Errorf("%s: %s", name, got)
		}
		if (got.Product == disc.Unknown) != (len(got.Evidence) == 0) {
			t.Errorf("%s: evidence %q", name, got.Evidence)
		}
	}
}

func TestIdentifyRefusesWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	good := media(t, "GOOD", nil, "SETUP/I386/SETUP.EXE", "A.TXT")
	root := int(binary.LittleEndian.Uint32(good[16*2048+158:])) * 2048
	change := func(at int, b ...byte) []byte {
		bad := bytes.Clone(good)
		copy(bad[at:], b)
		return bad
	}
	for why, image := range map[string][]byte{
		"it has 0 bytes":           nil,
		"it has no ISO 9660":       make([]byte, 1<<20),
		"is cut short":             good[:len(good)-2048],
		"raw CD image":             append([]byte("\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00"), good...),
		"packed archive":           append([]byte("PK\x03\x04"), good...),
		"logical blocks of 512":    change(16*2048+128, 0, 2),
		"its root folder is empty": change(16*2048+166, 0, 0, 0, 0),
		"points outside":           change(16*2048+158, 0xFF, 0xFF, 0xFF, 0x7F),
		"claims 4294967295 bytes":  change(16*2048+166, 0xFF, 0xFF, 0xFF, 0xFF),
		"is too short":             change(root+68, 20),
		"crosses its end":          change(16*2048+166, 78, 0, 0, 0),
	} {
		_, err := disc.Identify(bytes.NewReader(image), int64(len(image)))
		if _, ok := errors.AsType[*disc.ImageError](err); !ok || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want %q", err, why)
		}
	}
	if _, err := disc.Identify(bytes.NewReader(good), int64(len(good))+4096); err != nil {
		t.Errorf("a file that is longer than its volume: %v", err)
	}
}

// A folder that is its own subfolder must not be walked for ever.
func TestIdentifyEndsOnACyclicDisc(t *testing.T) {
	t.Parallel()
	image := media(t, "CYCLE", nil, "SETUP/I386/SETUP/A.TXT")
	root := image[16*2048+156:][:34]
	at := bytes.Index(image, []byte("\x04I386")) - 32
	copy(image[at+2:at+18], root[2:18])
	if _, err := disc.Identify(bytes.NewReader(image), int64(len(image))); err != nil {
		t.Error(err)
	}
}

// counting fails a read beyond a budget.
type counting struct {
	r    io.ReaderAt
	left int64
}

func (c *counting) ReadAt(p []byte, at int64) (int, error) {
	if c.left -= int64(len(p)); c.left < 0 {
		return 0, errors.New("the budget is used up")
	}
	return c.r.ReadAt(p, at)
}

func FuzzIdentify(f *testing.F) {
	for _, image := range [][]byte{
		nil,
		media(f, "PLAIN", nil, "A.TXT"),
		bootable(media(f, "ARMEVOL_EN", map[string]string{"I386/SETUPP.INI": "Pid=X270"}, "WIN51", "WIN51IA")),
		media(f, "EX", map[string]string{"SETUP/I386/SETUP.EXE": setupProgram(6, 5, 6944, 0)}, "EXDEPLOY/A"),
		media(f, "EX", map[string]string{"SETUP.EXE": "x"}, "SETUP/SERVERRO/A"),
		media(f, "R2", nil, "CMPNENTS/R2/A"),
	} {
		f.Add(image, int64(0))
		f.Add(image, int64(1)<<60)
	}
	f.Fuzz(func(t *testing.T, image []byte, more int64) {
		size := int64(len(image))
		if more > 0 {
			size = more // a size that the file does not have
		}
		bounded(t, image, size)
	})
}

// bounded identifies an image, and looks for a file on it, within a budget of
// bytes and of time.
func bounded(t *testing.T, image []byte, size int64) {
	t.Helper()
	const budget = 300 << 20
	c := &counting{bytes.NewReader(image), budget}
	began := time.Now()
	m, err := disc.Open(c, size)
	if err == nil {
		_ = fmt.Sprint(m.Identity())
		_, _ = m.Has(`I386\*.exe`)
	}
	if c.left < 0 {
		t.Fatalf("read more than %d bytes", int64(budget))
	}
	if took := time.Since(began); took > 20*time.Second { // on a busy host, too
		t.Fatalf("it took %s", took)
	}
}

// FuzzDamage changes bytes where a disc describes itself, and mends the sums of
// UDF, so that damage is not found by them alone. A change is four bytes: which
// of the described sectors, where in it, and the new value.
func FuzzDamage(f *testing.F) {
	images := [][]byte{
		bootable(media(f, "ARMEVOL_EN", map[string]string{"I386/SETUPP.INI": "Pid=X270"}, "WIN51", "WIN51IA")),
		udf(f, "SSS", map[string]string{"sources/install.wim": wim(system("ServerStandard", "Server", 9, 10, 0, 14393, 0)), "sources/ei.cfg": "[Channel]\r\nVolume\r\n"}),
		udf(f, "EX", map[string]string{"Setup.exe": setupProgram(15, 1, 2507, 6), "Setup/ServerRoles/Common/a": "x", "i386/a.exe": "x"}),
		udf(f, "RU", map[string]string{"Exchange2010-KB3078674-x64-en.msp": "Update Rollup 11 for Exchange Server 2010"}),
	}
	for n := range images {
		f.Add(byte(n), []byte{0, 0, 0, 0})
		f.Add(byte(n), []byte{3, 0, 212, 1, 5, 1, 190, 7})
	}
	f.Fuzz(func(t *testing.T, which byte, changes []byte) {
		image := bytes.Clone(images[int(which)%len(images)])
		var sectors []int
		for at := 16; at < len(image)/2048; at++ {
			if bytes.ContainsFunc(image[at*2048:][:2048], func(r rune) bool { return r != 0 }) {
				sectors = append(sectors, at)
			}
		}
		for ; len(changes) >= 4; changes = changes[4:] {
			at := sectors[int(changes[0])%len(sectors)]
			image[at*2048+(int(changes[1])<<8|int(changes[2]))%2048] = changes[3]
			mend(image, uint32(at))
		}
		bounded(t, image, int64(len(image)))
	})
}

// mend makes the sums of a descriptor right, where the sector may be one.
func mend(image []byte, sector uint32) {
	d := image[sector*2048:][:2048]
	id, length := binary.LittleEndian.Uint16(d), binary.LittleEndian.Uint16(d[10:])
	if length > 2032 || !slices.Contains([]uint16{2, 5, 6, 8, 256, 261}, id) {
		return
	}
	b := &bridge{image: image}
	b.tag(sector, binary.LittleEndian.Uint32(d[12:]), id, int(length))
}

// Discs of other makers: xorriso's with Joliet, Rock Ridge and El Torito.
func TestIdentifyReadsXorriso(t *testing.T) {
	t.Parallel()
	needs(t, "xorriso", "apt-get install xorriso")
	from := t.TempDir()
	for name, text := range map[string]string{"WIN51": "", "win51is": "", "I386/setupp.ini": "[Pid]\r\nPid=1234OEM\r\n", "boot.img": "boot"} {
		path := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(t.TempDir(), "win.iso")
	run(t, "xorriso", "-as", "mkisofs", "-quiet", "-J", "-R", "-V", "NRMSOEM_FR", "-b", "boot.img", "-no-emul-boot", "-boot-load-size", "4", "-o", to, from)
	f, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, _ := f.Stat()
	id, err := disc.Identify(f, info.Size())
	if err != nil || id.String() != "windows-2003 standard x86 FR oem" || !id.Bootable {
		t.Errorf("%s %v, bootable %v: %v", id, id.Evidence, id.Bootable, err)
	}
}
