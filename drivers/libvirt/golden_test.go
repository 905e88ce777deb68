package libvirt

import (
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

var here = place{pool: "/var/lib/libvirt/doublehop", accelerator: "tcg"}

// profiled are the systems with a profile, and the architecture of each.
var profiled = func() (list []string) {
	for _, p := range drivers.Profiles() {
		list = append(list, p.OS+" "+p.Arch)
	}
	return list
}()

// machineOf is a machine of a lab with everything in it.
func machineOf(t *testing.T, os string) drivers.MachineSpec {
	t.Helper()
	os, arch, _ := strings.Cut(os, " ")
	hardware, ok := drivers.HardwareOf(os, orX86(arch))
	if !ok {
		t.Fatalf("no profile for %s", os)
	}
	return drivers.MachineSpec{
		Name: "dh-demo-dc01", UUID: "4b6b3f6e-7a55-5c8e-9f5e-2d8a3c1b0a99",
		Mark:     drivers.Mark{Lab: "demo", Instance: "demo", Object: "dc01", Facts: map[string]string{"stage": "forest <&\">"}},
		Hardware: hardware, Memory: 512 << 20, CPUs: 1,
		Disks: []drivers.Disk{
			{Target: "hda", Volume: "dh-run-demo-dc01-system-0123456789ab.qcow2"},
			{Target: "hdb", Volume: "dh-run-demo-dc01-data-0123456789ab.qcow2"},
		},
		Drives: []drivers.Drive{
			{Target: "fda", Volume: "dh-floppy-demo-dc01-0123456789ab.img"},
			{Target: "hdc", Volume: "dh-media-00112233445566778899aabbccddeeff.iso"},
			{Target: "hdd"},
		},
		NICs:  []drivers.NIC{{Network: "dh-demo-corp", MAC: "52:54:00:12:34:56"}},
		Clock: drivers.Clock{Start: time.Date(2006, 3, 1, 8, 0, 0, 0, time.UTC)},
	}
}

func networkSpec() drivers.NetworkSpec {
	return drivers.NetworkSpec{
		Name: "dh-demo-corp", UUID: "0b6b3f6e-7a55-5c8e-9f5e-2d8a3c1b0a99", Bridge: "dh0123456789",
		Mark: drivers.Mark{Lab: "demo", Instance: "demo", Object: "corp"}, Subnet: "10.20.0.0/24",
	}
}

func TestDefinitionsAreWrittenAsTheyWereAgreed(t *testing.T) {
	for _, os := range profiled {
		domain, err := domainOf(machineOf(t, os), here)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, strings.ReplaceAll(strings.TrimSuffix(os, " x86"), " ", "-")+".xml", marshal(t, domain.Marshal))
	}
	bare := machineOf(t, "windows-2003")
	bare.Disks, bare.Drives, bare.NICs, bare.Clock, bare.Mark.Facts = nil, nil, nil, drivers.Clock{}, nil
	domain, err := domainOf(bare, place{pool: "/pool", accelerator: "kvm"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "bare-kvm.xml", marshal(t, domain.Marshal))

	network, err := networkOf(networkSpec())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "network.xml", marshal(t, network.Marshal))
	filter, err := filterOf("dh-demo-corp", "dh0123456789", "10.20.0.0/24")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "filter.xml", marshal(t, filter.Marshal))

	golden(t, "pool.xml", marshal(t, poolOf("doublehop", "/var/lib/libvirt/doublehop").Marshal))
	blank := drivers.VolumeSpec{Name: "dh-layer-a-system-demo.qcow2", Capacity: 16 << 30}
	golden(t, "volume-blank.xml", marshal(t, diskVolumeOf(blank, here).Marshal))
	over := drivers.VolumeSpec{Name: "dh-run-demo-dc01-system-b.qcow2", Backing: "dh-layer-a-system-demo.qcow2"}
	golden(t, "volume-overlay.xml", marshal(t, diskVolumeOf(over, here).Marshal))
	golden(t, "volume-raw.xml", marshal(t, rawVolumeOf("dh-media-0011.iso").Marshal))
}

func marshal(t *testing.T, do func() (string, error)) string {
	t.Helper()
	doc, err := do()
	if err != nil {
		t.Fatal(err)
	}
	return doc + "\n"
}

func TestASpecReadBackFromItsXMLIsTheSame(t *testing.T) {
	for _, os := range profiled {
		spec := machineOf(t, os)
		domain, err := domainOf(spec, here)
		if err != nil {
			t.Fatal(err)
		}
		var in libvirtxml.Domain
		if err := in.Unmarshal(marshal(t, domain.Marshal)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(spec, specOf(&in, here)); diff != "" {
			t.Errorf("%s (-written +read):\n%s", os, diff)
		}
	}
}

// Every field of a spec either makes the hardware differ or is exempt here.
func TestNoChangeOfHardwareGoesUnseen(t *testing.T) {
	base := machineOf(t, "windows-2003")
	for name, change := range map[string]func(*drivers.MachineSpec){
		"Name":             func(s *drivers.MachineSpec) { s.Name += "x" },
		"UUID":             func(s *drivers.MachineSpec) { s.UUID = "another" },
		"Hardware.Arch":    func(s *drivers.MachineSpec) { s.Hardware.Arch = "x86_64" },
		"Hardware.Chipset": func(s *drivers.MachineSpec) { s.Hardware.Chipset = "pc-i440fx-7.2" },
		"Hardware.CPU":     func(s *drivers.MachineSpec) { s.Hardware.CPU = "pentium3" },
		"Hardware.Features": func(s *drivers.MachineSpec) {
			s.Hardware.Features = []string{"+nx"}
		},
		"Hardware.ACPI":  func(s *drivers.MachineSpec) { s.Hardware.ACPI = false },
		"Hardware.APIC":  func(s *drivers.MachineSpec) { s.Hardware.APIC = false },
		"Hardware.NIC":   func(s *drivers.MachineSpec) { s.Hardware.NIC = "e1000" },
		"Hardware.Video": func(s *drivers.MachineSpec) { s.Hardware.Video = "vga" },
		"Memory":         func(s *drivers.MachineSpec) { s.Memory *= 2 },
		"CPUs":           func(s *drivers.MachineSpec) { s.CPUs++ },
		"Disks":          func(s *drivers.MachineSpec) { s.Disks = []drivers.Disk{{Target: "hda", Volume: "dh-other.qcow2"}} },
		"Drives":         func(s *drivers.MachineSpec) { s.Drives = s.Drives[1:] },
		"NICs":           func(s *drivers.MachineSpec) { s.NICs = []drivers.NIC{{Network: "dh-other", MAC: "52:54:00:12:34:56"}} },
		"Clock":          func(s *drivers.MachineSpec) { s.Clock.Start = s.Clock.Start.Add(time.Hour) },
	} {
		spec := base
		change(&spec)
		if sameHardware(base, spec) {
			t.Errorf("a change of %s is not seen", name)
		}
	}
	for _, kind := range []reflect.Type{reflect.TypeFor[drivers.MachineSpec](), reflect.TypeFor[drivers.Hardware]()} {
		if known := map[string]int{"MachineSpec": 10, "Hardware": 8}[kind.Name()]; kind.NumField() != known {
			t.Errorf("%s has %d fields and this test knows %d: add the new one", kind.Name(), kind.NumField(), known)
		}
	}
	spec := base
	spec.Drives = []drivers.Drive{{Target: "hdd", Volume: "dh-x.iso"}, {Target: "hdc"}, {Target: "fda"}}
	spec.Mark = drivers.Mark{}
	if !sameHardware(base, spec) {
		t.Error("media and marks are not hardware")
	}
}

func TestAMarkIsReadBackAndNothingElseIs(t *testing.T) {
	mark := drivers.Mark{Lab: "a<b", Instance: "i&i", Object: `"o"`, Facts: map[string]string{"k": " two\nlines\t", "e": ""}}
	for _, prefixed := range []bool{true, false} {
		doc, err := encodeMark(mark, "10.0.0.0/8", prefixed)
		if err != nil {
			t.Fatal(err)
		}
		got, subnet, ok := decodeMark("<x:other xmlns:x='urn:x'/>" + doc)
		if diff := cmp.Diff(mark, got); diff != "" || !ok || subnet != "10.0.0.0/8" {
			t.Errorf("subnet %q, ok %v (-want +got):\n%s", subnet, ok, diff)
		}
	}
	for _, foreign := range []string{"", "<x:mark xmlns:x='urn:x' instance='i'/>", "<mark", "<other/>"} {
		if _, _, ok := decodeMark(foreign); ok {
			t.Errorf("%q is taken for a mark of ours", foreign)
		}
	}
	mark.Object = "a\x00b"
	if _, err := encodeMark(mark, "", true); err == nil {
		t.Error("a zero byte was written into XML")
	}
}

func TestAFilterThatSomebodyChangedIsNotTheSame(t *testing.T) {
	want, err := filterOf("n", "dh0123456789", "10.20.0.0/24")
	if err != nil {
		t.Fatal(err)
	}
	read := func() *libvirtxml.NWFilter {
		doc := marshal(t, want.Marshal)
		have := &libvirtxml.NWFilter{}
		if err := have.Unmarshal(doc); err != nil {
			t.Fatal(err)
		}
		return have
	}
	have := read()
	have.UUID = "3f0d9b8c-0000-0000-0000-000000000000" // libvirt adds one
	if !sameFilter(have, want) {
		t.Error("our own filter read back differs")
	}
	have = read()
	have.Entries[5].Rule.IP.DstIPMask = field("8")
	if sameFilter(have, want) {
		t.Error("a wider mask is not seen")
	}
	have = read()
	have.Entries = have.Entries[:len(have.Entries)-1]
	if sameFilter(have, want) {
		t.Error("a missing last rule is not seen")
	}
}

// FuzzForeignXML feeds what a hypervisor might say to everything that reads it.
func FuzzForeignXML(f *testing.F) {
	f.Add("<domain><name>x</name><devices><disk device='cdrom'><target dev='hdc'/></disk></devices></domain>")
	f.Add("<domain><devices><disk/><interface/><video/></devices><cpu><model/><feature/></cpu></domain>")
	f.Fuzz(func(_ *testing.T, doc string) {
		var domain libvirtxml.Domain
		if domain.Unmarshal(doc) == nil {
			specOf(&domain, here)
		}
		var short brief
		_ = xml.Unmarshal([]byte(doc), &short)
		decodeMark(doc)
	})
}

func orX86(arch string) string {
	if arch == "" {
		return "x86"
	}
	return arch
}
