package estate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// FindRoutes searches the legal ways of a request. Its error is a
// [*RouteWordError] when a word of the request means nothing, and a
// [*NoRouteError] when there is no way.
//
// Every way was replayed from the empty world without a rule that blocks, and
// no step of it can be left out.
func FindRoutes(r RouteRequest) (*Routes, error) {
	w, err := r.understand()
	if err != nil {
		return nil, err
	}
	routes, failed := w.search()
	if failed != nil {
		failed.Instead = r.instead(w)
		return nil, failed
	}
	return routes, nil
}

// instead lists the words of a request without which there is a way.
func (r RouteRequest) instead(w wish) []string {
	var list []string
	for _, t := range w.told {
		other, err := t.without(r).understand()
		if err != nil {
			continue
		}
		if _, failed := other.search(); failed == nil {
			list = append(list, "--"+t.what+" "+t.word)
		}
	}
	return list
}

// search is the search for a wish.
func (w *wish) search() (*Routes, *NoRouteError) {
	begun := &walk{wish: w, estate: New()}
	if failed := begun.begin(); failed != nil {
		return nil, &NoRouteError{From: w.from, To: w.to, Start: true, Stuck: failed.chain}
	}
	s := search{wish: w, begun: begun, known: map[string]*outcome{}}
	found := &Routes{From: w.from, To: w.to, Start: begun.estate, StartSteps: begun.steps}
	ends := s.collect()
	if len(ends) == 0 {
		return nil, &NoRouteError{From: w.from, To: w.to, Stuck: s.why()}
	}
	slices.SortStableFunc(ends, func(a, b *ending) int {
		return cmp.Or(len(a.marks)-len(b.marks), cmp.Compare(w.time(a.steps()), w.time(b.steps())), len(a.legs)-len(b.legs), newness(b.marks)-newness(a.marks))
	})
	for _, end := range ends[:min(len(ends), w.most)] {
		found.Ways = append(found.Ways, s.route(end))
	}
	slices.SortStableFunc(found.Ways, func(a, b Route) int {
		return cmp.Or(len(a.Hops)-len(b.Hops), cmp.Compare(w.time(a.all()), w.time(b.all())), a.Steps()-b.Steps())
	})
	found.Forbidden = forbiddenOn(found.Ways[0], w)
	return found, nil
}

// time is how long steps take together; 0 when nobody knows.
func (w *wish) time(steps []Step) time.Duration {
	if w.typical == nil {
		return 0
	}
	var sum time.Duration
	for _, s := range steps {
		sum += w.typical(s.Sketch().Kind)
	}
	return sum
}

// search is a search under way. Paths that begin alike share what was found of
// their beginning.
type search struct {
	wish  *wish
	begun *walk
	known map[string]*outcome
	// nearest is why the path that came nearest to the end led nowhere, and hops
	// how many changes of version it got through.
	nearest *stuck
	hops    int
}

// outcome is where a path leads, or what stops it behind the last mark.
type outcome struct {
	walk  *walk
	marks []mark
	stuck *stuck
}

// mark says where a hop ended.
type mark struct {
	edge     edge
	from, to Release
	old, new string
	// steps is the number of steps of the walk then.
	steps int
}

// collect tries the paths, the shortest ones first, until enough ways are found.
// All of one length are tried, so that the one with the fewest steps is among
// them.
func (s *search) collect() []*ending {
	var list []*ending
	length := 0
	for _, path := range s.paths() {
		if len(path) > length && len(list) >= s.wish.most {
			return list
		}
		length = len(path)
		o := s.follow(path)
		failed := o.stuck
		if failed == nil {
			var end *ending
			if end, failed = s.end(o); failed == nil {
				list = append(list, end)
				continue
			}
		}
		if hops := len(o.marks); s.nearest == nil || hops > s.hops {
			s.nearest, s.hops = failed, hops
		}
	}
	return list
}

// newness is higher for a way through newer versions.
func newness(marks []mark) int {
	n := 0
	for _, m := range marks {
		n += productIndex(m.to.Product)
	}
	return n
}

// paths lists the paths that pass what the request wants passed.
func (s *search) paths() [][]edge {
	return slices.DeleteFunc(paths(s.wish.from.Product, s.wish.to.Product), func(path []edge) bool {
		return slices.ContainsFunc(s.wish.via, func(product string) bool {
			return !slices.ContainsFunc(path, func(e edge) bool { return e.to == product })
		})
	})
}

// why is the reason that no path leads to the end.
func (s *search) why() []StuckStep {
	if s.nearest == nil {
		return nil
	}
	return s.nearest.chain
}

// follow walks a path of edges.
func (s *search) follow(path []edge) *outcome {
	if len(path) == 0 {
		return &outcome{walk: s.begun}
	}
	key := keyOf(path)
	if o, ok := s.known[key]; ok {
		return o
	}
	before := s.follow(path[:len(path)-1])
	o := before
	if before.stuck == nil {
		o = s.take(before, path[len(path)-1])
	}
	s.known[key] = o
	return o
}

func keyOf(path []edge) string {
	var key strings.Builder
	for _, e := range path {
		key.WriteString(e.to)
		if e.inPlace {
			key.WriteString("!")
		}
		key.WriteString(" ")
	}
	return key.String()
}

// take takes an edge with the best release of its product that can come.
func (s *search) take(before *outcome, e edge) *outcome {
	var failed *stuck
	old := before.walk.oldServer()
	from, _ := FindRelease(old.Release)
	for _, r := range s.releases(e, from) {
		for _, on := range s.hosts(e, r) {
			w := *before.walk
			w.steps = slices.Clip(w.steps) // others go on from there too
			why := w.hop(e, r, on)
			if why == nil {
				m := mark{edge: e, from: from, to: r, old: old.Machine, new: w.oldServer().Machine, steps: len(w.steps)}
				return &outcome{walk: &w, marks: append(slices.Clip(before.marks), m)}
			}
			if failed == nil {
				failed = why
			}
		}
	}
	if failed == nil {
		failed = &stuck{}
	}
	return &outcome{stuck: failed, marks: before.marks}
}

// hosts are the Windows that a hop's new server may stand on; in place there is
// no choice.
func (s *search) hosts(e edge, r Release) []standing {
	list := hostsFor(r)
	if e.inPlace || len(list) == 0 {
		return []standing{{}}
	}
	return list[:1]
}

// releases lists the releases of an edge's product that may be installed, the
// best one first: the newest that is known to live beside the older one, then the
// older ones, and last those about which sources disagree. On the last edge none
// is newer than what is asked for.
func (s *search) releases(e edge, from Release) []Release {
	var list, last, never []Release
	for _, r := range slices.Backward(Releases()) {
		if r.Product != e.to || !onDisc(r) || r.Product == s.wish.to.Product && s.wish.to.Build.Less(r.Build) {
			continue
		}
		row, ok := coexistence(r, from.Product)
		switch {
		case !ok || row.Floor != refused || e.inPlace:
			list = append(list, r)
		case row.Confidence != Sure:
			last = append(last, r)
		default:
			never = append(never, r)
		}
	}
	if list = append(list, last...); len(list) == 0 && len(never) > 0 {
		return never[:1] // trying it says why
	}
	return list
}

// paths lists the ways from product to product through the table of moves, the
// shortest ones first, an upgrade in place before a move.
func paths(from, to string) [][]edge {
	var list [][]edge
	var visit func(at string, path []edge)
	visit = func(at string, path []edge) {
		if at == to {
			list = append(list, slices.Clone(path))
			return
		}
		for _, e := range edgesFrom(at) {
			if !olderProduct(to, e.to) {
				visit(e.to, append(path, e))
			}
		}
	}
	visit(from, nil)
	slices.SortStableFunc(list, func(a, b []edge) int { return len(a) - len(b) })
	return list
}

// edgesFrom lists the changes of version that a product allows.
func edgesFrom(product string) []edge {
	var list []edge
	for _, p := range Products() {
		row, ok := moveBetween(product, p.ID)
		if !ok || !olderProduct(product, p.ID) {
			continue
		}
		if row.InPlace {
			list = append(list, edge{p.ID, true, row})
		}
		if row.Move {
			list = append(list, edge{p.ID, false, row})
		}
	}
	return list
}
