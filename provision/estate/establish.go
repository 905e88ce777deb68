package estate

import (
	"net/netip"
	"slices"

	"github.com/doublehop/doublehop/labs"
)

func (s Establish) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	for _, fact := range s.Facts {
		problems = append(problems, e.establish(s.Machine, fact)...)
	}
	return problems
}

// establish takes a word of [Vouchable] for true.
func (e *Estate) establish(machine, fact string) []Problem {
	m, _ := e.Machine(machine)
	const attr = "establishes"
	switch fact {
	case "sysvol-dfsr", "inetorgperson-prevented", "inetorgperson-fixed", "tombstones-3650-days":
		return e.establishForest(m, fact, attr)
	case "global-catalog":
		if !m.Controller {
			return []Problem{breaks("DH-AD-NOT-CONTROLLER", "on", words{"machine": m.Name})}
		}
		e.editMachine(machine).Catalog = true
		e.say("%s: global catalog", machine)
		return nil
	case "connector-2000", "connector-2003":
		m = e.editMachine(machine)
		m.withdraw("connector-2000", "connector-2003")
		m.Connector = "exchange" + fact[len("connector"):]
		e.say("%s: Active Directory Connector of Exchange %s", machine, fact[len("connector-"):])
		if _, f, ok := e.Domain(m.Domain); ok {
			return e.connectorTrap(f, f.Level, attr, nil)
		}
		return nil
	case "no-connector":
		e.editMachine(machine).Connector = ""
		e.say("%s: no Active Directory Connector", machine)
		return nil
	case "dns-changed":
		e.askControllers(machine)
		return nil
	case "folders-migrated":
		return e.migrateFolders(machine, attr)
	case "no-unsupported-components":
		e.editMachine(machine).withdraw("unsupported-components")
		e.say("%s: no component of Exchange 2000 that 2003 lacks", machine)
		return nil
	}
	if s, f, ok := e.Server(machine); ok && fact == wordSystem && olderProduct("exchange-2007", serverProduct(s)) {
		e.takeSystem(f, machine)
	}
	problems := append(e.mayRename(m, fact, attr), e.mayOffer(m, fact)...)
	m = e.editMachine(machine)
	if fact == "exchange-5.5-sp3" {
		m.withdraw("exchange-5.5")
	}
	m.withdraw(fact)
	m.Established = append(m.Established, fact)
	slices.Sort(m.Established)
	e.say("%s: %s", machine, fact)
	return problems
}

func (s NameServers) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil || len(s.Servers) == 0 {
		return problems
	}
	asks := make([]string, len(s.Servers))
	for i, a := range s.Servers {
		asks[i] = a.String()
	}
	m = e.editMachine(s.Machine)
	m.NICs = slices.Clone(m.NICs)
	for i := range m.NICs {
		m.NICs[i].DNS = slices.Clone(s.Servers)
	}
	e.say("%s: asks %s for names", s.Machine, and(asks))
	if d, _, ok := e.Domain(m.Domain); ok && !m.Controller && !e.finds(m, d) {
		problems = append(problems, breaks("DH-AD-DNS", "servers", words{"machine": m.Name, "domain": d.Name, "controller": d.Controllers[0]}))
	}
	return problems
}

// askControllers lets a machine ask the domain controllers of its domain for
// names, the last one that came first.
func (e *Estate) askControllers(machine string) {
	m := e.editMachine(machine)
	d, _, ok := e.Domain(m.Domain)
	if !ok {
		return
	}
	m.NICs = slices.Clone(m.NICs)
	for i := range m.NICs {
		var servers []netip.Addr
		for _, c := range slices.Backward(e.controllersOf(d)) {
			for _, far := range c.NICs {
				if far.Network == m.NICs[i].Network && c.Name != machine {
					servers = append(servers, far.Address)
				}
			}
		}
		m.NICs[i].DNS = servers
	}
	e.say("%s: asks the domain controllers of today for names", machine)
}

// establishForest takes a word for true that is about the machine's forest.
func (e *Estate) establishForest(m *Machine, fact, attr string) []Problem {
	_, f, ok := e.Domain(m.Domain)
	if !ok {
		return []Problem{breaks("DH-AD-NO-FOREST", "on", words{"machine": m.Name, "what": "a change of the directory"})}
	}
	var problems []Problem
	if fact == "sysvol-dfsr" {
		for _, d := range f.Domains {
			if d.Level < Level2008 {
				problems = append(problems, breaks("DH-AD-DFSR-LEVEL", attr, words{"domain": d.Name, "level": d.Level.String()},
					RaiseLevel{Machine: d.pdc(), Scope: DomainScope, Level: Level2008}))
			}
		}
	}
	f = e.editForest(f.Root)
	switch fact {
	case "sysvol-dfsr":
		f.DFSR = true
		e.sayForGood("%s: SYSVOL replicated by DFSR", f.Root)
	case "tombstones-3650-days":
		const days = 3650
		e.say("%s: tombstone lifetime %d → %d days", f.Root, f.Tombstone, days)
		f.Tombstone = days
	case "inetorgperson-prevented":
		f.Prevented = true
		e.sayForGood("%s: attributes of Exchange 2000 out of adprep's way", f.Root)
	case "inetorgperson-fixed":
		f.Prevented, f.Mangled = true, false
		e.sayForGood("%s: attributes of Exchange 2000 have their names again", f.Root)
	}
	return problems
}

// mayRename asks whether a computer can have another name.
func (e *Estate) mayRename(m *Machine, fact, attr string) []Problem {
	if fact != "renamed" {
		return nil
	}
	var problems []Problem
	if server, _, ok := e.Server(m.Name); ok {
		problems = append(problems, breaks("DH-EX-RENAMED", attr, words{"machine": m.Name, "product": server.Product}))
	}
	if m.Controller && m.OS == labs.Windows2000 {
		problems = append(problems, breaks("DH-AD-RENAMED", attr, words{"machine": m.Name}))
	}
	return problems
}

// withdraw takes back words that the author vouched for. m must be a copy that
// [Estate.editMachine] gave.
func (m *Machine) withdraw(facts ...string) {
	m.Established = slices.DeleteFunc(m.Established, func(f string) bool { return slices.Contains(facts, f) })
}
