package estate

import (
	"slices"
	"strconv"

	"github.com/doublehop/doublehop/labs"
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
		problems = append(problems, breaks("DH-EX-MANGLED", "on", say, Establish{Machine: f.schemaMaster(), Facts: []string{"inetorgperson-fixed"}}))
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
	f = e.editForest(f.Root)
	for _, d := range f.Domains {
		if d.Prepared > 0 && !d.LegacyPermissions {
			d.LegacyPermissions = true
			e.sayForGood("%s: permissions of Exchange 2003 fit for %s", d.Name, r.Name)
		}
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
	if f.Exchange != nil && f.Exchange.Schema >= r.Schema && slices.Contains(f.Exchange.Prepared, r.Product) {
		say["schema"] = strconv.Itoa(f.Exchange.Schema)
		return append(problems, breaks("DH-EX-FORESTPREP-TWICE", "", say))
	}
	problems = append(problems, e.mayPrepare(f, r)...)
	problems = append(problems, legacyPermissions(f, r, m.Name)...)
	e.extendFor(f, r)
	return problems
}

// legacyPermissions asks whether the Recipient Update Service of Exchange 2000
// and 2003 keeps its rights to attributes that 2007 and 2010 put elsewhere.
func legacyPermissions(f *Forest, r Release, from string) []Problem {
	if f.Exchange == nil || len(f.Exchange.old()) == 0 || r.Product != "exchange-2007" && r.Product != "exchange-2010" {
		return nil
	}
	for _, d := range f.Domains {
		if d.Prepared > 0 && !d.LegacyPermissions {
			return []Problem{breaks("DH-EX-LEGACY-PERMISSIONS", "", words{"domain": d.Name, "product": r.Name},
				PrepareLegacyPermissions{Machine: from, Release: r.ID})}
		}
	}
	return nil
}

func (s PrepareAD) do(e *Estate) []Problem {
	m, f, r, problems := e.preparing(s.Machine, s.Release, "PrepareAD")
	if f == nil {
		return problems
	}
	say := words{"forest": f.Root, "product": r.Name, "machine": m.Name, "organization": s.Organization}
	problems = append(problems, e.bySchemaMaster(m, f, r)...)
	if f.Exchange == nil || f.Exchange.Schema < r.Schema || !slices.Contains(f.Exchange.Prepared, r.Product) {
		problems = append(problems, breaks("DH-EX-NO-PREPARE-SCHEMA", "", say, PrepareSchema{Machine: m.Name, Release: r.ID}))
	}
	// Exchange 2000 founds an organization that has no version yet.
	exists := f.Exchange != nil && (f.Exchange.Version > 0 || f.Exchange.Name != "")
	switch {
	case exists && f.Exchange.Version >= r.Organization:
		say["version"] = strconv.Itoa(f.Exchange.Version)
		return append(problems, breaks("DH-EX-PREPARED-TWICE", "", say))
	case f.Exchange != nil && f.Exchange.Name != "" && s.Organization != "" && !same(f.Exchange.Name, s.Organization):
		say["there"] = f.Exchange.Name
		problems = append(problems, breaks("DH-EX-ORGANIZATION", "organization", say))
	case !exists && s.Organization == "":
		problems = append(problems, breaks("DH-EX-NO-ORGANIZATION", "", say))
	}
	problems = append(problems, e.mayPrepare(f, r)...)
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

// preparing begins a preparation of Exchange 2007 or later; the forest is nil
// where it cannot begin.
func (e *Estate) preparing(machine, id, what string) (*Machine, *Forest, Release, []Problem) {
	m, problems := e.installed(machine)
	if m == nil {
		return nil, nil, Release{}, problems
	}
	r, unknown := release(id, machine)
	if unknown != nil {
		return m, nil, r, append(problems, unknown...)
	}
	_, f, astray := e.inForest(m, what+" of "+r.Name)
	if f == nil {
		return m, nil, r, append(problems, astray...)
	}
	if olderProduct(r.Product, "exchange-2007") {
		return m, nil, r, append(problems, breaks("DH-EX-PREPARE-OLD", "media", words{"machine": m.Name, "product": r.Name, "what": what}))
	}
	if m.Arch == labs.X86 && olderProduct("exchange-2007", r.Product) && what != "Setup" {
		problems = append(problems, breaks("DH-EX-PREPARE-X86", "on", words{"machine": m.Name, "product": r.Name, "what": what}))
	}
	return m, f, r, problems
}

// prepared says that a forest has had the preparation of a release.
func (f *Forest) prepared(r Release) bool {
	return f.Exchange != nil && f.Exchange.Schema >= r.Schema && f.Exchange.Version >= r.Organization
}

// organize makes room for what is known of Exchange. f must be a copy that
// [Estate.editForest] gave.
func (f *Forest) organize() {
	if f.Exchange == nil {
		f.Exchange = &Organization{Mode: Mixed}
	}
}

// extendFor raises the schema to what a release brings. A number that is higher
// already stays.
func (e *Estate) extendFor(f *Forest, r Release) {
	f = e.editForest(f.Root)
	f.organize()
	o := f.Exchange
	if r.Schema > o.Schema {
		e.sayForGood("%s: Exchange schema %s", f.Root, fromTo(o.Schema, r.Schema))
		o.Schema = r.Schema
	}
	if !slices.Contains(o.Prepared, r.Product) {
		o.Prepared = append(o.Prepared, r.Product)
		slices.SortFunc(o.Prepared, func(a, b string) int { return productIndex(a) - productIndex(b) })
	}
}

// stampOrganization raises the organization's version.
func (e *Estate) stampOrganization(f *Forest, r Release) {
	f = e.editForest(f.Root)
	f.organize()
	if r.Organization > f.Exchange.Version {
		e.sayForGood("%s: Exchange organization version %s", f.Root, fromTo(f.Exchange.Version, r.Organization))
		f.Exchange.Version = r.Organization
	}
}

// foundOrganization gives the organization its name, once.
func (e *Estate) foundOrganization(root, name string, mode Mode) {
	f := e.editForest(root)
	if f.Exchange.Name != "" || name == "" {
		return
	}
	f.Exchange.Name = name
	if !f.Exchange.legacy() {
		f.Exchange.Mode = mode
	}
	e.sayForGood("%s: Exchange organization %s, %s mode", f.Root, name, f.Exchange.Mode)
}

func (e *Estate) prepareDomain(f *Forest, name string, r Release) {
	d := e.editForest(f.Root).domain(name)
	e.sayForGood("%s: domain prepared for Exchange, version %s", d.Name, fromTo(d.Prepared, r.Domain))
	d.Prepared = r.Domain
}

// fromTo is a number, with the one that was before where there was one.
func fromTo(from, to int) string {
	if from == 0 {
		return strconv.Itoa(to)
	}
	return strconv.Itoa(from) + " → " + strconv.Itoa(to)
}
