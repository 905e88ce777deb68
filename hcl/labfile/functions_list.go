package labfile

import (
	"errors"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// indexFunction is index(list, value): the place of the first member that is
// equal.
func indexFunction() function.Function {
	return listFunction(cty.Number, func(list []cty.Value, args []cty.Value) (cty.Value, error) {
		for i, v := range list {
			if same := v.Equals(args[0]); same.IsKnown() && same.True() {
				return cty.NumberIntVal(int64(i)), nil
			}
		}
		return cty.UnknownVal(cty.Number), errors.New("the value is not in the list")
	}, function.Parameter{Name: "value", Type: cty.DynamicPseudoType})
}

// foldFunction goes through a list of one type, with the sum so far.
func foldFunction(ty cty.Type, first cty.Value, next func(sum, v cty.Value) cty.Value) function.Function {
	return listFunction(ty, func(list, _ []cty.Value) (cty.Value, error) {
		sum := first
		for _, v := range list {
			v, err := convert.Convert(v, ty)
			if err != nil || v.IsNull() {
				return cty.UnknownVal(ty), errors.New("a member of the list is of another type")
			}
			sum = next(sum, v)
		}
		return sum, nil
	})
}

// listFunction is a function of a list, set or tuple, and of more.
func listFunction(ty cty.Type, f func(list, args []cty.Value) (cty.Value, error), more ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: append([]function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}}, more...),
		Type:   function.StaticReturnType(ty),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			got := args[0].Type()
			if !got.IsTupleType() && !got.IsListType() && !got.IsSetType() {
				return cty.UnknownVal(ty), function.NewArgErrorf(0, "a list is needed, not %s", article(kindOf(got)))
			}
			return f(args[0].AsValueSlice(), args[1:])
		},
	})
}

// affixFunction says whether text begins or ends in some way.
func affixFunction(has func(s, affix string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "part", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(has(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// distinctFunction is distinct(list): each member once, where it came first.
// cty's own compares every member with every other.
func distinctFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.DynamicPseudoType)}},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() {
				return cty.UnknownVal(ty), nil
			}
			var list []cty.Value
			seen := map[int][]cty.Value{} // by hash
			for _, v := range args[0].AsValueSlice() {
				hash := v.Hash()
				if !slices.ContainsFunc(seen[hash], func(other cty.Value) bool { return other.RawEquals(v) }) {
					seen[hash] = append(seen[hash], v)
					list = append(list, v)
				}
			}
			if len(list) == 0 {
				return cty.ListValEmpty(ty.ElementType()), nil
			}
			return cty.ListVal(list), nil
		},
	})
}

// listFunctions are functions that cty's own library lacks, or has otherwise.
func listFunctions() map[string]function.Function {
	return map[string]function.Function{
		"distinct": distinctFunction(),
		"index":    indexFunction(),
		"sum": foldFunction(cty.Number, cty.Zero, func(sum, v cty.Value) cty.Value {
			return sum.Add(v)
		}),
		"alltrue":    foldFunction(cty.Bool, cty.True, func(sum, v cty.Value) cty.Value { return sum.And(v) }),
		"anytrue":    foldFunction(cty.Bool, cty.False, func(sum, v cty.Value) cty.Value { return sum.Or(v) }),
		"startswith": affixFunction(strings.HasPrefix),
		"endswith":   affixFunction(strings.HasSuffix),
	}
}
