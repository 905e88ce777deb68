package labfile

import (
	"fmt"
	"math/big"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/doublehop/doublehop/labs"
)

// arguments reads the arguments of one block, and notes where each was written.
type arguments struct {
	l      *loader
	p      place
	sc     scope
	body   *hclsyntax.Body
	ranges map[string]labs.Range
	prefix string // of the names in ranges: "disk.system."
}

func (l *loader) arguments(b block) *arguments {
	return &arguments{l: l, p: b.p, sc: b.scope(), body: b.Body, ranges: map[string]labs.Range{}}
}

// inner reads a block inside, whose ranges are noted with the outer ones.
func (a *arguments) inner(b block, prefix string) *arguments {
	return &arguments{l: a.l, p: b.p, sc: scope{a.sc.steps, b.frame}, body: b.Body, ranges: a.ranges, prefix: prefix}
}

// found is an argument's value, or an element of it, with what is needed to
// complain about it.
type found struct {
	l     *loader
	p     place
	sc    scope
	name  string
	expr  hclsyntax.Expression
	value cty.Value
	// sensitive says that value is not to be shown. It carries no mark any more.
	sensitive bool
}

// evaluated is an argument's value, marks and all. It is false when the argument
// is left out, null, or could not be computed, which is then reported already.
func (a *arguments) evaluated(name string) (found, bool) {
	attr := a.body.Attributes[name]
	if attr == nil {
		return found{}, false
	}
	a.ranges[a.prefix+name] = rangeOf(attr.Expr.Range())
	f := found{l: a.l, p: a.p, sc: a.sc, name: name, expr: attr.Expr, value: a.l.eval(a.p, a.sc, attr.Expr)}
	if !f.value.IsWhollyKnown() {
		return f, false
	}
	return f, !f.value.IsNull()
}

// get is evaluated for an argument that is seen by anyone who sees the lab: a
// sensitive value is refused.
func (a *arguments) get(name string) (found, bool) {
	f, ok := a.evaluated(name)
	if f.l != nil && f.value.ContainsMarked() {
		f.exposed("plans, reports and the hypervisor show what stands there")
		f.value = cty.DynamicVal
		return f, false
	}
	return f, ok
}

// require is get for an argument that must have a value: null is reported.
// That it is not left out, the block's shape has seen to.
func (a *arguments) require(name string) (found, bool) {
	f, ok := a.get(name)
	if !ok {
		f.missing()
	}
	return f, ok
}

// missing reports a value that is null where there must be one.
func (f found) missing() {
	if f.l != nil && f.value.IsWhollyKnown() {
		f.fail("Missing argument", "%q is null here, and it must have a value.", f.name)
	}
}

// fail complains about the value, and shows what its references stand for.
func (f found) fail(summary, detail string, args ...any) {
	if f.sensitive {
		f.l.fail(f.p, f.expr.Range(), summary, "The value of %q does not fit. It is sensitive, and so not shown here.", f.name)
		return
	}
	f.l.fail(f.p, f.expr.Range(), summary, detail, args...)
	f.addValues()
}

func (f found) warn(summary, detail string, args ...any) {
	f.l.warn(f.p, f.expr.Range(), summary, detail, args...)
	f.addValues()
}

func (f found) addValues() {
	refs := f.expr.Variables()
	if len(refs) == 0 {
		return
	}
	if links, ok := f.l.link(f.p, f.sc, f.expr); ok {
		d := &f.l.diags[len(f.l.diags)-1]
		d.Values = valuesIn(refs, &hcl.EvalContext{Variables: values(links)})
	}
}

// wrong reports a value of another type than is wanted.
func (f found) wrong(want string) {
	f.fail("Wrong type of argument", "%q takes %s, not %s.", f.name, want, article(kindOf(f.value.Type())))
}

// as converts the value; want is in words.
func (f found) as(ty cty.Type, want string) (cty.Value, bool) {
	v, err := convert.Convert(f.value, ty)
	if err != nil || v.IsNull() {
		f.wrong(want)
		return v, false
	}
	return v, true
}

// raw is the value as text.
func (f found) raw(want string) (string, bool) {
	if ty := f.value.Type(); ty != cty.String && ty != cty.Number {
		f.wrong(want)
		return "", false
	}
	if tooLarge(f.value) {
		f.wrong(want)
		return "", false
	}
	v, ok := f.as(cty.String, want)
	if !ok {
		return "", false
	}
	return v.AsString(), true
}

// text is the value as text that problem accepts.
func (f found) text(problem func(string) string) (string, bool) {
	s, ok := f.raw("text")
	if !ok {
		return "", false
	}
	if p := problem(s); p != "" {
		f.fail("Text that cannot be carried", "%q cannot be used for %q. %s", s, f.name, p)
		return "", false
	}
	return s, true
}

func (f found) flag() (value, ok bool) {
	v, ok := f.as(cty.Bool, "true or false")
	return ok && v.True(), ok
}

// number is the value as a whole number between least and most.
func (f found) number(least, most int64) (int64, bool) {
	v, ok := f.as(cty.Number, "a whole number")
	if !ok {
		return 0, false
	}
	n, exact := v.AsBigFloat().Int64()
	if exact != big.Exact || n < least || n > most {
		text, _ := render(v)
		f.fail("Number out of range", "%q is a whole number from %d to %d, not %s.", f.name, least, most, text)
		return 0, false
	}
	return n, true
}

// size is the value in bytes.
func (f found) size() (uint64, bool) {
	if f.value.Type() == cty.Number {
		text, _ := render(f.value)
		f.fail("Size without a unit", "%q is a size, and %s could be anything. Write %q, for instance.", f.name, text, text+"MiB")
		return 0, false
	}
	s, ok := f.raw("a size such as \"512MiB\"")
	if !ok {
		return 0, false
	}
	n, err := labs.ParseSize(s)
	if err != nil {
		f.fail("Not a size", "%s", err)
		return 0, false
	}
	return n, true
}

// elements are the members of a list, each with the place where it is
// written when the list is written out.
func (f found) elements() ([]found, bool) {
	ty := f.value.Type()
	if !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
		f.wrong("a list")
		return nil, false
	}
	written, _ := f.expr.(*hclsyntax.TupleConsExpr)
	var list []found
	for _, v := range f.value.AsValueSlice() {
		e := f
		e.value = v
		if written != nil && len(list) < len(written.Exprs) {
			e.expr = written.Exprs[len(list)]
		}
		list = append(list, e)
	}
	return list, true
}

// reference is the name of the object of one kind that the value refers to.
func (f found) reference(kind string) (string, bool) {
	if r, ok := refIn(f.value); ok && r.kind == kind {
		return r.name, true
	}
	hint := f.oneOf(kind)
	if f.value.Type() == cty.String {
		name := f.value.AsString()
		if f.l.has(kind, name, scope{}) {
			hint = fmt.Sprintf(" Write %s.%s, without quotes.", kind, name)
		} else {
			hint = fmt.Sprintf(" It is written %s.NAME, without quotes.", kind)
		}
	}
	f.fail("Wrong type of argument", "%q takes a reference to %s, not %s.%s", f.name, article(kind), article(kindOf(f.value.Type())), hint)
	return "", false
}

// oneOf is a hint for a value that is all copies of a block where one is meant.
func (f found) oneOf(kind string) string {
	if kindOf(f.value.Type()) != kind+"s by key" {
		return ""
	}
	hint := fmt.Sprintf(" It has for_each, so that it stands for %d of them.", f.value.LengthInt())
	if t, static := f.expr.(*hclsyntax.ScopeTraversalExpr); static {
		hint += fmt.Sprintf(" Write %s[KEY] for one.", written(t.Traversal))
	}
	return hint
}

// secret is the name of the secret that the value refers to.
func (f found) secret() (string, bool) {
	if r, ok := refIn(f.value); ok && r.kind == "secret" {
		return r.name, true
	}
	if hint := f.oneOf("secret"); hint != "" {
		f.l.fail(f.p, f.expr.Range(), "Secret needed", "%q takes one secret.%s", f.name, hint)
		return "", false
	}
	if len(f.expr.Variables()) == 0 {
		f.l.literalSecret(f.p, f.expr, f.name)
		return "", false
	}
	// Without the values of its references: one of them may be the secret.
	f.l.fail(f.p, f.expr.Range(), "Secret needed", "%q takes a secret, not %s, so that nothing can print it. Declare secret \"NAME\" { … } and write secret.NAME.",
		f.name, article(kindOf(f.value.Type())))
	return "", false
}
