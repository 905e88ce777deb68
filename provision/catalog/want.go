package catalog

import (
	"fmt"
	"slices"

	"github.com/doublehop/doublehop/labs"
)

// Want is a disc that a step uses, and what must be on it.
type Want struct {
	// Media is the lab's name of the disc.
	Media string
	// Product is what is wanted, for a person: "Windows Server 2003".
	Product string
	// Accepts says why a disc with a product (as provision/disc identifies it:
	// "windows-2003", "exchange-2003") and an architecture ("x86", "x64") is
	// not it; nil when it is.
	Accepts func(product, arch string) error
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
		add(wanted(step.Text("media"), "exchange-2003", "Exchange Server 2003"))
	}
	return list
}

func wantWindows(m *labs.Machine) Want {
	if m.OS == labs.Windows2000 {
		return wanted(m.InstallFrom, "windows-2000", "Windows 2000 Server")
	}
	return wanted(m.InstallFrom, "windows-2003", "Windows Server 2003")
}

func wanted(media, product, name string) Want {
	return Want{Media: media, Product: name, Accepts: func(found, arch string) error {
		switch {
		case found != product && found == "":
			return fmt.Errorf("want %s, and nothing known is on the disc", name)
		case found != product:
			return fmt.Errorf("want %s, and the disc is %s", name, found)
		case arch != "x86" && arch != "":
			return fmt.Errorf("want 32-bit %s, and the disc is for %s", name, arch)
		}
		return nil
	}}
}
