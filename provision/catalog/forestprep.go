package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// forestprep extends the schema for Exchange 2000 or 2003.
type forestprep struct{}

const forestprepLimit = 4 * time.Hour

func (forestprep) Schema() labs.Schema {
	return labs.Schema{
		Kind: "forestprep",
		Doc: "Prepares the forest for Exchange 2000 or 2003 with setup /ForestPrep: it extends the schema and makes the organization's container. " +
			"Run it once, on a machine of the forest's root domain. A schema has no undo, so give it a stage of its own." + driven,
		Args: []labs.Arg{mediaArg("The Exchange 2000 or 2003 disc."), keyArg(), pagesArg(), limitArg(forestprepLimit)},
	}
}

func (forestprep) Needs(c Call) []estate.Fact {
	domain, _ := preparedFacts(c)
	return append(afterServers(c), estate.FactDomain(domain))
}

func (forestprep) Makes(c Call) []estate.Fact {
	_, forest := preparedFacts(c)
	return []estate.Fact{estate.FactForestPrep(forest)}
}

func (forestprep) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, early())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.ForestPrep{Machine: c.Machine.Name, Release: r.ID})
}

// Typical is for one domain controller: minutes, where replication takes hours.
func (forestprep) Typical() time.Duration { return 15 * time.Minute }

func (forestprep) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := x.p.release(early())
	if !ok {
		return x.p.done(Work{})
	}
	var v versions
	v.schema(x, r)
	v.organization(x, r)
	v.into(x)
	return x.work("forestprep", forestprepLimit, nil, v.proofs...)
}
