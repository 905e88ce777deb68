package labfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// node is something that expressions refer to and that expressions make: a
// local, a network's subnet, a machine's names and addresses.
type node struct {
	addr   string
	p      place
	exprs  []hclsyntax.Expression
	value  func() cty.Value // from the values of exprs, once they are done
	state  state
	broken bool
	result cty.Value
}

type state uint8

const (
	untouched state = iota
	open
	closed
)

// link is one reference of an expression, resolved.
type link struct {
	root, name string
	attr       string // of a machine or network; empty for the whole object
	needs      []*node
}

// scope is what an expression may refer to beside the lab's objects.
type scope struct {
	steps map[string]bool // of the stage it stands in; nil outside stages
}

// declareNodes makes the nodes of the graph.
func (l *loader) declareNodes() {
	for _, name := range l.decl.localNames {
		a := l.decl.localAttrs[name]
		l.nodes["local."+name] = &node{
			addr: "local." + name, p: place{addr: "local." + name}, exprs: []hclsyntax.Expression{a.Expr},
			value: func() cty.Value { return l.done[a.Expr] },
		}
	}
	for _, b := range l.decl.networks {
		l.declare("network."+b.name, b, argument(b.Body, "subnet"), func(v []cty.Value) cty.Value { return only(v) })
	}
	for _, b := range l.decl.machines {
		l.declare("machine."+b.name+".computer_name", b, argument(b.Body, "computer_name"), func(v []cty.Value) cty.Value {
			if len(v) == 0 || v[0].IsNull() {
				return cty.StringVal(strings.ToUpper(b.name))
			}
			return only(v)
		})
		var exprs []hclsyntax.Expression
		var networks []string
		for _, nic := range b.Body.Blocks {
			if a := nic.Body.Attributes["address"]; nic.Type == "nic" && len(nic.Labels) == 1 && a != nil {
				exprs, networks = append(exprs, a.Expr), append(networks, nic.Labels[0])
			}
		}
		l.declare("machine."+b.name+".address", b, exprs, func(v []cty.Value) cty.Value { return addresses(networks, v) })
	}
}

func (l *loader) declare(addr string, b block, exprs []hclsyntax.Expression, value func([]cty.Value) cty.Value) {
	if l.nodes[addr] != nil {
		return // a duplicate, already reported
	}
	l.nodes[addr] = &node{addr: addr, p: b.p, exprs: exprs, value: func() cty.Value {
		values := make([]cty.Value, len(exprs))
		for i, e := range exprs {
			values[i] = l.done[e]
		}
		return value(values)
	}}
}

func argument(b *hclsyntax.Body, name string) []hclsyntax.Expression {
	if a := b.Attributes[name]; a != nil {
		return []hclsyntax.Expression{a.Expr}
	}
	return nil
}

// only is the one value when it is text; unknown otherwise, since the block's
// own reading says what is wrong with it.
func only(v []cty.Value) cty.Value {
	if len(v) == 1 && v[0].IsKnown() && v[0].Type() == cty.String {
		return v[0]
	}
	return cty.UnknownVal(cty.String)
}

// addresses are a machine's addresses by network, with "" for the first.
func addresses(networks []string, v []cty.Value) cty.Value {
	if len(v) == 0 {
		return cty.DynamicVal
	}
	all := map[string]cty.Value{}
	for i, name := range networks {
		all[name] = only(v[i : i+1])
	}
	all[""] = all[networks[0]]
	return cty.MapVal(all)
}

// evaluateNodes gives every node its value, each after those it refers to.
func (l *loader) evaluateNodes() {
	for _, name := range l.decl.localNames {
		l.visit(l.nodes["local."+name])
	}
	for _, b := range l.decl.networks {
		l.visit(l.nodes["network."+b.name])
	}
	for _, b := range l.decl.machines {
		l.visit(l.nodes["machine."+b.name+".computer_name"])
		l.visit(l.nodes["machine."+b.name+".address"])
	}
}

// visit evaluates n after what it needs. A node that needs itself is reported
// once, with the whole circle, and is then unknown to the rest.
func (l *loader) visit(n *node) {
	switch n.state {
	case closed:
		return
	case open:
		l.circle(n)
		return
	}
	n.state = open
	l.stack = append(l.stack, n)
	links := make([][]link, len(n.exprs))
	for i, e := range n.exprs {
		var ok bool
		if links[i], ok = l.link(n.p, scope{}, e); !ok {
			n.broken = true
		}
		for _, ln := range links[i] {
			for _, need := range ln.needs {
				l.visit(need)
			}
		}
	}
	l.stack = l.stack[:len(l.stack)-1]
	n.state = closed
	for i, e := range n.exprs {
		l.done[e] = cty.DynamicVal
		if !n.broken {
			l.done[e] = l.evaluate(n.p, e, links[i])
		}
	}
	n.result = cty.DynamicVal
	if !n.broken {
		n.result = n.value()
	}
}

// circle reports that n, which is being evaluated, needs itself.
func (l *loader) circle(n *node) {
	from := slices.Index(l.stack, n)
	var path []string
	for _, m := range l.stack[from:] {
		m.broken = true
		path = append(path, m.addr)
	}
	path = append(path, n.addr)
	l.fail(n.p, n.exprs[0].Range(), "References go in a circle",
		"%s. Nothing can be computed first: write one of these values out.", strings.Join(path, " needs "))
}

// link resolves the references of an expression. It is false when one of them
// is wrong, which is then reported.
func (l *loader) link(p place, sc scope, e hclsyntax.Expression) ([]link, bool) {
	var links []link
	ok := true
	for _, t := range e.Variables() {
		ln, good := l.resolve(p, sc, t)
		if !good {
			ok = false
			continue
		}
		links = append(links, ln)
	}
	return links, ok
}

// evaluate computes a linked expression. It is unknown when that fails.
func (l *loader) evaluate(p place, e hclsyntax.Expression, links []link) cty.Value {
	ctx := &hcl.EvalContext{Variables: l.values(links), Functions: l.funcs}
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		for _, ln := range links {
			if ln.root == "secret" || holdsSecret(ctx.Variables[ln.root]) {
				l.secretInExpression(p, e)
				return cty.DynamicVal
			}
		}
	}
	l.take(p, diags)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	return v
}

// eval links and evaluates an expression that nothing refers to, once all
// nodes are done.
func (l *loader) eval(p place, sc scope, e hclsyntax.Expression) cty.Value {
	if v, done := l.done[e]; done {
		return v
	}
	links, ok := l.link(p, sc, e)
	if !ok {
		return cty.DynamicVal
	}
	return l.evaluate(p, e, links)
}

// values are the variables of an expression: only what it refers to, so that
// the cost does not grow with the lab.
func (l *loader) values(links []link) map[string]cty.Value {
	if len(links) == 0 {
		return nil
	}
	roots := map[string]map[string]cty.Value{}
	partial := map[string]map[string]cty.Value{} // machine.NAME → attributes
	for _, ln := range links {
		if roots[ln.root] == nil {
			roots[ln.root] = map[string]cty.Value{}
		}
		switch {
		case ln.name == "":
			for _, b := range l.decl.machines {
				roots[ln.root][b.name] = l.object(ln.root, b.name)
			}
		case ln.attr == "":
			roots[ln.root][ln.name] = l.object(ln.root, ln.name)
		default:
			addr := ln.root + "." + ln.name
			if partial[addr] == nil {
				partial[addr] = map[string]cty.Value{}
			}
			partial[addr][ln.attr] = l.attribute(ln.root, ln.name, ln.attr)
			if _, whole := roots[ln.root][ln.name]; !whole {
				roots[ln.root][ln.name] = cty.ObjectVal(partial[addr])
			}
		}
	}
	out := make(map[string]cty.Value, len(roots))
	for root, members := range roots {
		out[root] = cty.ObjectVal(members)
	}
	return out
}

// object is the value of a whole object of the lab.
func (l *loader) object(root, name string) cty.Value {
	switch root {
	case "var":
		return l.vars[name]
	case "local":
		return l.nodes["local."+name].result
	case "network", "machine":
		addr := root + "." + name
		v, made := l.objects[addr]
		if !made {
			attrs := map[string]cty.Value{}
			for _, attr := range attributesOf(root) {
				attrs[attr] = l.attribute(root, name, attr)
			}
			v = objectFor(root, name, attrs)
			l.objects[addr] = v
		}
		return v
	}
	return refTo(root, name)
}

// attribute is one attribute of a machine or network.
func (l *loader) attribute(root, name, attr string) cty.Value {
	addr := root + "." + name
	switch attr {
	case "name":
		return cty.StringVal(name)
	case "subnet":
		return l.nodes[addr].result
	case "computer_name":
		return l.nodes[addr+".computer_name"].result
	}
	all := l.nodes[addr+".address"].result
	if !all.IsKnown() {
		return cty.DynamicVal
	}
	members := all.AsValueMap()
	if attr == "address" {
		return members[""]
	}
	delete(members, "")
	return cty.MapVal(members)
}

func attributesOf(root string) []string {
	switch root {
	case "machine":
		return []string{"name", "computer_name", "address", "addresses"}
	case "network":
		return []string{"name", "subnet"}
	}
	return nil
}

// needs are the nodes that an attribute comes from.
func (l *loader) needs(root, name, attr string) []*node {
	addr := root + "." + name
	switch {
	case root == "local" || root == "network" && attr != "name":
		return []*node{l.nodes[addr]}
	case root == "machine" && attr == "computer_name":
		return []*node{l.nodes[addr+".computer_name"]}
	case root == "machine" && strings.HasPrefix(attr, "address"):
		return []*node{l.nodes[addr+".address"]}
	case root == "machine" && attr == "":
		return []*node{l.nodes[addr+".computer_name"], l.nodes[addr+".address"]}
	}
	return nil
}

// secretInExpression reports a secret used as if it were text.
func (l *loader) secretInExpression(p place, e hclsyntax.Expression) {
	l.fail(p, e.Range(), "Secret in an expression",
		"A secret stands alone, and only where an argument takes a secret: %s. "+
			"It has no text while the lab is read, so that nothing can print it.",
		fmt.Sprintf("%q or %q", "admin_password = secret.administrator", "product_key = secret.windows_key"))
}
