package catalog

import (
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// prepareDomain prepares domains for Exchange 2007 or later.
type prepareDomain struct{}

func (prepareDomain) Schema() labs.Schema {
	return labs.Schema{
		Kind: "prepare_domain",
		Doc: "Prepares domains with setup /PrepareDomain, or all of the forest with /PrepareAllDomains, of Exchange 2007 or later. " +
			"Every domain needs it that has Exchange servers, mailboxes, or domain controllers that Exchange asks.",
		Args: []labs.Arg{
			mediaArg("The Exchange disc."),
			{Name: "domains", Type: labs.StringsType, Doc: "DNS names of the domains. Without it, all domains of the forest.", Valid: listed(labs.DomainProblem)},
			limitArg(prepareLimit),
		},
	}
}

func (prepareDomain) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	needs := []estate.Fact{estate.FactDomain(domain)}
	for _, d := range c.Step.Texts("domains") {
		needs = append(needs, estate.FactDomain(strings.ToLower(d)))
	}
	if r, ok := releaseOf(c, recent()); ok {
		needs = append(needs, estate.FactPrepared(forest, r.Product))
	}
	return needs
}

func (prepareDomain) Makes(c Call) []estate.Fact {
	r, ok := releaseOf(c, recent())
	if !ok {
		return nil
	}
	domain, forest := preparedFacts(c)
	domains := c.Step.Texts("domains")
	if _, f, ok := c.Estate.Domain(forest); ok && len(domains) == 0 {
		for _, d := range f.Domains {
			domains = append(domains, d.Name)
		}
	} else if len(domains) == 0 {
		domains = []string{domain}
	}
	var facts []estate.Fact
	for _, d := range domains {
		facts = append(facts, estate.FactPreparedDomain(d, r.Product))
	}
	return facts
}

func (prepareDomain) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, recent())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.PrepareDomain{Machine: c.Machine.Name, Release: r.ID, Domains: c.Step.Texts("domains")})
}

// Typical is for two domains.
func (prepareDomain) Typical() time.Duration { return 4 * time.Minute }

func (prepareDomain) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := x.p.release(recent())
	if !ok {
		return x.p.done(Work{})
	}
	var v versions
	runs := [][]string{{"/PrepareAllDomains"}}
	if list := c.Step.Texts("domains"); len(list) > 0 {
		runs = nil
		for _, d := range list {
			runs = append(runs, []string{"/PrepareDomain:" + strings.ToLower(d)})
		}
	}
	for _, d := range domainsOf(x, c.Step) {
		v.domain(x, strings.ToLower(d), r)
	}
	v.into(x)
	return x.silent(silent{
		release: r, what: "Exchange setup prepares domains.", runs: runs, longest: prepareLimit,
	}, v.proofs...)
}
