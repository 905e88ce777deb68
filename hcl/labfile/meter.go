package labfile

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// A lab of a few lines can ask for more values than any machine has memory
// for: text that doubles from one local to the next, loops in loops. Whatever
// can multiply what it is given is metered: its operands are counted before it
// sees them, and a load that has counted too many gives up.

// mostWork is how many values, and how many times so many characters of text or
// pairs of members that must become of one type, the expressions of one load may
// handle. The largest lab that was measured (300
// machines, 1,000 stages) takes a hundredth of it.
const (
	mostWork     = 1_000_000
	charsOfValue = 16
	pairsOfValue = 250
	longestText  = 64 << 20
	mostProduct  = 100_000
	mostIndent   = 1000
)

// meterName is the function that counts a value and gives it back. No
// identifier of the language can be it.
const meterName = "#count"

var (
	errWork   = errors.New("the lab's expressions have more to compute than any lab needs")
	errDigits = errors.New("the number has more than a thousand digits")
)

// count adds what handling v costs.
func (l *loader) count(v cty.Value) error {
	err := l.countOne(v)
	if ty := v.Type(); err == nil && !ty.IsPrimitiveType() && !ty.IsCapsuleType() {
		err = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
			_, object := refIn(v) // of a fixed size, and no function looks into it
			return !object, l.countOne(v)
		})
	}
	if err != nil {
		l.trouble = err
	}
	return err
}

// countOne is count without what lies in v.
func (l *loader) countOne(v cty.Value) error {
	l.work++
	if bare, _ := v.Unmark(); bare.Type() == cty.String && bare.IsKnown() && !bare.IsNull() {
		l.work += len(bare.AsString()) / charsOfValue
	} else if ty := bare.Type(); ty.IsTupleType() {
		// What becomes a list has each member's type compared with each other's.
		l.work += ty.Length() * ty.Length() / pairsOfValue
	} else if tooLarge(bare) {
		return errDigits
	}
	if l.work > l.opts.mostWork {
		return errWork
	}
	return nil
}

// meter is the function behind meterName.
func (l *loader) meter() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType,
			AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], l.count(args[0]) },
	})
}

// exhausted reports an expression that was given up, and says whether it was.
func (l *loader) exhausted(p place, e hcl.Expression) bool {
	switch {
	case l.trouble == nil:
		return false
	case errors.Is(l.trouble, errDigits):
		l.fail(p, e.Range(), "Number too large", "No number in a lab has more than a thousand digits.")
	default:
		if !l.gaveUp {
			l.fail(p, e.Range(), "Too much to compute", "With this expression the lab has more to compute than any lab needs: look for loops in loops, and for text that grows with each use.")
		}
		l.gaveUp = true
	}
	return true
}

// preparer changes expressions, once they are all read, into those that are
// computed: what multiplies is metered, and a machine with copies can be
// asked for all of them.
type preparer struct {
	l     *loader
	local []map[string]struct{} // names that a for expression has taken
}

// prepare readies the expressions of a body for evaluation.
func (l *loader) prepare(kind string, body *hclsyntax.Body) {
	for _, a := range body.Attributes {
		if kind != "variable" || a.Name != "type" {
			l.prepareExpression(a.Expr)
		}
	}
	for _, b := range body.Blocks {
		l.prepare(b.Type, b.Body)
	}
}

func (l *loader) prepareExpression(e hclsyntax.Expression) {
	_ = hclsyntax.Walk(e, &preparer{l: l})
}

// Enter changes a node before its parts are visited.
func (r *preparer) Enter(n hclsyntax.Node) hcl.Diagnostics {
	switch n := n.(type) {
	case hclsyntax.ChildScope:
		r.local = append(r.local, n.LocalNames)
	case *hclsyntax.ScopeTraversalExpr:
		if root, ok := n.Traversal[0].(hcl.TraverseRoot); ok && r.all(n) && len(n.Traversal) == 1 {
			root.Name = everyMachine
			n.Traversal = hcl.Traversal{root}
		}
	case *hclsyntax.SplatExpr:
		if source, ok := n.Source.(*hclsyntax.ScopeTraversalExpr); ok && r.all(source) {
			n.Source = call("values", source)
		}
		n.Source = metered(n.Source)
	case *hclsyntax.ForExpr:
		n.CollExpr = metered(n.CollExpr)
		if n.KeyExpr != nil {
			n.KeyExpr = metered(n.KeyExpr)
		}
	case *hclsyntax.FunctionCallExpr:
		if n.Name != meterName {
			meterAll(n.Args)
		}
	case *hclsyntax.TemplateExpr:
		meterAll(n.Parts)
	case *hclsyntax.ConditionalExpr:
		n.TrueResult, n.FalseResult = metered(n.TrueResult), metered(n.FalseResult)
	case *hclsyntax.IndexExpr:
		n.Key = metered(n.Key)
	case *hclsyntax.BinaryOpExpr:
		if n.Op == hclsyntax.OpEqual || n.Op == hclsyntax.OpNotEqual {
			n.LHS, n.RHS = metered(n.LHS), metered(n.RHS)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		if _, word := n.Wrapped.(*hclsyntax.ScopeTraversalExpr); !word {
			n.Wrapped = metered(n.Wrapped)
		}
	}
	return nil
}

// Exit leaves the scope of a for expression.
func (r *preparer) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if _, ok := n.(hclsyntax.ChildScope); ok {
		r.local = r.local[:len(r.local)-1]
	}
	return nil
}

// all says whether a reference is to all machines, or to all copies of a block.
func (r *preparer) all(e *hclsyntax.ScopeTraversalExpr) bool {
	root := e.Traversal.RootName()
	for _, names := range r.local {
		if _, taken := names[root]; taken {
			return false
		}
	}
	if len(e.Traversal) == 1 {
		return root == "machine" || root == everyMachine
	}
	name, _ := member(e.Traversal, 1)
	b := r.l.decl.byAddr[root+"."+name]
	return len(e.Traversal) == 2 && b.Block != nil && b.Body.Attributes["for_each"] != nil && root != "stage"
}

func meterAll(list []hclsyntax.Expression) {
	for i, e := range list {
		list[i] = metered(e)
	}
}

// metered counts the value of e, unless that is written out.
func metered(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return e
	case *hclsyntax.FunctionCallExpr:
		if e.Name == meterName {
			return e
		}
	}
	return call(meterName, e)
}

// call is a function call that nobody wrote, at the place of its argument.
func call(name string, e hclsyntax.Expression) *hclsyntax.FunctionCallExpr {
	r := e.Range()
	return &hclsyntax.FunctionCallExpr{
		Name: name, Args: []hclsyntax.Expression{e},
		NameRange: r, OpenParenRange: r, CloseParenRange: r,
	}
}

// wide is a verb of format with a width of four digits or more.
var wide = regexp.MustCompile(`%[^%a-zA-Z]*[0-9]{4,}`)

// guards say of functions whose result can be far larger than what they are
// given, or far more work, why a call is refused.
func guards() map[string]func([]cty.Value) error {
	product := func(args []cty.Value) error {
		n := 1
		for _, a := range args {
			if n *= max(length(a), 1); n > mostProduct {
				return fmt.Errorf("it would have more than %d members", mostProduct)
			}
		}
		return nil
	}
	return map[string]func([]cty.Value) error{
		"setproduct":   product,
		"replace":      func(args []cty.Value) error { return shortText((length(args[0]) + 1) * (length(args[2]) + 1)) },
		"regexreplace": func(args []cty.Value) error { return shortText((length(args[0]) + 1) * (length(args[2]) + 1)) },
		"join": func(args []cty.Value) error {
			n := 0
			for _, list := range args[1:] {
				n += length(list)
			}
			return shortText(n * (length(args[0]) + 1))
		},
		"indent":     guardIndent,
		"format":     guardFormat,
		"formatlist": guardFormat,
		"jsondecode": func(args []cty.Value) error { return shallow(textIn(args[0])) },
	}
}

func guardIndent(args []cty.Value) error {
	if args[0].Type() != cty.Number || args[0].GreaterThan(cty.NumberIntVal(mostIndent)).True() {
		return fmt.Errorf("nobody indents by more than %d", mostIndent)
	}
	return shortText(strings.Count(textIn(args[1]), "\n") * mostIndent)
}

func guardFormat(args []cty.Value) error {
	if wide.MatchString(textIn(args[0])) {
		return errors.New("a width or precision in it has more than three digits")
	}
	copies, chars := 1, length(args[0])
	for _, a := range args[1:] {
		if a.Type() == cty.String {
			chars += length(a)
		} else {
			copies = max(copies, length(a))
		}
	}
	return shortText(copies * chars)
}

// length counts the members of a collection or the bytes of text.
func length(v cty.Value) int {
	switch {
	case v.Type() == cty.String:
		return len(v.AsString())
	case v.CanIterateElements():
		return v.LengthInt()
	}
	return 0
}

func textIn(v cty.Value) string {
	if v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

func shortText(n int) error {
	if n > longestText {
		return fmt.Errorf("the result could be longer than %d MiB", longestText>>20)
	}
	return nil
}

// shallow refuses JSON that nests deeper than its reader's stack.
func shallow(text string) error {
	depth := 0
	for _, c := range []byte(text) {
		switch c {
		case '[', '{':
			if depth++; depth > deepest {
				return fmt.Errorf("it nests more than %d deep", deepest)
			}
		case ']', '}':
			depth--
		}
	}
	return nil
}

// guarded refuses calls of f that its guard finds too large.
func guarded(f function.Function, guard func([]cty.Value) error) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			bare := make([]cty.Value, len(args))
			for i, a := range args {
				if !a.IsWhollyKnown() || a.IsNull() {
					return f.ReturnTypeForValues(args)
				}
				bare[i], _ = a.UnmarkDeep()
			}
			if err := guard(bare); err != nil {
				return cty.DynamicPseudoType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}
