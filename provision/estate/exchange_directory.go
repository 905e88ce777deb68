package estate

import (
	"slices"
	"strconv"

	"github.com/doublehop/doublehop/labs"
)

// mayPrepare asks what every preparation of a forest and every first server
// demands of the world around it.
func (e *Estate) mayPrepare(f *Forest, r Release) []Problem {
	const attr = "media"
	problems := e.mayMeetControllers(f, r, attr)
	problems = append(problems, e.mayWorkAt(f, r, attr)...)
	problems = append(problems, mustBeNative(f, r, attr)...)
	return append(problems, e.mayCoexist(f, r, attr)...)
}

// bySchemaMaster asks whether a preparation runs where the schema is written:
// in the domain of the schema master, whose Windows must bear it.
func (e *Estate) bySchemaMaster(m *Machine, f *Forest, r Release) []Problem {
	master, ok := e.Machine(f.schemaMaster())
	if !ok {
		return nil
	}
	var problems []Problem
	if !same(m.Domain, master.Domain) {
		d := f.domain(m.Domain)
		problems = append(problems, breaks("DH-EX-FORESTPREP-DOMAIN", "on",
			words{"machine": m.Name, "domain": m.Domain, "product": r.Name, "root": master.Domain, "master": master.Name},
			MoveRoles{Machine: d.pdc(), Roles: []string{SchemaRole}}))
	}
	return append(problems, e.extendsOn(master, m.Domain, f, r)...)
}

// extendsOn asks whether the schema master's Windows bears an extension of the
// schema. The role can go to an older domain controller, best to one of the
// domain that Setup runs in.
func (e *Estate) extendsOn(master *Machine, domain string, f *Forest, r Release) []Problem {
	if master.OS != labs.Windows2025 || f.Exchange == nil {
		return nil
	}
	var remedy []Step
	for _, c := range e.controllers(f) {
		if olderWindows(c.OS, labs.Windows2025) && (remedy == nil || same(c.Domain, domain)) {
			remedy = []Step{MoveRoles{Machine: c.Name, Roles: []string{SchemaRole}}}
		}
	}
	return []Problem{breaks("DH-EX-SCHEMA-MASTER-2025", "on", words{"machine": master.Name, "product": r.Name}, remedy...)}
}

// mayExtend asks of an update that brings a higher schema or organization
// version along, whether Setup can write them from the machine.
func (e *Estate) mayExtend(m *Machine, f *Forest, r Release) []Problem {
	master, ok := e.Machine(f.schemaMaster())
	if !ok || f.prepared(r) {
		return nil
	}
	var problems []Problem
	if !same(m.Domain, master.Domain) {
		problems = append(problems, breaks("DH-EX-UPDATE-DOMAIN", "on",
			words{"machine": m.Name, "domain": m.Domain, "product": r.Name, "root": master.Domain, "master": master.Name},
			PrepareSchema{Machine: e.preparer(m, f), Release: r.ID}, PrepareAD{Machine: e.preparer(m, f), Release: r.ID}))
	}
	return append(problems, e.extendsOn(master, m.Domain, f, r)...)
}

// mayMeetControllers asks whether a release can work with the forest's domain
// controllers: none below the floor that it would have to use, none above the
// ceiling, and a global catalog among those that it can use.
func (e *Estate) mayMeetControllers(f *Forest, r Release, attr string) []Problem {
	row, ok := controllersFor(r)
	if !ok {
		return nil
	}
	var problems []Problem
	all := e.controllers(f)
	usable := slices.DeleteFunc(slices.Clone(all), func(c *Machine) bool { return !row.uses(c) })
	for _, c := range all {
		tooNew := olderWindows(row.Most, c.OS) && (row.Most != labs.Windows2003 || c.OS != labs.Windows2003R2)
		if row.uses(c) && !tooNew {
			continue
		}
		say := words{
			"machine": c.Name, "os": windowsName(c.OS), "product": r.Name, "least": windowsName(row.Least), "most": windowsName(row.Most),
			"pack": strconv.Itoa(row.LeastServicePack), "now": strconv.Itoa(c.ServicePack),
		}
		needed := row.Scope == forestControllers || f.schemaMaster() == c.Name || len(usable) == 0
		switch {
		case needed && olderWindows(c.OS, row.Least):
			problems = append(problems, breaks("DH-EX-DC-OLD", attr, say, e.withoutController(f, c, row)...).as(row.Origin))
		case needed && !row.uses(c):
			w, _ := WindowsOf(c.OS)
			problems = append(problems, breaks("DH-EX-DC-SP", attr, say, ServicePack{Machine: c.Name, OS: servicePackOf(c.OS), Level: w.ServicePack}).as(row.Origin))
		case tooNew:
			p := breaks("DH-EX-DC-NEW", attr, say)
			if row.Perhaps != "" && !olderWindows(row.Perhaps, c.OS) {
				p = breaks("DH-EX-DC-DISPUTED", attr, say)
			}
			problems = append(problems, p.as(row.Origin))
		}
	}
	isCatalog := func(c *Machine) bool { return c.Catalog }
	if len(usable) == 0 {
		usable = all
	}
	if len(usable) > 0 && !slices.ContainsFunc(usable, isCatalog) {
		problems = append(problems, breaks("DH-EX-NO-CATALOG", attr, words{"forest": f.Root, "product": r.Name, "machine": usable[0].Name}, e.catalog(usable[0])))
	}
	return problems
}

// uses says that a domain controller is not below a row's floor. One whose
// service pack nobody knows is taken for good.
func (row controllerRow) uses(c *Machine) bool {
	if servicePackOf(c.OS) == row.Least {
		return c.ServicePack == UnknownServicePack || c.ServicePack >= row.LeastServicePack
	}
	return !olderWindows(c.OS, row.Least)
}

// hasCatalog asks for a global catalog in the domain of a new server of Exchange
// 2003.
func (e *Estate) hasCatalog(m *Machine, d *Domain, f *Forest, r Release) []Problem {
	isCatalog := func(c *Machine) bool { return c.Catalog }
	here := e.controllersOf(d)
	if r.Product != "exchange-2003" || len(here) == 0 || slices.ContainsFunc(here, isCatalog) || !slices.ContainsFunc(e.controllers(f), isCatalog) {
		return nil
	}
	return []Problem{breaks("DH-E2003-DOMAIN-CATALOG", "on", words{"machine": m.Name, "domain": d.Name, "product": r.Name}, e.catalog(here[0]))}
}

// withoutController is what takes a domain controller away whose Windows is too
// old, where another one of its domain can take its place.
func (e *Estate) withoutController(f *Forest, old *Machine, row controllerRow) []Step {
	for _, d := range f.Domains {
		if !slices.Contains(d.Controllers, old.Name) {
			continue
		}
		for _, c := range e.controllersOf(d) {
			if !row.uses(c) || c.Name == old.Name {
				continue
			}
			return append(e.takeRoles(f, d, old.Name, c.Name), Demote{Machine: old.Name})
		}
	}
	return nil
}

// takeRoles moves the operations master roles that one domain controller holds
// to another; none where it holds none.
func (e *Estate) takeRoles(f *Forest, d *Domain, from, to string) []Step {
	var roles []string
	for role, holder := range map[string]string{
		SchemaRole: f.schemaMaster(), NamingRole: orFirst(f.NamingMaster, f.Domains[0]), PDCRole: d.pdc(), RIDRole: orFirst(d.RID, d), InfrastructureRole: d.infrastructure(),
	} {
		if holder == from {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return nil
	}
	slices.Sort(roles)
	return []Step{MoveRoles{Machine: to, Roles: roles}}
}

// mayWorkAt asks for the functional levels.
func (e *Estate) mayWorkAt(f *Forest, r Release, attr string) []Problem {
	row, ok := levelsFor(r)
	if !ok {
		return nil
	}
	var problems []Problem
	say := words{"forest": f.Root, "level": f.Level.String(), "product": r.Name, "least": row.Forest.String(), "most": row.Most.String()}
	if f.Level < row.Forest {
		problems = append(problems, breaks("DH-EX-FOREST-LEVEL", attr, say,
			RaiseLevel{Machine: orFirst(f.NamingMaster, f.Domains[0]), Scope: ForestScope, Level: row.Forest}).as(row.Origin))
	}
	if f.Level > row.Most {
		id := "DH-EX-LEVEL-NEW"
		if row.Perhaps > row.Most && f.Level <= row.Perhaps {
			id = "DH-EX-LEVEL-DISPUTED"
		}
		problems = append(problems, breaks(id, attr, say).as(row.Origin))
	}
	if olderProduct(r.Product, "exchange-2007") {
		return problems
	}
	for _, d := range f.Domains {
		if d.Mixed() && row.Forest < Level2003 {
			problems = append(problems, breaks("DH-EX-DOMAIN-MIXED", attr, words{"domain": d.Name, "product": r.Name},
				RaiseLevel{Machine: d.pdc(), Scope: DomainScope, Level: Level2000}).as(row.Origin))
		}
	}
	return problems
}
