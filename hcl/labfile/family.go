package labfile

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The most copies that one for_each makes, and all of a lab's together. A
// trainer's class is some thirty machines; a thousand is no lab any more.
const (
	mostCopies    = 1000
	mostAllCopies = 10_000
)

// kindsWithCopies are the blocks that take for_each.
func kindsWithCopies() []string { return []string{"machine", "media", "network", "secret"} }

// frame holds what an expression may refer to in one copy of a block: each,
// and in a dynamic block its iterator too.
type frame struct {
	root  string // "each", or the iterator's name
	value cty.Value
	outer *frame
}

// find is the value of a root; false when no frame has it.
func (f *frame) find(root string) (cty.Value, bool) {
	for ; f != nil; f = f.outer {
		if f.root == root {
			return f.value, true
		}
	}
	return cty.NilVal, false
}

// within is the frame of one member of a for_each.
func (f *frame) within(root string, it item) *frame {
	return &frame{root, cty.ObjectVal(map[string]cty.Value{"key": it.key, "value": it.value}), f}
}

// family is what one block stands for: one object, or with for_each one for
// each key.
type family struct {
	block
	each *hclsyntax.Attribute // for_each; nil for one object
	// keys are in order, and members by key; one object has the key "".
	keys    []string
	members map[string]block
	// lost says that for_each could not be computed, which is reported.
	lost bool
}

// declareFamilies notes what each block stands for. Copies are made when the value of
// for_each is known.
func (l *loader) declareFamilies() {
	for kind, list := range l.copied() {
		for _, b := range list {
			if l.families[b.p.addr] != nil {
				continue // a duplicate, already reported
			}
			f := &family{block: b, each: b.Body.Attributes["for_each"], members: map[string]block{}}
			l.families[b.p.addr] = f
			if f.each == nil {
				f.keys, f.members[""] = []string{""}, b
				l.placed[b.p.addr] = b
				l.declareMember(kind, b)
				continue
			}
			l.nodes[b.p.addr] = &node{
				addr: b.p.addr, p: b.p, at: f.each.Expr.Range(),
				run: func() cty.Value { l.copies(kind, f); return cty.True },
			}
		}
	}
}

// copied are the blocks that may have for_each, by kind.
func (l *loader) copied() map[string][]block {
	return map[string][]block{
		"machine": l.decl.machines, "media": l.decl.media, "network": l.decl.networks, "secret": l.decl.secrets,
	}
}

// members are the objects of one kind, in the order of their blocks and of
// their keys.
func (l *loader) members(kind string) []block {
	var out []block
	for _, b := range l.copied()[kind] {
		f := l.families[b.p.addr]
		if f.Block != b.Block { // of a name that is taken
			if b.Body.Attributes["for_each"] == nil {
				out = append(out, b)
			}
			continue
		}
		for _, key := range f.keys {
			out = append(out, f.members[key])
		}
	}
	return out
}

// copies makes the members of a family.
func (l *loader) copies(kind string, f *family) {
	f.lost = true
	e := found{l: l, p: f.p, name: "for_each", expr: f.each.Expr, value: l.eval(f.p, scope{}, f.each.Expr)}
	items, ok := e.items(false)
	if !ok {
		return
	}
	f.lost = false
	for _, it := range items {
		key := it.key.AsString()
		name := f.name + "-" + key
		m := block{Block: f.Block, name: name, frame: (*frame)(nil).within("each", it)}
		m.p = place{fmt.Sprintf("%s[%q]", f.p.addr, key), f.p.header}
		if problem := nameProblem(kind, name); problem != "" {
			e.fail("Bad name", "The copy of %s %q for the key %q is called %q. %s", kind, f.name, key, name, problem)
			f.lost = true
			continue
		}
		if first, taken := l.byName(kind, name); taken {
			e.fail("Duplicate name", "The copy of %s %q for the key %q is called %q, and there is one of that name already, at %s.",
				kind, f.name, key, name, rangeOf(first.DefRange()))
			continue
		}
		l.placed[kind+"."+name] = m
		f.keys = append(f.keys, key)
		f.members[key] = m
		l.declareMember(kind, m)
	}
}

// byName finds an object by its whole name, as far as copies are made.
func (l *loader) byName(kind, name string) (block, bool) {
	if b, ok := l.placed[kind+"."+name]; ok {
		return b, true
	}
	f := l.families[kind+"."+name]
	if f == nil || f.each != nil {
		return block{}, false
	}
	return f.block, true
}

// placeOf is the place of an object by its whole name.
func (l *loader) placeOf(kind, name string) place {
	if b, ok := l.placed[kind+"."+name]; ok {
		return b.p
	}
	return l.decl.byAddr[kind+"."+name].p
}

// item is one member of what for_each is given.
type item struct{ key, value cty.Value }

// items are the members of for_each's value, in order. A list is taken where
// lists says so: its keys are numbers.
func (f found) items(lists bool) ([]item, bool) {
	v := f.value
	if !v.IsKnown() {
		return nil, false // reported
	}
	if v.IsMarked() {
		f.exposed("the keys become names")
		return nil, false
	}
	ty := v.Type()
	_, object := refIn(v)
	switch {
	case v.IsNull():
		f.fail("Missing argument", "%q is null here, and it must have a value. For no copies at all, write {}.", f.name)
		return nil, false
	case object, !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() && !ty.IsMapType() && !ty.IsObjectType():
		f.wrong("a map, or a set of text")
		return nil, false
	case !lists && (ty.IsTupleType() || ty.IsListType()):
		f.fail("Wrong type of argument", "%q takes a map, or a set of text, and not a list: the place in a list says nothing about which copy is meant once one is taken out. Write toset([…]).", f.name)
		return nil, false
	}
	if n := v.LengthInt(); n > mostCopies {
		f.fail("Too many copies", "%q would make %d copies, and the most is %d.", f.name, n, mostCopies)
		return nil, false
	}
	if f.l.made += v.LengthInt(); f.l.made > mostAllCopies {
		if !f.l.full {
			f.fail("Too many copies", "With this for_each the lab would make more than %d copies.", mostAllCopies)
		}
		f.l.full = true
		return nil, false
	}
	return f.itemsOf(v, lists)
}

func (f found) itemsOf(v cty.Value, lists bool) ([]item, bool) {
	var out []item
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if v.Type().IsSetType() && !lists && (key.IsNull() || key.Type() != cty.String) {
			f.fail("Wrong type of argument", "A set in %q holds text, since each member becomes part of a name, and this one holds %s.", f.name, article(kindOf(key.Type())))
			return nil, false
		}
		if !key.IsKnown() {
			return nil, false
		}
		out = append(out, item{key, value})
	}
	return out, true
}

// familyObject is what a reference to a whole family stands for.
func (l *loader) familyObject(root string, f *family) cty.Value {
	attrs := make(map[string]cty.Value, len(f.keys))
	for _, key := range f.keys {
		attrs[key] = l.object(root, f.members[key])
	}
	return cty.ObjectVal(attrs)
}

// keyed resolves the rest of a reference to a family: its key.
func (l *loader) keyed(p place, t hcl.Traversal, f *family) (link, block, bool) {
	root := t.RootName()
	ln := link{path: []string{root, f.name}}
	l.visit(l.nodes[f.p.addr])
	if f.lost {
		ln.value = func() cty.Value { return cty.DynamicVal }
		return ln, block{}, true
	}
	if len(t) == 2 {
		for _, key := range f.keys {
			ln.needs = append(ln.needs, l.needs(root, f.members[key], "")...)
		}
		ln.value = func() cty.Value { return l.familyObject(root, f) }
		return ln, block{}, true
	}
	if _, index := t[2].(hcl.TraverseIndex); !index {
		l.withoutKey(p, t, f)
		return link{}, block{}, false
	}
	key, ok := member(t, 2)
	m, there := f.members[key]
	if !ok || !there {
		l.fail(p, t.SourceRange(), "Unknown reference", "%s %q has no copy for the key %s.%s",
			upperFirst(root), f.name, keyText(t[2]), didYouMean(key, f.keys))
		return link{}, block{}, false
	}
	ln.path = append(ln.path, key)
	return ln, m, true
}

func keyText(t hcl.Traverser) string {
	index, _ := t.(hcl.TraverseIndex)
	text, _ := render(index.Key)
	return text
}

// withoutKey explains how to refer to one of several, or to all.
func (l *loader) withoutKey(p place, t hcl.Traversal, f *family) {
	addr, rest := f.p.addr, ""
	attr, _ := member(t, 2)
	if slices.Contains(attributesOf(t.RootName()), attr) {
		rest = "." + attr
	}
	example := fmt.Sprintf("%s[KEY]%s", addr, rest)
	switch {
	case f.members[attr].Block != nil:
		example = fmt.Sprintf("%s[%q]", addr, attr)
	case len(f.keys) > 0:
		example = fmt.Sprintf("%s[%q]%s", addr, f.keys[0], rest)
	}
	all := addr + "[*]" + rest
	if t.RootName() == "media" || t.RootName() == "secret" {
		all = addr
	}
	l.fail(p, t.SourceRange(), "Reference without a key",
		"%s has for_each, so that it stands for %d of them. Write %s for one, or %s for all.", addr, len(f.keys), example, all)
}
