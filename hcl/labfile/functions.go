package labfile

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"net/netip"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions are what an expression may call. Each gives the same answer for
// the same lab: none asks the time, chance, the environment or the network,
// and files are those of the lab's folder.
func (l *loader) functions() map[string]function.Function {
	funcs := pureFunctions()
	funcs["file"] = textFunction(func(name string) (string, error) { return l.textFile(name) })
	funcs["filebase64"] = textFunction(func(name string) (string, error) {
		src, err := l.labFile(name)
		return base64.StdEncoding.EncodeToString(src), err
	})
	funcs["fileexists"] = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name, err := inside(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.Bool), err
			}
			info, err := fs.Stat(l.fsys, name)
			return cty.BoolVal(err == nil && info.Mode().IsRegular()), nil
		},
	})
	pure := pureFunctions()
	pure[meterName] = l.meter()
	funcs["templatefile"] = l.templateFunction(pure)
	funcs[meterName] = pure[meterName]
	return funcs
}

func pureFunctions() map[string]function.Function {
	funcs := allPureFunctions()
	maps.Copy(funcs, listFunctions())
	for name, guard := range guards() {
		funcs[name] = guarded(funcs[name], guard)
	}
	return funcs
}

func allPureFunctions() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "max": stdlib.MaxFunc,
		"min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "signum": stdlib.SignumFunc,
		"chomp": stdlib.ChompFunc, "format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc,
		"indent": stdlib.IndentFunc, "join": stdlib.JoinFunc, "lower": stdlib.LowerFunc, "upper": stdlib.UpperFunc,
		"title": stdlib.TitleFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc,
		"regexreplace": stdlib.RegexReplaceFunc, "replace": stdlib.ReplaceFunc, "split": stdlib.SplitFunc,
		"strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc,
		"trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc,
		"trimsuffix": stdlib.TrimSuffixFunc,
		"chunklist":  stdlib.ChunklistFunc, "coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc,
		"compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc,
		"element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc,
		"keys": stdlib.KeysFunc, "length": lengthFunction(), "lookup": stdlib.LookupFunc, "merge": stdlib.MergeFunc,
		"range": stdlib.RangeFunc, "reverse": stdlib.ReverseListFunc, "setintersection": stdlib.SetIntersectionFunc,
		"setproduct": stdlib.SetProductFunc, "setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc,
		"slice": stdlib.SliceFunc, "sort": stdlib.SortFunc, "values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
		"csvdecode": stdlib.CSVDecodeFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc,
		"formatdate": stdlib.FormatDateFunc, "timeadd": stdlib.TimeAddFunc,
		"tobool": stdlib.MakeToFunc(cty.Bool), "tonumber": stdlib.MakeToFunc(cty.Number), "tostring": stdlib.MakeToFunc(cty.String),
		"tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"try":   tryfunc.TryFunc, "can": tryfunc.CanFunc,
		"sensitive":    markFunction(func(v cty.Value) cty.Value { return v.Mark(sensitive) }),
		"nonsensitive": markFunction(func(v cty.Value) cty.Value { bare, _ := v.Unmark(); return bare }),
		"basename":     textFunction(func(s string) (string, error) { return path.Base(s), nil }),
		"dirname":      textFunction(func(s string) (string, error) { return path.Dir(s), nil }),
		"sha256": textFunction(func(s string) (string, error) {
			sum := sha256.Sum256([]byte(s))
			return hex.EncodeToString(sum[:]), nil
		}),
		"base64encode": textFunction(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }),
		"base64decode": textFunction(base64decode),
		"cidrhost":     cidrFunction("hostnum", cidrHost), "cidrnetmask": textFunction(cidrNetmask),
		"cidrsubnet": cidrSubnetFunction(),
	}
}

func textFunction(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out, err := f(args[0].AsString())
			return cty.StringVal(out), err
		},
	})
}

// lengthFunction counts the members of a collection, or the characters of text.
// The copies of a block are an object.
func lengthFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if args[0].Type() == cty.String {
				return stdlib.Strlen(args[0])
			}
			if _, object := refIn(args[0]); args[0].Type().IsObjectType() && !object {
				return cty.NumberIntVal(int64(args[0].LengthInt())), nil
			}
			return stdlib.Length(args[0])
		},
	})
}

func base64decode(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || !utf8.Valid(b) {
		return "", errors.New("it is not base64 of UTF-8 text")
	}
	return string(b), nil
}

// inside is the name, within the lab's folder, that an argument means.
func inside(name string) (string, error) {
	clean := path.Clean(strings.ReplaceAll(name, "\\", "/"))
	if !fs.ValidPath(clean) || clean == "." {
		return "", fmt.Errorf("%q is not inside the lab's folder; a lab reads no other files", name)
	}
	return clean, nil
}

// labFile reads a file of the lab's folder for a function.
func (l *loader) labFile(name string) ([]byte, error) {
	clean, err := inside(name)
	if err != nil {
		return nil, err
	}
	src, err := l.readFile(clean)
	if err != nil {
		return nil, fmt.Errorf("reading %q gave: %s", name, reason(err))
	}
	if looksLikeKey(src) != nil {
		return nil, fmt.Errorf("%q holds what looks like a product key; use a secret for it", name)
	}
	return src, nil
}

func (l *loader) textFile(name string) (string, error) {
	src, err := l.labFile(name)
	if err == nil && !utf8.Valid(src) {
		err = fmt.Errorf("%q is not UTF-8 text; filebase64 reads any file", name)
	}
	return string(src), err
}

// templateFunction is templatefile(path, vars). A template calls every
// function but those that read files.
func (l *loader) templateFunction(funcs map[string]function.Function) function.Function {
	run := func(args []cty.Value) (cty.Value, error) {
		text, err := l.textFile(args[0].AsString())
		if err != nil {
			return cty.DynamicVal, err
		}
		if _, deep := tooDeep([]byte(text)); deep {
			return cty.DynamicVal, errors.New("its brackets nest too deep")
		}
		if ty := args[1].Type(); args[1].IsNull() || !ty.IsObjectType() && !ty.IsMapType() {
			return cty.DynamicVal, errors.New("the second argument is an object of variables")
		}
		e, diags := hclsyntax.ParseTemplate([]byte(text), args[0].AsString(), hcl.InitialPos)
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		l.prepareExpression(e)
		v, diags := e.Value(&hcl.EvalContext{Variables: args[1].AsValueMap(), Functions: funcs})
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		return v, nil
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() || !args[1].IsWhollyKnown() {
				return cty.DynamicPseudoType, nil
			}
			v, err := run(args)
			return v.Type(), err
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return run(args) },
	})
}

func cidrFunction(number string, f func(netip.Prefix, *big.Int) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "subnet", Type: cty.String}, {Name: number, Type: cty.Number}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			p, n, err := cidrArguments(args)
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			out, err := f(p, n)
			return cty.StringVal(out), err
		},
	})
}

func cidrArguments(args []cty.Value) (netip.Prefix, *big.Int, error) {
	p, err := netip.ParsePrefix(args[0].AsString())
	if err != nil || !p.Addr().Is4() {
		return p, nil, fmt.Errorf("%q is not an IPv4 subnet such as \"10.20.0.0/24\"", args[0].AsString())
	}
	if tooLarge(args[1]) {
		return p, nil, errors.New("the number is too large")
	}
	n, exact := args[1].AsBigFloat().Int(nil)
	if exact != big.Exact {
		return p, nil, errors.New("the number is not whole")
	}
	return p.Masked(), n, nil
}

// cidrHost is the address number n of a subnet, counted from its end when n is
// negative.
func cidrHost(p netip.Prefix, n *big.Int) (string, error) {
	size := int64(1) << (32 - p.Bits())
	if !n.IsInt64() || n.Int64() >= size || n.Int64() < -size {
		return "", fmt.Errorf("%s has no address number %s", p, n)
	}
	return nth(p, (n.Int64()+size)%size).String(), nil
}

func nth(p netip.Prefix, n int64) netip.Addr {
	a := p.Addr().As4()
	var out [4]byte
	binary.BigEndian.PutUint32(out[:], binary.BigEndian.Uint32(a[:])+uint32(n)) //nolint:gosec // n is below the subnet's size
	return netip.AddrFrom4(out)
}

func cidrNetmask(s string) (string, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() {
		return "", fmt.Errorf("%q is not an IPv4 subnet such as \"10.20.0.0/24\"", s)
	}
	return netmask(p), nil
}

// netmask is the mask of an IPv4 subnet: "255.255.255.0".
func netmask(p netip.Prefix) string {
	var out [4]byte
	binary.BigEndian.PutUint32(out[:], ^uint32(0)<<(32-p.Bits()))
	return netip.AddrFrom4(out).String()
}

// cidrSubnetFunction is cidrsubnet(subnet, newbits, number).
func cidrSubnetFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "subnet", Type: cty.String},
			{Name: "newbits", Type: cty.Number},
			{Name: "number", Type: cty.Number},
		},
		Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			p, more, err := cidrArguments(args[:2])
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			_, n, err := cidrArguments([]cty.Value{args[0], args[2]})
			if err != nil {
				return cty.UnknownVal(cty.String), err
			}
			if !more.IsInt64() || more.Int64() < 0 || int64(p.Bits())+more.Int64() > 32 {
				return cty.UnknownVal(cty.String), fmt.Errorf("%s cannot be divided by %s more bits", p, more)
			}
			bits := p.Bits() + int(more.Int64())
			if n.Sign() < 0 || !n.IsInt64() || n.Int64() >= int64(1)<<more.Int64() {
				return cty.UnknownVal(cty.String), fmt.Errorf("%s has no part number %s", p, n)
			}
			return cty.StringVal(netip.PrefixFrom(nth(p, n.Int64()<<(32-bits)), bits).String()), nil
		},
	})
}
