package disc

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Product is what a disc of the user installs or updates, in the words that lab
// files and tables have for it.
type Product string

// The products that are told apart.
const (
	Windows2000     = Product(labs.Windows2000)
	Windows2003     = Product(labs.Windows2003)
	Windows2003R2   = Product(labs.Windows2003R2)
	Windows2008     = Product(labs.Windows2008)
	Windows2008R2   = Product(labs.Windows2008R2)
	Windows2012     = Product(labs.Windows2012)
	Windows2012R2   = Product(labs.Windows2012R2)
	Windows2016     = Product(labs.Windows2016)
	Windows2019     = Product(labs.Windows2019)
	Windows2022     = Product(labs.Windows2022)
	Windows2025     = Product(labs.Windows2025)
	WindowsClient   = Product("windows-client") // XP and later: no server
	WindowsUnknown  = Product("windows-unknown")
	Exchange2000    = Product("exchange-2000")
	Exchange2003    = Product("exchange-2003")
	Exchange2007    = Product("exchange-2007")
	Exchange2010    = Product("exchange-2010")
	Exchange2013    = Product("exchange-2013")
	Exchange2016    = Product("exchange-2016")
	Exchange2019    = Product("exchange-2019")
	ExchangeSE      = Product("exchange-se")
	ExchangeUnknown = Product("exchange-unknown")
	Unknown         = Product("unknown")
)

// Form is what of a product is on a disc.
type Form string

// The forms of a product.
const (
	// Whole is a disc that the product is installed from.
	Whole Form = "install"
	// ServicePackOnly updates an installed product by a service pack.
	ServicePackOnly Form = "service-pack"
	// Update is a disc with update rollups.
	Update Form = "update"
	// SecondDisc is disc 2 of Windows Server 2003 R2.
	SecondDisc Form = "disc-2"
	// Packed is a download that has to be unpacked before it is of use.
	Packed Form = "packed"
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
	X86     = string(labs.X86)
	X64     = string(labs.X64)
	Itanium = "ia64"
)

// Identity is what a disc image turned out to be. What could not be told is
// empty.
type Identity struct {
	Product Product `json:"product"`
	// Form is empty where the product is unknown.
	Form Form `json:"form"`
	// Edition is "standard", "enterprise", "datacenter", "web", "professional", ...
	// It is empty on a disc with several.
	Edition string `json:"edition"`
	// Arch is "x86", "x64", "ia64" or "arm64".
	Arch string `json:"arch"`
	// Language is as the disc says it: "EN", or "en-US" on later ones.
	Language string `json:"language"`
	// ServicePack is the one of Windows that the disc holds; 0 is none or unknown.
	ServicePack int `json:"servicePack"`
	// R2 says that it is disc 1 of Windows Server 2003 R2.
	R2 bool `json:"r2"`
	// Version is that of Windows ("6.3.9600.17031") or of the setup program of
	// Exchange ("6.5.6944.0").
	Version  string   `json:"version"`
	KeyClass KeyClass `json:"keyClass"`
	// Bootable says that the disc has a boot record (El Torito).
	Bootable bool `json:"bootable"`
	// Label, Publisher and Application are the volume's own texts.
	Label       string `json:"label"`
	Publisher   string `json:"publisher"`
	Application string `json:"application"`
	// Images are what a disc of Windows 2008 or later installs.
	Images []SystemImage `json:"images,omitempty"`
	// Rollups are the update rollups on it.
	Rollups []Rollup `json:"rollups,omitempty"`
	// Evidence is what it was told by, for people.
	Evidence []string `json:"evidence"`
}

// Media is a disc image of the user that was looked into.
type Media struct {
	volume *volume
	id     Identity
}

// Identity is what the image is.
func (m *Media) Identity() Identity { return m.id }

// Has says whether a file is on the disc. The path is one of Windows or has "/"
// in it; "*" in its last part is any text, and case does not matter.
func (m *Media) Has(path string) (bool, error) {
	found, err := m.volume.match(path)
	return slices.ContainsFunc(found, func(f item) bool { return !f.folder }), err
}

// Identify looks into a disc image of size bytes; see [Open].
func Identify(r io.ReaderAt, size int64) (Identity, error) {
	m, err := Open(r, size)
	if err != nil {
		return Identity{}, err
	}
	return m.id, nil
}

// Open looks into a disc image of size bytes. An image that cannot be read is
// an [ImageError]; one that can but is nothing we know is [Unknown]. It reads a
// bounded part of the image, whatever the image says. Markers are believed
// before labels, as a remade disc has its maker's label.
func Open(r io.ReaderAt, size int64) (*Media, error) {
	v, err := openVolume(r, size)
	if err != nil {
		return nil, fmt.Errorf("identify disc: %w", err)
	}
	id := Identity{
		Product: Unknown, Label: v.label, Publisher: v.publisher, Application: v.application, Bootable: v.bootable(),
	}
	if v.broken != nil {
		id.say("its UDF volume is passed over: it %v", v.broken)
	}
	names, err := v.roots()
	if err != nil {
		return nil, fmt.Errorf("identify disc: %w", err)
	}
	for _, look := range []func(*Identity, *volume, map[string]bool) error{packages, windows, exchange, laterWindows} {
		if err := look(&id, v, names); err != nil {
			return nil, fmt.Errorf("identify disc: %w", err)
		}
		if id.Product != Unknown {
			break
		}
	}
	readLabel(v.label).complete(&id)
	return &Media{v, id}, nil
}

func (i *Identity) say(format string, args ...any) {
	i.Evidence = append(i.Evidence, fmt.Sprintf(format, args...))
}

// windows knows the discs of Windows 2000 to 2003 by the marker files in their
// roots, as their own Setup does.
func windows(id *Identity, v *volume, root map[string]bool) error {
	switch {
	case root["CDROM_NT.5"]:
		windows50(id, root)
	case root["WIN51"]:
		windows51(id, root)
	case root["CMPNENTS"]:
		if _, ok, err := v.find("CMPNENTS/R2"); err != nil || !ok {
			return err
		}
		id.Product, id.Arch, id.Form = Windows2003R2, X86, SecondDisc
		id.say(`the folder CMPNENTS\R2`)
	default:
		return nil
	}
	if err := described(id, v); err != nil {
		return err
	}
	return keyClass(id, v)
}

// windows50 tells the editions of Windows 2000 apart.
func windows50(id *Identity, root map[string]bool) {
	id.Product, id.Arch, id.Form = Windows2000, X86, Whole
	id.say("the file CDROM_NT.5")
	for _, m := range [][2]string{
		{"IS", "standard"}, {"IA", "enterprise"}, {"ID", "datacenter"}, {"IP", "professional"},
	} {
		if file := "CDROM_" + m[0] + ".5"; root[file] {
			id.Edition = m[1]
			id.say("the file %s", file)
			break
		}
	}
	for sp := 1; sp <= 4; sp++ {
		if mark := fmt.Sprintf("CDROMSP%d.TST", sp); root[mark] {
			id.ServicePack = sp
			id.say("the file %s", mark)
		}
	}
}

// windows51 tells Windows XP and 2003 and their editions apart.
func windows51(id *Identity, root map[string]bool) {
	id.Product, id.Arch, id.Form = Windows2003, X86, Whole
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
		{"IC", "home", X86, WindowsClient},
		{"IP", "professional", X86, WindowsClient},
		{"AP", "professional", X64, WindowsClient},
		{"MP", "professional", Itanium, WindowsClient},
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

// described reads PRODSPEC.INI, in which Windows 2000 and later tell what they
// are: language and service pack.
func described(id *Identity, v *volume) error {
	text, err := v.text("I386/PRODSPEC.INI")
	if err != nil {
		return err
	}
	codes := map[string]string{
		"english": "EN", "german": "DE", "french": "FR", "italian": "IT", "spanish": "ES", "japanese": "JA", "korean": "KO",
	}
	for key, value := range settings(text) {
		switch key {
		case "localization":
			if id.Language = codes[strings.ToLower(value)]; id.Language != "" {
				id.say(`Localization=%s in I386\PRODSPEC.INI`, value)
			}
		case "servicepacknumber":
			if n, err := strconv.Atoi(value); err == nil && n > id.ServicePack && n <= 4 {
				id.ServicePack = n
				id.say(`ServicePackNumber=%d in I386\PRODSPEC.INI`, n)
			}
		}
	}
	return nil
}

// text is the beginning of a small file of text; empty where it is not there.
func (v *volume) text(path string) (string, error) {
	i, ok, err := v.find(path)
	if err != nil || !ok {
		return "", err
	}
	b, err := v.content(i, 4096)
	return string(narrowed(b)), err
}

// settings are the lines of an INI, with keys in lower case.
func settings(text string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for line := range strings.Lines(text) {
			key, value, ok := strings.Cut(line, "=")
			if ok && !yield(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

// keyClass reads the end of Pid in I386\SETUPP.INI.
func keyClass(id *Identity, v *volume) error {
	text, err := v.text("I386/SETUPP.INI")
	if err != nil {
		return err
	}
	for key, value := range settings(text) {
		if key != "pid" || len(value) < 3 {
			continue
		}
		end := strings.ToUpper(value[len(value)-3:])
		if id.KeyClass = map[string]KeyClass{"270": Volume, "OEM": OEM, "000": Retail}[end]; id.KeyClass != "" {
			id.say(`Pid in I386\SETUPP.INI ends in %s`, end)
		}
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
	if i.Form != "" && i.Form != Whole {
		parts = append(parts, string(i.Form))
	}
	for _, r := range i.Rollups {
		parts = append(parts, r.String())
	}
	return strings.Join(parts, " ")
}
