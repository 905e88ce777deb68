package labfile

import (
	"errors"
	"math/big"
	"reflect"

	"github.com/zclconf/go-cty/cty"

	"github.com/doublehop/doublehop/labs"
)

// hiddenMark begins the name of the attribute by which an object says what it
// refers to. No identifier of the language can hold it.
const hiddenMark = "#"

// ref is a reference to an object of the lab. It holds a name and never a
// value, so that no expression can reach a secret.
type ref struct{ kind, name string }

// MarshalJSON refuses: jsonencode would otherwise print what a reader takes
// for the object.
func (ref) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a reference to an object of the lab cannot be written as text")
}

// refTypes are the types of references, by kind. Their names stand in messages.
var refTypes = map[string]cty.Type{ //nolint:gochecknoglobals // a type is known by its address
	"secret":  cty.Capsule("secret", reflect.TypeFor[ref]()),
	"media":   cty.Capsule("media", reflect.TypeFor[ref]()),
	"machine": cty.Capsule("machine", reflect.TypeFor[ref]()),
	"network": cty.Capsule("network", reflect.TypeFor[ref]()),
	"stage":   cty.Capsule("stage", reflect.TypeFor[ref]()),
	"step":    cty.Capsule("step", reflect.TypeFor[ref]()),
}

// refTo is a value that refers to an object and does nothing else.
func refTo(kind, name string) cty.Value {
	return cty.CapsuleVal(refTypes[kind], &ref{kind, name})
}

// objectFor is a value that refers to an object and has attributes too.
func objectFor(kind, name string, attrs map[string]cty.Value) cty.Value {
	attrs[hiddenMark+kind] = refTo(kind, name)
	return cty.ObjectVal(attrs)
}

// refIn finds what v refers to.
func refIn(v cty.Value) (ref, bool) {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return ref{}, false
	}
	ty := v.Type()
	if ty.IsObjectType() {
		for kind := range refTypes {
			if ty.HasAttribute(hiddenMark + kind) {
				return refIn(v.GetAttr(hiddenMark + kind))
			}
		}
	}
	if !ty.IsCapsuleType() {
		return ref{}, false
	}
	r, ok := v.EncapsulatedValue().(*ref)
	if !ok {
		return ref{}, false
	}
	return *r, true
}

// holdsSecret says whether a secret is v or lies in it.
func holdsSecret(v cty.Value) bool {
	found := false
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		found = found || v.Type() == refTypes["secret"]
		return !found, nil
	})
	return found
}

// tooLarge says whether writing v out would take thousands of digits.
func tooLarge(v cty.Value) bool {
	if v.Type() != cty.Number || v.IsNull() || !v.IsKnown() {
		return false
	}
	f := v.AsBigFloat()
	exp := f.MantExp((*big.Float)(nil))
	return exp > 3400 || exp < -3400
}

// nameProblem says what is wrong with the name of a block. Names that become
// parts of paths, of XML or of the hypervisor's names are strict; names that
// stay in the lab file may have underscores.
func nameProblem(kind, name string) string {
	switch kind {
	case "variable", "secret", "media":
		return labs.WordProblem(name)
	}
	return labs.NameProblem(name)
}
