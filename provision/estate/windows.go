package estate

import (
	"slices"

	"github.com/doublehop/doublehop/labs"
)

// Install puts the machine's operating system on its blank disk.
func (e *Estate) Install(m *labs.Machine) []Problem {
	if _, ok := e.Machine(m.Name); ok {
		return []Problem{block("DH-WIN-INSTALLED-TWICE", "on", "Machine installed twice",
			"Machine %q has an operating system already when this step comes; Setup would erase it. Remove one of the two install steps on this way through the stages.",
			m.Name)}
	}
	var problems []Problem
	for _, other := range e.Machines {
		if same(other.Computer, m.Computer) {
			problems = append(problems, block("DH-WIN-NAME-CLASH", "on", "Computer name taken",
				"Machine %q is to be called %s, and so is machine %q. Windows refuses two computers of one name on a network and in a domain. Set computer_name on one of them.",
				m.Name, m.Computer, other.Name))
		}
	}
	for _, f := range e.Forests {
		for _, d := range f.Domains {
			if same(d.NetBIOS, m.Computer) {
				problems = append(problems, nameIsDomain(m.Name, m.Computer, d))
			}
		}
	}
	installed := &Machine{
		Name: m.Name, Computer: m.Computer, OS: m.OS, ServicePack: m.ServicePack, Arch: m.Arch, Edition: m.Edition, Memory: m.Memory, CPUs: m.CPUs,
		Components: slices.Sorted(slices.Values(m.Components)),
	}
	for _, n := range m.NICs {
		installed.NICs = append(installed.NICs, NIC{Network: n.Network, Address: n.Address, DNS: slices.Clone(n.DNS)})
	}
	e.Machines = append(e.Machines, installed)
	e.say("%s: %s", m.Name, m.OS)
	return problems
}

func nameIsDomain(machine, computer string, d *Domain) Problem {
	return block("DH-AD-NETBIOS-CLASH", "on", "Computer name is a domain's name",
		"Machine %q is called %s, which is also the NetBIOS name of the domain %s. NetBIOS knows only one owner of a name on a network. Rename the computer, or give the domain another netbios name.",
		machine, computer, d.Name)
}
