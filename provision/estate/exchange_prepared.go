package estate

import (
	"slices"
	"strconv"

	"github.com/doublehop/doublehop/labs"
)

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

// extended says that a forest has had PrepareSchema of a release. Its own number
// does not tell: that of a newer version hides it.
func (f *Forest) extended(r Release) bool {
	return f.Exchange != nil && f.Exchange.Schema >= r.Schema && slices.Contains(f.Exchange.Prepared, r.Product)
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
	if d.Prepared == 0 && !olderProduct(r.Product, "exchange-2007") {
		d.LegacyPermissions = true // nothing of an older version has rights there
	}
	d.Prepared = r.Domain
}

// fromTo is a number, with the one that was before where there was one.
func fromTo(from, to int) string {
	if from == 0 {
		return strconv.Itoa(to)
	}
	return strconv.Itoa(from) + " → " + strconv.Itoa(to)
}
