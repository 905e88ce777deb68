package catalog

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// exchangeUpdate puts a newer level on an Exchange server.
type exchangeUpdate struct{}

const exchangeUpdateLimit = 6 * time.Hour

func (exchangeUpdate) Schema() labs.Schema {
	return labs.Schema{
		Kind: "exchange_update",
		Doc: "Puts a service pack, an update rollup or a cumulative update on an Exchange server, and restarts the machine. " +
			`Exchange 2000 and 2003: SETUP\I386\UPDATE.EXE of the unpacked service pack. ` +
			"Exchange 2007 and later: setup /Mode:Upgrade of a disc with the whole program, or the rollup's .msp file on the disc." + driven,
		Args: []labs.Arg{
			mediaArg("A disc with the service pack, the rollup or the cumulative update."),
			{Name: "program", Type: labs.StringType, Doc: `The program to run, as a path on the disc, where it is none of those above: "EXCHANGE2000-KB870540.EXE".`, Valid: textual(discPathProblem)},
			{Name: "switches", Type: labs.StringsType, Doc: "Switches for the program, in place of Doublehop's.", Valid: listed(carried)},
			{Name: "unattend", Type: labs.PathType, Doc: "An answer file that you recorded, for the service packs of Exchange 2000 and 2003. It is given to the program with /UnattendFile."},
			{Name: "disaster_recovery", Type: labs.BoolType, Default: false, Doc: "The service pack goes on a server that disaster_recovery has just rebuilt."},
			pagesArg(), limitArg(exchangeUpdateLimit),
		},
	}
}

// discPathProblem says in a full sentence why path is no path on a disc.
func discPathProblem(path string) string {
	if why := carried(path); why != "" {
		return why
	}
	for part := range strings.SplitSeq(path, `\`) {
		if why := partProblem(part); why != "" {
			return "The path " + path + " cannot be: " + why + "."
		}
	}
	return ""
}

func (exchangeUpdate) Needs(c Call) []estate.Fact {
	return append(afterServers(c), after(c, []string{"prepare_schema", "prepare_ad", "prepare_domain"})...)
}

func (exchangeUpdate) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (exchangeUpdate) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, every())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.ExchangeUpdate{Machine: c.Machine.Name, Release: r.ID})
}

// Typical is for a service pack; a cumulative update takes as long as an
// installation.
func (exchangeUpdate) Typical() time.Duration { return 30 * time.Minute }

func (exchangeUpdate) Work(c Call) (Work, labs.Diagnostics) {
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
	v.into(x)
	if whole(r) && c.Step.Text("program") == "" {
		return x.silent(silent{
			release: r, what: "Exchange setup brings the server up to date.", runs: [][]string{{"/Mode:Upgrade"}},
			longest: exchangeUpdateLimit, then: guest.ThenReboot, services: laterServices(r, serverRoles(c)),
		}, v.proofs...)
	}
	return x.update(r, v)
}

// whole says that a release of Exchange 2007 or later comes as the whole
// program, and not as a patch.
func whole(r estate.Release) bool { return since(r, "exchange-2007") && level(r).ID == r.ID }

// updateProgram is what the service packs of Exchange 2000 and 2003 run.
const updateProgram = `SETUP\I386\UPDATE.EXE`

// update runs what is no setup of the whole program: a service pack of
// Exchange 2000 and 2003, or a patch.
func (x exchange) update(r estate.Release, v versions) (Work, labs.Diagnostics) {
	step := x.p.call.Step
	if program := step.Text("program"); program != "" || !since(r, "exchange-2007") {
		run := earlyRun{
			what: "Exchange's own program brings the server up to date.", program: cmp.Or(program, updateProgram), switches: step.Texts("switches"),
			longest: exchangeUpdateLimit, then: guest.ThenReboot,
		}
		if step.Flag("disaster_recovery") && len(run.switches) == 0 {
			run.switches = []string{"/DisasterRecovery"}
		}
		if !since(r, "exchange-2007") {
			run.services = exchangeServices()
		}
		var pages []guest.File
		if program == "" || step.Text("pages") != "" { // what unpacks a patch shows windows of its own
			pages = x.driven("-update")
		}
		return x.early(run, v, pages...)
	}
	return x.patch(r, v)
}

// patch applies an update rollup, and reads the version of setup's own program:
// the directory does not show rollups.
func (x exchange) patch(r estate.Release, v versions) (Work, labs.Diagnostics) {
	p := x.p
	v.into(x)
	return p.done(Work{
		Media: p.call.Step.Text("media"),
		Job: &guest.Job{Then: guest.ThenReboot, Files: []guest.File{
			p.script(guest.Script, "patch.job.cmd", x.values), p.script(guest.ProofScript, "patch.proof.cmd", x.values),
			p.helper("BIN.VBS"), p.helper("VERSION.VBS"), p.helper("LEAST.VBS"),
		}},
		Proofs:  append(v.proofs, programVersion("exchange.program", "PROGRAM", r.Build)),
		Silence: silence, Limit: limit(p.call.Step, exchangeUpdateLimit), Explain: explain("msiexec: "),
	})
}

// programVersion is the version of a program's file, of a build or later.
func programVersion(name, file string, least estate.Build) Proof {
	expect := fmt.Sprintf("version %s or later", least)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		text, err := nonEmpty(expect)(lines)
		if err != nil {
			return "", err
		}
		version, _ := strings.CutPrefix(text, "version: ")
		b, err := estate.ParseBuild(version)
		switch {
		case err != nil:
			return "", fmt.Errorf("expected %s, and read %q", expect, clip(text))
		case b.Less(least):
			return "", fmt.Errorf("expected %s, and it is %s", expect, b)
		}
		return b.String(), nil
	}}
}
