package estate

import (
	"reflect"
	"slices"

	"github.com/doublehop/doublehop/labs"
)

const (
	// mostRounds is how often a step is tried again after something was mended
	// for it, mostDeep how many steps may stand one on another for that.
	mostRounds = 16
	mostDeep   = 12
)

// walk is a world on the way: how it stands, and what led to it. It is copied
// to go back to.
type walk struct {
	wish   *wish
	estate *Estate
	steps  []RouteStep
	phase  Phase
	// machines are all that were installed; pending are those that will be when
	// a step first needs them.
	machines []*labs.Machine
	pending  []*recruit
	// target is the release that the hop under way brings; its ID is empty
	// between hops.
	target Release
	// newcomer is the machine that the hop brings: there its own disc's programs
	// run, since an older machine may be too old for them.
	newcomer string
	// given says that what the request tells of the world may not be mended.
	given bool
	// under are the steps that wait for the one in hand.
	under []Step
}

// recruit is a machine that is still to be bought.
type recruit struct {
	name string
	on   standing
	// member says that it joins the domain at once.
	member bool
	// components are of Windows, memory is in bytes.
	components []string
	memory     uint64
	disk       uint64
}

// stuck is why a step could not be made legal: the wish first, the deepest
// reason last.
type stuck struct{ chain []StuckStep }

func stuckAt(s Step, p Problem, deeper *stuck) *stuck {
	chain := []StuckStep{{s, p}}
	if deeper != nil {
		chain = append(chain, deeper.chain...)
	}
	return &stuck{chain}
}

// achieve does a step, and before it whatever makes it legal: every rule that
// blocks it brings the steps of its remedy, and those bring theirs.
func (w *walk) achieve(s Step) *stuck {
	if len(w.under) >= mostDeep || slices.ContainsFunc(w.under, func(u Step) bool { return reflect.DeepEqual(u, s) }) {
		return stuckAt(s, Problem{Summary: "The step would have to come before itself"}, nil)
	}
	w.under = append(slices.Clip(w.under), s)
	defer func() { w.under = w.under[:len(w.under)-1] }()
	advised := map[string]bool{}
	done, blocks := w.try(s)
	for range mostRounds {
		if len(blocks) == 0 && !w.betters(done, advised) {
			w.take(done)
			return nil
		}
		var failed *stuck
		if len(blocks) > 0 {
			done, blocks, failed = w.mend(s, blocks)
		} else {
			done, blocks = w.try(w.retarget(s))
		}
		if failed != nil {
			return failed
		}
		s = w.retarget(s)
	}
	return stuckAt(s, Problem{Summary: "No end of rules is found"}, nil)
}

// retarget is a step on the machine that holds a role, where the role has moved
// since the step was thought of.
func (w *walk) retarget(s Step) Step {
	if len(w.estate.Forests) == 0 {
		return s
	}
	f := w.estate.Forests[0]
	controls := func(name string) bool {
		m, ok := w.estate.Machine(name)
		return ok && m.Controller
	}
	switch s := s.(type) {
	case RaiseLevel:
		if !controls(s.Machine) {
			s.Machine = f.schemaMaster()
		}
		return s
	case Adprep:
		if controls(s.Machine) {
			return s
		}
		if s.Machine = f.schemaMaster(); s.Scope == DomainScope {
			s.Machine = f.Domains[0].infrastructure()
		}
		return s
	}
	return s
}

// trial is what trying a step gave.
type trial struct {
	estate  *Estate
	steps   []RouteStep
	machine *labs.Machine
}

// try does a step on a copy of the world, with the installation of its machine
// before it where that is pending.
func (w *walk) try(s Step) (trial, []Problem) {
	t := trial{estate: w.estate.Clone()}
	list := []Step{s}
	if r, ok := w.waits(s.Sketch().On); ok {
		t.machine = w.machine(r)
		list = []Step{Install{t.machine}, s}
		if r.member {
			list = []Step{Install{t.machine}, Join{r.name, w.domain()}, s}
		}
	} else if i, ok := s.(Install); ok {
		t.machine = i.Machine
	}
	for _, s := range list {
		problems := t.estate.Do(s)
		step := RouteStep{Step: s, Phase: w.phase}
		var blocks []Problem
		for _, p := range problems {
			if p.Blocks() {
				blocks = append(blocks, p)
			} else {
				step.Warnings = append(step.Warnings, p)
			}
		}
		if len(blocks) > 0 {
			return t, blocks
		}
		t.steps = append(t.steps, step)
	}
	return t, nil
}

// waits finds a machine that is still to be installed.
func (w *walk) waits(name string) (*recruit, bool) {
	return first(w.pending, func(r *recruit) bool { return r.name == name })
}

// take goes on from what was tried.
func (w *walk) take(t trial) {
	w.estate = t.estate
	w.steps = append(w.steps, t.steps...)
	if t.machine == nil {
		return
	}
	w.machines = append(slices.Clip(w.machines), t.machine)
	w.pending = slices.DeleteFunc(slices.Clone(w.pending), func(r *recruit) bool { return r.name == t.machine.Name })
}

// mend removes one of the problems that block a step, and gives what trying the
// step then gave. A mending after which the problem is still there is undone, and
// the next one tried.
func (w *walk) mend(s Step, blocks []Problem) (trial, []Problem, *stuck) {
	var failed *stuck
	for _, p := range blocks {
		for _, option := range w.options(s, p) {
			before := *w
			deeper := option(w)
			if deeper == nil {
				if t, left := w.try(w.retarget(s)); !holds(left, p) {
					return t, left, nil
				}
			}
			*w = before
			if failed == nil && deeper != nil {
				failed = stuckAt(s, p, deeper)
			}
		}
	}
	if failed == nil {
		failed = stuckAt(s, blocks[0], nil)
	}
	return trial{}, nil, failed
}

// holds says that a problem is one of a list.
func holds(list []Problem, p Problem) bool {
	return slices.ContainsFunc(list, func(now Problem) bool { return now.Rule == p.Rule && now.Detail == p.Detail })
}

// betters does what a warning advises, where it names the steps and they can be
// done.
func (w *walk) betters(t trial, advised map[string]bool) bool {
	for _, step := range t.steps {
		for _, p := range step.Warnings {
			key := p.Rule + p.Detail
			if advised[key] || !w.mayMend(p.Remedy) || slices.ContainsFunc(p.Remedy, w.retired) {
				continue
			}
			advised[key] = true
			before := *w
			if w.all(p.Remedy) == nil {
				return true
			}
			*w = before
		}
	}
	return false
}

// retired says that a step is on a machine that has nothing to do any more.
func (w *walk) retired(s Step) bool {
	m, ok := w.estate.Machine(s.Sketch().On)
	if !ok || m.Controller || m.Name == w.newcomer {
		return false
	}
	_, _, serves := w.estate.Server(m.Name)
	return !serves
}

// mending is one way to make a step legal.
type mending func(w *walk) *stuck

// options lists the ways to remove a problem, the best one first.
func (w *walk) options(s Step, p Problem) []mending {
	if !w.given && slices.Contains(controllerRules(), p.Rule) {
		return w.replacements(s)
	}
	if w.mayMend(p.Remedy) {
		return []mending{func(w *walk) *stuck { return w.all(p.Remedy) }}
	}
	return nil
}

// all achieves steps, one after another.
func (w *walk) all(steps []Step) *stuck {
	for _, s := range steps {
		if failed := w.achieve(w.here(s)); failed != nil {
			return failed
		}
	}
	return nil
}

// here is a step that prepares the directory on the machine that comes, rather
// than on the domain controller which a rule proposes.
func (w *walk) here(s Step) Step {
	if w.newcomer == "" {
		return s
	}
	switch s := s.(type) {
	case PrepareLegacyPermissions:
		s.Machine = w.newcomer
		return s
	case PrepareSchema:
		s.Machine = w.newcomer
		return s
	case PrepareAD:
		s.Machine = w.newcomer
		return s
	case PrepareDomain:
		s.Machine = w.newcomer
		return s
	}
	return s
}

// mayMend says whether a remedy may be used: while the world of the request is
// built, only one that changes nothing which the request tells.
func (w *walk) mayMend(remedy []Step) bool {
	if len(remedy) == 0 {
		return false
	}
	if !w.given {
		return true
	}
	return !slices.ContainsFunc(remedy, func(s Step) bool {
		switch s := s.(type) {
		case RaiseLevel:
			return s.Scope != DomainScope || s.Level != Level2000
		case NativeMode, UpgradeWindows, Demote, ServicePack, ExchangeUpdate, ExchangeRemove:
			return true
		}
		return false
	})
}

// domain is the DNS name of the domain that everything happens in.
func (w *walk) domain() string {
	if len(w.estate.Forests) == 0 {
		return routeDomain
	}
	return w.estate.Forests[0].Root
}
