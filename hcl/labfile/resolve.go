package labfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// roots are the first words of references.
func roots() []string {
	return []string{"local", "machine", "media", "network", "secret", "stage", "step", "var"}
}

// family are the names that a root has.
func (l *loader) family(root string, sc scope) map[string]bool {
	switch root {
	case "secret":
		return l.decl.secretNames
	case "media":
		return l.decl.mediaNames
	case "network":
		return l.decl.networkNames
	case "machine":
		return l.decl.machineNames
	case "stage":
		return l.decl.stageNames
	case "step":
		return sc.steps
	}
	return nil
}

func (l *loader) has(root, name string, sc scope) bool {
	switch root {
	case "var":
		_, ok := l.vars[name]
		return ok
	case "local":
		return l.decl.localAttrs[name] != nil
	}
	return l.family(root, sc)[name]
}

func (l *loader) namesOf(root string, sc scope) []string {
	switch root {
	case "var":
		return slices.Sorted(maps.Keys(l.vars))
	case "local":
		return slices.Sorted(maps.Keys(l.decl.localAttrs))
	}
	return slices.Sorted(maps.Keys(l.family(root, sc)))
}

// everyMachine is the root of a reference to machine as a whole: all machines
// by name, copies among them. As a root of its own it does not get in the way
// of a reference to one machine in the same expression.
const everyMachine = "machine[*]"

// resolve finds what a reference means, and reports one that means nothing.
func (l *loader) resolve(p place, sc scope, t hcl.Traversal) (link, bool) {
	root := t.RootName()
	if v, ok := sc.frame.find(root); ok {
		attr, _ := member(t, 1)
		if root != "step" || attr == "key" || attr == "value" {
			return l.iteration(p, t, v)
		}
	}
	switch {
	case root == everyMachine:
		return l.allMachines(), true
	case root == "each":
		l.fail(p, t.SourceRange(), "Reference outside for_each", "%s is known only in a block that has for_each.", written(t))
		return link{}, false
	case !slices.Contains(roots(), root):
		l.unknownRoot(p, sc, t)
		return link{}, false
	case root == "step" && sc.steps == nil:
		l.fail(p, t.SourceRange(), "Step outside its stage", "%s is known inside its own stage only.", written(t))
		return link{}, false
	}
	name, ok := member(t, 1)
	if !ok {
		l.fail(p, t.SourceRange(), "Reference to nothing in particular",
			"%q needs the name of one: %s.NAME.%s", root, root, didYouMean("", l.namesOf(root, sc)))
		return link{}, false
	}
	if !l.has(root, name, sc) {
		l.unknownName(p, sc, t, root, name)
		return link{}, false
	}
	f := l.families[root+"."+name]
	switch {
	case f == nil:
		return l.simple(root, name), true
	case f.each == nil:
		return l.toObject(p, t, link{path: []string{root, name}}, f.block, 2)
	}
	ln, m, ok := l.keyed(p, t, f)
	if !ok || m.Block == nil {
		return ln, ok
	}
	return l.toObject(p, t, ln, m, 3)
}

// simple is a link to what has no attributes.
func (l *loader) simple(root, name string) link {
	ln := link{path: []string{root, name}}
	switch root {
	case "var":
		ln.value = func() cty.Value { return l.vars[name] }
	case "local":
		n := l.nodes["local."+name]
		ln.needs = []*node{n}
		ln.value = func() cty.Value { return n.result }
	default:
		ln.value = func() cty.Value { return refTo(root, name) }
	}
	return ln
}

// toObject is a link to one object, or to the attribute of it that stands at
// place i of the reference.
func (l *loader) toObject(p place, t hcl.Traversal, ln link, b block, i int) (link, bool) {
	root := t.RootName()
	attrs := attributesOf(root)
	if attrs == nil || len(t) <= i {
		ln.needs = l.needs(root, b, "")
		ln.value = func() cty.Value { return l.object(root, b) }
		return ln, true
	}
	attr, ok := member(t, i)
	if !ok || !slices.Contains(attrs, attr) {
		detail := didYouMean(attr, attrs)
		if _, index := t[i].(hcl.TraverseIndex); index && i == 2 {
			detail = " It has no for_each, so that there is one of it and no key."
		}
		l.fail(p, t.SourceRange(), "Unknown attribute", "%s has no attribute %q.%s", b.p.addr, attr, detail)
		return link{}, false
	}
	ln.path = append(ln.path, attr)
	ln.needs = l.needs(root, b, attr)
	ln.cards = strings.HasPrefix(attr, "address")
	ln.value = func() cty.Value { return l.attribute(b, attr) }
	return ln, true
}

// allMachines is a link to all machines: values(machine).
func (l *loader) allMachines() link {
	ln := link{path: []string{everyMachine}}
	for _, b := range l.decl.machines {
		if f := l.families[b.p.addr]; f.each != nil {
			l.visit(l.nodes[b.p.addr])
			if f.lost {
				ln.value = func() cty.Value { return cty.DynamicVal }
				return ln
			}
		}
	}
	list := l.members("machine")
	for _, b := range list {
		ln.needs = append(ln.needs, l.needs("machine", b, "")...)
	}
	ln.value = func() cty.Value {
		all := make(map[string]cty.Value, len(list))
		for _, b := range list {
			all[b.name] = l.object("machine", b)
		}
		return cty.ObjectVal(all)
	}
	return ln
}

// member is the name in step i of a reference, written .name or ["name"].
func member(t hcl.Traversal, i int) (string, bool) {
	if i >= len(t) {
		return "", false
	}
	switch s := t[i].(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString(), true
		}
	}
	return "", false
}

// unknownRoot reports a reference whose first word is none of the language.
func (l *loader) unknownRoot(p place, sc scope, t hcl.Traversal) {
	root := t.RootName()
	detail := ""
	for _, family := range roots() {
		if l.has(family, root, sc) {
			detail = " Did you mean " + family + "." + root + "?"
			break
		}
	}
	switch {
	case detail != "":
	case len(t) == 1:
		detail = " Text stands in quotes: \"" + root + "\"."
	default:
		detail = didYouMean(root, roots())
	}
	l.fail(p, t.SourceRange(), "Unknown reference", "%s refers to nothing.%s", written(t), detail)
}

// unknownName reports a reference to an object that is not in the lab.
func (l *loader) unknownName(p place, sc scope, t hcl.Traversal, root, name string) {
	known := l.namesOf(root, sc)
	detail := didYouMean(name, known)
	if b, copied := l.placed[root+"."+name]; copied && b.frame != nil {
		detail = " Write " + b.p.addr + "."
	} else if nearest(name, known) == "" {
		for _, other := range roots() {
			if other != root && l.has(other, name, sc) {
				detail = " Did you mean " + other + "." + name + "?"
			}
		}
	}
	kind := root
	if kind == "var" {
		kind = "variable"
	}
	l.fail(p, t.SourceRange(), "Unknown reference", "There is no %s %q.%s", kind, name, detail)
}
