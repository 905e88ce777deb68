package disc

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Product is what a disc of the user installs.
type Product string

// The products that are told apart.
const (
	Windows2000   Product = "windows-2000"
	WindowsXP     Product = "windows-xp"
	Windows2003   Product = "windows-2003"
	Windows2003R2 Product = "windows-2003-r2-disc-2"
	Windows2003SP Product = "windows-2003-service-pack"
	Windows2008R2 Product = "windows-2008-r2"
	Windows2012R2 Product = "windows-2012-r2"
	WindowsLater  Product = "windows-vista-or-later"
	Exchange2000  Product = "exchange-2000"
	Exchange2003  Product = "exchange-2003"
	Exchange2007  Product = "exchange-2007"
	Exchange2010  Product = "exchange-2010"
	Exchange2013  Product = "exchange-2013"
	Exchange2016  Product = "exchange-2016"
	Exchange2019  Product = "exchange-2019"
	ExchangeOther Product = "exchange-unknown"
	Unknown       Product = "unknown"
)

// KeyClass is the kind of product key that a disc takes.
type KeyClass string

// The classes of keys.
const (
	Retail     KeyClass = "retail"
	OEM        KeyClass = "oem"
	Volume     KeyClass = "volume"
	Evaluation KeyClass = "evaluation"
)

// The architectures.
const (
	X86     = "x86"
	X64     = "x64"
	Itanium = "ia64"
)

// Identity is what a disc image turned out to be. What could not be told is
// empty.
type Identity struct {
	Product Product
	// Edition is "standard", "enterprise", "advanced-server", ...
	Edition string
	// Arch is one of [X86], [X64] and [Itanium].
	Arch string
	// Language is as Microsoft's label says it: "EN".
	Language string
	// ServicePack is the one that the disc holds; 0 is none or unknown.
	ServicePack int
	// R2 says that it is disc 1 of Windows Server 2003 R2.
	R2 bool
	// Version is the version of an Exchange setup: "6.5.6944.0".
	Version  string
	KeyClass KeyClass
	// Bootable says that the disc has a boot record (El Torito).
	Bootable bool
	// Label, Publisher and Application are the volume's own texts.
	Label, Publisher, Application string
	// Evidence is what it was told by, for people.
	Evidence []string
}

// Identify looks into a disc image of size bytes. An image that cannot be read
// is an [ImageError]; one that can but is nothing we know is [Unknown]. It
// reads a bounded part of the image, whatever the image says. Markers are
// believed before labels, as a remade disc has its maker's label.
func Identify(r io.ReaderAt, size int64) (Identity, error) {
	v, err := openVolume(r, size)
	if err != nil {
		return Identity{}, fmt.Errorf("identify disc: %w", err)
	}
	id := Identity{
		Product: Unknown, Label: v.label, Publisher: v.publisher, Application: v.application, Bootable: v.bootable(),
	}
	root, err := v.list(v.root)
	if err != nil {
		return Identity{}, fmt.Errorf("identify disc: %w", err)
	}
	names := map[string]bool{}
	for _, i := range root {
		names[i.name] = true
	}
	label := readLabel(v.label)
	for _, look := range []func(*Identity, *volume, map[string]bool) error{windows, exchange, laterWindows} {
		if err := look(&id, v, names); err != nil {
			return Identity{}, fmt.Errorf("identify disc: %w", err)
		}
		if id.Product != Unknown {
			break
		}
	}
	label.complete(&id)
	return id, nil
}

func (i *Identity) say(format string, args ...any) {
	i.Evidence = append(i.Evidence, fmt.Sprintf(format, args...))
}

// windows knows the discs of Windows 2000 to 2003 by the marker files in their
// roots, as their own Setup does.
func windows(id *Identity, v *volume, root map[string]bool) error {
	switch {
	case root["CDROM_NT.5"]:
		id.Product, id.Arch = Windows2000, X86
		id.say("the file CDROM_NT.5")
		for _, m := range [][2]string{
			{"IS", "server"}, {"IA", "advanced-server"}, {"ID", "datacenter-server"}, {"IP", "professional"},
		} {
			if file := "CDROM_" + m[0] + ".5"; root[file] {
				id.Edition = m[1]
				id.say("the file %s", file)
				break
			}
		}
	case root["WIN51"]:
		windows51(id, root)
	case root["CMPNENTS"]:
		if _, ok, err := v.find("CMPNENTS/R2"); err != nil || !ok {
			return err
		}
		id.Product, id.Arch = Windows2003R2, X86
		id.say(`the folder CMPNENTS\R2`)
	default:
		return nil
	}
	return keyClass(id, v)
}

// windows51 tells Windows XP and 2003 and their editions apart.
func windows51(id *Identity, root map[string]bool) {
	id.Product, id.Arch = Windows2003, X86
	id.say("the file WIN51")
	for _, m := range []struct {
		mark, edition, arch string
		product             Product
	}{
		{"IS", "standard", X86, Windows2003},
		{"IA", "enterprise", X86, Windows2003},
		{"IB", "web", X86, Windows2003},
		{"ID", "datacenter", X86, Windows2003},
		{"IL", "small-business", X86, Windows2003},
		{"AS", "standard", X64, Windows2003},
		{"AA", "enterprise", X64, Windows2003},
		{"AD", "datacenter", X64, Windows2003},
		{"MA", "enterprise", Itanium, Windows2003},
		{"MD", "datacenter", Itanium, Windows2003},
		{"IC", "home", X86, WindowsXP},
		{"IP", "professional", X86, WindowsXP},
		{"AP", "professional", X64, WindowsXP},
		{"MP", "professional", Itanium, WindowsXP},
	} {
		file := "WIN51" + m.mark
		if !root[file] {
			continue
		}
		id.Product, id.Edition, id.Arch = m.product, m.edition, m.arch
		id.say("the file %s", file)
		for sp := 1; sp <= 3; sp++ {
			if mark := fmt.Sprintf("%s.SP%d", file, sp); root[mark] {
				id.ServicePack = sp
				id.say("the file %s", mark)
			}
		}
		break
	}
	switch { // a 64-bit disc has I386 as well
	case root["AMD64"]:
		id.Arch = X64
		id.say("the folder AMD64")
	case root["IA64"]:
		id.Arch = Itanium
		id.say("the folder IA64")
	}
}

// keyClass reads the end of Pid in I386\SETUPP.INI.
func keyClass(id *Identity, v *volume) error {
	i, ok, err := v.find("I386/SETUPP.INI")
	if err != nil || !ok {
		return err
	}
	b, err := v.content(i, 4096)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		if !strings.EqualFold(strings.TrimSpace(key), "Pid") || len(value) < 3 {
			continue
		}
		end := strings.ToUpper(value[len(value)-3:])
		if id.KeyClass = map[string]KeyClass{"270": Volume, "OEM": OEM, "000": Retail}[end]; id.KeyClass != "" {
			id.say(`Pid in I386\SETUPP.INI ends in %s`, end)
		}
	}
	return nil
}

// laterWindows knows discs of Windows Vista and later. Most of them keep their
// files in UDF and only a note in ISO 9660, so that the label must tell.
func laterWindows(id *Identity, v *volume, _ map[string]bool) error {
	wim := false
	for _, name := range []string{"SOURCES/INSTALL.WIM", "SOURCES/INSTALL.ESD"} {
		_, ok, err := v.find(name)
		if err != nil {
			return err
		}
		wim = wim || ok
	}
	if !wim && !v.udf {
		return nil
	}
	switch label := strings.ToUpper(v.label); {
	case strings.HasPrefix(label, "GRMS"):
		id.Product, id.Arch = Windows2008R2, X64
	case strings.HasPrefix(label, "IR") && strings.Contains(label, "_SSS") && strings.Contains(label, "X64"):
		id.Product, id.Arch = Windows2012R2, X64
	case wim:
		id.Product = WindowsLater
	default:
		return nil
	}
	id.say("the label %s", v.label)
	return nil
}

// Serves says why the disc cannot be used where product is asked for; nil when
// it can. 64-bit discs of Windows 2003, editions that cannot be a domain
// controller, service packs and second discs are refused.
func (i Identity) Serves(product Product) error {
	switch {
	case i.Product == Windows2003SP && product == Windows2003:
		return fmt.Errorf("it is the CD of service pack %d, which updates an installed Windows and cannot install one", i.ServicePack)
	case i.Product == Windows2003R2 && product == Windows2003:
		return fmt.Errorf("it is disc 2 of Windows Server 2003 R2; Windows is installed from disc 1")
	case i.Product != product:
		return fmt.Errorf("it is a disc of %s, not of %s", i, product)
	case slices.Contains([]Product{Windows2000, Windows2003, Exchange2000, Exchange2003}, product) && i.Arch != X86:
		return fmt.Errorf("it is a disc for %s machines; %s is installed from the x86 disc here", cmp.Or(i.Arch, "unknown"), product)
	case i.Edition == "professional" || i.Edition == "web":
		return fmt.Errorf("it is the %s edition, which cannot be a domain controller; use the disc of a server edition", i.Edition)
	case (product == Windows2000 || product == Windows2003) && !i.Bootable:
		return fmt.Errorf("it has no boot record, so no machine can start from it; copy the whole disc, boot sectors too")
	}
	return nil
}

// String is "windows-2003 enterprise x86 EN SP1 volume".
func (i Identity) String() string {
	parts := []string{string(i.Product)}
	for _, part := range []string{i.Edition, i.Arch, i.Language, i.Version} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if i.ServicePack > 0 {
		parts = append(parts, fmt.Sprintf("SP%d", i.ServicePack))
	}
	if i.KeyClass != "" {
		parts = append(parts, string(i.KeyClass))
	}
	return strings.Join(parts, " ")
}
