package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// domainprep prepares a domain for Exchange 2000 or 2003.
type domainprep struct{}

const domainprepLimit = 2 * time.Hour

func (domainprep) Schema() labs.Schema {
	return labs.Schema{
		Kind: "domainprep",
		Doc: "Prepares the machine's domain for Exchange 2000 or 2003 with setup /DomainPrep: it makes Exchange's groups and the container of its system objects. " +
			"Run it after forestprep, once in each domain that has Exchange servers or mailboxes." + driven,
		Args: []labs.Arg{mediaArg("The Exchange 2000 or 2003 disc."), keyArg(), pagesArg(), limitArg(domainprepLimit)},
	}
}

func (domainprep) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	return []estate.Fact{estate.FactDomain(domain), estate.FactForestPrep(forest)}
}

func (domainprep) Makes(c Call) []estate.Fact {
	domain, _ := preparedFacts(c)
	return []estate.Fact{estate.FactDomainPrep(domain)}
}

func (domainprep) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, early())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.DomainPrep{Machine: c.Machine.Name, Release: r.ID})
}

// Typical is Microsoft's "minutes" of the Deployment Guide.
func (domainprep) Typical() time.Duration { return 4 * time.Minute }

func (domainprep) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := x.p.release(early())
	if !ok {
		return x.p.done(Work{})
	}
	var v versions
	v.domain(x, x.at.domain.Name, r)
	v.into(x)
	return x.work("domainprep", domainprepLimit, nil, v.proofs...)
}
