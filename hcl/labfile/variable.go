package labfile

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// variable is a declared variable.
type variable struct {
	block
	want     cty.Type // DynamicPseudoType when any will do
	defaults *typeexpr.Defaults
	fallback cty.Value // its default; NilVal when it has none
	literal  bool      // text from outside is taken as it is, not as an expression
	// sensitive says that the value is shown to nobody.
	sensitive bool
}

// variables gives every variable its value.
func (l *loader) variables() {
	byName := map[string]*variable{}
	for _, b := range l.decl.variables {
		if byName[b.name] == nil {
			byName[b.name] = l.variable(b)
		}
	}
	given := l.assignments(byName)
	for _, b := range l.decl.variables {
		v := byName[b.name]
		a, ok := given[b.name]
		switch {
		case ok:
			l.vars[b.name] = l.assign(v, a)
		case v.fallback != cty.NilVal:
			l.vars[b.name] = v.fallback
		default:
			l.vars[b.name] = cty.DynamicVal
			l.fail(v.p, v.DefRange(), "Variable without a value",
				"The variable %q has no default and was given no value. Give it one:\n\n    --var %s=VALUE\n\nor in a file that ends in %q, or as DOUBLEHOP_VAR_%s in the environment.",
				b.name, b.name, VarsExtension, b.name)
		}
	}
	for name, v := range byName {
		if v.sensitive {
			l.vars[name] = l.vars[name].Mark(sensitive)
		}
	}
	for _, b := range l.decl.variables {
		if byName[b.name].Block == b.Block {
			l.validations(byName[b.name])
		}
	}
}

// variable reads a variable's block. Its arguments can refer to nothing.
func (l *loader) variable(b block) *variable {
	v := &variable{block: b, want: cty.DynamicPseudoType, fallback: cty.NilVal, literal: true}
	if a := b.Body.Attributes["description"]; a != nil {
		l.constant(b.p, a.Expr, cty.String)
	}
	if a := b.Body.Attributes["sensitive"]; a != nil {
		yes := l.constant(b.p, a.Expr, cty.Bool)
		v.sensitive = !yes.IsKnown() || !yes.IsNull() && yes.True()
	}
	typed := false
	if a := b.Body.Attributes["type"]; a != nil {
		typed = l.wants(v, a.Expr)
	}
	a := b.Body.Attributes["default"]
	if a == nil {
		return v
	}
	if v.sensitive {
		l.sources.Hide(rangeOf(a.Expr.Range()))
	}
	l.namedSecret(b.p, b.name, a.Expr)
	value := l.constant(b.p, a.Expr, cty.DynamicPseudoType)
	if !typed && value.IsKnown() && !value.IsNull() {
		v.literal = value.Type() == cty.String
	}
	v.fallback = l.fit(v, value, a.Expr.Range(), "its default")
	return v
}

// wants reads the type of a variable.
func (l *loader) wants(v *variable, e hclsyntax.Expression) bool {
	want, defaults, diags := typeexpr.TypeConstraintWithDefaults(e)
	if word := hcl.ExprAsKeyword(e); diags.HasErrors() && word != "" {
		diags[0].Detail += didYouMean(word, typeWords())
	}
	l.take(v.p, diags)
	if diags.HasErrors() {
		return false
	}
	v.want, v.defaults = want, defaults
	v.literal = want == cty.String || want == cty.DynamicPseudoType
	return true
}

// typeWords are the words that begin a type.
func typeWords() []string {
	return []string{"any", "bool", "list", "map", "number", "object", "set", "string", "tuple"}
}

// constant evaluates an expression that may refer to nothing.
func (l *loader) constant(p place, e hclsyntax.Expression, want cty.Type) cty.Value {
	if refs := e.Variables(); len(refs) > 0 {
		l.fail(p, refs[0].SourceRange(), "Reference in a constant",
			"%s cannot be used here: variables get their values before anything else of the lab is read.", written(refs[0]))
		return cty.DynamicVal
	}
	v := l.evaluate(p, e, nil)
	out, err := convert.Convert(v, want)
	if err != nil {
		l.fail(p, e.Range(), "Wrong type", "%s is needed here, not %s.", upperFirst(article(kindOf(want))), article(kindOf(v.Type())))
		return cty.DynamicVal
	}
	return out
}

// fit converts a value to what the variable wants.
func (l *loader) fit(v *variable, value cty.Value, at hcl.Range, from string) cty.Value {
	if v.defaults != nil && value.IsKnown() && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	out, err := convert.Convert(value, v.want)
	if err != nil {
		l.fail(v.p, at, "Wrong type of variable",
			"The variable %q is %s, and %s does not fit: %s.", v.name, article(typeexpr.TypeString(v.want)), from, convert.MismatchMessage(value.Type(), v.want))
		return cty.DynamicVal
	}
	return out
}

// validations checks a variable's value by the conditions in its block.
func (l *loader) validations(v *variable) {
	for _, b := range v.Body.Blocks {
		if b.Type != "validation" {
			continue
		}
		p := place{addr: v.p.addr, header: b.DefRange()}
		l.labels(p, "variable.validation", b)
		l.fits(p, "variable.validation", b)
		cond, text := b.Body.Attributes["condition"], b.Body.Attributes["error_message"]
		if cond == nil || text == nil {
			continue
		}
		holds, err := convert.Convert(l.aboutVariables(p, cond.Expr), cty.Bool)
		message, err2 := convert.Convert(l.aboutVariables(p, text.Expr), cty.String)
		holds, _ = holds.Unmark()
		if message.IsMarked() {
			message, err2 = cty.StringVal("The message of this validation is not shown, since it holds a sensitive value."), nil
		}
		switch {
		case err != nil || holds.IsNull():
			l.fail(p, cond.Expr.Range(), "Wrong type", "A condition is true or false.")
		case err2 != nil || message.IsNull():
			l.fail(p, text.Expr.Range(), "Wrong type", "A message is text.")
		case holds.IsKnown() && holds.False() && message.IsKnown():
			l.fail(v.p, cond.Expr.Range(), "Variable refused by its validation", "%s", sentence(message.AsString()))
		}
	}
}

// aboutVariables evaluates an expression that may refer to variables only:
// nothing else has a value yet.
func (l *loader) aboutVariables(p place, e hclsyntax.Expression) cty.Value {
	for _, t := range e.Variables() {
		if t.RootName() != "var" {
			l.fail(p, t.SourceRange(), "Reference in a validation",
				"%s cannot be used here: a validation refers to variables only.", written(t))
			return cty.DynamicVal
		}
	}
	return l.eval(p, scope{}, e)
}

// assignment is a value given to a variable from outside.
type assignment struct {
	text  string    // when value is NilVal: as it was typed
	value cty.Value // from a file
	at    hcl.Range // in a file
	from  string    // in words
}

// assignments collects what is given, later sources over earlier ones: the
// environment, the lab's own files in the order of their names, the files of
// the command line, its single values.
func (l *loader) assignments(declared map[string]*variable) map[string]assignment {
	given := l.fromEnvironment(declared)
	for _, list := range [][]assignedFile{l.ownVarFiles(), l.namedVarFiles()} {
		for _, f := range list {
			l.fromFile(f, declared, given)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.opts.Vars)) {
		if declared[name] == nil {
			l.fail(place{}, hcl.Range{}, "Unknown variable", "--var gives a value to %q, which the lab does not declare.%s",
				name, didYouMean(name, slices.Sorted(maps.Keys(declared))))
			continue
		}
		given[name] = assignment{text: l.opts.Vars[name], from: "the value of --var " + name}
	}
	return given
}

// assign turns what was given into the variable's value.
func (l *loader) assign(v *variable, a assignment) cty.Value {
	if a.value != cty.NilVal {
		return l.fit(v, a.value, a.at, a.from)
	}
	if looksLikeKey([]byte(a.text)) != nil {
		l.fail(v.p, v.DefRange(), "Product key in a variable",
			"%s looks like a product key. A variable's value is shown in messages: use a secret instead.", upperFirst(a.from))
		return cty.DynamicVal
	}
	if v.literal || v.want.IsPrimitiveType() {
		return l.fit(v, cty.StringVal(a.text), v.DefRange(), a.from)
	}
	l.sources.Add(a.from, []byte(a.text))
	if v.sensitive {
		l.sources.Hide(rangeOf(pointAt(a.from, []byte(a.text), 0, len(a.text))))
	}
	if at, deep := tooDeep([]byte(a.text)); deep {
		l.fail(v.p, pointAt(a.from, []byte(a.text), at, at+1), "Nesting too deep", "Brackets nest more than %d deep here.", deepest)
		return cty.DynamicVal
	}
	e, diags := hclsyntax.ParseExpression([]byte(a.text), a.from, hcl.InitialPos)
	if v.sensitive && diags.HasErrors() {
		l.fail(v.p, v.DefRange(), "Wrong type of variable", "%s is no expression. What is wrong with it is not said, since the variable is sensitive.", upperFirst(a.from))
		return cty.DynamicVal
	}
	l.take(v.p, diags)
	if diags.HasErrors() {
		return cty.DynamicVal
	}
	l.prepareExpression(e)
	return l.fit(v, l.constant(v.p, e, cty.DynamicPseudoType), e.Range(), a.from)
}
