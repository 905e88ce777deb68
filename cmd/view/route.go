package view

import (
	"time"

	"github.com/doublehop/doublehop/provision/estate"
)

// RouteAnswer is what `route -o json` says.
type RouteAnswer struct {
	From RouteRelease `json:"from"`
	To   RouteRelease `json:"to"`
	// Start is the world that the routes begin in.
	Start RouteStart `json:"start"`
	// Routes stand with the fewest hops first, then with the shortest time.
	Routes []RouteWay `json:"routes"`
	// Forbidden are the shorter ways that a rule forbids.
	Forbidden []RouteChange `json:"forbidden"`
}

// RouteRelease is a level of a version of Exchange.
type RouteRelease struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Build string `json:"build"`
}

// RouteStart is the world that a route begins in.
type RouteStart struct {
	Domain      string         `json:"domain"`
	ForestLevel string         `json:"forest_level"`
	Mode        string         `json:"mode,omitempty"`
	Machines    []RouteMachine `json:"machines"`
	// Steps build it in a lab.
	Steps []RouteStep `json:"steps"`
}

// RouteMachine is a machine of the start.
type RouteMachine struct {
	Name     string `json:"name"`
	Windows  string `json:"windows"`
	OS       string `json:"os"`
	Role     string `json:"role"`
	Exchange string `json:"exchange,omitempty"`
}

// RouteWay is one route.
type RouteWay struct {
	Hops []RouteHop `json:"hops"`
	// Steps is their number, Seconds what they typically take together on a host
	// with KVM; 0 when nobody knows.
	Steps   int `json:"steps"`
	Seconds int `json:"typical_seconds"`
}

// RouteHop is one change of the version.
type RouteHop struct {
	From RouteRelease `json:"from"`
	To   RouteRelease `json:"to"`
	// Old is the machine that Exchange leaves, New the one that it comes to.
	Old     string `json:"old"`
	New     string `json:"new"`
	InPlace bool   `json:"in_place"`
	Tool    string `json:"tool,omitempty"`
	Mode    string `json:"mode,omitempty"`
	// Controllers and ForestLevels are what is allowed while both versions are
	// there.
	Controllers  []string `json:"domain_controllers"`
	ForestLevels []string `json:"forest_levels"`

	Steps    []RouteStep    `json:"steps"`
	Becomes  []string       `json:"becomes"`
	NoReturn []string       `json:"no_return"`
	Warnings []RouteWarning `json:"warnings"`
	Seconds  int            `json:"typical_seconds"`
}

// RouteStep is a step of a route.
type RouteStep struct {
	// Number counts through the whole route.
	Number int    `json:"number"`
	Phase  string `json:"phase"`
	// Kind and On are the step's as a lab file names them, HCL is all of it.
	Kind string `json:"kind"`
	On   string `json:"on"`
	What string `json:"what"`
	// Rules are what breaks without it; empty when the route would only not
	// reach its end.
	Rules   []RouteRule `json:"rules"`
	HCL     string      `json:"hcl"`
	Seconds int         `json:"typical_seconds"`
}

// RouteRule is a rule by its id.
type RouteRule struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// RouteWarning is a rule that a step breaks and that does not stop it.
type RouteWarning struct {
	RouteRule
	Step   int    `json:"step"`
	Detail string `json:"detail"`
}

// RouteChange is a change of version, and what forbids it.
type RouteChange struct {
	From  string      `json:"from"`
	To    string      `json:"to"`
	Rules []RouteRule `json:"rules"`
}

// RouteOf makes an answer of what was found. typical says how long a step of a
// kind takes; it may be nil.
func RouteOf(r *estate.Routes, typical func(kind string) time.Duration) RouteAnswer {
	a := RouteAnswer{From: release(r.From), To: release(r.To), Start: startOf(r, typical), Forbidden: []RouteChange{}}
	for _, way := range r.Ways {
		a.Routes = append(a.Routes, wayOf(way, typical))
	}
	for _, c := range r.Forbidden {
		change := RouteChange{From: c.From.ID, To: c.To.ID}
		for _, rule := range c.Rules {
			change.Rules = append(change.Rules, RouteRule{rule.ID, rule.Title})
		}
		a.Forbidden = append(a.Forbidden, change)
	}
	return a
}

func release(r estate.Release) RouteRelease { return RouteRelease{r.ID, r.Name, r.Build.String()} }

func startOf(r *estate.Routes, typical func(kind string) time.Duration) RouteStart {
	start := RouteStart{Steps: stepsOf(r.StartSteps, 0, typical)}
	for _, f := range r.Start.Forests {
		start.Domain, start.ForestLevel = f.Root, f.Level.String()
		if f.Exchange != nil {
			start.Mode = string(f.Exchange.Mode)
		}
	}
	for _, m := range r.Start.Machines {
		machine := RouteMachine{Name: m.Name, OS: string(m.OS), Windows: m.Windows(), Role: "member"}
		if m.Controller {
			machine.Role = "domain controller"
		}
		if s, _, ok := r.Start.Server(m.Name); ok {
			machine.Exchange = s.Release
		} else if !m.Controller {
			machine.Exchange = r.From.ID // 5.5 has a directory of its own
		}
		start.Machines = append(start.Machines, machine)
	}
	return start
}

func wayOf(way estate.Route, typical func(kind string) time.Duration) RouteWay {
	w := RouteWay{Steps: way.Steps()}
	number := 0
	for _, h := range way.Hops {
		hop := RouteHop{
			From: release(h.From), To: release(h.To), Old: h.Old, New: h.New, InPlace: h.InPlace, Tool: h.Tool, Mode: h.Mode,
			Steps: stepsOf(h.Steps, number, typical), Becomes: some(h.Becomes), NoReturn: some(h.NoReturn), Warnings: []RouteWarning{},
			Controllers: []string{}, ForestLevels: []string{},
		}
		for _, os := range h.Controllers {
			hop.Controllers = append(hop.Controllers, string(os))
		}
		for _, l := range h.Levels {
			hop.ForestLevels = append(hop.ForestLevels, l.String())
		}
		for i, s := range h.Steps {
			hop.Seconds += hop.Steps[i].Seconds
			for _, p := range s.Warnings {
				hop.Warnings = append(hop.Warnings, RouteWarning{RouteRule{p.Rule, p.Summary}, number + i + 1, p.Detail})
			}
		}
		number += len(h.Steps)
		w.Seconds += hop.Seconds
		w.Hops = append(w.Hops, hop)
	}
	return w
}

// some is a list that JSON writes as one, even when it is empty.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func stepsOf(list []estate.RouteStep, after int, typical func(kind string) time.Duration) []RouteStep {
	steps := []RouteStep{}
	for i, s := range list {
		sketch := s.Step.Sketch()
		step := RouteStep{
			Number: after + i + 1, Phase: string(s.Phase), Kind: sketch.Kind, On: sketch.On, What: estate.Describe(s.Step), HCL: sketch.String(), Rules: []RouteRule{},
		}
		if typical != nil {
			step.Seconds = int(typical(sketch.Kind).Seconds())
		}
		for _, id := range s.Rules {
			rule, _ := estate.FindRule(id)
			step.Rules = append(step.Rules, RouteRule{id, rule.Title})
		}
		steps = append(steps, step)
	}
	return steps
}
