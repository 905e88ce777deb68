package estate_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// play replays a way from the empty world. It gives the end, the first rule
// that blocks, and how often each rule warns.
func play(steps []estate.Step) (e *estate.Estate, blocked string, warned map[string]int) {
	e, warned = estate.New(), map[string]int{}
	for _, s := range steps {
		for _, p := range e.Do(s) {
			if p.Blocks() {
				return e, fmt.Sprintf("%s on %s: %s: %s", s.Sketch().Kind, s.Sketch().On, p.Rule, p.Detail), warned
			}
			warned[p.Rule]++
		}
	}
	return e, "", warned
}

// stepsOf lists the steps of the start, and those of a way's hops.
func stepsOf(r *estate.Routes, way estate.Route) (start, hops []estate.Step) {
	for _, s := range r.StartSteps {
		start = append(start, s.Step)
	}
	for _, h := range way.Hops {
		for _, s := range h.Steps {
			hops = append(hops, s.Step)
		}
	}
	return start, hops
}

// atEnd says whether Exchange has arrived: one server holds all mailboxes and
// public folders, at the level that the way names, no older one is left that is
// not wanted, and Windows is what was asked for.
func atEnd(e *estate.Estate, way estate.Route, request estate.RouteRequest) bool {
	last := way.Hops[len(way.Hops)-1]
	for _, m := range e.Machines {
		if (m.Vouched("exchange-5.5") || m.Vouched("exchange-5.5-sp3")) && !request.KeepOld {
			return false
		}
		if m.Controller && older(m.OS, request.ControllersAfter) || m.Name == last.New && older(m.OS, request.ServerAfter) {
			return false
		}
	}
	s, f, ok := e.Server(last.New)
	return ok && s.Release == last.To.ID && s.Mailboxes && s.PublicFolders && (request.KeepOld || len(f.Exchange.Servers) == 1)
}

// older says that a Windows is older than another one; none is older than none.
func older(os labs.OS, than string) bool {
	for _, w := range estate.AllWindows() {
		if string(w.OS) == than {
			return false
		}
		if w.OS == os {
			return than != ""
		}
	}
	return false
}

// holdWay holds a way to its two promises: it replays without a rule that
// blocks, and no step of it can be left out.
func holdWay(t interface{ Errorf(string, ...any) }, r *estate.Routes, way estate.Route, request estate.RouteRequest) {
	start, hops := stepsOf(r, way)
	end, blocked, warned := play(slices.Concat(start, hops))
	if blocked != "" {
		t.Errorf("%s to %s is blocked: %s", r.From.ID, r.To.ID, blocked)
		return
	}
	if !atEnd(end, way, request) {
		t.Errorf("%s to %s does not arrive", r.From.ID, r.To.ID)
	}
	for i, s := range hops {
		without := slices.Concat(start, hops[:i], hops[i+1:])
		end, blocked, more := play(without)
		worse := false
		for rule, n := range more {
			worse = worse || n > warned[rule]
		}
		if blocked == "" && !worse && atEnd(end, way, request) {
			t.Errorf("%s to %s needs no step %d: %s on %s", r.From.ID, r.To.ID, i+1, estate.Describe(s), s.Sketch().On)
		}
	}
}

// pairs lists the products, older and newer.
func pairs() [][2]string {
	var list [][2]string
	products := estate.Products()
	for i, from := range products {
		for _, to := range products[i+1:] {
			list = append(list, [2]string{from.ID, to.ID})
		}
	}
	return list
}

// Every older version has a way to every newer one, and all ways keep their
// promises.
func TestRoutesOfAllPairs(t *testing.T) {
	t.Parallel()
	for _, p := range pairs() {
		t.Run(strings.TrimPrefix(p[0], "exchange-")+" to "+strings.TrimPrefix(p[1], "exchange-"), func(t *testing.T) {
			t.Parallel()
			request := estate.RouteRequest{From: p[0], To: p[1], Most: 3}
			r, err := estate.FindRoutes(request)
			if err != nil {
				if none, ok := errors.AsType[*estate.NoRouteError](err); ok {
					for _, s := range none.Stuck {
						t.Logf("%s on %s: %s %s", estate.Describe(s.Step), s.Step.Sketch().On, s.Problem.Rule, s.Problem.Detail)
					}
				}
				t.Fatal(err)
			}
			for i, way := range r.Ways {
				if i > 0 && len(way.Hops) < len(r.Ways[i-1].Hops) {
					t.Error("the shortest way is not the first")
				}
				holdWay(t, r, way, request)
			}
		})
	}
}

// Whatever the start: what is printed keeps its promises, and what is refused
// says why.
func TestRoutesFromAnywhere(t *testing.T) {
	t.Parallel()
	var releases, systems, levels []string
	for _, r := range estate.Releases() {
		releases = append(releases, r.ID)
	}
	for _, w := range estate.AllWindows() {
		systems = append(systems, string(w.OS))
		if w.Has(labs.X86) && w.Has(labs.X64) {
			systems = append(systems, string(w.OS)+"-x64")
		}
	}
	for _, l := range []estate.Level{estate.Level2000, estate.Level2003, estate.Level2008, estate.Level2008R2, estate.Level2012R2, estate.Level2016} {
		levels = append(levels, l.String())
	}
	rapid.Check(t, func(t *rapid.T) {
		request := estate.RouteRequest{
			From: rapid.SampledFrom(releases).Draw(t, "from"), To: rapid.SampledFrom(releases).Draw(t, "to"),
			Controllers:      rapid.SliceOfN(rapid.SampledFrom(systems), 0, 3).Draw(t, "controllers"),
			Level:            rapid.SampledFrom(append(levels, "", "")).Draw(t, "level"),
			Mode:             rapid.SampledFrom([]string{"", "mixed", "native"}).Draw(t, "mode"),
			Server:           rapid.SampledFrom(append(systems, "", "", "", "", "", "")).Draw(t, "server"),
			Most:             rapid.IntRange(1, 2).Draw(t, "most"),
			KeepOld:          rapid.IntRange(0, 4).Draw(t, "keep old") == 0,
			ServerAfter:      rapid.SampledFrom([]string{"", "", "", "windows-2003"}).Draw(t, "server after"),
			ControllersAfter: rapid.SampledFrom([]string{"", "", "", "windows-2003", "windows-2008r2", "windows-2016"}).Draw(t, "controllers after"),
		}
		r, err := estate.FindRoutes(request)
		if err != nil {
			if wrong, ok := errors.AsType[*estate.RouteWordError](err); ok && wrong.Why != "" {
				return
			}
			none, ok := errors.AsType[*estate.NoRouteError](err)
			if !ok || len(none.Stuck) == 0 {
				t.Fatalf("no reason is given: %v", err)
			}
			return
		}
		for _, way := range r.Ways {
			holdWay(t, r, way, request)
		}
	})
}

func BenchmarkRoutesOfAllPairs(b *testing.B) {
	for b.Loop() {
		for _, p := range pairs() {
			if _, err := estate.FindRoutes(estate.RouteRequest{From: p[0], To: p[1]}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// What is called forbidden is: the model itself refuses it.
func TestForbiddenChanges(t *testing.T) {
	t.Parallel()
	forbidden := 0
	for _, c := range estate.Changes() {
		if c.InPlace || c.Move {
			continue
		}
		forbidden++
		r, err := estate.FindRoutes(estate.RouteRequest{From: c.From.ID, To: "exchange-se"})
		if err != nil {
			t.Fatal(err)
		}
		e := r.Start.Clone()
		var newest string
		for _, release := range estate.Releases() {
			if release.Product == c.To.ID {
				newest = release.ID
			}
		}
		m := machine("new", "10.20.0.99", "10.20.0.10")
		m.OS, m.Arch = labs.Windows2019, labs.X64
		broken := map[string]bool{}
		for _, s := range []estate.Step{
			estate.Install{Machine: m},
			estate.Join{Machine: "new", Domain: "contoso.test"},
			estate.ExchangeInstall{Machine: "new", Release: newest},
			estate.MoveMailboxes{Machine: "new", From: r.Start.Machines[1].Name},
		} {
			for _, p := range e.Do(s) {
				broken[p.Rule] = broken[p.Rule] || p.Blocks()
			}
		}
		for _, rule := range c.Rules {
			if !broken[rule.ID] {
				t.Errorf("%s to %s breaks %v and not %s", c.From.Name, c.To.Name, broken, rule.ID)
			}
		}
		if len(c.Rules) == 0 {
			t.Errorf("%s to %s is forbidden by no rule", c.From.Name, c.To.Name)
		}
	}
	if forbidden == 0 {
		t.Error("nothing is forbidden")
	}
}

// The words of a request are understood, or refused with what was meant.
func TestRouteWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request estate.RouteRequest
		want    string
	}{
		"release":   {estate.RouteRequest{From: "exchange-2003-sp4", To: "exchange-2010"}, `from: there is no "exchange-2003-sp4"; did you mean "exchange-2003-sp2"?`},
		"windows":   {estate.RouteRequest{From: "exchange-2003", To: "exchange-2010", Controllers: []string{"window-2003"}}, `dc: there is no "window-2003"; did you mean "windows-2003"?`},
		"pack":      {estate.RouteRequest{From: "exchange-2003", To: "exchange-2010", Server: "windows-2003-sp9"}, `os: there is no "windows-2003-sp9"`},
		"level":     {estate.RouteRequest{From: "exchange-2003", To: "exchange-2010", Level: "2004"}, `level: there is no "2004"; did you mean "2008"?`},
		"mode":      {estate.RouteRequest{From: "exchange-2003", To: "exchange-2010", Mode: "nativ"}, `mode: there is no "nativ"; did you mean "native"?`},
		"backwards": {estate.RouteRequest{From: "exchange-2010", To: "exchange-2003"}, "to exchange-2003: Exchange 2003 SP2 is older than Exchange 2010, and ways lead to what is newer"},
		"nowhere":   {estate.RouteRequest{From: "exchange-2003-sp2", To: "exchange-2003-sp2"}, "to exchange-2003-sp2: that is where the way begins"},
		"via":       {estate.RouteRequest{From: "exchange-2003-sp2", To: "exchange-2010", Via: []string{"exchange-2013"}}, "via exchange-2013: Exchange 2013 does not lie between Exchange 2003 SP2 and Exchange 2010 SP3"},
	} {
		_, err := estate.FindRoutes(c.request)
		if wrong, ok := errors.AsType[*estate.RouteWordError](err); !ok || wrong.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What cannot be says why, and what would have to change.
func TestNoRoute(t *testing.T) {
	t.Parallel()
	_, err := estate.FindRoutes(estate.RouteRequest{From: "exchange-2003-sp2", To: "exchange-2010", Controllers: []string{"windows-2003", "windows-2016"}})
	none, ok := errors.AsType[*estate.NoRouteError](err)
	if !ok || !none.Start || len(none.Stuck) == 0 {
		t.Fatalf("%v", err)
	}
	t.Log(err)
	if len(none.Instead) != 1 || none.Instead[0] != "--dc windows-2016" {
		t.Errorf("there is a way without %v", none.Instead)
	}
}
