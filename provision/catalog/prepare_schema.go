package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// prepareSchema extends the schema for Exchange 2007 or later.
type prepareSchema struct{}

const prepareLimit = 4 * time.Hour

func (prepareSchema) Schema() labs.Schema {
	return labs.Schema{
		Kind: "prepare_schema",
		Doc: "Extends the schema with setup /PrepareSchema of Exchange 2007 or later. " +
			"Run it on a machine in the domain and the site of the schema master. A schema has no undo, so give it a stage of its own.",
		Args: []labs.Arg{mediaArg("The Exchange disc."), limitArg(prepareLimit)},
	}
}

func (prepareSchema) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	needs := append(afterServers(c), estate.FactDomain(domain), estate.FactNativeMode(forest))
	if r, ok := releaseOf(c, recent()); ok {
		needs = append(needs, estate.FactLegacyPermissions(forest, r.Product))
	}
	return needs
}

func (prepareSchema) Makes(c Call) []estate.Fact {
	_, forest := preparedFacts(c)
	if r, ok := releaseOf(c, recent()); ok {
		return []estate.Fact{estate.FactSchema(forest, r.Product)}
	}
	return nil
}

func (prepareSchema) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, recent())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.PrepareSchema{Machine: c.Machine.Name, Release: r.ID})
}

// Typical is for one domain controller.
func (prepareSchema) Typical() time.Duration { return 10 * time.Minute }

func (prepareSchema) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := x.p.release(recent())
	if !ok {
		return x.p.done(Work{})
	}
	var v versions
	v.schema(x, r)
	v.into(x)
	return x.silent(silent{
		release: r, what: "Exchange setup extends the schema.", runs: [][]string{{"/PrepareSchema"}}, longest: prepareLimit,
	}, v.proofs...)
}
