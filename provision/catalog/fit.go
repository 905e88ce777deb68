package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/estate"
)

// Fault is what keeps a disc from a use.
type Fault struct {
	// Why is a clause about the disc: "it is disc 2 of Windows Server 2003 R2".
	Why string `json:"why"`
	// Remedy is what to do, in full sentences.
	Remedy string `json:"remedy"`
	// Doubt says that the disc may be right all the same.
	Doubt bool `json:"doubt"`
}

// Fits says what keeps the disc of a media block from what a step wants of it;
// nothing where it is right. A disc that nothing is known of is doubted only
// where the lab file pins its SHA-256. What cannot be read is an error.
func (w Want) Fits(m *disc.Media, block *labs.Media) ([]Fault, error) {
	id := m.Identity()
	if id.Product == disc.Unknown && block.SHA256 != "" {
		return []Fault{{
			Why:    "nothing known is on it; its sha256 is pinned, so it is taken for " + w.Name,
			Remedy: "Nothing is to be done where that is what you pinned.", Doubt: true,
		}}, nil
	}
	if len(w.Programs) > 0 {
		return w.updates(m, block)
	}
	if f := w.whole(id); f != nil {
		return []Fault{*f}, nil
	}
	var faults []Fault
	for _, f := range []*Fault{w.processor(id), w.starting(id), w.edition(id), w.pack(id, block), w.image(id), said(block.Product, id)} {
		if f != nil {
			faults = append(faults, *f)
		}
	}
	return faults, nil
}

// whole compares product and form.
func (w Want) whole(id disc.Identity) *Fault {
	bring := "Bring a disc image of " + w.Name + "."
	switch same := id.Product == w.Product; {
	case id.Product == disc.Unknown:
		return &Fault{"nothing known is on it", bring + " If this is one, pin it: write its sha256 in the media block.", false}
	case id.Form == disc.Packed:
		return &Fault{"it holds a download of Exchange that is packed still", "Unpack the program (it takes /extract:FOLDER), and make a disc image of what comes out: genisoimage -udf -o exchange.iso FOLDER", false}
	case id.Form == w.Form && (same || id.Product == disc.ExchangeUnknown && strings.HasPrefix(string(w.Product), "exchange-")):
		if same {
			return nil
		}
		return &Fault{"it installs an Exchange, and its setup does not tell which", "Nothing is to be done where it is " + w.Name + ".", true}
	case id.Form == disc.ServicePackOnly && w.Form == disc.Whole:
		return &Fault{fmt.Sprintf("it holds a service pack (%s), which updates what is installed and cannot install it", id), bring + " The service pack is for the step service_pack, or exchange_update.", false}
	case id.Form == disc.SecondDisc && w.Form == disc.Whole:
		return &Fault{"it is disc 2 of Windows Server 2003 R2, which nothing is installed from", "Bring disc 1. Disc 2 is for the step adprep.", false}
	case id.Form == disc.Update:
		return &Fault{fmt.Sprintf("it holds updates only (%s)", id), bring + " The updates are for the step exchange_update.", false}
	case w.Form == disc.SecondDisc && id.Product == disc.Windows2003:
		return &Fault{"it is a disc that installs Windows Server 2003; what is wanted is on disc 2", bring, false}
	case id.Product == disc.WindowsUnknown && strings.HasPrefix(string(w.Product), "windows-"):
		return &Fault{"it installs a Windows, and does not tell which: " + strings.Join(id.Evidence, "; "), "Nothing is to be done where it is " + w.Name + "; else " + lower(bring), true}
	}
	return &Fault{fmt.Sprintf("it is a disc of %s, not of %s", id, w.Product), bring, false}
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// processor compares architectures.
func (w Want) processor(id disc.Identity) *Fault {
	if w.Arch == "" || id.Arch == "" || id.Arch == string(w.Arch) {
		return nil
	}
	why := fmt.Sprintf("it is a disc for %s machines, and this one is %s", id.Arch, w.Arch)
	switch {
	case strings.HasPrefix(string(w.Product), "exchange-") && id.Arch == disc.X86:
		return &Fault{why, "Setup may prepare a directory from it, and installs no server for production.", true}
	case w.Product == disc.Windows2000 || w.Product == disc.Windows2003:
		return &Fault{why, fmt.Sprintf("Bring the disc for %s: Exchange 2000 and 2003 run on x86 only. For what runs on another, write arch in the machine's block.", w.Arch), false}
	}
	return &Fault{why, fmt.Sprintf("Bring the disc for %s, or correct arch in the machine's block.", w.Arch), false}
}

func (w Want) starting(id disc.Identity) *Fault {
	if !w.Starts || id.Bootable {
		return nil
	}
	return &Fault{"it has no boot record, so no machine can start from it", "Copy the whole disc, boot sectors too.", false}
}

// edition refuses what cannot be a server of a domain, and doubts another
// edition than the lab file tells.
func (w Want) edition(id disc.Identity) *Fault {
	switch {
	case id.Edition == "professional" || id.Edition == "home" || id.Edition == "web" && w.Product == disc.Windows2003:
		return &Fault{
			fmt.Sprintf("it is the %s edition, which cannot be a domain controller", id.Edition), "Bring the disc of a server edition: standard or enterprise.", false,
		}
	case w.Machine != nil && w.Machine.Edition != "" && id.Edition != "" && len(id.Images) == 0 && w.Machine.Edition != id.Edition:
		return &Fault{
			fmt.Sprintf("it is the %s edition, and machine %q says %s", id.Edition, w.Machine.Name, w.Machine.Edition), "Correct edition in the machine's block, or bring the other disc.", true,
		}
	}
	return nil
}

// pack compares the service pack with the one that the lab file tells.
func (w Want) pack(id disc.Identity, block *labs.Media) *Fault {
	if w.Machine == nil || w.Machine.ServicePack == labs.UnknownServicePack || w.Machine.ServicePack == id.ServicePack {
		return nil
	}
	if _, sure := Holds(id); !sure && block.Product != "" {
		return nil // of which said speaks
	}
	return &Fault{
		fmt.Sprintf("it has service pack %d, and machine %q says %d", id.ServicePack, w.Machine.Name, w.Machine.ServicePack),
		"Correct service_pack in the machine's block, or bring the other disc.", id.ServicePack == 0,
	}
}

// image looks for the image that Setup is told to install.
func (w Want) image(id disc.Identity) *Fault {
	if w.Machine == nil || len(id.Images) == 0 {
		return nil
	}
	want := imageOf(w.Machine)
	var names []string
	for _, i := range id.Images {
		if strconv.Itoa(i.Number) == want || i.Name == want {
			return w.imageIs(i)
		}
		names = append(names, fmt.Sprintf("%d %s", i.Number, i.Name))
	}
	return &Fault{
		fmt.Sprintf("it has no image %s for machine %q; it has %s", want, w.Machine.Name, strings.Join(names, ", ")),
		"Name one of them with image in the machine's block.", false,
	}
}

// imageIs compares an image with what the machine is to be.
func (w Want) imageIs(i disc.SystemImage) *Fault {
	edition := cmp.Or(w.Machine.Edition, i.Edition)
	if i.Edition == edition && (!i.Core || w.Machine.Image != "") {
		return nil
	}
	return &Fault{
		fmt.Sprintf("its image %d is %s, and machine %q would be installed from it as %s with a desktop", i.Number, i.Name, w.Machine.Name, cmp.Or(edition, "a server")),
		"Name the right one with image in the machine's block.", w.Machine.Image != "",
	}
}

// updates looks for the programs of an update, whatever disc they are on: users
// make such discs themselves.
func (w Want) updates(m *disc.Media, block *labs.Media) ([]Fault, error) {
	id := m.Identity()
	there := false
	for _, program := range w.Programs {
		ok, err := m.Has(program)
		if err != nil {
			return nil, err
		}
		there = there || ok
	}
	switch {
	case !there && id.Form == disc.Whole && w.Form != disc.Whole:
		return []Fault{{fmt.Sprintf("it is a disc of %s, which has no update on it", id), w.bringUpdate(), false}}, nil
	case !there:
		return []Fault{{"what the step runs is not on it: it has none of " + strings.Join(w.Programs, ", "), w.bringUpdate(), false}}, nil
	case id.Form == disc.Update || id.Form == disc.ServicePackOnly || strings.HasPrefix(string(id.Product), "exchange-"):
		same := []disc.Product{w.Product, disc.WindowsUnknown, disc.ExchangeUnknown}
		if w.Product == disc.Windows2003R2 { // which has the service packs of Windows 2003
			same = append(same, disc.Windows2003)
		}
		if !slices.Contains(same, id.Product) {
			return []Fault{{fmt.Sprintf("it is for %s, not for %s", id.Product, w.Product), w.bringUpdate(), false}}, nil
		}
		if f := said(block.Product, id); f != nil {
			return []Fault{*f}, nil
		}
	}
	return nil, nil
}

func (w Want) bringUpdate() string {
	return fmt.Sprintf("Make a disc image with %s on it, or say with program where on the disc it is.", w.Name)
}

// Agrees says what keeps a disc that no step wants from being what its block
// says; nothing where it agrees.
func Agrees(m *disc.Media, block *labs.Media) []Fault {
	if f := said(block.Product, m.Identity()); f != nil {
		return []Fault{*f}
	}
	return nil
}

// said compares what the media block says that the disc holds with what it
// does hold.
func said(product string, id disc.Identity) *Fault {
	if product == "" {
		return nil
	}
	is, sure := Holds(id)
	switch {
	case is == product || is == "":
		return nil
	case !sure:
		return &Fault{
			fmt.Sprintf("it does not tell its level; the media block says %s", product), "Nothing is to be done where that is true.", true,
		}
	}
	if os, pack, ok := estate.WindowsProduct(product); ok {
		found, has, _ := estate.WindowsProduct(is)
		if found == labs.Windows2003 && os == labs.Windows2003R2 && has == pack {
			return nil // disc 1 of R2 says that it is Windows 2003
		}
	}
	return &Fault{
		fmt.Sprintf("it holds %s, and the media block says %s", is, product), fmt.Sprintf("Write product = %q, or bring the other disc.", is), false,
	}
}

// Holds is the product of a disc in the words that a media block has for it:
// "windows-2003-sp2", "exchange-2010-sp3-ru11"; empty where there is none. It is
// not sure where the disc tells the product and not its level.
func Holds(id disc.Identity) (product string, sure bool) {
	if known, ok := estate.WindowsOf(labs.OS(id.Product)); ok {
		if id.ServicePack == 0 || id.Product == disc.Windows2008 && id.ServicePack == 1 {
			return string(known.OS), id.ServicePack > 0 || id.Version != "" || id.Product == disc.Windows2003 && id.Form == disc.Whole
		}
		return fmt.Sprintf("%s-sp%d", known.OS, id.ServicePack), true
	}
	if _, ok := estate.FindProduct(string(id.Product)); !ok {
		return "", false
	}
	if id.Form == disc.Update {
		return heldRollup(id)
	}
	build, err := estate.ParseBuild(id.Version)
	if err != nil {
		return string(id.Product), false
	}
	at := string(id.Product)
	for _, r := range estate.Releases() {
		if disc.Product(r.Product) == id.Product && whole(r) == since(r, "exchange-2007") && !build.Less(r.Build) {
			at = r.ID
		}
	}
	return at, true
}

// heldRollup names the last of the rollups on a disc.
func heldRollup(id disc.Identity) (product string, sure bool) {
	last := disc.Rollup{}
	if n := len(id.Rollups); n > 0 {
		last = id.Rollups[n-1]
	}
	product = string(id.Product)
	if last.ServicePack > 0 {
		product += fmt.Sprintf("-sp%d", last.ServicePack)
	}
	if last.Number == 0 {
		return product, false
	}
	product += fmt.Sprintf("-ru%d", last.Number)
	return product, true
}
