package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// prepareAD prepares the forest for Exchange 2007 or later.
type prepareAD struct{}

func (prepareAD) Schema() labs.Schema {
	return labs.Schema{
		Kind: "prepare_ad",
		Doc: "Prepares the forest with setup /PrepareAD of Exchange 2007 or later: it makes the organization or brings it up to date, with its security groups, " +
			"and prepares the machine's own domain.",
		Args: []labs.Arg{
			mediaArg("The Exchange disc."),
			organizationArg("The organization's name. Give it where the forest has no Exchange organization yet, and only there."),
			limitArg(prepareLimit),
		},
	}
}

// organizationArg is the name of an Exchange organization.
func organizationArg(doc string) labs.Arg {
	return labs.Arg{Name: "organization", Type: labs.StringType, Doc: doc, Valid: textual(organizationProblem)}
}

// organizationProblem holds a name to what setup takes: the documentation of
// /OrganizationName has the list.
func organizationProblem(name string) string {
	const signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -"
	if name == "" || len(name) > 64 || strings.Trim(name, signs) != "" || strings.TrimSpace(name) != name {
		return fmt.Sprintf("%q cannot be an organization's name: 1 to 64 letters, digits, blanks and hyphens.", name)
	}
	return ""
}

func (prepareAD) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	needs := append(afterServers(c), estate.FactDomain(domain), estate.FactNativeMode(forest))
	if r, ok := releaseOf(c, recent()); ok {
		needs = append(needs, estate.FactLegacyPermissions(forest, r.Product), estate.FactSchema(forest, r.Product))
	}
	return needs
}

func (prepareAD) Makes(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	if r, ok := releaseOf(c, recent()); ok {
		return []estate.Fact{estate.FactPrepared(forest, r.Product), estate.FactPreparedDomain(domain, r.Product)}
	}
	return nil
}

func (prepareAD) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, recent())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.PrepareAD{Machine: c.Machine.Name, Release: r.ID, Organization: c.Step.Text("organization")})
}

// Typical is for one domain controller.
func (prepareAD) Typical() time.Duration { return 8 * time.Minute }

func (prepareAD) Work(c Call) (Work, labs.Diagnostics) {
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
	v.organization(x, r)
	v.domain(x, x.at.domain.Name, r)
	v.into(x)
	return x.silent(silent{
		release: r, what: "Exchange setup prepares the forest.", runs: [][]string{append([]string{"/PrepareAD"}, organizationSwitch(c)...)}, longest: prepareLimit,
	}, v.proofs...)
}

// organizationSwitch names a new organization (Exchange 2010 help, bb125224).
func organizationSwitch(c Call) []string {
	if name := c.Step.Text("organization"); name != "" {
		return []string{"/OrganizationName:" + name}
	}
	return nil
}
