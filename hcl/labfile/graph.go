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
// local, the copies of a block, a network's subnet, a machine's names and
// addresses.
type node struct {
	addr   string
	p      place
	at     hcl.Range // what a circle through it is blamed on
	run    func() cty.Value
	state  state
	broken bool // part of a circle
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
	// path is where the value stands among the expression's variables: the root,
	// a name, and perhaps a key and an attribute.
	path  []string
	needs []*node
	value func() cty.Value // once needs are done
	// cards says that the value comes from network cards, which may be none.
	cards bool
	at    hcl.Range
}

// scope is what an expression may refer to beside the lab's objects.
type scope struct {
	steps map[string]bool // of the stage it stands in; nil outside stages
	frame *frame          // of the copy it stands in
}

// spot is an expression in one copy of its block.
type spot struct {
	expr  hclsyntax.Expression
	frame *frame
}

// declareNodes makes the nodes of the graph that are there before anything is
// computed.
func (l *loader) declareNodes() {
	for _, name := range l.decl.localNames {
		a := l.decl.localAttrs[name]
		p := place{addr: "local." + name}
		l.nodes[p.addr] = &node{
			addr: p.addr, p: p, at: a.Expr.Range(),
			run: func() cty.Value { return l.eval(p, scope{}, a.Expr) },
		}
	}
	l.declareFamilies()
}

// declareMember makes the nodes of one object.
func (l *loader) declareMember(kind string, b block) {
	addr := b.p.addr
	switch kind {
	case "network":
		l.nodes[addr] = l.textNode(b, addr, "subnet", func() cty.Value { return cty.UnknownVal(cty.String) })
	case "machine":
		addr += ".computer_name"
		l.nodes[addr] = l.textNode(b, addr, "computer_name", func() cty.Value { return cty.StringVal(strings.ToUpper(b.name)) })
		addr = b.p.addr + ".address"
		l.nodes[addr] = &node{addr: addr, p: b.p, at: cardRange(b.Block), run: func() cty.Value { return l.addresses(b) }}
	}
}

// textNode is the node of an argument that is text.
func (l *loader) textNode(b block, addr, name string, otherwise func() cty.Value) *node {
	a, at := b.Body.Attributes[name], b.DefRange()
	if a != nil {
		at = a.Expr.Range()
	}
	return &node{addr: addr, p: b.p, at: at, run: func() cty.Value {
		if a == nil {
			return otherwise()
		}
		v := l.eval(b.p, b.scope(), a.Expr)
		if v.IsNull() {
			return otherwise()
		}
		return textOf(v)
	}}
}

// textOf is v when it is text that may be seen; unknown otherwise, since the
// block's own reading says what is wrong with it.
func textOf(v cty.Value) cty.Value {
	if v.IsKnown() && !v.IsNull() && v.Type() == cty.String && !v.IsMarked() {
		return v
	}
	return cty.UnknownVal(cty.String)
}

// cardRange is the first address that is written in a machine's block.
func cardRange(b *hclsyntax.Block) hcl.Range {
	for _, c := range b.Body.Blocks {
		if c.Type == dynamic {
			if c = contentOf(c); c == nil {
				continue
			}
		}
		if a := c.Body.Attributes["address"]; a != nil {
			return a.Expr.Range()
		}
	}
	return b.DefRange()
}

// addresses are a machine's addresses by network, with "" for the first. They
// are empty for a machine without a card.
func (l *loader) addresses(b block) cty.Value {
	all := map[string]cty.Value{}
	for _, c := range l.inside(b, "nic") {
		a := c.Body.Attributes["address"]
		name, ok := l.nicNetwork(c)
		if a == nil || !ok {
			continue
		}
		v := textOf(l.eval(c.p, c.scope(), a.Expr))
		if _, twice := all[name]; !twice {
			all[name] = v
		}
		if _, second := all[""]; !second {
			all[""] = v
		}
	}
	if len(all) == 0 {
		return cty.MapValEmpty(cty.String)
	}
	return cty.MapVal(all)
}

// evaluateNodes gives every node its value, each after those it refers to.
func (l *loader) evaluateNodes() {
	for _, name := range l.decl.localNames {
		l.visit(l.nodes["local."+name])
	}
	for _, kind := range kindsWithCopies() {
		for _, b := range l.copied()[kind] {
			if l.families[b.p.addr].each != nil {
				l.visit(l.nodes[b.p.addr])
			}
		}
	}
	for _, b := range l.members("network") {
		l.visit(l.nodes[b.p.addr])
	}
	for _, b := range l.members("machine") {
		l.visit(l.nodes[b.p.addr+".computer_name"])
		l.visit(l.nodes[b.p.addr+".address"])
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
	case untouched:
	}
	n.state = open
	l.stack = append(l.stack, n)
	n.result = n.run()
	l.stack = l.stack[:len(l.stack)-1]
	n.state = closed
	if n.broken {
		n.result = cty.DynamicVal
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
	l.fail(n.p, n.at, "References go in a circle",
		"%s. Nothing can be computed first: write one of these values out.", strings.Join(path, " needs "))
}

// eval computes an expression in one copy of its block, after what it refers
// to. It is unknown when that fails, which is reported once.
func (l *loader) eval(p place, sc scope, e hclsyntax.Expression) cty.Value {
	at := spot{e, sc.frame}
	if v, done := l.done[at]; done {
		return v
	}
	v := cty.DynamicVal
	if links, ok := l.link(p, sc, e); ok {
		for _, ln := range links {
			for _, need := range ln.needs {
				l.visit(need)
			}
		}
		if ok = l.haveCards(p, links); ok && !l.stuck() {
			v = l.evaluate(p, e, links)
		}
	}
	l.done[at] = v
	return v
}

// stuck says whether what is being evaluated turned out to need itself.
func (l *loader) stuck() bool {
	return len(l.stack) > 0 && l.stack[len(l.stack)-1].broken
}

// haveCards reports references to addresses of machines that have none.
func (l *loader) haveCards(p place, links []link) bool {
	ok := true
	for _, ln := range links {
		if n := ln.needs; ln.cards && n[0].state == closed && !n[0].broken && n[0].result.RawEquals(cty.MapValEmpty(cty.String)) {
			l.fail(p, ln.at, "Machine without an address",
				"%s has no nic block with an address, so that there is nothing to refer to.", n[0].p.addr)
			ok = false
		}
	}
	return ok
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
		ln.at = t.SourceRange()
		links = append(links, ln)
	}
	return links, ok
}

// evaluate computes a linked expression. It is unknown when that fails.
func (l *loader) evaluate(p place, e hclsyntax.Expression, links []link) cty.Value {
	ctx := &hcl.EvalContext{Variables: values(links), Functions: l.funcs}
	l.trouble = nil
	_, reference := e.(*hclsyntax.ScopeTraversalExpr) // counted where it was made
	v, diags := e.Value(ctx)
	if (diags.HasErrors() || !reference && l.count(v) != nil) && l.exhausted(p, e) {
		return cty.DynamicVal
	}
	if diags.HasErrors() && touchesSensitive(ctx, e) {
		for _, d := range diags {
			d.Detail = "The expression cannot be computed. Why is not said, since it uses a sensitive value."
			d.EvalContext = nil
		}
	}
	if diags.HasErrors() {
		for _, ln := range links {
			if root := ln.path[0]; root == "secret" || holdsSecret(ctx.Variables[root]) {
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

// branch is one level of an expression's variables.
type branch struct {
	whole   cty.Value
	members map[string]*branch
}

// values are the variables of an expression: only what it refers to, so that
// the cost does not grow with the lab.
func values(links []link) map[string]cty.Value {
	if len(links) == 0 {
		return nil
	}
	roots := map[string]*branch{}
	for _, ln := range links {
		at := roots
		for i, word := range ln.path {
			b := at[word]
			if b == nil {
				b = &branch{}
				at[word] = b
			}
			if i == len(ln.path)-1 {
				b.whole = ln.value()
				break
			}
			if b.members == nil {
				b.members = map[string]*branch{}
			}
			at = b.members
		}
	}
	out := make(map[string]cty.Value, len(roots))
	for root, b := range roots {
		out[root] = b.value()
	}
	return out
}

// value is what was referred to as a whole, or else the members that were.
func (b *branch) value() cty.Value {
	if b.whole != cty.NilVal {
		return b.whole
	}
	members := make(map[string]cty.Value, len(b.members))
	for name, m := range b.members {
		members[name] = m.value()
	}
	return cty.ObjectVal(members)
}

// object is the value of a whole object of the lab.
func (l *loader) object(root string, b block) cty.Value {
	if attributesOf(root) == nil {
		return refTo(root, b.name)
	}
	v, made := l.objects[b.p.addr]
	if !made {
		attrs := map[string]cty.Value{}
		for _, attr := range attributesOf(root) {
			attrs[attr] = l.attribute(b, attr)
		}
		v = objectFor(root, b.name, attrs)
		l.objects[b.p.addr] = v
	}
	return v
}

// attribute is one attribute of a machine or network.
func (l *loader) attribute(b block, attr string) cty.Value {
	switch attr {
	case "name":
		return cty.StringVal(b.name)
	case "subnet":
		return l.nodes[b.p.addr].result
	case "computer_name":
		return l.nodes[b.p.addr+".computer_name"].result
	}
	all := l.nodes[b.p.addr+".address"].result
	if !all.IsKnown() {
		return cty.DynamicVal
	}
	members := all.AsValueMap()
	first, some := members[""]
	switch {
	case attr == "address" && some:
		return first
	case attr == "address":
		return cty.NullVal(cty.String)
	}
	delete(members, "")
	if len(members) == 0 {
		return cty.MapValEmpty(cty.String)
	}
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

// needs are the nodes that an attribute of an object comes from; all of them
// for the object as a whole.
func (l *loader) needs(root string, b block, attr string) []*node {
	addr := b.p.addr
	switch {
	case root == "network" && attr != "name":
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
