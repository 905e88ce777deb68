package estate

import (
	"fmt"
	"slices"
	"time"
)

// day is a day as durations of clocks have it.
const day = 24 * time.Hour

// SetClock sets the lab's clock, on every machine at once and while they are
// off: a stage's clock, or the one that a checkpoint wakes up to. The problems'
// argument is "clock".
func (e *Estate) SetClock(at time.Time) []Problem {
	const attr = "clock"
	var problems []Problem
	from := e.Clock
	e.stamp(from, at)
	if !from.IsZero() && !from.Equal(at) {
		say := words{"from": instant(from), "to": instant(at), "jump": lasting(at.Sub(from))}
		if at.Before(from) {
			problems = e.turnBack(say, attr)
		} else {
			problems = slices.Concat(e.tombstoned(at.Sub(from), say, attr), e.uncorrected(at.Sub(from), say, attr), e.expired(from, at, say, attr))
		}
	}
	if e.Clock = at; !from.Equal(at) {
		e.say("lab: clock %s", instant(at))
	}
	return problems
}

// stamp gives those machines, forests and servers a date that came while the
// clock stood at from, or while nobody had set one.
func (e *Estate) stamp(from, at time.Time) {
	if from.IsZero() {
		from = at
	}
	for _, m := range slices.Clone(e.Machines) {
		if m.Installed.IsZero() {
			e.editMachine(m.Name).Installed = from
		}
	}
	for _, f := range slices.Clone(e.Forests) {
		undated := func(s *Server) bool { return s.Installed.IsZero() }
		if !f.Founded.IsZero() && (f.Exchange == nil || !slices.ContainsFunc(f.Exchange.Servers, undated)) {
			continue
		}
		f = e.editForest(f.Root)
		if f.Founded.IsZero() {
			f.Founded = from
		}
		if f.Exchange != nil {
			for _, s := range f.Exchange.Servers {
				if s.Installed.IsZero() {
					s.Installed = from
				}
			}
		}
	}
}

func (e *Estate) turnBack(say words, attr string) []Problem {
	if !e.Joined() {
		return nil
	}
	return []Problem{breaks("DH-TIME-BACKWARDS", attr, say)}
}

// tombstoned asks whether domain controllers still replicate after a jump.
func (e *Estate) tombstoned(jump time.Duration, say words, attr string) []Problem {
	var problems []Problem
	for _, f := range e.Forests {
		lifetime := time.Duration(f.Tombstone) * day
		if controllers := e.controllers(f); lifetime > 0 && jump > lifetime && len(controllers) > 1 {
			problems = append(problems, breaks("DH-TIME-TOMBSTONE", attr, words{
				"jump": say["jump"], "forest": f.Root, "days": fmt.Sprint(f.Tombstone), "controllers": and(quotedAll(namesOf(controllers))),
			}))
		}
	}
	return problems
}

// uncorrected asks whether W32Time puts right a clock that did not come along.
func (e *Estate) uncorrected(jump time.Duration, say words, attr string) []Problem {
	most := clockOf(clockW32Time)
	if jump <= most.Duration {
		return nil
	}
	var problems []Problem
	for _, f := range e.Forests {
		controllers := e.controllers(f)
		if len(controllers) < 2 {
			continue
		}
		careful := slices.DeleteFunc(controllers, func(m *Machine) bool { return !since2008(m.OS) })
		if len(careful) > 0 {
			problems = append(problems, breaks("DH-TIME-W32TIME", attr, words{
				"jump": say["jump"], "controllers": and(quotedAll(namesOf(careful))), "most": lasting(most.Duration),
			}).as(most.Origin))
		}
	}
	return problems
}

// expired lists what runs out between two times.
func (e *Estate) expired(from, at time.Time, say words, attr string) []Problem {
	var problems []Problem
	// passes says that something which began at a time runs out.
	passes := func(began time.Time, clock string) bool {
		end := began.Add(clockOf(clock).Duration)
		return !began.IsZero() && !from.After(end) && at.After(end)
	}
	tell := func(id, clock string, who []string) {
		if len(who) > 0 {
			row := clockOf(clock)
			problems = append(problems, breaks(id, attr, words{
				"jump": say["jump"], "from": say["from"], "to": say["to"], "who": and(who), "after": lasting(row.Duration),
			}).as(row.Origin))
		}
	}
	var members, evaluations, activations, forests []string
	for _, m := range e.Machines {
		if m.Domain != "" && at.Sub(from) >= clockOf(clockMachinePassword).Duration {
			members = append(members, m.Name)
		}
		if passes(m.Installed, clockEvaluation) {
			evaluations = append(evaluations, m.Name)
		}
		if is2003(m.OS) && passes(m.Installed, clockActivation) {
			activations = append(activations, m.Name)
		}
	}
	for _, f := range e.Forests {
		if passes(f.Founded, clockUserPassword) {
			forests = append(forests, f.Root)
		}
	}
	tell("DH-TIME-MACHINE-PASSWORD", clockMachinePassword, quotedAll(members))
	tell("DH-TIME-USER-PASSWORD", clockUserPassword, forests)
	tell("DH-TIME-ACTIVATION", clockActivation, quotedAll(activations))
	tell("DH-TIME-EVALUATION", clockEvaluation, quotedAll(evaluations))
	for _, clock := range []string{clockCertificate2007, clockCertificate2010} {
		tell("DH-TIME-CERTIFICATE", clock, e.certificates(clock, passes))
	}
	return problems
}

// certificates lists the Exchange servers whose own certificates, which last as
// long as a clock says, run out.
func (e *Estate) certificates(clock string, passes func(time.Time, string) bool) []string {
	var names []string
	for _, f := range e.Forests {
		if f.Exchange == nil {
			continue
		}
		for _, s := range f.Exchange.Servers {
			if certificateOf(serverProduct(s)) == clock && passes(s.Installed, clock) {
				names = append(names, s.Machine)
			}
		}
	}
	slices.Sort(names)
	return quotedAll(names)
}

// certificateOf says how long the certificate lasts that Setup of a version of
// Exchange makes; empty for those that make none.
func certificateOf(product string) string {
	switch product {
	case "", "exchange-5.5", "exchange-2000", "exchange-2003":
		return ""
	case "exchange-2007":
		return clockCertificate2007
	}
	return clockCertificate2010
}

// inTime asks whether Kerberos takes m's time for that of one of d's
// controllers.
func (e *Estate) inTime(m *Machine, d *Domain) []Problem {
	most := clockOf(clockKerberos)
	var nearest *Machine
	for _, c := range e.controllersOf(d) {
		if c.Name == m.Name || apart(m, c) <= most.Duration {
			return nil
		}
		if nearest == nil || apart(m, c) < apart(m, nearest) {
			nearest = c
		}
	}
	if nearest == nil {
		return nil
	}
	return []Problem{breaks("DH-AD-CLOCK-SKEW", "on", words{
		"machine": m.Name, "controller": nearest.Name, "domain": d.Name, "skew": lasting(apart(m, nearest)), "most": lasting(most.Duration),
	}).as(most.Origin)}
}

// apart is how far two machines' clocks are apart.
func apart(a, b *Machine) time.Duration { return (a.Skew - b.Skew).Abs() }

// follow sets a machine's clock by its domain's controllers, as W32Time does
// once it belongs to the domain.
func (e *Estate) follow(machine string, d *Domain) {
	controller, ok := e.Machine(d.pdc())
	if m, _ := e.Machine(machine); ok && m.Skew != controller.Skew {
		e.editMachine(machine).Skew = controller.Skew
	}
}

// instant is a time as lab files write it.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// lasting is a duration for people, in the largest units that say enough.
func lasting(d time.Duration) string {
	unit := func(n time.Duration, name string) string {
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	switch {
	case d >= 2*day:
		return unit((d+day/2)/day, "day")
	case d >= 2*time.Hour:
		return unit((d+time.Hour/2)/time.Hour, "hour")
	case d >= time.Minute:
		return unit((d+time.Minute/2)/time.Minute, "minute")
	}
	return unit((d+time.Second/2)/time.Second, "second")
}
