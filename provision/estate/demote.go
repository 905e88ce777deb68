package estate

import (
	"fmt"
	"net/netip"
	"slices"
)

func (s Demote) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	d, f, problems := e.controls(m)
	if f == nil {
		return problems
	}
	if server, _, ok := e.Server(m.Name); ok {
		problems = append(problems, breaks("DH-EX-DCPROMO", "on", words{"machine": m.Name, "product": server.Product, "what": "demoted"},
			ExchangeRemove{Machine: m.Name, Release: server.Release}))
	}
	others := slices.DeleteFunc(e.controllersOf(d), func(o *Machine) bool { return o.Name == m.Name })
	say := words{"machine": m.Name, "domain": d.Name, "forest": f.Root, "others": and(quotedAll(namesOf(others)))}
	switch {
	case len(others) > 0 && s.Last:
		return append(problems, breaks("DH-AD-DEMOTE-NOT-LAST", "last", say))
	case len(others) > 0:
		problems = append(problems, e.mayLeave(m, others, d, f)...)
		e.leave(m, others[0].Name, d, f)
		return problems
	case !s.Last:
		return append(problems, breaks("DH-AD-DEMOTE-LAST", "on", say))
	}
	for _, child := range f.Domains {
		if below(child.Name, d.Name) {
			return append(problems, breaks("DH-AD-DEMOTE-PARENT", "on", words{"machine": m.Name, "domain": d.Name, "child": child.Name}))
		}
	}
	problems = append(problems, e.mayEnd(m, d, f)...)
	e.end(m, d, f)
	return problems
}

// mayLeave asks whether a domain gets on without one of its controllers.
func (e *Estate) mayLeave(m *Machine, others []*Machine, d *Domain, f *Forest) []Problem {
	var problems []Problem
	if held := heldBy(m.Name, d, f); len(held) > 0 {
		problems = append(problems, breaks("DH-AD-DEMOTE-ROLES", "on", words{"machine": m.Name, "roles": and(held), "other": others[0].Name},
			MoveRoles{Machine: others[0].Name, Roles: held}))
	}
	isCatalog := func(o *Machine) bool { return o.Catalog && o.Name != m.Name }
	if m.Catalog && !slices.ContainsFunc(e.controllers(f), isCatalog) {
		problems = append(problems, breaks("DH-AD-ONLY-CATALOG", "on", words{"machine": m.Name, "forest": f.Root, "other": others[0].Name}, e.catalog(others[0])))
	}
	after := *d
	after.Controllers = slices.DeleteFunc(slices.Clone(d.Controllers), func(name string) bool { return name == m.Name })
	for _, member := range e.Machines {
		if member.Name != m.Name && same(member.Domain, d.Name) && !member.Controller && e.finds(member, d) && !e.finds(member, &after) {
			problems = append(problems, losesNames(member, fmt.Sprintf("machine %q for names, which", m.Name), d, others))
		}
	}
	// A domain controller asks itself, unless it was told otherwise, and goes on
	// to when it is none any more; the zone has gone with the directory.
	if !e.finds(m, &after) {
		problems = append(problems, losesNames(m, "itself for names, and", d, others))
	}
	return problems
}

// losesNames says that a machine will find its domain no longer.
func losesNames(m *Machine, asked string, d *Domain, others []*Machine) Problem {
	return breaks("DH-AD-DEMOTE-DNS", "on", words{"member": m.Name, "asked": asked, "domain": d.Name, "other": others[0].Name}, askOthers(m, others))
}

// askOthers lets a member ask other domain controllers for names.
func askOthers(member *Machine, others []*Machine) Step {
	for _, other := range slices.Backward(others) {
		for _, far := range other.NICs {
			if slices.ContainsFunc(member.NICs, func(near NIC) bool { return near.Network == far.Network }) {
				return NameServers{Machine: member.Name, Servers: []netip.Addr{far.Address}}
			}
		}
	}
	return Establish{Machine: member.Name, Facts: []string{"dns-changed"}} // by a way that only the lab's author knows
}

// catalog makes a domain controller a global catalog.
func (e *Estate) catalog(m *Machine) Step {
	return Establish{Machine: m.Name, Facts: []string{"global-catalog"}, Commands: []string{fmt.Sprintf("repadmin /options %s +IS_GC", m.Computer)}}
}

// leave makes a domain controller a member of its domain; its roles go to
// another one, as dcpromo hands them over.
func (e *Estate) leave(m *Machine, other string, d *Domain, f *Forest) {
	f = e.editForest(f.Root)
	d = f.domain(d.Name)
	d.Controllers = slices.DeleteFunc(slices.Clone(d.Controllers), func(name string) bool { return name == m.Name })
	for _, role := range heldBy(m.Name, d, f) {
		e.hand(role, other, d, f)
	}
	m = e.editMachine(m.Name)
	m.Controller, m.Catalog = false, false
	e.say("%s: member of %s, no longer its domain controller", m.Name, d.Name)
}

// mayEnd asks whether a domain can end with its last controller.
func (e *Estate) mayEnd(m *Machine, d *Domain, f *Forest) []Problem {
	var problems []Problem
	if elsewhere := e.elsewhere(d, f); elsewhere != nil {
		if held := forestRoles(m.Name, f); len(held) > 0 {
			problems = append(problems, breaks("DH-AD-DEMOTE-FOREST-ROLES", "on", words{"machine": m.Name, "domain": d.Name, "roles": and(held), "other": elsewhere.Name},
				MoveRoles{Machine: elsewhere.Name, Roles: held}))
		}
	}
	for _, member := range e.Machines {
		if !same(member.Domain, d.Name) || member.Name == m.Name {
			continue
		}
		say := words{"machine": m.Name, "domain": d.Name, "member": member.Name}
		if server, _, ok := e.Server(member.Name); ok {
			say["product"] = server.Product
			problems = append(problems, breaks("DH-EX-DOMAIN-ENDS", "on", say, ExchangeRemove{Machine: member.Name, Release: server.Release}))
			continue
		}
		problems = append(problems, breaks("DH-AD-DEMOTE-MEMBERS", "on", say))
	}
	return problems
}

// elsewhere is a domain controller of another domain of the forest, or nil.
func (e *Estate) elsewhere(d *Domain, f *Forest) *Machine {
	m, _ := first(e.controllers(f), func(m *Machine) bool { return !same(m.Domain, d.Name) })
	return m
}

// end removes a domain with its last controller, and the forest with its last
// domain.
func (e *Estate) end(m *Machine, d *Domain, f *Forest) {
	if other := e.elsewhere(d, f); other != nil {
		f = e.editForest(f.Root)
		for _, role := range forestRoles(m.Name, f) {
			e.hand(role, other.Name, d, f)
		}
		f.Domains = slices.DeleteFunc(f.Domains, func(o *Domain) bool { return same(o.Name, d.Name) })
	} else {
		e.Forests = slices.DeleteFunc(slices.Clone(e.Forests), func(o *Forest) bool { return o.Root == f.Root })
	}
	for _, member := range slices.Clone(e.Machines) {
		if same(member.Domain, d.Name) {
			member = e.editMachine(member.Name)
			member.Domain, member.Controller, member.Catalog = "", false, false
		}
	}
	e.sayForGood("%s: no longer a domain", d.Name)
}
