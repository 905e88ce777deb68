package estate

import (
	"maps"
	"slices"

	"github.com/doublehop/doublehop/labs"
)

// leg is a step of a way under work, with the hop that it belongs to.
type leg struct {
	step RouteStep
	hop  int
}

// goal is what must stand at the end of a way.
type goal struct {
	// release is the level of the server with the mailboxes, machine where it
	// stands.
	release, machine string
	wish             *wish
}

// reached says whether a world is the end: the newer server has all mailboxes
// and public folders, the older ones are gone, and the systems are as wanted.
func (g goal) reached(e *Estate) bool {
	s, f, ok := e.Server(g.machine)
	if !ok || s.Release != g.release || !s.Mailboxes || !s.PublicFolders {
		return false
	}
	for _, other := range f.Exchange.Servers {
		if other.Machine != g.machine && (!g.wish.keepOld || other.Mailboxes || other.PublicFolders) {
			return false
		}
	}
	if slices.ContainsFunc(e.Machines, func(m *Machine) bool { s := m.server55(); return s != nil && (!g.wish.keepOld || s.Mailboxes) }) {
		return false
	}
	if after := g.wish.serverAfter; after != "" {
		if m, ok := e.Machine(g.machine); !ok || olderWindows(m.OS, after) {
			return false
		}
	}
	if after := g.wish.controllersAfter; after != "" {
		return !slices.ContainsFunc(e.Machines, func(m *Machine) bool { return m.Controller && olderWindows(m.OS, after) })
	}
	return true
}

// prune drops every step of a way that nothing needs, and says of the others
// what breaks without them.
func (g goal) prune(start *Estate, legs []leg) []leg {
	for _, name := range newControllers(legs) {
		without := slices.DeleteFunc(slices.Clone(legs), func(l leg) bool { return l.step.Step.Sketch().On == name })
		if _, fine := g.replay(start, without); fine {
			legs = without
		}
	}
	for dropped := true; dropped; {
		legs, dropped = g.pruneOnce(start, legs)
	}
	return legs
}

// newControllers lists the domain controllers that a way brings.
func newControllers(legs []leg) []string {
	var list []string
	for _, l := range legs {
		if p, ok := l.step.Step.(Promote); ok {
			list = append(list, p.Machine)
		}
	}
	return list
}

func (g goal) pruneOnce(start *Estate, legs []leg) (left []leg, dropped bool) {
	worlds, warned := make([]*Estate, 0, len(legs)), make([]count, len(legs)+1)
	e := start
	left = slices.Clone(legs)
	for i, l := range legs {
		worlds = append(worlds, e)
		e = e.Clone()
		left[i].step.Warnings = warningsOf(e.Do(l.step.Step))
	}
	warned[len(legs)] = count{}
	for i := len(legs) - 1; i >= 0; i-- {
		rules, fine := g.replayBeside(worlds[i], left[i+1:], warned[i+1])
		if fine {
			left = slices.Delete(left, i, i+1)
			warned[i] = warned[i+1]
			dropped = true
			continue
		}
		left[i].step.Rules = rules
		warned[i] = warned[i+1].with(left[i].step.Warnings)
	}
	return left, dropped
}

// count says how often rules warn.
type count map[string]int

func (c count) with(problems []Problem) count {
	if len(problems) == 0 {
		return c
	}
	sum := maps.Clone(c)
	for _, p := range problems {
		sum[p.Rule]++
	}
	return sum
}

// replay does steps on a copy of a world. It says which rules block first, and
// whether the end is reached without any.
func (g goal) replay(from *Estate, legs []leg) (rules []string, fine bool) {
	return g.replayBeside(from, legs, nil)
}

// replayBeside is replay where warned says how often each rule may warn; nil
// means as often as it likes. Rules that warn more often are named where none
// blocks.
func (g goal) replayBeside(from *Estate, legs []leg, warned count) (rules []string, fine bool) {
	e := from.Clone()
	found := count{}
	var louder []string
	for _, l := range legs {
		for _, p := range e.Do(l.step.Step) {
			if p.Blocks() && !slices.Contains(rules, p.Rule) {
				rules = append(rules, p.Rule)
			}
			if found[p.Rule]++; warned != nil && !p.Blocks() && found[p.Rule] > warned[p.Rule] && !slices.Contains(louder, p.Rule) {
				louder = append(louder, p.Rule)
			}
		}
		if len(rules) > 0 {
			return rules, false
		}
	}
	if len(louder) > 0 {
		return louder, false
	}
	return nil, g.reached(e)
}

// ending is a path that leads to the end, with all steps that were thought of.
type ending struct {
	walk  walk
	marks []mark
	legs  []leg
}

// steps are the steps of an ending.
func (e *ending) steps() []Step {
	var list []Step
	for _, l := range e.legs {
		list = append(list, l.step.Step)
	}
	return list
}

// end goes on from where a path led to what the request wants beyond it.
func (s *search) end(o *outcome) (*ending, *stuck) {
	end := &ending{walk: *o.walk, marks: slices.Clone(o.marks)}
	w := &end.walk
	w.steps = slices.Clip(w.steps)
	w.target = Release{}
	if failed := w.finish(); failed != nil {
		return nil, failed
	}
	server := w.oldServer()
	if len(end.marks) == 0 {
		end.marks = []mark{{from: s.wish.from, old: server.Machine, new: server.Machine, edge: edge{inPlace: true}}}
	}
	end.marks[len(end.marks)-1].to, _ = FindRelease(server.Release)
	first := len(s.begun.steps)
	for i, step := range w.steps[first:] {
		hop := 0
		for hop < len(end.marks)-1 && first+i >= end.marks[hop].steps {
			hop++
		}
		end.legs = append(end.legs, leg{step, hop})
	}
	return end, nil
}

// route drops what an ending does not need, lays the steps out by hops, and says
// what each hop makes of the world.
func (s *search) route(end *ending) Route {
	w := &end.walk
	server := w.oldServer()
	legs := goal{release: server.Release, machine: server.Machine, wish: s.wish}.prune(s.begun.estate, end.legs)
	r := Route{}
	e := s.begun.estate.Clone()
	for i, m := range end.marks {
		h := Hop{From: m.from, To: m.to, Old: m.old, New: m.new, InPlace: m.edge.inPlace, Tool: m.edge.row.Tool, Mode: m.edge.row.Mode}
		if h.InPlace {
			h.Tool, h.Mode = "", ""
		}
		together := []Release{m.from, m.to}
		began := e.Summary()
		for _, l := range legs {
			if l.hop == i {
				l.step.Warnings = warningsOf(e.Do(l.step.Step))
				h.Steps = append(h.Steps, l.step)
				together = beside(e, m, together)
			}
		}
		h.Controllers, _ = allowedControllers(together)
		h.Levels = allowedLevels(together)
		h.Becomes, h.NoReturn = e.Changes(began), e.NoReturn(began)
		r.Hops = append(r.Hops, h)
	}
	r.End = e
	r.machines = used(w.machines, e)
	return r
}

// beside are the levels of the two servers of a hop while both are there; before
// and after, what was known.
func beside(e *Estate, m mark, known []Release) []Release {
	old, _, was := e.Server(m.old)
	fresh, _, is := e.Server(m.new)
	if !was || !is || m.old == m.new {
		return known
	}
	from, _ := FindRelease(old.Release)
	to, _ := FindRelease(fresh.Release)
	return []Release{from, to}
}

func warningsOf(problems []Problem) []Problem {
	return slices.DeleteFunc(problems, Problem.Blocks)
}

// used are the machines that are installed in the end.
func used(machines []*labs.Machine, e *Estate) []*labs.Machine {
	return slices.DeleteFunc(slices.Clone(machines), func(m *labs.Machine) bool {
		_, ok := e.Machine(m.Name)
		return !ok
	})
}
