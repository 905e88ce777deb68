package estate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// release finds what a step installs or prepares; it says so where nobody knows
// it.
func release(id, machine string) (Release, []Problem) {
	if r, ok := FindRelease(id); ok {
		return r, nil
	}
	return Release{}, []Problem{breaks("DH-EX-NO-RELEASE", "media", words{"machine": machine, "release": orNothing(id)})}
}

func orNothing(id string) string {
	if id == "" {
		return "nothing that is known"
	}
	return id
}

// inForest finds the domain and forest of a machine on which Exchange's Setup
// is to run.
func (e *Estate) inForest(m *Machine, what string) (*Domain, *Forest, []Problem) {
	if d, f, ok := e.Domain(m.Domain); ok {
		return d, f, nil
	}
	return nil, nil, []Problem{breaks("DH-EX-NO-FOREST", "on", words{"machine": m.Name, "what": what})}
}

// mayHost asks whether Exchange may stand on a machine's Windows.
func mayHost(m *Machine, r Release) []Problem {
	p, _ := FindProduct(r.Product)
	say := words{
		"machine": m.Name, "product": r.Name, "os": windowsName(m.OS), "arch": string(m.Arch), "hosts": hostNames(r), "now": strconv.Itoa(m.ServicePack),
	}
	row, ok := mayStandOn(r, m)
	switch {
	case ok && m.ServicePack != UnknownServicePack && m.ServicePack < row.ServicePack:
		say["least"] = strconv.Itoa(row.ServicePack)
		w, _ := WindowsOf(m.OS)
		pack := ServicePack{Machine: m.Name, OS: servicePackOf(m.OS), Level: w.ServicePack}
		if r.Product == "exchange-2003" && m.OS == labs.Windows2000 {
			return []Problem{breaks("DH-E2003-W2K-SP", "on", say, pack)}
		}
		return []Problem{breaks("DH-EX-HOST-SP", "on", say, pack).as(row.Origin)}
	case ok && row.LabOnly:
		return []Problem{breaks("DH-E2007-LAB-ONLY", "on", say)}
	case ok && row.Confidence == Weak:
		return []Problem{breaks("DH-EX-HOST-DISPUTED", "on", say)}
	case ok:
		return nil
	case p.Arch == labs.X86 && m.Arch == labs.X64:
		return []Problem{breaks("DH-E2003-X64", "on", say)}
	case p.Arch == labs.X64 && m.Arch == labs.X86:
		return []Problem{breaks("DH-EX-X86", "on", say)}
	case r.Product == "exchange-2000" && !olderWindows(m.OS, labs.Windows2003):
		return []Problem{breaks("DH-E2000-W2K3", "on", say)}
	}
	refusal := breaks("DH-EX-HOST", "on", say)
	if row.Source != "" {
		refusal = refusal.as(row.Origin)
	}
	return []Problem{refusal}
}

// hostNames lists in words what a release may stand on.
func hostNames(r Release) string {
	var names []string
	for _, row := range hostsOf(r) {
		if name := windowsName(row.OS); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "no Windows that is known here"
	}
	return and(names)
}

// hasParts asks for the parts of Windows that Setup demands or refuses.
func hasParts(m *Machine, r Release) []Problem {
	var missing, forbidden []string
	sure := Origin{Confidence: Sure}
	for _, row := range componentsFor(r.Product, m.OS) {
		switch {
		case row.Verdict == componentNeeded && !m.Has(row.Component):
			missing = append(missing, row.Component)
			if row.Confidence != Sure {
				sure = row.Origin
			}
		case row.Verdict == componentForbidden && m.Has(row.Component):
			forbidden = append(forbidden, row.Component)
		}
	}
	var problems []Problem
	if len(missing) > 0 {
		problems = append(problems, breaks("DH-E2003-COMPONENTS", "on", words{
			"machine": m.Name, "product": r.Name, "missing": and(missing), "components": quoted(append(slices.Clone(m.Components), missing...)),
		}, AddComponents{Machine: m.Name, Components: missing}).as(sure))
	}
	if len(forbidden) > 0 {
		problems = append(problems, breaks("DH-EX-COMPONENTS-FORBIDDEN", "on", words{"machine": m.Name, "product": r.Name, "forbidden": and(forbidden)}))
	}
	return problems
}

// mayMeetControllers asks whether a release can work with the forest's domain
// controllers: none below the floor, none above the ceiling, and a global
// catalog in the domain of its server.
func (e *Estate) mayMeetControllers(f *Forest, r Release, attr string) []Problem {
	row, ok := controllersFor(r)
	if !ok {
		return nil
	}
	var problems []Problem
	all := e.controllers(f)
	for _, c := range all {
		say := words{
			"machine": c.Name, "os": windowsName(c.OS), "product": r.Name, "least": windowsName(row.Least), "most": windowsName(row.Most),
			"pack": strconv.Itoa(row.LeastServicePack), "now": strconv.Itoa(c.ServicePack),
		}
		switch {
		case olderWindows(c.OS, row.Least) && (row.Scope == forestControllers || f.schemaMaster() == c.Name || !e.anyAbove(f, row)):
			problems = append(problems, breaks("DH-EX-DC-OLD", attr, say, e.withoutController(f, c, row)...).as(row.Origin))
		case c.OS == row.Least && c.ServicePack != UnknownServicePack && c.ServicePack < row.LeastServicePack:
			w, _ := WindowsOf(c.OS)
			problems = append(problems, breaks("DH-EX-DC-SP", attr, say, ServicePack{Machine: c.Name, OS: servicePackOf(c.OS), Level: w.ServicePack}).as(row.Origin))
		case olderWindows(row.Most, c.OS):
			p := breaks("DH-EX-DC-NEW", attr, say)
			if row.Perhaps != "" && !olderWindows(row.Perhaps, c.OS) {
				p = breaks("DH-EX-DC-DISPUTED", attr, say)
			}
			problems = append(problems, p.as(row.Origin))
		}
	}
	if !slices.ContainsFunc(all, func(c *Machine) bool { return c.Catalog }) && len(all) > 0 {
		problems = append(problems, breaks("DH-EX-NO-CATALOG", attr, words{"forest": f.Root, "product": r.Name, "machine": all[0].Name},
			Establish{Machine: all[0].Name, Facts: []string{"global-catalog"}}))
	}
	return problems
}

// anyAbove says whether some domain controller of a forest meets a row's floor.
func (e *Estate) anyAbove(f *Forest, row controllerRow) bool {
	return slices.ContainsFunc(e.controllers(f), func(c *Machine) bool { return !olderWindows(c.OS, row.Least) })
}

// withoutController is what takes a domain controller away whose Windows is too
// old, where another one of its domain can take its place.
func (e *Estate) withoutController(f *Forest, old *Machine, row controllerRow) []Step {
	for _, d := range f.Domains {
		if !slices.Contains(d.Controllers, old.Name) {
			continue
		}
		for _, c := range e.controllersOf(d) {
			if olderWindows(c.OS, row.Least) || c.Name == old.Name {
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

// mayCoexist asks whether a release can be in an organization with the servers
// that are there.
func (e *Estate) mayCoexist(f *Forest, r Release, attr string) []Problem {
	problems := e.beside55(f, r, attr)
	if f.Exchange == nil {
		return problems
	}
	for _, s := range f.Exchange.Servers {
		row, ok := coexistence(r, serverProduct(s))
		if !ok {
			continue
		}
		now, _ := FindRelease(s.Release)
		say := words{"machine": s.Machine, "server": now.Name, "product": r.Name}
		if row.Floor == refused {
			say["way"] = wayBetween(now.Product, r.Product)
			problems = append(problems, breaks("DH-EX-COEXIST", attr, say, e.retire(f, s, r)...).as(row.Origin))
			continue
		}
		floor, _ := FindRelease(row.Floor)
		if now.Build.Less(floor.Build) {
			say["floor"] = floor.Name
			problems = append(problems, breaks("DH-EX-COEXIST-LEVEL", attr, say, ExchangeUpdate{Machine: s.Machine, Release: floor.ID}).as(row.Origin))
		}
	}
	return problems
}

// wayBetween says in words how mailboxes get from a version to one that it
// cannot live with.
func wayBetween(from, to string) string {
	a, _ := FindProduct(from)
	b, _ := FindProduct(to)
	for _, via := range slices.Backward(products()) {
		if !olderProduct(from, via.ID) || !olderProduct(via.ID, to) {
			continue
		}
		last := lastRelease(via.ID)
		first, okFirst := coexistence(last, from)
		then, okThen := coexistence(lastRelease(to), via.ID)
		_, in := moveBetween(from, via.ID)
		_, out := moveBetween(via.ID, to)
		if in && out && okFirst && okThen && first.Floor != refused && then.Floor != refused {
			return "Here the mailboxes of " + a.Name + " go to " + via.Name + ", " + a.Name + " is removed, and then " + b.Name + " comes"
		}
	}
	return "There is no single version that both can live with; `doublehop route` finds the way over several"
}

// retire is what takes a server away that a release cannot live with, where
// another server of the organization can take over from it.
func (e *Estate) retire(f *Forest, old *Server, r Release) []Step {
	heir := e.heir(f, old)
	if heir == nil {
		return nil
	}
	if row, ok := coexistence(r, serverProduct(heir)); ok && row.Floor == refused {
		return nil
	}
	var steps []Step
	if old.Mailboxes {
		steps = append(steps, MoveMailboxes{Machine: heir.Machine, From: old.Machine})
	}
	if old.PublicFolders {
		steps = append(steps, PublicFolders{Machine: heir.Machine, From: old.Machine})
	}
	return append(steps, ExchangeRemove{Machine: old.Machine, Release: old.Release})
}

// heir is the newest server that can take over what another one holds.
func (e *Estate) heir(f *Forest, old *Server) *Server {
	var best *Server
	for _, s := range f.Exchange.Servers {
		row, ok := moveBetween(serverProduct(old), serverProduct(s))
		if s.Machine == old.Machine || !ok || !row.Move || slices.Contains(s.Roles, FrontEndRole) || olderProduct(serverProduct(s), serverProduct(old)) {
			continue
		}
		if best == nil || olderProduct(serverProduct(best), serverProduct(s)) {
			best = s
		}
	}
	return best
}

// beside55 asks about Exchange 5.5 and the connector that joins its directory to
// Active Directory.
func (e *Estate) beside55(f *Forest, r Release, attr string) []Problem {
	var problems []Problem
	for _, m := range e.Machines {
		say := words{"machine": m.Name, "product": r.Name}
		late := !olderProduct(r.Product, "exchange-2007")
		switch {
		case late && m.server55() != nil:
			problems = append(problems, breaks("DH-EX-E55", attr, say, ExchangeRemove{Machine: m.Name, Release: m.server55().Release}))
		case m.Vouched(word55):
			problems = append(problems, breaks("DH-E2003-E55-SP", attr, say, Establish{Machine: m.Name, Facts: []string{word55SP3}}))
		}
		if !late && m.server55() != nil && !e.joined55(f) {
			connector := "connector" + strings.TrimPrefix(r.Product, "exchange")
			problems = append(problems, breaks("DH-E2003-E55-CONNECTOR", attr, say, Establish{Machine: f.schemaMaster(), Facts: []string{connector}}))
		}
		_, home, joined := e.Domain(m.Domain)
		if m.Connector == "" || !joined || !same(home.Root, f.Root) {
			continue
		}
		say["connector"] = "Exchange " + strings.TrimPrefix(m.Connector, "exchange-")
		switch {
		case late:
			problems = append(problems, breaks("DH-EX-CONNECTOR", attr, say, Establish{Machine: m.Name, Facts: []string{"no-connector"}}))
		case r.Product == "exchange-2003" && m.Connector == "exchange-2000":
			problems = append(problems, breaks("DH-E2003-CONNECTOR", attr, say, Establish{Machine: m.Name, Facts: []string{"connector-2003"}}))
		}
	}
	return problems
}

// mustBeNative asks for native mode, which Exchange 2007 and later want.
func mustBeNative(f *Forest, r Release, attr string) []Problem {
	if f.Exchange == nil || f.Exchange.Mode != Mixed || olderProduct(r.Product, "exchange-2007") || !f.Exchange.legacy() {
		return nil
	}
	return []Problem{breaks("DH-EX-MIXED-MODE", attr, words{"forest": f.Root, "product": r.Name}, NativeMode{Machine: f.schemaMaster()})}
}

// legacy says that the organization is from Exchange 2000 or 2003, or still has
// a server of theirs: only such a one has a mode and groups of its own.
func (o *Organization) legacy() bool {
	return slices.ContainsFunc(o.Prepared, func(p string) bool { return olderProduct(p, "exchange-2007") }) ||
		slices.ContainsFunc(o.Servers, func(s *Server) bool { return olderProduct(serverProduct(s), "exchange-2007") })
}

// old lists the servers of Exchange 2000 and 2003.
func (o *Organization) old() []*Server {
	var list []*Server
	for _, s := range o.Servers {
		if olderProduct(serverProduct(s), "exchange-2007") {
			list = append(list, s)
		}
	}
	return list
}

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
		problems = append(problems, breaks("DH-EX-FORESTPREP-DOMAIN", "on", words{"machine": m.Name, "domain": m.Domain, "product": r.Name, "root": master.Domain, "master": master.Name}))
	}
	if master.OS == labs.Windows2025 && f.Exchange != nil {
		var remedy []Step
		for _, c := range e.controllers(f) {
			if olderWindows(c.OS, labs.Windows2025) {
				remedy = []Step{MoveRoles{Machine: c.Name, Roles: []string{SchemaRole}}}
			}
		}
		problems = append(problems, breaks("DH-EX-SCHEMA-MASTER-2025", "on", words{"machine": master.Name, "product": r.Name}, remedy...))
	}
	return problems
}
