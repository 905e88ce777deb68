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

// silent is a run of setup of Exchange 2007 or later, which asks nothing.
type silent struct {
	release estate.Release
	// what the run does, as a clause.
	what string
	// runs are the switches of each run, without the one for the licence.
	runs  [][]string
	files []guest.File
	// services are waited for, and proven.
	services []string
	longest  time.Duration
	then     guest.Then
}

// serviceTries are looks at services that start, with three seconds between.
const serviceTries = 300

// program is the name of setup in the root of the disc (Exchange 2010 help,
// bb125224; Exchange 2013 help, aa997281).
func program(r estate.Release) string {
	if since(r, "exchange-2013") {
		return "Setup.exe"
	}
	return "setup.com"
}

// licence is the switch that accepts the licence. Exchange 2013 began to ask
// for one; the cumulative updates of September 2021 replaced it by two that
// also say whether diagnostic data go to Microsoft. A sealed lab sends none.
func licence(r estate.Release) []string {
	asked := map[string]estate.Build{
		"exchange-2016": {15, 1, 2375}, // CU22
		"exchange-2019": {15, 2, 986},  // CU11
		"exchange-se":   {15, 2, 0},
	}
	from, ok := asked[r.Product]
	switch {
	case !since(r, "exchange-2013"):
		return nil
	case ok && !r.Build.Less(from):
		return []string{"/IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF"}
	}
	return []string{"/IAcceptExchangeServerLicenseTerms"}
}

// silent is the work of a step that runs setup of Exchange 2007 or later.
func (x exchange) silent(l silent, proofs ...Proof) (Work, labs.Diagnostics) {
	p := x.p
	x.values["program"] = p.word("media", program(l.release))
	var runs [][]word
	for _, switches := range l.runs {
		runs = append(runs, p.words("media", append(switches, licence(l.release)...)))
	}
	x.values["runs"], x.values["services"] = runs, p.words("on", l.services)
	if tries, ok := x.values["tries"].(int); ok && len(l.services) > 0 {
		x.values["tries"] = max(tries, serviceTries)
	}
	x.values["what"], x.values["step"] = p.word("on", l.what), p.word("on", p.call.Step.Kind)
	proofs = append(append([]Proof{completed()}, proofs...), serviceProofs(l.services)...)
	if x.values["disc"] == false {
		l.files = append(l.files, p.helper("BIN.VBS"))
	}
	return p.done(Work{
		Media: p.call.Step.Text("media"),
		Job: &guest.Job{Then: l.then, Files: append([]guest.File{
			p.script(guest.Script, "silent.job.cmd", x.values),
			p.script(guest.ProofScript, "silent.proof.cmd", x.values),
			p.helper("SETUPLOG.VBS"), p.helper("LEAST.VBS"),
		}, l.files...)},
		Proofs: proofs, Silence: silence, Limit: limit(p.call.Step, l.longest), Explain: explainLater,
	})
}

// completed is setup's own last word, without which what it left may be half.
func completed() Proof {
	const expect = "setup's log to end with success"
	return Proof{Name: "exchange.setup", File: "SETUP", Expect: expect, Read: func(lines []string) (string, error) {
		run := readSetupLog(lines)
		if run.completed {
			return "completed", nil
		}
		return "", fmt.Errorf("expected %s, and read %q", expect, clip(run.reason()))
	}}
}

// argument writes a switch of setup as its help does: /Name:"value" where the
// value has a blank.
func argument(w word) word {
	name, value, ok := strings.Cut(string(w), ":")
	if ok && strings.Contains(value, " ") {
		return word(name + `:"` + value + `"`)
	}
	return w
}

// earlierSteps are needs on the servers that earlier steps of the stage, of
// the given kinds, make: servers come one after the other, because the first
// founds what the others join.
func earlierSteps(c Call, kinds ...string) []estate.Fact {
	var needs []estate.Fact
	for _, s := range c.Stage.Steps {
		if s == c.Step {
			break
		}
		if slices.Contains(kinds, s.Kind) {
			for _, on := range s.On {
				needs = append(needs, estate.FactExchange(on))
			}
		}
	}
	return needs
}
