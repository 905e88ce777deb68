package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// exchangeRemove uninstalls Exchange.
type exchangeRemove struct{}

const removeLimit = 4 * time.Hour

func (exchangeRemove) Schema() labs.Schema {
	media := mediaArg("The disc of the installed release. Exchange 2000 and 2003 ask for it; later ones are removed by the setup that stands on the machine where no disc is named.")
	media.Required = false
	return labs.Schema{
		Kind: "exchange_remove",
		Doc:  "Uninstalls Exchange from the machine and takes its server out of the organization, with setup /Mode:Uninstall from Exchange 2007 on." + driven,
		Args: []labs.Arg{
			media,
			{Name: "unattend", Type: labs.PathType, Doc: "An answer file that you recorded, for setup of Exchange 2000 and 2003. It is given to setup with /UnattendFile."},
			{Name: "retire", Type: labs.BoolType, Default: true, Doc: "When it is the last server of Exchange 2000 and 2003 beside later ones: first delete the routing group connectors and the recipient update services from the directory, which setup demands."},
			pagesArg(), limitArg(removeLimit),
		},
	}
}

func (exchangeRemove) Needs(c Call) []estate.Fact {
	return append(afterServers(c), estate.FactEmptied(c.Machine.Name))
}

func (exchangeRemove) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (exchangeRemove) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, _ := installedOn(Call{Estate: e}, c.Machine.Name)
	return e.Do(estate.ExchangeRemove{Machine: c.Machine.Name, Release: r.ID})
}

func (exchangeRemove) Typical() time.Duration { return 20 * time.Minute }

func (exchangeRemove) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := installedOn(c, c.Machine.Name)
	if !ok {
		return Work{}, nil // Effects says that there is no Exchange
	}
	p := x.p
	disc := c.Step.Text("media")
	if disc != "" {
		if on, ok := p.release(every()); ok && on.Product != r.Product {
			p.complain("media", "Disc of another version", fmt.Sprintf("Machine %q runs %s, and media %q holds %s. Setup removes its own version only.", c.Machine.Name, r.Name, disc, on.Name))
		}
	}
	var v versions
	v.gone(x, c.Machine)
	v.proofs = append(v.proofs, noService("service.MSExchangeIS", "GONE", "MSExchangeIS"))
	if since(r, "exchange-2007") {
		v.into(x)
		x.values["gone"], x.values["disc"] = true, disc != ""
		x.values["first"] = x.dropDatabases(r)
		return x.silent(silent{release: r, what: "Exchange setup removes the server.", runs: [][]string{{"/Mode:Uninstall"}}, longest: removeLimit, then: guest.ThenReboot}, v.proofs...)
	}
	if disc == "" {
		p.complain("media", "Disc needed", fmt.Sprintf("Setup of %s asks for its disc when it removes a server. Name it with media.", r.Name))
	}
	x.values["gone"] = true
	files := p.withServices(x.driven("-remove"), exchangeServices())
	if c.Step.Flag("retire") && lastEarly(c) {
		x.values["retire"] = true
		files = append(files, p.helper("DELETE.VBS"))
	}
	return x.early(earlyRun{what: "Exchange setup removes the server.", longest: removeLimit, then: guest.ThenReboot}, v, files...)
}

// dropDatabases are the lines that remove what stands empty on the server: its
// setup refuses to remove a database that it cannot be sure of. The public folder
// database comes last, since the others name it as theirs, and a migration leaves
// its folders in it, locked.
func (x exchange) dropDatabases(r estate.Release) []command {
	values := map[string]any{"server": x.p.call.Machine.Computer}
	lines := []command{x.p.shell("on", "drop", r, values)}
	if since(r, "exchange-2013") {
		return lines
	}
	if x.migrated() {
		lines = append(lines, x.p.shell("on", "clear-folders", r, values), x.p.shell("on", "clear-system", r, values))
	}
	return append(lines, x.p.shell("on", "drop-folders", r, values))
}

// migrated says that the organization's public folders are in mailboxes.
func (x exchange) migrated() bool {
	return slices.ContainsFunc(x.at.forest.Exchange.Servers, func(s *estate.Server) bool {
		r, _ := estate.FindRelease(s.Release)
		return s.PublicFolders && since(r, "exchange-2013")
	})
}

// lastEarly says that the machine has the last server of Exchange 2000 and 2003
// in an organization with later ones.
func lastEarly(c Call) bool {
	_, f, ok := c.Estate.Server(c.Machine.Name)
	if !ok {
		return false
	}
	later := false
	for _, s := range f.Exchange.Servers {
		r, _ := estate.FindRelease(s.Release)
		switch {
		case since(r, "exchange-2007"):
			later = true
		case s.Machine != c.Machine.Name:
			return false
		}
	}
	return later
}

// noService is a service that is there no more, as sc query says with error
// 1060, which is the same in every language.
func noService(name, file, service string) Proof {
	expect := "no service " + service
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		for _, l := range lines {
			if strings.Contains(l, "1060") {
				return "gone", nil
			}
		}
		return "", fmt.Errorf("expected %s, and sc query said %s", expect, listOr(trimmed(lines), "nothing"))
	}}
}
