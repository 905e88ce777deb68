package view

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/provision/estate"
)

// RouteDot draws the versions from the request's first to its last as a graph
// for Graphviz: the first route in bold, the other legal changes thin, and those
// that a rule forbids dashed, with the rule.
func RouteDot(r *estate.Routes) string {
	var b strings.Builder
	b.WriteString("digraph route {\n  rankdir=LR\n  node [shape=box, fontname=\"Helvetica\"]\n  edge [fontname=\"Helvetica\", fontsize=10]\n")
	on := map[string]bool{}
	chosen := map[string]estate.Hop{}
	for _, h := range r.Ways[0].Hops {
		on[h.From.Product], on[h.To.Product] = true, true
		chosen[h.From.Product+" "+h.To.Product] = h
	}
	inside := map[string]bool{}
	for _, p := range between(r) {
		inside[p.ID] = true
		style := ""
		if on[p.ID] {
			style = ", style=bold"
		}
		fmt.Fprintf(&b, "  %q [label=%q%s]\n", p.ID, p.Name, style)
	}
	for _, c := range estate.Changes() {
		if !inside[c.From.ID] || !inside[c.To.ID] {
			continue
		}
		if h, ok := chosen[c.From.ID+" "+c.To.ID]; ok {
			fmt.Fprintf(&b, "  %q -> %q [penwidth=3, label=%q]\n", c.From.ID, c.To.ID, count(len(h.Steps), "step"))
			continue
		}
		if c.InPlace || c.Move {
			fmt.Fprintf(&b, "  %q -> %q [color=gray]\n", c.From.ID, c.To.ID)
			continue
		}
		var rules []string
		for _, rule := range c.Rules {
			rules = append(rules, rule.ID)
		}
		fmt.Fprintf(&b, "  %q -> %q [style=dashed, color=red, fontcolor=red, constraint=false, label=%q]\n", c.From.ID, c.To.ID, strings.Join(rules, "\n"))
	}
	b.WriteString("}\n")
	return b.String()
}

// between are the products from the first of a request to its last.
func between(r *estate.Routes) []estate.Product {
	var list []estate.Product
	inside := false
	for _, p := range estate.Products() {
		inside = inside || p.ID == r.From.Product
		if inside {
			list = append(list, p)
		}
		if p.ID == r.To.Product {
			break
		}
	}
	return list
}
