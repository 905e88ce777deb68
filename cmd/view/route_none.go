package view

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/provision/estate"
)

// RouteNone is what `route -o json` says when there is no route.
type RouteNone struct {
	From   RouteRelease `json:"from"`
	To     RouteRelease `json:"to"`
	Routes []RouteWay   `json:"routes"`
	// Start says that the world at the start cannot be.
	Start bool `json:"start_impossible"`
	// Stuck are the steps that cannot be made legal, the wish first and the
	// deepest reason last.
	Stuck []RouteStuck `json:"stuck"`
	// Instead are flags without which there is a route.
	Instead []string `json:"without"`
}

// RouteStuck is a step that cannot be made legal.
type RouteStuck struct {
	RouteRule
	Kind   string `json:"kind"`
	On     string `json:"on"`
	What   string `json:"what"`
	Detail string `json:"detail"`
}

// NoRouteOf makes an answer of why there is no route.
func NoRouteOf(e *estate.NoRouteError) RouteNone {
	none := RouteNone{From: release(e.From), To: release(e.To), Routes: []RouteWay{}, Start: e.Start, Stuck: []RouteStuck{}, Instead: some(e.Instead)}
	for _, s := range e.Stuck {
		sketch := s.Step.Sketch()
		none.Stuck = append(none.Stuck, RouteStuck{
			RouteRule: RouteRule{s.Problem.Rule, s.Problem.Summary}, Kind: sketch.Kind, On: sketch.On, What: estate.Describe(s.Step), Detail: s.Problem.Detail,
		})
	}
	return none
}

// noRoute says why there is no route, and what would have to change.
func noRoute(e *estate.NoRouteError) Problem {
	p := Problem{What: fmt.Sprintf("no way leads from %s to %s", e.From.Name, e.To.Name)}
	if e.Start {
		p.What = "the start cannot be as it is told"
	}
	var why []string
	for i, s := range e.Stuck {
		text := fmt.Sprintf("%s on %s: %s", estate.Describe(s.Step), s.Step.Sketch().On, firstParagraph(s.Problem))
		if i > 0 {
			text = "That would need: " + strings.ToLower(text[:1]) + text[1:]
		}
		why = append(why, text)
	}
	p.Why = strings.Join(why, "\n")
	for _, word := range e.Instead {
		p.Next = append(p.Next, "There is a way without "+word+".")
	}
	if len(e.Stuck) > 0 && e.Stuck[0].Problem.Rule != "" {
		p.Next = append(p.Next, "  doublehop explain "+e.Stuck[len(e.Stuck)-1].Problem.Rule)
	}
	return p
}

// firstParagraph is a problem in full sentences, without the steps that a lab
// file would need.
func firstParagraph(p estate.Problem) string {
	if p.Detail == "" {
		return p.Summary + "."
	}
	text, _, _ := strings.Cut(p.Detail, "\n")
	return text + " (" + p.Rule + ")"
}
