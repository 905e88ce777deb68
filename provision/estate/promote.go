package estate

import (
	"strings"

	"github.com/doublehop/doublehop/labs"
)

func (s Promote) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	problems, ok := e.mayPromote(m, s)
	if !ok {
		return problems
	}
	switch s.Role {
	case ChildController:
		return append(problems, e.branch(m, s)...)
	case ReplicaController:
		return append(problems, e.replicate(m, s)...)
	case FirstController:
	}
	return append(problems, e.found(m, s)...)
}

// mayPromote asks whether the machine can become a domain controller at all;
// false where the rest of the step has no meaning.
func (e *Estate) mayPromote(m *Machine, s Promote) ([]Problem, bool) {
	var problems []Problem
	if server, _, ok := e.Server(m.Name); ok {
		problems = append(problems, breaks("DH-EX-DCPROMO", "on", words{"machine": m.Name, "product": server.Product, "what": "promoted"}))
	}
	w, known := WindowsOf(m.OS)
	if name := w.Name; known && (w.Schema == 0 || m.Edition == "web") {
		if w.Schema > 0 {
			name += ", Web Edition"
		}
		problems = append(problems, breaks("DH-AD-NO-DIRECTORY", "on", words{"machine": m.Name, "os": name}))
	}
	say := words{"machine": m.Name, "domain": m.Domain, "new": s.Domain}
	if m.Controller {
		return append(problems, breaks("DH-AD-PROMOTED-TWICE", "on", say)), false
	}
	home := s.Domain
	if s.Role == ChildController {
		home = s.Parent
	}
	if m.Domain != "" && (s.Role == FirstController || s.Role == "" || !same(m.Domain, home)) {
		return append(problems, breaks("DH-AD-MEMBER-PROMOTED", "on", say)), false
	}
	return problems, true
}

// mayName asks whether the names of a new domain are free; false where the
// domain is there already.
func (e *Estate) mayName(s Promote) ([]Problem, bool) {
	var problems []Problem
	free := true
	for _, f := range e.Forests {
		for _, d := range f.Domains {
			switch {
			case same(d.Name, s.Domain):
				free = false
				problems = append(problems, breaks("DH-AD-DOMAIN-EXISTS", "domain", words{"domain": d.Name, "controller": d.Controllers[0]}))
			case s.NetBIOS != "" && same(d.NetBIOS, s.NetBIOS):
				problems = append(problems, breaks("DH-AD-NETBIOS-CLASH", "netbios", words{"what": "The domain " + s.Domain, "name": s.NetBIOS, "domain": d.Name}))
			}
		}
	}
	for _, m := range e.Machines {
		if s.NetBIOS != "" && same(m.Computer, s.NetBIOS) {
			problems = append(problems, nameIsDomain(m.Name, m.Computer, s.Domain, "netbios"))
		}
	}
	return problems, free
}

// found makes a forest with one domain.
func (e *Estate) found(m *Machine, s Promote) []Problem {
	problems, free := e.mayName(s)
	if !free {
		return problems
	}
	w, _ := WindowsOf(m.OS)
	problems = append(problems, fits(w, s.Level, words{"machine": m.Name, "what": "the new forest of " + s.Domain}, "forest_level")...)
	level := s.LevelOn(m.OS)
	e.Forests = append(e.Forests, &Forest{
		Root: s.Domain, Schema: w.Schema, Level: level, SchemaMaster: m.Name, NamingMaster: m.Name, Founded: e.Clock,
		Tombstone: tombstoneOf(m.OS, m.ServicePack), DFSR: level >= Level2008, Domains: []*Domain{firstDomain(m, s, level)},
	})
	e.control(m.Name, s.Domain)
	e.editMachine(m.Name).Catalog = true
	e.say("%s: schema %d", s.Domain, w.Schema)
	e.say("%s: forest level %s", s.Domain, level)
	return problems
}

// LevelOn is the functional level of the forest that the promotion of a first
// domain controller makes: the one asked for, and at least the lowest that the
// Windows can serve in. Level2000 counts as not asked for.
func (s Promote) LevelOn(os labs.OS) Level {
	w, _ := WindowsOf(os)
	return min(max(s.Level, w.LowestForest), w.Highest)
}

// firstDomain is a domain with its first controller, which holds the domain's
// roles. Windows 2008 and later make no domain in mixed mode.
func firstDomain(m *Machine, s Promote, level Level) *Domain {
	return &Domain{
		Name: s.Domain, NetBIOS: s.NetBIOS, Level: level, Native: level == Level2000 && since2008(m.OS),
		Controllers: []string{m.Name}, PDC: m.Name, RID: m.Name, Infrastructure: m.Name, Schema: SchemaOf(m.OS),
	}
}

// control makes a machine a domain controller. dcpromo of Windows 2000 and 2003
// makes only the forest's first one a global catalog, later ones propose it.
func (e *Estate) control(machine, domain string) {
	m := e.editMachine(machine)
	m.Domain, m.Controller, m.Catalog = domain, true, since2008(m.OS)
	e.say("%s: domain controller of %s", machine, domain)
}

// branch makes a domain below another one.
func (e *Estate) branch(m *Machine, s Promote) []Problem {
	parent, f, ok := e.Domain(s.Parent)
	if !ok {
		return []Problem{noDomain(m.Name, s.Parent, "parent")}
	}
	problems, free := e.mayName(s)
	if !free {
		return problems
	}
	if label, rest, _ := strings.Cut(s.Domain, "."); label == "" || !same(rest, parent.Name) {
		problems = append(problems, breaks("DH-AD-CHILD-NAME", "domain", words{"domain": s.Domain, "parent": parent.Name}))
	}
	problems = append(problems, e.reaches(m, parent)...)
	problems = append(problems, e.mayServe(m, m.OS, nil, f, "on")...)
	problems = append(problems, e.expects(m, nil, f)...)
	w, _ := WindowsOf(m.OS)
	level := max(f.Level, w.Lowest)
	f = e.editForest(f.Root)
	f.Domains = append(f.Domains, firstDomain(m, s, level))
	f.DFSR = f.DFSR && level >= Level2008
	e.control(m.Name, s.Domain)
	e.follow(m.Name, parent)
	e.say("%s: domain of the forest of %s, level %s", s.Domain, f.Root, level)
	return problems
}

// replicate adds a domain controller to a domain.
func (e *Estate) replicate(m *Machine, s Promote) []Problem {
	d, f, ok := e.Domain(s.Domain)
	if !ok {
		return []Problem{noDomain(m.Name, s.Domain, "domain")}
	}
	problems := e.reaches(m, d)
	problems = append(problems, e.mayServe(m, m.OS, d, f, "on")...)
	problems = append(problems, e.expects(m, d, f)...)
	f = e.editForest(f.Root)
	d = f.domain(d.Name)
	d.Controllers = append(d.Controllers, m.Name)
	e.control(m.Name, d.Name)
	e.follow(m.Name, d)
	if since2008(m.OS) {
		e.say("%s: global catalog", m.Name)
	}
	return problems
}

// expects asks whether forest and domain (nil for a new one) were prepared for
// a machine's Windows. Promotion of Windows 2012 and later prepares them by
// itself.
func (e *Estate) expects(m *Machine, d *Domain, f *Forest) []Problem {
	w, _ := WindowsOf(m.OS)
	if !w.SelfPrepares {
		return e.prepared(m, w, d, f, "on")
	}
	var problems []Problem
	if f.Schema < w.Schema {
		problems = e.extend(f, w, "on")
	}
	if d != nil && d.Schema < w.Schema {
		e.prepareFor(d.Name, f.Root, w)
	}
	return problems
}
