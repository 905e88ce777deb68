package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/guest"
	driver "github.com/doublehop/doublehop/provision/guest/wizard"
)

// exchange is what the three steps that run Exchange setup have in common.
type exchange struct {
	p  *pen
	at place
	// organization is the name that the wizard is told.
	organization string
	// values are for the step's scripts.
	values map[string]any
}

// attended is said in the reference of each step that runs setup.
const attended = " Setup of a real disc shows its wizard here and waits for a person: look at the machine's screen. " +
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
	return exchange{p: p, at: at, organization: c.Step.Text("organization"), values: map[string]any{
		"step": p.word("on", c.Step.Kind), "program": p.word("media", earlyProgram), "services": []word(nil), "queries": []query(nil), "tries": 1, "gone": false, "wizard": false, "disc": true, "retire": false, "first": []command(nil),
		"controller": p.word("on", at.controller), "dn": p.word("on", domainDN(at.domain.Name)), "root": p.word("on", root),
		"computer": p.word("on", c.Machine.Computer), "old": p.old(),
	}}, true
}

// work is the step's work around its script NAME.job.cmd and what was given to
// look at.
func (x exchange) work(name string, longest time.Duration, files []guest.File, proofs ...Proof) (Work, labs.Diagnostics) {
	c := x.p.call
	files = append(files, x.driven("")...)
	all := append([]guest.File{
		x.p.script(guest.Script, name+".job.cmd", x.values),
		x.p.script(guest.ProofScript, "look.proof.cmd", x.values),
		x.p.helper("LOG.VBS"), x.p.helper("LEAST.VBS"),
	}, files...)
	return x.p.done(Work{
		Media: c.Step.Text("media"), Job: &guest.Job{Files: all}, Proofs: proofs,
		Silence: silence, Limit: limit(c.Step, longest), Explain: explainSetup,
	})
}

// explainSetup finds the failure in the lines that LOG.VBS showed of setup's
// progress log: "Setup failed while installing sub-component ..." (KB273742), or
// the reasons why a component cannot be assigned an action (KB178975). Lines
// with an error code alone are harmless and mean nothing. Where the log names no
// failure, it is the wizard's page that stopped the driver.
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
	if why := driver.Explain(output); why != "" {
		return why
	}
	return explain("setup: ", "ldifde: ")(output)
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

// earlyRun is a run of setup of Exchange 2000 or 2003, or of a service pack.
type earlyRun struct {
	// what the run does, as a sentence.
	what string
	// program lies on the disc; empty for setup itself.
	program  string
	switches []string
	longest  time.Duration
	then     guest.Then
	// services are waited for, and proven.
	services []string
}

// earlyProgram is setup of Exchange 2000 and 2003 on its disc.
const earlyProgram = `SETUP\I386\SETUP.EXE`

// early is the work of a step that runs setup of Exchange 2000 or 2003 and then
// looks at what v reads.
func (x exchange) early(run earlyRun, v versions, files ...guest.File) (Work, labs.Diagnostics) {
	p := x.p
	if run.program != "" {
		x.values["program"] = p.word("program", run.program)
	}
	x.values["what"] = p.word("on", run.what)
	x.values["switches"], x.values["services"] = p.words("switches", run.switches), p.words("on", run.services)
	x.values["unattend"] = false
	if path := p.call.Step.Text("unattend"); path != "" {
		files = append(files, p.recording(path))
		x.values["unattend"] = true
	}
	v.into(x)
	if len(run.services) > 0 {
		x.values["tries"] = max(v.tries(), serviceTries)
	}
	files = append([]guest.File{
		p.script(guest.Script, "early.job.cmd", x.values), p.script(guest.ProofScript, "look.proof.cmd", x.values),
		p.helper("LOG.VBS"), p.helper("LEAST.VBS"),
	}, files...)
	return p.done(Work{
		Media: p.call.Step.Text("media"), Job: &guest.Job{Then: run.then, Files: p.withServices(files, run.services)},
		Proofs:  append(v.proofs, serviceProofs(run.services)...),
		Silence: silence, Limit: limit(p.call.Step, run.longest), Explain: explainSetup,
	})
}

// withServices adds what Windows 2000 needs to be asked for services.
func (p *pen) withServices(files []guest.File, services []string) []guest.File {
	if p.old() && len(services) > 0 {
		files = append(files, p.helper("SERVICE.VBS"))
	}
	return files
}

// recording is an answer file that the lab's author recorded with setup
// /CreateUnattend. It may hold a product key.
func (p *pen) recording(path string) guest.File {
	text := p.recorded(path)
	for i, r := range text {
		if r > '~' || r < ' ' && r != '\r' && r != '\n' && r != '\t' {
			p.complain("unattend", "Unattend file cannot be used",
				fmt.Sprintf("Line %d of %s has a sign that is not plain ASCII. Save the file in ASCII.", 1+strings.Count(text[:i], "\n"), path))
			break
		}
	}
	file := guest.Text("EXSETUP.INI", text)
	file.Secret = true
	return file
}
