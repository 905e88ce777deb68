package labfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"

	"github.com/doublehop/doublehop/labs"
)

// place is the object of the lab that is being read: its address and the
// header of its block. The zero place is the lab as a whole.
type place struct {
	addr   string
	header hcl.Range
}

// rangeOf is an hcl range as labs' own.
func rangeOf(r hcl.Range) labs.Range {
	return labs.Range{
		File:  r.Filename,
		Start: labs.Pos{Line: r.Start.Line, Column: r.Start.Column, Byte: r.Start.Byte},
		End:   labs.Pos{Line: r.End.Line, Column: r.End.Column, Byte: r.End.Byte},
	}
}

// hclRange is the way back.
func hclRange(r labs.Range) hcl.Range {
	return hcl.Range{
		Filename: r.File,
		Start:    hcl.Pos{Line: r.Start.Line, Column: r.Start.Column, Byte: r.Start.Byte},
		End:      hcl.Pos{Line: r.End.Line, Column: r.End.Column, Byte: r.End.Byte},
	}
}

func known(r hcl.Range) *labs.Range {
	if r.Filename == "" {
		return nil
	}
	out := rangeOf(r)
	return &out
}

// fail reports a mistake. The summary is constant text, the detail a format.
func (l *loader) fail(p place, at hcl.Range, summary, detail string, args ...any) {
	l.diags = append(l.diags, complaint(p, at, summary, detail, args...))
}

// warn reports what is odd and works.
func (l *loader) warn(p place, at hcl.Range, summary, detail string, args ...any) {
	d := complaint(p, at, summary, detail, args...)
	d.Severity = labs.Warning
	l.diags = append(l.diags, d)
}

func complaint(p place, at hcl.Range, summary, detail string, args ...any) labs.Diagnostic {
	return labs.Diagnostic{
		Summary: summary, Detail: fmt.Sprintf(detail, args...),
		Addr: p.addr, Subject: known(at), Context: known(p.header),
	}
}

// take converts what the hcl library says.
func (l *loader) take(p place, diags hcl.Diagnostics) {
	for _, d := range diags {
		out := labs.Diagnostic{
			Summary: d.Summary, Detail: sentence(d.Detail), Addr: p.addr, Context: known(p.header),
		}
		if d.Severity == hcl.DiagWarning {
			out.Severity = labs.Warning
		}
		if d.Subject != nil {
			out.Subject = known(*d.Subject)
		}
		if d.Expression != nil && d.EvalContext != nil {
			out.Values = valuesIn(d.Expression.Variables(), d.EvalContext)
		}
		l.diags = append(l.diags, out)
	}
}

// sentence ends text with a full stop.
func sentence(text string) string {
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "."
}

// valuesIn renders what the references of an expression stand for, as far as
// it is short and no reference itself: "var.small is 32".
func valuesIn(refs []hcl.Traversal, ctx *hcl.EvalContext) []string {
	var out []string
	for _, t := range refs {
		v, diags := t.TraverseAbs(ctx)
		if diags.HasErrors() {
			continue
		}
		text, ok := render(v)
		line := written(t) + " is " + text
		if ok && !secretName.MatchString(written(t)) && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// render shows a value; false when it is not worth showing.
func render(v cty.Value) (string, bool) {
	ty := v.Type()
	switch {
	case v.ContainsMarked():
		return notShown, true
	case !v.IsKnown():
		return "", false
	case v.IsNull():
		return "null", true
	case ty == cty.String:
		text := v.AsString()
		if len(text) > 60 {
			text = string([]rune(text)[:min(57, len([]rune(text)))]) + "…"
		}
		if looksLikeKey([]byte(text)) != nil {
			return "", false
		}
		return fmt.Sprintf("%q", text), true
	case ty == cty.Bool:
		return fmt.Sprint(v.True()), true
	case ty == cty.Number:
		return v.AsBigFloat().Text('g', 12), true
	case ty.IsCollectionType() || ty.IsTupleType():
		return fmt.Sprintf("a %s of %d", kindOf(ty), v.LengthInt()), true
	}
	return "", false
}

// kindOf is what to call a type.
func kindOf(ty cty.Type) string {
	switch {
	case ty.IsTupleType(), ty.IsListType():
		return "list"
	case ty.IsSetType():
		return "set"
	case ty.IsMapType():
		return "map"
	case ty.IsCapsuleType():
		return ty.FriendlyName()
	case ty.IsObjectType():
		return kindOfObject(ty.AttributeTypes())
	case ty == cty.String:
		return "text"
	case ty == cty.Bool:
		return "true or false"
	case ty == cty.DynamicPseudoType:
		return "null"
	}
	return typeexpr.TypeString(ty)
}

// kindOfObject tells machines and such, and all copies of a block, from other
// objects.
func kindOfObject(attrs map[string]cty.Type) string {
	for kind := range refTypes {
		if _, ok := attrs[hiddenMark+kind]; ok {
			return kind
		}
	}
	all := ""
	for _, ty := range attrs {
		kind := kindOf(ty)
		if _, one := refTypes[kind]; !one || all != "" && kind != all {
			return "object"
		}
		all = kind
	}
	if all == "" {
		return "object"
	}
	return all + "s by key"
}

// article puts "a" or "an" before a word.
func article(word string) string {
	if word != "" && strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	if word == "text" || word == "null" || word == "true or false" || strings.HasSuffix(word, "s by key") {
		return word
	}
	return "a " + word
}

// written is a traversal as the author wrote it.
func written(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			text, _ := render(s.Key)
			b.WriteString("[" + text + "]")
		}
	}
	return b.String()
}
