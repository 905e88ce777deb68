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
	var b strings.Builder
	s.write(&b, "")
	return b.String()
}

// write writes the step with an indent before each line but the first.
func (s Sketch) write(b *strings.Builder, indent string) {
	widest := len("on")
	for _, a := range s.Args {
		widest = max(widest, len(a.Name))
	}
	line := func(name, value string) {
		b.WriteString("\n" + indent + "  " + name)
		for range widest - len(name) {
			b.WriteByte(' ')
		}
		b.WriteString(" = " + value)
	}
	b.WriteString("step " + strconv.Quote(s.Kind) + " {")
	line("on", "machine."+s.On)
	for _, a := range s.Args {
		line(a.Name, a.text())
	}
	b.WriteString("\n" + indent + "}")
}

func (a SketchArg) text() string {
	switch v := a.Value.(type) {
	case string:
		return strconv.Quote(v)
	case Ref:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case []string:
		list := make([]string, len(v))
		for i, s := range v {
			list[i] = strconv.Quote(s)
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
	detail.Grow(len(rule.What) + len(rule.Why) + len(rule.Remedy) + 128*(1+len(remedy)))
	fill(&detail, rule.What, say)
	detail.WriteByte(' ')
	fill(&detail, rule.Why, say)
	if rule.Remedy != "" {
		detail.WriteByte(' ')
		fill(&detail, rule.Remedy, say)
	}
	for i, s := range remedy {
		if i == 0 {
			detail.WriteString("\n")
		}
		detail.WriteString("\n  ")
		s.Sketch().write(&detail, "  ")
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

// fill writes a text with words in their places.
func fill(b *strings.Builder, text string, say words) {
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return
		}
		name, after, closed := strings.Cut(rest, "}")
		if word, known := say[name]; closed && known {
			b.WriteString(word)
			text = after
			continue
		}
		b.WriteByte('{')
		text = rest
	}
}
