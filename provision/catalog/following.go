package catalog

import "github.com/doublehop/doublehop/labs"

// waiting is the work of a step whose scripts are not in the catalogue yet: the
// machine must answer, and the estate is held to the rules.
func waiting(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	return p.done(Work{Silence: silence, Limit: limit(c.Step, mailboxLimit)})
}
