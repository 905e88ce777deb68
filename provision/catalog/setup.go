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

// exchange is what the three steps that run Exchange setup have in common.
type exchange struct {
	p  *pen
	at place
	// values are for the step's scripts.
	values map[string]any
}

// wizard is said in the reference of each step that runs setup.
const wizard = " Setup of a real disc shows its wizard here and waits for a person: look at the machine's screen. " +
	"The step ends when the facts are in the directory, whoever pressed the buttons."

// exchangeFor begins the work of a step; ok is false where the machine stands
// in no domain, which Effects reports.
func exchangeFor(c Call) (exchange, bool) {
	at, ok := placeOf(c)
	if !ok {
		return exchange{}, false
	}
	p := &pen{call: c}
	root := domainDN(at.forest.Root)
	return exchange{p: p, at: at, values: map[string]any{
		"controller": p.word("on", at.controller), "dn": p.word("on", domainDN(at.domain.Name)), "root": p.word("on", root),
		"computer": p.word("on", c.Machine.Computer), "old": p.old(),
	}}, true
}

// work is the step's work around its scripts NAME.job.cmd and NAME.proof.cmd.
func (x exchange) work(name string, longest time.Duration, files []guest.File, proofs ...Proof) (Work, labs.Diagnostics) {
	c := x.p.call
	all := append([]guest.File{
		x.p.script(guest.Script, name+".job.cmd", x.values),
		x.p.script(guest.ProofScript, name+".proof.cmd", x.values),
		x.p.helper("LOG.VBS"),
	}, files...)
	return x.p.done(Work{
		Media: c.Step.Text("media"), Job: &guest.Job{Files: all}, Proofs: proofs,
		Silence: silence, Limit: limit(c.Step, longest), Explain: explainSetup,
	})
}

// explainSetup finds the failure in the lines that LOG.VBS showed of setup's
// progress log: "Setup failed while installing sub-component ..." (KB273742), or
// the reasons why a component cannot be assigned an action (KB178975). Lines
// with an error code alone are harmless and mean nothing.
func explainSetup(output []string) string {
	lines := make([]string, len(output))
	for i, l := range output {
		l = strings.TrimPrefix(strings.TrimSpace(l), strings.TrimSpace(logMark))
		lines[i] = strings.TrimSpace(unstamped(strings.TrimSpace(l)))
	}
	for _, line := range slices.Backward(lines) {
		if strings.Contains(strings.ToLower(line), "setup failed while") {
			return line
		}
	}
	for i, line := range slices.Backward(lines) {
		if !strings.Contains(line, "cannot be assigned the action") {
			continue
		}
		reasons := []string{line}
		for _, l := range lines[i+1:] {
			reason, ok := strings.CutPrefix(l, "-")
			if !ok {
				break
			}
			reasons = append(reasons, strings.TrimSpace(reason)+".")
		}
		return strings.Join(reasons, " ")
	}
	return explain("setup: ")(output)
}

// unstamped takes the time in brackets off a line of the progress log.
func unstamped(line string) string {
	if rest, ok := strings.CutPrefix(line, "["); ok {
		if stamp, text, ok := strings.Cut(rest, "]"); ok && strings.Trim(stamp, "0123456789:. ") == "" {
			return text
		}
	}
	return line
}

// preparation is what forestprep and domainprep have in common.
func preparedFacts(c Call) (domain, forest string) {
	domain = domainOf(c)
	return domain, forestOf(c, domain)
}

// serviceProofs are the files that the services part of a script writes.
func serviceProofs(services []string) []Proof {
	proofs := make([]Proof, len(services))
	for i, s := range services {
		proofs[i] = running("service."+s, fmt.Sprintf("SVC%d", i+1), s)
	}
	return proofs
}

// organizationProof is objectVersion of the organization after ForestPrep.
func organizationProof() Proof {
	return atLeast("exchange.organization.objectVersion", "ORG", "objectVersion", release2003().Organization)
}

// schemaProof is rangeUpper of the schema after ForestPrep.
func schemaProof() Proof {
	return atLeast("exchange.schema.rangeUpper", "SCHEMA", "rangeUpper", release2003().Schema)
}

// release2003 is Exchange 2003 as its disc installs it; its service packs
// change the build and none of the directory's numbers.
func release2003() estate.Release {
	r, _ := estate.FindRelease("exchange-2003")
	return r
}
