package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// adprep prepares a forest or a domain for domain controllers of a later
// Windows.
type adprep struct{}

const adprepLimit = 2 * time.Hour

func (adprep) Schema() labs.Schema {
	return labs.Schema{
		Kind: "adprep",
		Doc: "Prepares the machine's forest or domain for domain controllers of a later Windows, with adprep from that Windows' disc. " +
			"Run forest on the schema master, then domain on the infrastructure master of each domain. A schema has no undo, so give forest a stage of its own.",
		Args: []labs.Arg{
			windowsMediaArg("The disc of the later Windows.", "windows-2008r2"),
			{
				Name: "scope", Type: labs.StringType, Required: true, Valid: textual(func(s string) string { return oneOf(s, scopes(adprepSwitches())...) }),
				Doc: `What to prepare: "forest" is adprep /forestprep, "domain" /domainprep, "policies" /domainprep /gpprep, "rodc" /rodcprep.`,
			},
			limitArg(adprepLimit),
		},
	}
}

func (adprep) Needs(c Call) []estate.Fact { return inDomain(c) }

func (adprep) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (adprep) Effects(c Call, e *estate.Estate) []estate.Problem {
	w, ok := windowsOn(c)
	if !ok {
		return mayUse(c, e)
	}
	return e.Do(estate.Adprep{Machine: c.Machine.Name, Scope: estate.Scope(c.Step.Text("scope")), OS: w.os})
}

// Typical is forestprep's on one domain controller.
func (adprep) Typical() time.Duration { return 10 * time.Minute }
