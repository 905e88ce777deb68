package labfile

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// mark is what follows a value through every expression that it enters.
type mark string

// sensitive marks values that are shown to nobody.
const sensitive mark = "sensitive"

// notShown stands where a sensitive value would be.
const notShown = "(sensitive)"

// markFunction is a function that changes marks and nothing else.
func markFunction(change func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return change(args[0]), nil },
	})
}

// exposed reports a sensitive value where it would be seen.
func (f found) exposed(why string) {
	f.l.fail(f.p, f.expr.Range(), "Sensitive value in the open",
		"%q takes no sensitive value: %s. Use a variable that is not sensitive, or write nonsensitive(…) around the part that may be seen.", f.name, why)
}

// discreet is get for an argument that may hold a sensitive value.
func (a *arguments) discreet(name string) (found, bool) {
	f, ok := a.evaluated(name)
	if f.value != cty.NilVal && f.value.ContainsMarked() {
		f.value, _ = f.value.UnmarkDeep()
		f.sensitive = true
	}
	return f, ok
}

// touchesSensitive says whether an expression refers to a sensitive value, so
// that what is said about it may hold that.
func touchesSensitive(ctx *hcl.EvalContext, e hclsyntax.Expression) bool {
	for _, t := range e.Variables() {
		if v, diags := t.TraverseAbs(ctx); !diags.HasErrors() && v.ContainsMarked() {
			return true
		}
		if v := ctx.Variables[t.RootName()]; v != cty.NilVal && v.ContainsMarked() {
			return true
		}
	}
	return false
}
