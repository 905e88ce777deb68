package estate

import (
	"slices"
	"strconv"
)

func (s ForestPrep) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	r, unknown := release(s.Release, s.Machine)
	if unknown != nil {
		return append(problems, unknown...)
	}
	_, f, astray := e.inForest(m, "ForestPrep of "+r.Name)
	if f == nil {
		return append(problems, astray...)
	}
	say := words{"forest": f.Root, "product": r.Name, "machine": m.Name}
	if !olderProduct(r.Product, "exchange-2007") {
		return append(problems, breaks("DH-EX-FORESTPREP-LATER", "media", say))
	}
	problems = append(problems, e.bySchemaMaster(m, f, r)...)
	if f.Exchange != nil && f.Exchange.Schema >= r.Schema && f.Exchange.Version >= r.Organization {
		say["schema"] = strconv.Itoa(f.Exchange.Schema)
		return append(problems, breaks("DH-EX-FORESTPREP-TWICE", "", say))
	}
	problems = append(problems, e.mayPrepare(f, r)...)
	if f.Mangled {
		problems = append(problems, breaks("DH-EX-MANGLED", "on", say, repair(f)))
	}
	if r.Product == "exchange-2003" && f.Exchange != nil && len(f.Exchange.Prepared) > 0 {
		problems = append(problems, breaks("DH-E2003-SCHEMA-EDITS", "", say))
	}
	e.extendFor(f, r)
	e.stampOrganization(f, r)
	return problems
}

func (s DomainPrep) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	r, unknown := release(s.Release, s.Machine)
	if unknown != nil {
		return append(problems, unknown...)
	}
	d, f, astray := e.inForest(m, "DomainPrep of "+r.Name)
	if f == nil {
		return append(problems, astray...)
	}
	say := words{"forest": f.Root, "domain": d.Name, "product": r.Name, "machine": m.Name}
	if !olderProduct(r.Product, "exchange-2007") {
		return append(problems, breaks("DH-EX-FORESTPREP-LATER", "media", say))
	}
	if !f.prepared(r) {
		problems = append(problems, breaks("DH-EX-NO-FORESTPREP", "", say, ForestPrep{Machine: f.schemaMaster(), Release: r.ID}))
	}
	if d.Prepared >= r.Domain {
		say["version"] = strconv.Itoa(d.Prepared)
		return append(problems, breaks("DH-EX-DOMAINPREP-TWICE", "", say))
	}
	e.prepareDomain(f, d.Name, r)
	return problems
}

func (s PrepareLegacyPermissions) do(e *Estate) []Problem {
	m, f, r, problems := e.preparing(s.Machine, s.Release, "PrepareLegacyExchangePermissions")
	if f == nil {
		return problems
	}
	say := words{"forest": f.Root, "product": r.Name, "machine": m.Name}
	if r.Product != "exchange-2007" && r.Product != "exchange-2010" {
		return append(problems, breaks("DH-EX-LEGACY-VERSION", "media", say))
	}
	if f.Exchange == nil || len(f.Exchange.old()) == 0 {
		return append(problems, breaks("DH-EX-LEGACY-NONE", "", say))
	}
	problems = append(problems, mustBeNative(f, r, "media")...)
	problems = append(problems, e.legacyControllers(f, r)...)
	e.permitLegacy(f, r)
	return problems
}

// permitLegacy gives the Recipient Update Service of Exchange 2000 and 2003 the
// rights that it needs beside 2007 and 2010.
func (e *Estate) permitLegacy(f *Forest, r Release) {
	if len(unpermitted(f, r)) == 0 {
		return
	}
	f = e.editForest(f.Root)
	for _, d := range unpermitted(f, r) {
		d.LegacyPermissions = true
		e.sayForGood("%s: permissions of Exchange 2003 fit for %s", d.Name, r.Name)
	}
}

// legacyControllers asks for the domain controllers that the first release of
// Exchange 2007 looks for when it changes the permissions of a domain.
func (e *Estate) legacyControllers(f *Forest, r Release) []Problem {
	if r.ID != "exchange-2007" {
		return nil
	}
	floor, ok := controllersFor(r)
	if !ok {
		return nil
	}
	var problems []Problem
	for _, d := range f.Domains {
		here := e.controllersOf(d)
		if d.Prepared == 0 || slices.ContainsFunc(here, floor.uses) {
			continue
		}
		var remedy []Step
		for _, c := range here {
			if w, ok := WindowsOf(c.OS); ok && servicePackOf(c.OS) == floor.Least && remedy == nil {
				remedy = []Step{ServicePack{Machine: c.Name, OS: floor.Least, Level: w.ServicePack}}
			}
		}
		problems = append(problems, breaks("DH-E2007-LEGACY-CONTROLLER", "on", words{"domain": d.Name, "product": r.Name}, remedy...))
	}
	return problems
}

func (s PrepareSchema) do(e *Estate) []Problem {
	m, f, r, problems := e.preparing(s.Machine, s.Release, "PrepareSchema")
	if f == nil {
		return problems
	}
	say := words{"forest": f.Root, "product": r.Name, "machine": m.Name}
	problems = append(problems, e.bySchemaMaster(m, f, r)...)
	if f.extended(r) {
		say["schema"] = strconv.Itoa(f.Exchange.Schema)
		return append(problems, breaks("DH-EX-FORESTPREP-TWICE", "", say))
	}
	problems = append(problems, e.mayPrepare(f, r)...)
	problems = append(problems, olderAfterNewer(f, r)...)
	problems = append(problems, legacyPermissions(f, r, m.Name)...)
	e.extendFor(f, r)
	return problems
}

// atOnce warns of a PrepareAD that runs the preparations before it as well.
func atOnce(f *Forest, r Release, from string) []Problem {
	var earlier []Step
	missing := []string{"PrepareSchema"}
	if len(unpermitted(f, r)) > 0 {
		earlier = append(earlier, PrepareLegacyPermissions{Machine: from, Release: r.ID})
		missing = []string{"PrepareLegacyExchangePermissions", "PrepareSchema"}
	}
	return []Problem{breaks("DH-EX-PREPARE-AT-ONCE", "", words{"forest": f.Root, "product": r.Name, "missing": and(missing)},
		append(earlier, PrepareSchema{Machine: from, Release: r.ID})...)}
}

// unpermitted lists the domains in which the Recipient Update Service of
// Exchange 2000 and 2003 would lose its rights to what 2007 and 2010 put
// elsewhere.
func unpermitted(f *Forest, r Release) []*Domain {
	if f.Exchange == nil || len(f.Exchange.old()) == 0 || r.Product != "exchange-2007" && r.Product != "exchange-2010" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.Domains), func(d *Domain) bool { return d.Prepared == 0 || d.LegacyPermissions })
}

// legacyPermissions asks whether the Recipient Update Service of Exchange 2000
// and 2003 keeps its rights to attributes that 2007 and 2010 put elsewhere.
func legacyPermissions(f *Forest, r Release, from string) []Problem {
	domains := unpermitted(f, r)
	if len(domains) == 0 {
		return nil
	}
	return []Problem{breaks("DH-EX-LEGACY-PERMISSIONS", "", words{"domain": domains[0].Name, "product": r.Name},
		PrepareLegacyPermissions{Machine: from, Release: r.ID})}
}

func (s PrepareAD) do(e *Estate) []Problem {
	m, f, r, problems := e.preparing(s.Machine, s.Release, "PrepareAD")
	if f == nil {
		return problems
	}
	say := words{"forest": f.Root, "product": r.Name, "machine": m.Name, "organization": s.Organization}
	problems = append(problems, e.bySchemaMaster(m, f, r)...)
	if !f.extended(r) {
		problems = append(problems, atOnce(f, r, m.Name)...)
	}
	// Exchange 2000 founds an organization that has no version yet.
	exists := f.Exchange != nil && (f.Exchange.Version > 0 || f.Exchange.Name != "")
	switch {
	case exists && f.Exchange.Version >= r.Organization:
		say["version"] = strconv.Itoa(f.Exchange.Version)
		return append(problems, breaks("DH-EX-PREPARED-TWICE", "", say))
	case exists && f.Exchange.Name != "" && s.Organization != "" && !same(f.Exchange.Name, s.Organization):
		say["there"] = f.Exchange.Name
		problems = append(problems, breaks("DH-EX-ORGANIZATION", "organization", say))
	case !exists && s.Organization == "":
		problems = append(problems, breaks("DH-EX-NO-ORGANIZATION", "", say))
	}
	problems = append(problems, e.mayPrepare(f, r)...)
	if !f.extended(r) {
		e.permitLegacy(f, r)
		e.extendFor(f, r)
	}
	e.stampOrganization(f, r)
	e.foundOrganization(f.Root, s.Organization, Native)
	if home, _, ok := e.Domain(f.Root); ok && home.Prepared < r.Domain {
		e.prepareDomain(f, f.Root, r)
	}
	return problems
}

func (s PrepareDomain) do(e *Estate) []Problem {
	m, f, r, problems := e.preparing(s.Machine, s.Release, "PrepareDomain")
	if f == nil {
		return problems
	}
	say := words{"forest": f.Root, "product": r.Name, "machine": m.Name}
	if f.Exchange == nil || f.Exchange.Version < r.Organization {
		problems = append(problems, breaks("DH-EX-NO-PREPARE-AD", "", say, PrepareAD{Machine: m.Name, Release: r.ID}))
	}
	wanted := s.Domains
	if len(wanted) == 0 {
		for _, d := range f.Domains {
			wanted = append(wanted, d.Name)
		}
	}
	changed := false
	for _, name := range wanted {
		d, home, ok := e.Domain(name)
		if !ok || !same(home.Root, f.Root) {
			problems = append(problems, noDomain(m.Name, name, "domains"))
			continue
		}
		if d.Prepared < r.Domain {
			e.prepareDomain(f, d.Name, r)
			changed = true
		}
	}
	if !changed && len(problems) == 0 {
		problems = append(problems, breaks("DH-EX-DOMAINS-PREPARED", "", say))
	}
	return problems
}

func (s NativeMode) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	_, f, astray := e.inForest(m, "the switch to native mode")
	if f == nil {
		return append(problems, astray...)
	}
	say := words{"forest": f.Root, "machine": m.Name}
	if f.Exchange == nil {
		return append(problems, breaks("DH-EX-NO-SERVERS", "on", say))
	}
	if f.Exchange.Mode == Native {
		return append(problems, breaks("DH-EX-NATIVE-TWICE", "", say))
	}
	for _, other := range e.Machines {
		say := words{"forest": f.Root, "machine": other.Name}
		if s := other.server55(); s != nil {
			problems = append(problems, breaks("DH-EX-NATIVE-E55", "", say, ExchangeRemove{Machine: other.Name, Release: s.Release}))
		}
		if other.Connector != "" {
			problems = append(problems, breaks("DH-EX-NATIVE-CONNECTOR", "", say, Establish{Machine: other.Name, Facts: []string{"no-connector"}}))
		}
	}
	e.editForest(f.Root).Exchange.Mode = Native
	e.sayForGood("%s: Exchange organization in native mode", f.Root)
	return problems
}
