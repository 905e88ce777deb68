package catalog

import (
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// waiting is the work of a step whose scripts are not in the catalogue yet: the
// machine must answer, and the estate is held to the rules.
func waiting(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	return p.done(Work{Silence: silence, Limit: limit(c.Step, mailboxLimit)})
}

func (createMailboxes) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }

func (seedMail) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }

func (publicFolders) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }

func (moveMailboxes) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }

func (exchangeRemove) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }

func (mountStore) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }

func (eseutil) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }

func (disasterRecovery) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	if _, ok := x.p.release("media", every()); !ok {
		return x.p.done(Work{})
	}
	return waiting(c)
}

func (x exchange) update(estate.Release, versions) (Work, labs.Diagnostics) { return waiting(x.p.call) }
