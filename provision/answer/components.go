package answer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// component is an optional part of Windows as the lab file calls it.
type component struct {
	name string
	// on are the keys of [Components] that switch it on, for each system that
	// has it in the box.
	on map[labs.OS][]string
	// network are keys of [NetOptionalComponents].
	network []string
}

// components are the parts that a lab file can ask for. The keys are those of
// complete answer files for Windows Server 2003 and of the prerequisites of
// Exchange 2003 (Deployment Guide); DNS needs netoc as well (TechNet cc755697).
func components() []component {
	const w2000, w2003 = labs.Windows2000, labs.Windows2003
	web := []string{"iis_common", "iis_inetmgr"}
	return []component{
		{name: "iis", on: map[labs.OS][]string{
			w2000: append(web[:2:2], "iis_www"),
			w2003: append(web[:2:2], "iis_www", "iis_asp", "complusnetwork"),
		}},
		{name: "smtp", on: map[labs.OS][]string{w2000: append(web[:2:2], "iis_smtp"), w2003: append(web[:2:2], "iis_smtp")}},
		{name: "nntp", on: map[labs.OS][]string{w2000: append(web[:2:2], "iis_nntp"), w2003: append(web[:2:2], "iis_nntp")}},
		{name: "aspnet", on: map[labs.OS][]string{w2003: {"aspnet", "complusnetwork"}}},
		{name: "dns", on: map[labs.OS][]string{w2000: {"netoc"}, w2003: {"netoc"}}, network: []string{"DNS"}},
	}
}

// Components are the lab's names of the optional parts that a system has in
// its box, sorted.
func Components(os labs.OS) []string {
	var names []string
	for _, c := range components() {
		if c.on[firstDisc(os)] != nil {
			names = append(names, c.name)
		}
	}
	return slices.Sorted(slices.Values(names))
}

func (s *Setup) checkComponents() labs.Diagnostics {
	var diags labs.Diagnostics
	known := Components(s.OS)
	for _, name := range s.Components {
		if !slices.Contains(known, name) {
			diags = append(diags, s.Origin.complaint("components", "Component not in the box",
				fmt.Sprintf("Setup of %s cannot install %q. It knows %s.", s.OS, name, strings.Join(known, ", "))))
		}
	}
	return diags
}

// wanted calls visit for each component that the machine asks for.
func (s *Setup) wanted(visit func(component)) {
	for _, c := range components() {
		if slices.Contains(s.Components, c.name) {
			visit(c)
		}
	}
}

func componentValues(s *Setup) []keyed {
	keys := map[string]bool{}
	s.wanted(func(c component) {
		for _, k := range c.on[firstDisc(s.OS)] {
			keys[k] = true
		}
	})
	return switched(keys, "On")
}

func networkComponentValues(s *Setup) []keyed {
	keys := map[string]bool{}
	s.wanted(func(c component) {
		for _, k := range c.network {
			keys[k] = true
		}
	})
	return switched(keys, "1")
}

func switched(keys map[string]bool, on string) []keyed {
	var all []keyed
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		all = append(all, keyed{k, literal(on)})
	}
	return all
}

// firstDisc is the system whose disc installs os: the first disc of Windows
// 2003 R2 is Windows 2003 with a service pack (KB912945).
func firstDisc(os labs.OS) labs.OS {
	if os == labs.Windows2003R2 {
		return labs.Windows2003
	}
	return os
}
