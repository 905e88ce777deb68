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

// resolve finds what a reference means, and reports one that means nothing.
func (l *loader) resolve(p place, sc scope, t hcl.Traversal) (link, bool) {
	root := t.RootName()
	if !slices.Contains(roots(), root) {
		l.unknownRoot(p, sc, t)
		return link{}, false
	}
	if root == "step" && sc.steps == nil {
		l.fail(p, t.SourceRange(), "Step outside its stage", "%s is known inside its own stage only.", written(t))
		return link{}, false
	}
	name, ok := member(t, 1)
	if !ok {
		if root == "machine" && len(t) == 1 {
			return l.allMachines(), true
		}
		l.fail(p, t.SourceRange(), "Reference to nothing in particular",
			"%q needs the name of one: %s.NAME.%s", root, root, didYouMean("", l.namesOf(root, sc)))
		return link{}, false
	}
	if !l.has(root, name, sc) {
		l.unknownName(p, sc, t, root, name)
		return link{}, false
	}
	ln := link{root: root, name: name}
	if attrs := attributesOf(root); attrs != nil && len(t) > 2 {
		attr, ok := member(t, 2)
		if !ok || !slices.Contains(attrs, attr) {
			l.fail(p, t.SourceRange(), "Unknown attribute", "%s.%s has no attribute %q.%s", root, name, attr, didYouMean(attr, attrs))
			return link{}, false
		}
		ln.attr = attr
	}
	ln.needs = l.needs(root, name, ln.attr)
	if strings.HasPrefix(ln.attr, "address") && len(ln.needs[0].exprs) == 0 {
		l.fail(p, t.SourceRange(), "Machine without an address",
			"machine.%s has no nic block with an address, so that there is nothing to refer to.", name)
		return link{}, false
	}
	return ln, true
}

// allMachines is a link to the family of machines: values(machine).
func (l *loader) allMachines() link {
	ln := link{root: "machine"}
	for _, b := range l.decl.machines {
		ln.needs = append(ln.needs, l.needs("machine", b.name, "")...)
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
	if nearest(name, known) == "" {
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
