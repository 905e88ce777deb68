package labfile

import (
	"maps"
	"math"
	"path/filepath"
	"slices"
	"time"

	"github.com/zclconf/go-cty/cty"

	"github.com/doublehop/doublehop/labs"
)

// argument reads one argument of a step as its schema says, and whether its
// value is not to be shown. It is not ok when the argument is left out or wrong.
func (a *arguments) argument(arg labs.Arg) (v labs.Value, discreet, ok bool) {
	get := a.get
	switch {
	case arg.Sensitive:
		get = a.discreet
	case arg.Required:
		get = a.require
	}
	f, ok := get(arg.Name)
	if !ok {
		if arg.Sensitive && arg.Required {
			f.missing()
		}
		return nil, false, false
	}
	if v, ok = f.typed(arg.Type); !ok {
		return nil, false, false
	}
	if arg.Valid != nil {
		if problem := arg.Valid(v); problem != "" {
			f.fail("Wrong value of argument", "%s", problem)
			return nil, false, false
		}
	}
	return v, f.sensitive, true
}

// typed is the value as the Go type that labs.Type names.
func (f found) typed(ty labs.Type) (labs.Value, bool) {
	switch ty {
	case labs.StringType:
		return value(f.text(labs.ScriptProblem))
	case labs.BoolType:
		return value(f.flag())
	case labs.NumberType:
		return value(f.number(math.MinInt64, math.MaxInt64))
	case labs.StringsType:
		return value(f.strings())
	case labs.StringMapType:
		return value(f.pairs())
	case labs.DurationType:
		return value(f.duration())
	case labs.SizeType:
		return value(f.size())
	case labs.MediaType:
		name, ok := f.reference("media")
		return labs.MediaRef(name), ok
	case labs.MachineType:
		name, ok := f.reference("machine")
		return labs.MachineRef(name), ok
	case labs.SecretType:
		name, ok := f.secret()
		return labs.SecretRef(name), ok
	case labs.PathType:
		return value(f.absolute())
	}
	f.fail("Wrong value of argument", "The catalogue gives %q a type that no lab file can write. This is a bug in Doublehop.", f.name)
	return nil, false
}

func value[T any](v T, ok bool) (labs.Value, bool) { return v, ok }

// strings is a list of text, in which a word may come twice.
func (f found) strings() ([]string, bool) {
	list, ok := f.elements()
	out := make([]string, 0, len(list))
	for _, e := range list {
		s, good := e.text(labs.ScriptProblem)
		ok = ok && good
		out = append(out, s)
	}
	return out, ok
}

// pairs is a map of text.
func (f found) pairs() (map[string]string, bool) {
	ty := f.value.Type()
	if !ty.IsObjectType() && !ty.IsMapType() {
		f.wrong("a map of text, as in { name = \"value\" }")
		return nil, false
	}
	if _, object := refIn(f.value); object {
		f.wrong("a map of text, as in { name = \"value\" }")
		return nil, false
	}
	out, ok := map[string]string{}, true
	members := f.value.AsValueMap()
	for _, key := range slices.Sorted(maps.Keys(members)) {
		e := f
		e.value = members[key]
		if p := labs.LineProblem(key); p != "" {
			f.fail("Text that cannot be carried", "%q cannot be a name in %q. %s", key, f.name, p)
			ok = false
		}
		s, good := e.text(labs.ScriptProblem)
		ok = ok && good
		out[key] = s
	}
	return out, ok
}

// duration is a length of time, more than nothing.
func (f found) duration() (time.Duration, bool) {
	if f.value.Type() == cty.Number {
		text, _ := render(f.value)
		f.fail("Duration without a unit", "%q is a length of time, and %s could be anything. Write %q, for instance.", f.name, text, text+"m")
		return 0, false
	}
	s, ok := f.raw("a duration such as \"20m\"")
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		f.fail("Not a duration", "%q is not a length of time such as \"90s\", \"20m\" or \"1h30m\".", s)
		return 0, false
	}
	return d, true
}

// absolute is a path of the client, made absolute from the lab's folder.
func (f found) absolute() (string, bool) {
	s, ok := f.path()
	if !ok || filepath.IsAbs(s) {
		return s, ok
	}
	return filepath.Join(f.l.opts.Folder, s), true
}
