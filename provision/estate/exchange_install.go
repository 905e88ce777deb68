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
	e.editForest(f.Root).organize()
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

// upgradeInPlace is Setup of a later version on a server that it upgrades.
func (e *Estate) upgradeInPlace(m *Machine, server *Server, f *Forest, r Release, row moveRow) []Problem {
	now, _ := FindRelease(server.Release)
	d := f.domain(m.Domain)
	say := words{"machine": m.Name, "server": now.Name, "product": r.Name, "forest": f.Root, "domain": m.Domain}
	problems := mayHost(m, r)
	problems = append(problems, hasParts(m, r)...)
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
			problems = append(problems, breaks("DH-EX-ON-CONTROLLER-CATALOG", "on", words{"machine": m.Name, "product": r.Name},
				Establish{Machine: m.Name, Facts: []string{"global-catalog"}}))
		}
	}
	if m.Vouched("reboot-pending") {
		problems = append(problems, breaks("DH-EX-REBOOT-PENDING", "on", words{"machine": m.Name, "product": r.Name}, Reboot{Machine: m.Name}))
	}
	return append(problems, olderAfterNewer(f, r)...)
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
	e.editForest(f.Root).organize()
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
	case f.Exchange == nil || f.Exchange.Schema < r.Schema || !slices.Contains(f.Exchange.Prepared, r.Product):
		return []Problem{breaks("DH-EX-NO-PREPARE-SCHEMA", "", say, PrepareSchema{Machine: from, Release: r.ID},
			PrepareAD{Machine: from, Release: r.ID}, PrepareDomain{Machine: from, Release: r.ID})}
	case f.Exchange.Version < r.Organization:
		return []Problem{breaks("DH-EX-NO-PREPARE-AD", "", say, PrepareAD{Machine: from, Release: r.ID}, PrepareDomain{Machine: from, Release: r.ID})}
	case d.Prepared < r.Domain:
		return []Problem{breaks("DH-EX-NO-PREPARE-DOMAIN", "", say, PrepareDomain{Machine: from, Release: r.ID})}
	}
	return nil
}

// preparer is where the preparations of 2007 and later are best run for a new
// server: on itself, which is 64-bit as they are, where it stands in the schema
// master's domain, else on the schema master.
func (e *Estate) preparer(m *Machine, f *Forest) string {
	master, ok := e.Machine(f.schemaMaster())
	if ok && !same(master.Domain, m.Domain) {
		return master.Name
	}
	return m.Name
}

// needsRoles are the roles that a site with mailboxes needs in a version.
func needsRoles(product string) []string {
	switch product {
	case "exchange-2007", "exchange-2010":
		return []string{ClientAccessRole, HubTransportRole, MailboxRole}
	case "exchange-2013":
		return []string{ClientAccessRole, MailboxRole}
	}
	return []string{MailboxRole}
}

// otherRoles are the roles that a version has besides. 2019 has no Unified
// Messaging any more (Exchange 2019 documentation, unattended mode).
func otherRoles(product string) []string {
	if olderProduct("exchange-2016", product) {
		return []string{"edge-transport", "management-tools"}
	}
	return []string{"edge-transport", "management-tools", "unified-messaging"}
}

// rolesOf are the roles of a new server, and what is wrong with them.
func rolesOf(s ExchangeInstall, m *Machine, f *Forest, r Release) ([]string, []Problem) {
	needed := needsRoles(r.Product)
	if len(s.Roles) == 0 {
		return needed, nil
	}
	roles := slices.Sorted(slices.Values(s.Roles))
	var problems []Problem
	for _, role := range roles {
		if known := slices.Concat(needed, otherRoles(r.Product)); !slices.Contains(known, role) {
			problems = append(problems, breaks("DH-EX-NO-ROLE", "roles", words{"machine": m.Name, "role": role, "product": r.Name, "roles": and(known)}))
		}
	}
	if !slices.Contains(roles, MailboxRole) {
		return roles, problems
	}
	var missing []string
	for _, role := range needed {
		there := slices.Contains(roles, role) || f.Exchange != nil && slices.ContainsFunc(f.Exchange.Servers, func(o *Server) bool {
			return serverProduct(o) == r.Product && slices.Contains(o.Roles, role)
		})
		if !there {
			missing = append(missing, role)
		}
	}
	if len(missing) > 0 {
		problems = append(problems, breaks("DH-EX-ROLES", "roles", words{"machine": m.Name, "product": r.Name, "missing": and(missing)}))
	}
	return roles, problems
}

// mayRoute asks how mail gets from Exchange 2000 or 2003 to the first hub of
// 2007 or 2010.
func (e *Estate) mayRoute(s ExchangeInstall, m *Machine, f *Forest, r Release) []Problem {
	if r.Product != "exchange-2007" && r.Product != "exchange-2010" || f.Exchange == nil || len(f.Exchange.old()) == 0 {
		return nil
	}
	say := words{"machine": m.Name, "product": r.Name, "old": f.Exchange.old()[0].Machine, "routing": s.RoutingServer}
	if s.RoutingServer == "" {
		first := !slices.ContainsFunc(f.Exchange.Servers, func(o *Server) bool { return !olderProduct(serverProduct(o), "exchange-2007") })
		if !first {
			return nil
		}
		return []Problem{breaks("DH-EX-ROUTING-SERVER", "routing_server", say)}
	}
	if !slices.ContainsFunc(f.Exchange.old(), func(o *Server) bool { return o.Machine == s.RoutingServer }) {
		return []Problem{breaks("DH-EX-ROUTING-NONE", "routing_server", say)}
	}
	return nil
}

func (s ExchangeUpdate) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	r, unknown := release(s.Release, s.Machine)
	if unknown != nil {
		return append(problems, unknown...)
	}
	server, f, ok := e.Server(m.Name)
	if !ok {
		return append(problems, breaks("DH-EX-NO-SERVER", "on", words{"machine": m.Name, "what": "the update to " + r.Name}))
	}
	now, _ := FindRelease(server.Release)
	say := words{"machine": m.Name, "server": now.Name, "product": r.Name, "build": now.Build.String()}
	switch {
	case now.Product != r.Product:
		return append(problems, breaks("DH-EX-UPDATE-PRODUCT", "media", say))
	case r.Build.Less(now.Build):
		return append(problems, breaks("DH-EX-UPDATE-OLDER", "media", say))
	case r.Build == now.Build:
		return append(problems, breaks("DH-EX-UPDATE-TWICE", "media", say))
	}
	problems = append(problems, mayHost(m, r)...)
	problems = append(problems, e.mayMeetControllers(f, r, "media")...)
	problems = append(problems, e.mayWorkAt(f, r, "media")...)
	problems = append(problems, e.mayCoexist(f, r, "media")...)
	e.setRelease(f, m.Name, r)
	return problems
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
	server.PublicFolders = olderProduct(r.Product, "exchange-2007") && slices.Contains(roles, MailboxRole) && !slices.ContainsFunc(o.Servers, func(s *Server) bool { return s.PublicFolders })
	o.Servers = append(o.Servers, server)
	e.say("%s: %s, build %s", m.Name, r.Name, r.Build)
}

// setRelease brings a server to another level, and the directory with it.
func (e *Estate) setRelease(f *Forest, machine string, r Release) {
	e.extendFor(f, r)
	e.stampOrganization(f, r)
	if m, ok := e.Machine(machine); ok {
		if d, _, ok := e.Domain(m.Domain); ok && d.Prepared < r.Domain {
			e.prepareDomain(f, d.Name, r)
		}
	}
	p, _ := FindProduct(r.Product)
	for _, s := range e.editForest(f.Root).Exchange.Servers {
		if s.Machine != machine {
			continue
		}
		was, _ := FindRelease(s.Release)
		s.Release, s.Product, s.Build = r.ID, p.Name, r.Build.String()
		if was.Product != r.Product {
			e.sayForGood("%s: %s → %s, build %s", machine, was.Name, r.Name, r.Build)
		} else {
			e.say("%s: %s → %s, build %s", machine, was.Name, r.Name, r.Build)
		}
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
