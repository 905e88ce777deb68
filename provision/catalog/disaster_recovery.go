package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// disasterRecovery rebuilds a lost server from what the directory knows of it.
type disasterRecovery struct{}

func (disasterRecovery) Schema() labs.Schema {
	return labs.Schema{
		Kind: "disaster_recovery",
		Doc: "Rebuilds a lost Exchange server on a fresh machine of the same name, out of what the directory still knows of it: " +
			"setup /DisasterRecovery of Exchange 2000 and 2003, setup /Mode:RecoverServer of later ones. Then comes exchange_update, and then the stores." + attended,
		Args: []labs.Arg{
			mediaArg("The Exchange disc of the lost server."),
			{Name: "unattend", Type: labs.PathType, Doc: "An answer file that you recorded, for setup of Exchange 2000 and 2003. It is given to setup with /UnattendFile."},
			limitArg(exchangeSetupLimit),
		},
	}
}

func (disasterRecovery) Needs(c Call) []estate.Fact {
	domain, _ := preparedFacts(c)
	return []estate.Fact{estate.FactDomain(domain)}
}

func (disasterRecovery) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactExchange(c.Machine.Name)}
}

func (disasterRecovery) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, every())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.DisasterRecovery{Machine: c.Machine.Name, Release: r.ID})
}

func (disasterRecovery) Typical() time.Duration { return 30 * time.Minute }

func (disasterRecovery) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := x.p.release(every())
	if !ok {
		return x.p.done(Work{})
	}
	var v versions
	v.server(x, c.Machine, r)
	if !since(r, "exchange-2007") {
		return x.early(earlyRun{
			what: "Exchange setup rebuilds a lost server from the directory.", switches: []string{"/DisasterRecovery"},
			longest: exchangeSetupLimit, services: exchangeServices(),
		}, v)
	}
	v.into(x)
	return x.silent(silent{
		release: r, what: "Exchange setup rebuilds a lost server from the directory.", runs: [][]string{{"/Mode:RecoverServer"}},
		longest: exchangeInstallLimit, then: guest.ThenReboot, services: laterServices(r, serverRoles(c)),
	}, v.proofs...)
}

// serverRoles are the roles that the estate knows of the machine's server.
func serverRoles(c Call) []string {
	if server, _, ok := c.Estate.Server(c.Machine.Name); ok {
		return server.Roles
	}
	return nil
}
