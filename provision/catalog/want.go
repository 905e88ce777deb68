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
	case Install, "promote", "join":
		for _, name := range step.On {
			if m, ok := lab.Machine(name); ok {
				add(wantWindows(m))
			}
		}
	case "forestprep", "domainprep", "exchange_setup":
		add(Want{step.Text("media"), disc.Exchange2003, "Exchange Server 2003"})
	}
	return list
}

func wantWindows(m *labs.Machine) Want {
	w := Want{Media: m.InstallFrom, Product: disc.WindowsLater, Name: string(m.OS)}
	if known, ok := estate.WindowsOf(m.OS); ok {
		w.Name = known.Name
	}
	switch m.OS {
	case labs.Windows2000:
		w.Product, w.Name = disc.Windows2000, "Windows 2000 Server"
	case labs.Windows2003, labs.Windows2003R2:
		w.Product, w.Name = disc.Windows2003, "Windows Server 2003"
	case labs.Windows2008R2:
		w.Product = disc.Windows2008R2
	case labs.Windows2012R2:
		w.Product = disc.Windows2012R2
	}
	return w
}
