package catalog

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/estate"
)

// Want is a disc that a step uses, and what must be on it.
type Want struct {
	// Media is the lab's name of the disc.
	Media string
	// Product is what the disc must install or update.
	Product disc.Product
	// Form is what of the product must be on it.
	Form disc.Form
	// Name is the product's name for a person: "Windows Server 2003".
	Name string
	// Arch is the architecture of the machine that uses it.
	Arch labs.Arch
	// Starts says that a machine starts from it.
	Starts bool
	// Machine is the machine whose Windows comes from the disc; nil where none does.
	Machine *labs.Machine
	// Programs are files of which one must be on it, as a path or a pattern; none
	// where the product is enough.
	Programs []string
}

// Wants lists the discs that a step of the lab uses, each once.
func Wants(lab *labs.Lab, step *labs.Step) []Want {
	var list []Want
	add := func(w Want) {
		if w.Media != "" && !slices.ContainsFunc(list, func(o Want) bool { return reflect.DeepEqual(o, w) }) {
			list = append(list, w)
		}
	}
	c := Call{Lab: lab, Step: step, Machine: &labs.Machine{}}
	if len(step.On) > 0 {
		if m, ok := lab.Machine(step.On[0]); ok {
			c.Machine = m
		}
	}
	switch step.Kind {
	case Install, "components", "promote", "join":
		for _, name := range step.On {
			if m, ok := lab.Machine(name); ok {
				add(wantInstalled(m, step.Kind == Install))
			}
		}
	case "upgrade_windows", "adprep":
		add(wantLater(c))
	case "service_pack":
		add(wantPack(c))
	case "forestprep", "domainprep", "exchange_setup":
		add(wantExchange(c, early()))
	case "prepare_legacy_permissions", "prepare_schema", "prepare_ad", "prepare_domain", "exchange_install":
		add(wantExchange(c, recent()))
	case "exchange_update", "exchange_remove", "disaster_recovery":
		add(wantExchange(c, every()))
	}
	return list
}

// wantExchange is a disc with an Exchange, or with what updates one.
func wantExchange(c Call, s span) Want {
	r, ok := releaseOf(c, s)
	if !ok {
		return Want{}
	}
	w := Want{Media: c.Step.Text("media"), Product: disc.Product(r.Product), Form: disc.Whole, Name: r.Name, Arch: c.Machine.Arch}
	if r.Product == "exchange-2003" {
		w.Name = "Exchange Server 2003"
	}
	if c.Step.Kind == "exchange_update" && !whole(r) {
		w.update(c, r)
	}
	if c.Step.Kind == "exchange_remove" && !since(r, "exchange-2007") {
		w.Programs = []string{`SETUP\I386\SETUP.EXE`} // on the disc of a service pack, too
	}
	return w
}

// update makes a want one of an update: a service pack of Exchange 2000 or 2003,
// or an update rollup.
func (w *Want) update(c Call, r estate.Release) {
	w.Name = r.Name
	program := c.Step.Text("program")
	switch {
	case since(r, "exchange-2007"):
		w.Form, w.Programs = disc.Update, []string{cmp.Or(program, "*.msp")}
	default:
		w.Form, w.Programs = disc.ServicePackOnly, []string{cmp.Or(program, updateProgram)}
	}
}

// wantPack is a disc with a service pack of Windows.
func wantPack(c Call) Want {
	r, ok := windowsOn(c)
	if !ok {
		return Want{}
	}
	programs, patterns := packPrograms(r)
	if given := c.Step.Text("program"); given != "" {
		programs, patterns = []string{given}, nil
	}
	w := wantWindows(c.Step.Text("media"), r.os)
	w.Name += " SP" + strconv.Itoa(r.servicePack)
	w.Form, w.Arch, w.Programs = disc.ServicePackOnly, c.Machine.Arch, slices.Concat(programs, patterns)
	return w
}

// wantLater is the disc of a Windows that a machine does not run yet.
func wantLater(c Call) Want {
	r, ok := windowsOn(c)
	if !ok {
		return Want{}
	}
	w := wantWindows(c.Step.Text("media"), r.os)
	if c.Step.Kind == "adprep" {
		if r.os == labs.Windows2003R2 {
			w.Product, w.Form, w.Name = disc.Windows2003R2, disc.SecondDisc, "Windows Server 2003 R2, disc 2"
		}
		return w // it has programs for both architectures, or adprep's rules complain
	}
	w.Arch = c.Machine.Arch
	return w
}

// wantInstalled is the disc that a machine's Windows comes from.
func wantInstalled(m *labs.Machine, starts bool) Want {
	w := wantWindows(m.InstallFrom, m.OS)
	w.Arch, w.Starts, w.Machine = m.Arch, starts, m
	return w
}

// wantWindows is a disc that installs a Windows. Windows 2003 R2 is installed
// from a disc of Windows 2003 with a service pack (KB912945).
func wantWindows(media string, os labs.OS) Want {
	w := Want{Media: media, Product: disc.Product(os), Form: disc.Whole, Name: string(os)}
	if known, ok := estate.WindowsOf(os); ok {
		w.Name = known.Name
	}
	switch os {
	case labs.Windows2000:
		w.Name = "Windows 2000 Server"
	case labs.Windows2003R2:
		w.Product, w.Name = disc.Windows2003, "Windows Server 2003"
	default:
	}
	return w
}

// imageOf is the number or name of the image that Setup is told to install; ""
// for a Windows without images.
func imageOf(m *labs.Machine) string {
	if m.Image != "" {
		return m.Image
	}
	if n, ok := answer.ImageNumber(m.OS, m.Edition); ok {
		return strconv.Itoa(n)
	}
	return ""
}
