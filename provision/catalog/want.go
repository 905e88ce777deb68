package catalog

import (
	"slices"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/estate"
)

// Want is a disc that a step uses, and what must be on it.
type Want struct {
	// Media is the lab's name of the disc.
	Media string
	// Product is what the disc must install.
	Product disc.Product
	// Name is the product's name for a person: "Windows Server 2003".
	Name string
}

// Wants lists the discs that a step of the lab uses, each once.
func Wants(lab *labs.Lab, step *labs.Step) []Want {
	var list []Want
	add := func(w Want) {
		if w.Media != "" && !slices.ContainsFunc(list, func(o Want) bool { return o.Media == w.Media && o.Product == w.Product }) {
			list = append(list, w)
		}
	}
	switch step.Kind {
	case Install, "components", "promote", "join":
		for _, name := range step.On {
			if m, ok := lab.Machine(name); ok {
				add(wantWindows(m.InstallFrom, m.OS))
			}
		}
	case "upgrade_windows", "adprep":
		// A service pack comes on any disc, as its maker wrote it.
		if w, ok := windowsOn(Call{Lab: lab, Step: step}); ok {
			want := wantWindows(step.Text("media"), w.os)
			if step.Kind == "adprep" && w.os == labs.Windows2003R2 {
				want.Product, want.Name = disc.Windows2003R2, "Windows Server 2003 R2, disc 2"
			}
			add(want)
		}
	case "forestprep", "domainprep", "exchange_setup":
		add(wantExchange(lab, step, early()))
	case "prepare_legacy_permissions", "prepare_schema", "prepare_ad", "prepare_domain", "exchange_install":
		add(wantExchange(lab, step, recent()))
	case "exchange_update", "exchange_remove", "disaster_recovery":
		add(wantExchange(lab, step, every()))
	}
	return list
}

// wantExchange is a disc with a whole Exchange. Service packs of Exchange 2000
// and 2003 and update rollups come on any disc, as their maker wrote it.
func wantExchange(lab *labs.Lab, step *labs.Step, s span) Want {
	r, ok := releaseOf(Call{Lab: lab, Step: step}, s)
	if !ok || step.Kind == "exchange_update" && !whole(r) {
		return Want{}
	}
	w := Want{Media: step.Text("media"), Product: disc.Product(r.Product), Name: r.Name}
	switch r.Product {
	case "exchange-se": // its setup calls itself 15.2, as that of 2019
		w.Product = disc.Exchange2019
	case "exchange-2003":
		w.Name = "Exchange Server 2003"
	}
	return w
}

// wantWindows is a disc that installs a Windows.
func wantWindows(media string, os labs.OS) Want {
	w := Want{Media: media, Product: disc.WindowsLater, Name: string(os)}
	if known, ok := estate.WindowsOf(os); ok {
		w.Name = known.Name
	}
	products := map[labs.OS]disc.Product{
		labs.Windows2000: disc.Windows2000, labs.Windows2003: disc.Windows2003, labs.Windows2003R2: disc.Windows2003,
		labs.Windows2008R2: disc.Windows2008R2, labs.Windows2012R2: disc.Windows2012R2,
	}
	if product, ok := products[os]; ok {
		w.Product = product
	}
	switch w.Product {
	case disc.Windows2000:
		w.Name = "Windows 2000 Server"
	case disc.Windows2003:
		w.Name = "Windows Server 2003"
	default:
	}
	return w
}
