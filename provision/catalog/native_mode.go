package catalog

import (
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// nativeMode takes an organization out of mixed mode.
type nativeMode struct{}

const directoryLimit = time.Hour

func (nativeMode) Schema() labs.Schema {
	return labs.Schema{
		Kind: "native_mode",
		Doc: "Switches the Exchange organization of the machine's forest from mixed to native mode, as System Manager does: Exchange 5.5 can never join it again, " +
			"and Exchange 2007 and 2010 can. There is no way back but a checkpoint.",
		Args: []labs.Arg{limitArg(directoryLimit)},
	}
}

func (nativeMode) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	return append(afterServers(c), estate.FactDomain(domain), estate.FactOrganization(forest))
}

func (nativeMode) Makes(c Call) []estate.Fact {
	_, forest := preparedFacts(c)
	return []estate.Fact{estate.FactNativeMode(forest)}
}

func (nativeMode) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.NativeMode{Machine: c.Machine.Name})
}

func (nativeMode) Typical() time.Duration { return time.Minute }

func (nativeMode) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok || x.at.forest.Exchange == nil || x.at.forest.Exchange.Name == "" {
		return Work{}, nil
	}
	p := x.p
	base := "CN=Microsoft Exchange,CN=Services,CN=Configuration," + domainDN(x.at.forest.Root)
	organization := "CN=" + string(p.word("on", x.at.forest.Exchange.Name)) + "," + base
	change := guest.Text("NATIVE.LDF", strings.Join([]string{
		"dn: " + organization, "changetype: modify", "replace: msExchMixedMode", "msExchMixedMode: FALSE", "-", "",
	}, "\n"))
	var v versions
	for _, dc := range x.controllers() {
		v.mode(query{
			File: "MODE", Server: dc.name, Base: base, Scope: "onelevel", Filter: "(objectClass=msExchOrganizationContainer)",
			Attributes: "cn,msExchMixedMode", Text: "msExchMixedMode: FALSE",
		})
	}
	v.into(x)
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "native_mode.job.cmd", x.values), p.script(guest.ProofScript, "look.proof.cmd", x.values), p.helper("LEAST.VBS"), change,
		}},
		Proofs: v.proofs, Silence: silence, Limit: limit(c.Step, directoryLimit), Explain: explainDirectory,
	})
}

// explainDirectory finds ldifde's own complaint.
func explainDirectory(output []string) string {
	return explain("Add error", "Modify error", "server side error", "extended server error", "net user: ", "ldifde: ", "setup: ")(output)
}
