package estate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Step is one thing that is done to the world: the meaning of a step of the
// catalogue. Its fields are what the rules look at.
type Step interface {
	// Sketch is the step as a lab file writes it.
	Sketch() Sketch
	// do holds the step against the rules, then changes e as the step will
	// change the world. It changes e as far as that makes sense even where a
	// rule is broken, so that one mistake is not reported again by each step
	// after it.
	do(e *Estate) []Problem
}

// Do holds a step against the rules and changes the world.
func (e *Estate) Do(s Step) []Problem { return s.do(e) }

// Sketch is a step as a lab file writes it, less what only the lab's author can
// know.
type Sketch struct {
	// Kind is the catalogue's name, On the machine.
	Kind, On string
	Args     []SketchArg
}

// SketchArg is one argument of a sketch.
type SketchArg struct {
	Name string
	// Value is a string, a bool, a [Ref] or a []string.
	Value any
}

// Ref is a reference to an object of the lab: "media.exchange-2010-sp3".
type Ref string

// MediaFor is a reference to the disc that holds a release, as sketches call it.
func MediaFor(id string) Ref { return Ref("media." + strings.ReplaceAll(id, ".", "-")) }

// String is the step in the lab language, aligned as `fmt` aligns it.
func (s Sketch) String() string {
	args := append([]SketchArg{{"on", Ref("machine." + s.On)}}, s.Args...)
	widest := 0
	for _, a := range args {
		widest = max(widest, len(a.Name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "step %q {\n", s.Kind)
	for _, a := range args {
		fmt.Fprintf(&b, "  %-*s = %s\n", widest, a.Name, a.text())
	}
	return b.String() + "}"
}

func (a SketchArg) text() string {
	switch v := a.Value.(type) {
	case Ref:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = fmt.Sprintf("%q", s)
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	return fmt.Sprintf("%q", a.Value)
}

// Problem is a rule that a step breaks.
type Problem struct {
	// Rule is the rule's id: "DH-AD-NO-DOMAIN".
	Rule string
	// Severity is [labs.Error] when the step cannot work, [labs.Warning] when it
	// can and should be thought over.
	Severity labs.Severity
	// Attr is the argument of the step that is to blame; empty for the whole step.
	Attr string
	// Summary is constant text; Detail says in full sentences what is wrong with
	// this step, why, and what would make it legal.
	Summary, Detail string
	// Remedy are the steps that make it legal, in order, to be done before the
	// step; empty where no step can.
	Remedy []Step
}

// Blocks says that the step cannot work.
func (p Problem) Blocks() bool { return p.Severity == labs.Error }

// words fill the places in a rule's texts: {machine} by words{"machine": …}.
type words map[string]string

// breaks is a broken rule of rules/*.hcl, on an argument of the step (empty for
// the whole step), with the steps that would make it legal.
func breaks(id, attr string, say words, remedy ...Step) Problem {
	rule := mustRule(id)
	var detail strings.Builder
	detail.WriteString(fill(rule.What, say) + " " + fill(rule.Why, say))
	if rule.Remedy != "" {
		detail.WriteString(" " + fill(rule.Remedy, say))
	}
	for i, s := range remedy {
		if i == 0 {
			detail.WriteString("\n")
		}
		detail.WriteString("\n  " + strings.ReplaceAll(s.Sketch().String(), "\n", "\n  "))
	}
	p := Problem{Rule: id, Attr: attr, Summary: rule.Title, Detail: detail.String(), Remedy: remedy, Severity: labs.Warning}
	if rule.Verdict == Block {
		p.Severity = labs.Error
	}
	return p
}

// as makes a warning of a problem that rests on a row which is not [Sure].
func (p Problem) as(row Origin) Problem {
	if row.Confidence != Sure {
		p.Severity = labs.Warning
	}
	return p
}

// fill puts words in their places.
func fill(text string, say words) string {
	pairs := make([]string, 0, 2*len(say))
	for name, word := range say {
		pairs = append(pairs, "{"+name+"}", word)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
