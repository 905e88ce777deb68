package estate

import (
	"strconv"

	"github.com/doublehop/doublehop/labs"
)

func (s Adprep) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	d, f, ok := e.Domain(m.Domain)
	if !ok {
		return append(problems, breaks("DH-AD-NO-FOREST", "on", words{"machine": m.Name, "what": "adprep"}))
	}
	w, _ := WindowsOf(s.OS)
	if _, ok := AdprepOf(s.OS); !ok {
		return append(problems, breaks("DH-AD-ADPREP-DISC", "media", words{"os": windowsName(s.OS)}))
	}
	problems = append(problems, e.runsAdprep(m, w, d, f, s.Scope)...)
	switch s.Scope {
	case ForestScope:
		return append(problems, e.adprepForest(w, f)...)
	case DomainScope:
		return append(problems, e.adprepDomain(w, d, f)...)
	case PolicyScope:
		if d.Schema < w.Schema {
			problems = append(problems, e.unprepared("DH-AD-ADPREP-DOMAIN", nil, w, d, f, "scope"))
		}
		e.say("%s: group policies synchronized by adprep", d.Name)
	case RODCScope:
		if f.Schema < w.Schema {
			problems = append(problems, e.unprepared("DH-AD-ADPREP-FOREST", nil, w, nil, f, "scope"))
		}
		e.say("%s: prepared for read-only domain controllers", f.Root)
	}
	return problems
}

// runsAdprep asks whether adprep runs where it is to run. Up to Windows 2008 R2
// that is the holder of a role; from Windows 2012 on it is any 64-bit machine
// of the forest with Windows 2008 or later, since adprep does its work remotely.
func (e *Estate) runsAdprep(m *Machine, w Windows, d *Domain, f *Forest, scope Scope) []Problem {
	say := words{"machine": m.Name, "os": w.Name, "here": windowsName(m.OS), "arch": string(m.Arch)}
	if w.SelfPrepares {
		if !since2008(m.OS) || m.Arch == labs.X86 {
			return []Problem{breaks("DH-AD-ADPREP-HOST", "on", say)}
		}
		return nil
	}
	role, holder := SchemaRole, f.schemaMaster()
	switch scope {
	case DomainScope, PolicyScope:
		role, holder = InfrastructureRole, d.infrastructure()
	case RODCScope:
		return nil // it speaks to every domain's infrastructure master itself
	case ForestScope:
	}
	if holder == m.Name {
		return nil
	}
	var remedy []Step
	if m.Controller {
		remedy = append(remedy, MoveRoles{Machine: m.Name, Roles: []string{role}})
	}
	say["holder"], say["role"] = holder, role
	return []Problem{breaks("DH-AD-ADPREP-MASTER", "on", say, remedy...)}
}

func (e *Estate) adprepForest(w Windows, f *Forest) []Problem {
	if f.Schema >= w.Schema {
		return []Problem{breaks("DH-AD-ADPREP-TWICE", "", words{
			"what": "The forest of " + f.Root, "os": w.Name, "now": strconv.Itoa(f.Schema),
		})}
	}
	return e.extend(f, w, "media")
}

func (e *Estate) adprepDomain(w Windows, d *Domain, f *Forest) []Problem {
	if d.Schema >= w.Schema {
		return []Problem{breaks("DH-AD-ADPREP-TWICE", "", words{
			"what": "The domain " + d.Name, "os": w.Name, "now": strconv.Itoa(d.Schema),
		})}
	}
	var problems []Problem
	if f.Schema < w.Schema {
		problems = append(problems, e.unprepared("DH-AD-ADPREP-FOREST", nil, w, nil, f, "scope"))
	}
	if since2008(w.OS) && d.Mixed() {
		problems = append(problems, mixedMode(d, "adprep of "+w.Name, "on"))
	}
	e.prepareFor(d.Name, f.Root, w)
	return problems
}

// extend extends the schema of a forest for a later Windows.
func (e *Estate) extend(f *Forest, w Windows, attr string) []Problem {
	var problems []Problem
	for _, m := range e.controllers(f) {
		// The first Windows 2000 that survives a large change of the schema.
		const safe = 3
		if m.OS == labs.Windows2000 && m.ServicePack != UnknownServicePack && m.ServicePack < safe {
			problems = append(problems, breaks("DH-AD-ADPREP-W2K-SP", attr, words{"machine": m.Name, "now": strconv.Itoa(m.ServicePack), "os": w.Name},
				ServicePack{Machine: m.Name, OS: m.OS, Level: 4}))
		}
	}
	f = e.editForest(f.Root)
	if f.mangles(w) {
		problems = append(problems, breaks("DH-AD-MANGLED", attr, words{"forest": f.Root, "os": w.Name, "master": f.schemaMaster()}, prevention(f)))
		f.Mangled = true
		e.sayForGood("%s: attributes of Exchange 2000 renamed by adprep", f.Root)
	}
	e.sayForGood("%s: schema %d → %d", f.Root, f.Schema, w.Schema)
	f.Schema = w.Schema
	return problems
}

// mangles says that extending the schema for a Windows renames attributes:
// Exchange 2000 and adprep of Windows 2003 call three attributes by the same
// names (KB314649). ForestPrep of Exchange 2003 gives its own better ones.
func (f *Forest) mangles(w Windows) bool {
	exchange2003, _ := FindRelease("exchange-2003")
	schema2003 := SchemaOf(labs.Windows2003)
	return f.Schema < schema2003 && w.Schema >= schema2003 && !f.Prevented &&
		f.Exchange != nil && f.Exchange.Schema > 0 && f.Exchange.Schema < exchange2003.Schema
}

// prevention is what keeps adprep from renaming attributes.
func prevention(f *Forest) Step {
	return Establish{
		Machine: f.schemaMaster(), Facts: []string{"inetorgperson-prevented"},
		Commands: []string{`ldifde -i -f C:\InetOrgPersonPrevent.ldf -v -c DC=X "` + distinguished(f.Root) + `"`},
	}
}

// repair gives attributes of Exchange 2000 their names back (KB325379).
func repair(f *Forest) Step {
	return Establish{
		Machine: f.schemaMaster(), Facts: []string{"inetorgperson-fixed"},
		Commands: []string{`ldifde -i -f C:\InetOrgPersonFix.ldf -v -c DC=X "` + distinguished(f.Root) + `"`},
	}
}

// prepareFor prepares a domain for domain controllers of a later Windows.
func (e *Estate) prepareFor(domain, root string, w Windows) {
	e.editForest(root).domain(domain).Schema = w.Schema
	e.sayForGood("%s: domain prepared for %s", domain, w.Name)
}

// prepared asks whether adprep ran in the forest, and in the domain unless it
// is nil.
func (e *Estate) prepared(m *Machine, w Windows, d *Domain, f *Forest, attr string) []Problem {
	if f.Schema < w.Schema {
		return []Problem{e.unprepared("DH-AD-ADPREP-FOREST", m, w, d, f, attr)}
	}
	if d != nil && d.Schema < w.Schema {
		return []Problem{e.unprepared("DH-AD-ADPREP-DOMAIN", m, w, d, f, attr)}
	}
	return nil
}

// unprepared is a forest, or a domain, that adprep has not prepared, with the
// steps that do: of the domain too where it is not nil.
func (e *Estate) unprepared(id string, m *Machine, w Windows, d *Domain, f *Forest, attr string) Problem {
	var remedy []Step
	if f.Schema < w.Schema {
		remedy = append(remedy, Adprep{Machine: e.adprepHost(m, w, f.schemaMaster()), Scope: ForestScope, OS: w.OS})
	}
	say := words{"forest": f.Root, "os": w.Name, "now": strconv.Itoa(f.Schema), "schema": strconv.Itoa(w.Schema)}
	if d != nil {
		say["domain"] = d.Name
		if d.Schema < w.Schema {
			remedy = append(remedy, Adprep{Machine: e.adprepHost(m, w, d.infrastructure()), Scope: DomainScope, OS: w.OS})
		}
	}
	return breaks(id, attr, say, remedy...)
}

// adprepHost is where adprep of a Windows runs: on the holder of the role, or,
// where that is too old for the tool, on the machine that is to be upgraded.
func (e *Estate) adprepHost(m *Machine, w Windows, holder string) string {
	if h, ok := e.Machine(holder); w.SelfPrepares && m != nil && ok && (!since2008(h.OS) || h.Arch == labs.X86) {
		return m.Name
	}
	return holder
}
