package estate

import (
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

func (s ExchangeSetup) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	r, unknown := release(s.Release, s.Machine)
	if unknown != nil {
		return append(problems, unknown...)
	}
	if !olderProduct(r.Product, "exchange-2007") {
		return append(problems, breaks("DH-EX-SETUP-LATER", "media", words{"machine": m.Name, "product": r.Name}))
	}
	server, home, there := e.Server(m.Name)
	if there {
		if row, ok := moveBetween(serverProduct(server), r.Product); ok && row.InPlace {
			return append(problems, e.upgradeInPlace(m, server, home, r, row)...)
		}
		return append(problems, breaks("DH-EX-TWICE", "on", words{"machine": m.Name, "product": server.Product}))
	}
	d, f, astray := e.inForest(m, "Setup of "+r.Name)
	problems = append(problems, mayHost(m, r)...)
	problems = append(problems, hasParts(m, r)...)
	if f == nil {
		return append(problems, astray...)
	}
	was := m.server55()
	if was != nil {
		if row, _ := moveBetween(word55, r.Product); !row.InPlace {
			return append(problems, breaks("DH-EX-TWICE", "on", words{"machine": m.Name, "product": was.Product}))
		}
	}
	problems = append(problems, e.mayCome(m, d, f, r)...)
	problems = append(problems, mayHold(m, r.Product, frontEnd(s.FrontEnd))...)
	say := words{"forest": f.Root, "domain": d.Name, "product": r.Name, "machine": m.Name, "organization": s.Organization}
	if !f.prepared(r) {
		problems = append(problems, breaks("DH-EX-NO-FORESTPREP", "", say, ForestPrep{Machine: f.schemaMaster(), Release: r.ID}))
	}
	if d.Prepared < r.Domain {
		problems = append(problems, breaks("DH-EX-NO-DOMAINPREP", "", say, DomainPrep{Machine: d.pdc(), Release: r.ID}))
	}
	if f.Exchange != nil && f.Exchange.Name != "" && !same(f.Exchange.Name, s.Organization) {
		say["there"] = f.Exchange.Name
		problems = append(problems, breaks("DH-EX-ORGANIZATION", "organization", say))
	}
	problems = append(problems, e.preparedElsewhere(d, f, r)...)
	problems = append(problems, e.hasCatalog(m, d, f, r)...)
	problems = append(problems, mayServeClients(s, f, r)...)
	e.prepareFor2003(d, f, r)
	e.foundOrganization(f.Root, s.Organization, Mixed)
	e.add(f, m, r, frontEnd(s.FrontEnd))
	if was != nil {
		server := e.editServer(f, m.Name)
		server.Mailboxes, server.PublicFolders = was.Mailboxes, was.PublicFolders
		e.end55(m.Name)
	}
	return problems
}

func frontEnd(is bool) []string {
	if is {
		return []string{FrontEndRole}
	}
	return []string{MailboxRole}
}

// preparedElsewhere asks, before the first server of a version comes, for
// DomainPrep of the domains that have no server and need it all the same: the
// forest's first, and those with global catalogs that Exchange may use.
func (e *Estate) preparedElsewhere(d *Domain, f *Forest, r Release) []Problem {
	if f.Exchange != nil && slices.ContainsFunc(f.Exchange.Servers, func(s *Server) bool { return serverProduct(s) == r.Product }) {
		return nil
	}
	var problems []Problem
	for _, other := range f.Domains {
		if same(other.Name, d.Name) || other.Prepared >= r.Domain {
			continue
		}
		if same(other.Name, f.Root) || slices.ContainsFunc(e.controllersOf(other), func(c *Machine) bool { return c.Catalog }) {
			problems = append(problems, breaks("DH-EX-DOMAINPREP-ELSEWHERE", "", words{"domain": other.Name, "home": d.Name, "product": r.Name},
				DomainPrep{Machine: other.pdc(), Release: r.ID}))
		}
	}
	return problems
}

// mayServeClients asks whether a new front-end finds back-ends that it can speak
// to.
func mayServeClients(s ExchangeSetup, f *Forest, r Release) []Problem {
	if !s.FrontEnd || f.Exchange == nil || len(f.Exchange.Servers) == 0 || len(f.Exchange.old()) > 0 {
		return nil
	}
	return []Problem{breaks("DH-EX-FRONT-END-ALONE", "front_end", words{"machine": s.Machine, "product": r.Name, "server": f.Exchange.Servers[0].Product})}
}

// prepareFor2003 does what was left out of the preparations, so that it is
// reported once.
func (e *Estate) prepareFor2003(d *Domain, f *Forest, r Release) {
	if !f.prepared(r) {
		e.extendFor(f, r)
		e.stampOrganization(f, r)
	}
	if d.Prepared < r.Domain {
		e.prepareDomain(f, d.Name, r)
	}
	e.editForest(f.Root).organize()
}

// upgradeInPlace is Setup of a later version on a server that it upgrades.
func (e *Estate) upgradeInPlace(m *Machine, server *Server, f *Forest, r Release, row moveRow) []Problem {
	now, _ := FindRelease(server.Release)
	d := f.domain(m.Domain)
	say := words{"machine": m.Name, "server": now.Name, "product": r.Name, "forest": f.Root, "domain": m.Domain}
	problems := mayHost(m, r)
	problems = append(problems, hasParts(m, r)...)
	problems = append(problems, restarted(m, r)...)
	if floor, ok := FindRelease(row.InPlaceFrom); ok && now.Build.Less(floor.Build) {
		say["floor"] = floor.Name
		problems = append(problems, breaks("DH-EX-UPGRADE-LEVEL", "on", say, ExchangeUpdate{Machine: m.Name, Release: floor.ID}).as(row.Origin))
	}
	if r.Product == "exchange-2003" {
		problems = append(problems, e.mayBecome2003(m, server, f, say)...)
		if !f.prepared(r) {
			problems = append(problems, breaks("DH-EX-NO-FORESTPREP", "", say, ForestPrep{Machine: f.schemaMaster(), Release: r.ID}))
		}
		if d.Prepared < r.Domain {
			problems = append(problems, breaks("DH-EX-NO-DOMAINPREP", "", say, DomainPrep{Machine: d.pdc(), Release: r.ID}))
		}
		problems = append(problems, e.preparedElsewhere(d, f, r)...)
	} else {
		problems = append(problems, e.isPrepared(m, d, f, r)...)
	}
	problems = append(problems, e.mayPrepare(f, r)...)
	e.setRelease(f, m.Name, r)
	return problems
}

// mayBecome2003 asks what keeps Exchange 2000 from being upgraded.
func (e *Estate) mayBecome2003(m *Machine, server *Server, f *Forest, say words) []Problem {
	var problems []Problem
	if m.Vouched("unsupported-components") {
		problems = append(problems, breaks("DH-E2003-UNSUPPORTED-COMPONENTS", "on", say, Establish{Machine: m.Name, Facts: []string{"no-unsupported-components"}}))
	}
	if slices.Contains(server.Roles, FrontEndRole) {
		return problems
	}
	for _, other := range f.Exchange.Servers {
		if slices.Contains(other.Roles, FrontEndRole) && serverProduct(other) == "exchange-2000" {
			problems = append(problems, breaks("DH-E2003-FRONT-END-FIRST", "on", words{"machine": m.Name, "front": other.Machine},
				ExchangeSetup{Machine: other.Machine, Release: "exchange-2003", Organization: f.Exchange.Name, FrontEnd: true}))
		}
	}
	return problems
}

// mayCome asks what a new server of any version demands of the forest.
func (e *Estate) mayCome(m *Machine, d *Domain, f *Forest, r Release) []Problem {
	problems := e.mayPrepare(f, r)
	problems = append(problems, e.inTime(m, d)...)
	if m.Controller {
		problems = append(problems, breaks("DH-EX-ON-CONTROLLER", "on", words{"machine": m.Name}))
		if !m.Catalog {
			problems = append(problems, breaks("DH-EX-ON-CONTROLLER-CATALOG", "on", words{"machine": m.Name, "product": r.Name}, e.catalog(m)))
		}
	}
	problems = append(problems, restarted(m, r)...)
	return append(problems, olderAfterNewer(f, r)...)
}

// restarted asks whether a restart that Setup would stop at was done.
func restarted(m *Machine, r Release) []Problem {
	if !m.Vouched("reboot-pending") {
		return nil
	}
	return []Problem{breaks("DH-EX-REBOOT-PENDING", "on", words{"machine": m.Name, "product": r.Name}, Reboot{Machine: m.Name})}
}

// olderAfterNewer warns of a version that can no longer be added: a newer one is
// in the organization, and this one never prepared it.
func olderAfterNewer(f *Forest, r Release) []Problem {
	if f.Exchange == nil || slices.Contains(f.Exchange.Prepared, r.Product) {
		return nil
	}
	for _, s := range f.Exchange.Servers {
		if product := serverProduct(s); olderProduct(r.Product, product) && !olderProduct(product, "exchange-2007") {
			return []Problem{breaks("DH-EX-OLDER-AFTER-NEWER", "media", words{"product": r.Name, "server": s.Product, "forest": f.Root})}
		}
	}
	return nil
}

func (s ExchangeInstall) do(e *Estate) []Problem {
	m, f, r, problems := e.preparing(s.Machine, s.Release, "Setup")
	if m == nil {
		return problems
	}
	if f == nil {
		if r.ID != "" && !olderProduct(r.Product, "exchange-2007") {
			problems = append(problems, mayHost(m, r)...)
		}
		return problems
	}
	d := f.domain(m.Domain)
	if server, home, there := e.Server(m.Name); there {
		row, ok := moveBetween(serverProduct(server), r.Product)
		say := words{"machine": m.Name, "server": server.Product, "product": r.Name}
		switch {
		case ok && row.InPlace:
			return append(problems, e.upgradeInPlace(m, server, home, r, row)...)
		case serverProduct(server) == r.Product:
			return append(problems, breaks("DH-EX-TWICE", "on", words{"machine": m.Name, "product": server.Product}))
		}
		return append(problems, breaks("DH-EX-IN-PLACE", "on", say))
	}
	problems = append(problems, mayHost(m, r)...)
	problems = append(problems, hasParts(m, r)...)
	problems = append(problems, e.mayCome(m, d, f, r)...)
	problems = append(problems, e.isPrepared(m, d, f, r)...)
	roles, wrong := rolesOf(s, m, f, r)
	problems = append(problems, wrong...)
	problems = append(problems, mayHold(m, r.Product, roles)...)
	problems = append(problems, e.mayRoute(s, m, f, r)...)
	e.prepareAll(d, f, r)
	e.foundOrganization(f.Root, s.Organization, Native)
	e.add(f, m, r, roles)
	return problems
}

// isPrepared asks whether forest and domain expect a server of 2007 or later.
// Setup would prepare them by itself; then nobody waits for replication, and no
// checkpoint stands between.
func (e *Estate) isPrepared(m *Machine, d *Domain, f *Forest, r Release) []Problem {
	say := words{"forest": f.Root, "domain": d.Name, "product": r.Name, "machine": m.Name}
	from := e.preparer(m, f)
	switch {
	case !f.extended(r):
		return []Problem{breaks("DH-EX-NO-PREPARE-SCHEMA", "", say, PrepareSchema{Machine: from, Release: r.ID},
			PrepareAD{Machine: from, Release: r.ID}, PrepareDomain{Machine: from, Release: r.ID})}
	case f.Exchange.Version < r.Organization:
		return []Problem{breaks("DH-EX-NO-PREPARE-AD", "", say, PrepareAD{Machine: from, Release: r.ID}, PrepareDomain{Machine: from, Release: r.ID})}
	case d.Prepared < r.Domain:
		return []Problem{breaks("DH-EX-NO-PREPARE-DOMAIN", "", say, PrepareDomain{Machine: from, Release: r.ID})}
	}
	return nil
}

// preparer is where the preparations of 2007 and later are best run for a
// server: on itself, which is 64-bit as they are, where it stands in the schema
// master's domain, else on a 64-bit machine of that domain.
func (e *Estate) preparer(m *Machine, f *Forest) string {
	master, ok := e.Machine(f.schemaMaster())
	if !ok || same(master.Domain, m.Domain) {
		return m.Name
	}
	if other, ok := first(e.Machines, func(o *Machine) bool { return o.Arch == labs.X64 && same(o.Domain, master.Domain) }); ok && master.Arch != labs.X64 {
		return other.Name
	}
	return master.Name
}

// prepareAll does what Setup would do by itself of the preparations that were
// left out, so that they are reported once.
func (e *Estate) prepareAll(d *Domain, f *Forest, r Release) {
	if !f.extended(r) {
		e.permitLegacy(f, r)
		e.extendFor(f, r)
	}
	e.stampOrganization(f, r)
	if d.Prepared < r.Domain {
		e.prepareDomain(f, d.Name, r)
	}
}

// add puts a new server into the organization. The first one with mailboxes of
// Exchange 2010 and earlier gets a public folder store of its own.
func (e *Estate) add(f *Forest, m *Machine, r Release, roles []string) {
	o := e.editForest(f.Root).Exchange
	p, _ := FindProduct(r.Product)
	server := &Server{
		Machine: m.Name, Computer: m.Computer, Product: p.Name, Build: r.Build.String(), Release: r.ID,
		Roles: slices.Sorted(slices.Values(roles)), Installed: e.Clock,
	}
	late, holds := !olderProduct(r.Product, "exchange-2007"), slices.Contains(roles, MailboxRole)
	server.First = !late && len(o.old()) == 0
	server.PublicFolders = !late && holds && !slices.ContainsFunc(o.Servers, func(s *Server) bool { return s.PublicFolders })
	server.System = olderProduct("exchange-2007", r.Product) && holds && !slices.ContainsFunc(o.Servers, func(s *Server) bool { return s.System })
	closed := o.closedBy(r)
	o.Servers = append(o.Servers, server)
	e.say("%s: %s, build %s", m.Name, r.Name, r.Build)
	if len(closed) > 0 {
		e.sayForGood("%s: %s can no longer be added", f.Root, and(closed))
	}
}

// mayOffer asks whether a feature of Exchange 2003 can work on its Windows: a
// word of [Vouchable].
func (e *Estate) mayOffer(m *Machine, feature string) []Problem {
	if !slices.Contains([]string{"rpc-over-http", "volume-shadow-copy", "mount-points", "eight-node-cluster"}, feature) {
		return nil
	}
	say := words{"machine": m.Name, "feature": strings.ReplaceAll(feature, "-", " "), "os": windowsName(m.OS)}
	if m.OS == labs.Windows2000 {
		return []Problem{breaks("DH-E2003-FEATURE", "establishes", say)}
	}
	if feature != "rpc-over-http" {
		return nil
	}
	if _, f, ok := e.Domain(m.Domain); ok {
		for _, c := range e.controllers(f) {
			if c.Catalog && c.OS == labs.Windows2000 {
				say["catalog"] = c.Name
				return []Problem{breaks("DH-E2003-RPC-CATALOG", "establishes", say)}
			}
		}
	}
	return nil
}

// closedBy lists the versions which could still be added, and can be no more once
// a server of a newer one is in the organization: those that never prepared it.
func (o *Organization) closedBy(r Release) []string {
	var names []string
	for _, p := range products() {
		if olderProduct(p.ID, "exchange-2007") || !olderProduct(p.ID, r.Product) || slices.Contains(o.Prepared, p.ID) {
			continue
		}
		if row, known := coexistence(r, p.ID); !known || row.Floor == refused {
			continue
		}
		if !slices.ContainsFunc(o.Servers, func(s *Server) bool { return !olderProduct(serverProduct(s), p.ID) }) {
			names = append(names, p.Name)
		}
	}
	return names
}
