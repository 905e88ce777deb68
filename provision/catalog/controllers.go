package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// controllerJob is what the steps on domain controllers have in common: where
// the machine stands, whom its scripts ask, and what they look at afterwards.
type controllerJob struct {
	p  *pen
	at place
	// here is the machine's full name, root the distinguished name of the
	// forest's root domain, base that of its own domain.
	here       word
	root, base word
	values     map[string]any
	proofs     []Proof
	queries    []query
}

// controllerFor begins the work of a step on a domain controller; ok is false
// where the machine is none, which Effects reports.
func controllerFor(c Call) (*controllerJob, bool) {
	at, ok := placeOf(c)
	m, installed := c.Estate.Machine(c.Machine.Name)
	if !ok || !installed || !m.Controller {
		return nil, false
	}
	p := &pen{call: c}
	j := &controllerJob{
		p: p, at: at, here: p.word("on", fqdn(c.Machine.Computer, at.domain.Name)),
		root: p.word("on", domainDN(at.forest.Root)), base: p.word("on", domainDN(at.domain.Name)),
	}
	j.values = map[string]any{"controller": j.here, "dn": j.base, "root": j.root, "old": p.old()}
	return j, true
}

// holder is the full name of a domain controller of the lab, for the holder of
// a role; the machine itself where nobody is known.
func (j *controllerJob) holder(machine, domain string) word {
	if m, ok := j.p.call.Lab.Machine(machine); ok {
		return j.p.word("on", fqdn(m.Computer, domain))
	}
	return j.here
}

// schemaMaster and pdc are the full names of role holders.
func (j *controllerJob) schemaMaster() word {
	name := j.at.forest.SchemaMaster
	if m, ok := j.p.call.Estate.Machine(name); ok {
		return j.holder(name, m.Domain)
	}
	return j.here
}

func (j *controllerJob) pdc(d *estate.Domain) word { return j.holder(d.PDC, d.Name) }

// alone says that nothing need be replicated to anybody.
func (j *controllerJob) alone() bool {
	n := 0
	for _, d := range j.at.forest.Domains {
		n += len(d.Controllers)
	}
	return n < 2
}

// look adds a look at one object and what it proves. Where a number of the
// attribute is given, the script goes on looking until it is that or more.
func (j *controllerJob) look(server word, file, base, attribute string, least int, proofs ...Proof) {
	q := query{File: file, Server: string(server), Base: base, Scope: "base", Attributes: attribute}
	if least > 0 {
		q.Attribute, q.Least = attribute, least
	}
	j.queries, j.proofs = append(j.queries, q), append(j.proofs, proofs...)
}

// work is the step's work around NAME.job.cmd; it ends when what was given to
// look at is as it should be.
func (j *controllerJob) work(longest time.Duration, explain func([]string) string, files ...guest.File) (Work, labs.Diagnostics) {
	p := j.p
	j.values["queries"] = j.queries
	tries := 1
	if !j.alone() {
		tries = replicationTries
	}
	j.values["tries"] = tries
	all := []guest.File{
		p.script(guest.Script, p.call.Step.Kind+".job.cmd", j.values),
		p.script(guest.ProofScript, "controller.proof.cmd", j.values),
		p.helper("LEAST.VBS"),
	}
	return p.done(Work{
		Job: &guest.Job{Files: append(all, files...)}, Proofs: j.proofs,
		Silence: silence, Limit: limit(p.call.Step, longest), Explain: explain,
	})
}

// controllers are all domain controllers of the forest, the one that the
// scripts ask first.
func (j *controllerJob) controllers() []controller {
	list := []controller{{string(j.here), j.at.domain.Name}}
	for _, d := range j.at.forest.Domains {
		for _, name := range d.Controllers {
			if full := string(j.holder(name, d.Name)); full != string(j.here) {
				list = append(list, controller{full, d.Name})
			}
		}
	}
	return list
}
