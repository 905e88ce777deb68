package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// prepareLegacy keeps the recipient update service of Exchange 2003 working.
type prepareLegacy struct{}

func (prepareLegacy) Schema() labs.Schema {
	return labs.Schema{
		Kind: "prepare_legacy_permissions",
		Doc: "Runs setup /PrepareLegacyExchangePermissions of Exchange 2007 or 2010 for all domains of the forest, before their schema is extended. " +
			"Without it the recipient update service of Exchange 2003 can no longer give new recipients their addresses.",
		Args: []labs.Arg{mediaArg("The Exchange 2007 or 2010 disc."), limitArg(prepareLimit)},
	}
}

func (prepareLegacy) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	return append(afterServers(c), estate.FactDomain(domain), estate.FactOrganization(forest), estate.FactNativeMode(forest))
}

func (prepareLegacy) Makes(c Call) []estate.Fact {
	_, forest := preparedFacts(c)
	if r, ok := releaseOf(c, bridging()); ok {
		return []estate.Fact{estate.FactLegacyPermissions(forest, r.Product)}
	}
	return nil
}

func (prepareLegacy) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, bridging())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.PrepareLegacyPermissions{Machine: c.Machine.Name, Release: r.ID})
}

// Typical is for one domain.
func (prepareLegacy) Typical() time.Duration { return 4 * time.Minute }

func (prepareLegacy) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := x.p.release(bridging())
	if !ok {
		return x.p.done(Work{})
	}
	// It leaves access rights and no number: setup's own word is the proof.
	var v versions
	v.into(x)
	return x.silent(silent{
		release: r, what: "Exchange setup grants rights to the recipient update service.",
		runs: [][]string{{"/PrepareLegacyExchangePermissions"}}, longest: prepareLimit,
	})
}
