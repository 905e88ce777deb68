package catalog

import (
	"slices"
	"strings"
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
		Args: []labs.Arg{
			mediaArg("The Exchange 2000 or 2003 disc."),
			{Name: "organization", Type: labs.StringType, Doc: "The organization's name, for Exchange 2000: its setup asks for it here. Left out, it is the one that the lab's exchange_setup says.", Valid: textual(organizationProblem)},
			keyArg(), pagesArg(), limitArg(forestprepLimit),
		},
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
	if r.Organization == 0 {
		if x.organization = x.founding(); x.organization != "" {
			v.founded(x)
			v.proofs = append(v.proofs, called("exchange.organization", "ORG", x.organization))
		}
	}
	v.into(x)
	return x.work("forestprep", forestprepLimit, nil, v.proofs...)
}

// founding is the name that ForestPrep of Exchange 2000 gives the organization
// (KB829360): the step's, or the one name that the lab's servers are installed with.
func (x exchange) founding() string {
	p := x.p
	given := p.call.Step.Text("organization")
	var names []string
	for _, stage := range p.call.Lab.Stages {
		for _, s := range stage.Steps {
			if name := s.Text("organization"); s.Kind == "exchange_setup" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
				names = append(names, name)
			}
		}
	}
	switch {
	case given != "":
		return given
	case len(names) == 1:
		return names[0]
	case x.at.forest.Exchange == nil || x.at.forest.Exchange.Name == "":
		p.complain("organization", "Organization needs a name",
			"Exchange 2000 names the organization in ForestPrep, and the steps exchange_setup of this lab do not tell which name: say organization in this step.")
	}
	return ""
}
