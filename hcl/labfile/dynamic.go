package labfile

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// dynamic is the word for a block that makes others.
const dynamic = "dynamic"

// bodySpot is a body in one copy of its block, and what was asked of it.
type bodySpot struct {
	body  *hclsyntax.Body
	frame *frame
	kinds string
}

// inside are the blocks in b of the given kinds, in the order written; a
// dynamic block stands for those that it makes.
func (l *loader) inside(b block, kinds ...string) []block {
	k := bodySpot{b.Body, b.frame, strings.Join(kinds, " ")}
	if list, done := l.inner[k]; done {
		return list
	}
	var list []block
	for _, c := range b.Body.Blocks {
		switch {
		case slices.Contains(kinds, c.Type):
			list = append(list, block{Block: c, p: place{b.p.addr, c.DefRange()}, frame: b.frame})
		case c.Type == dynamic && len(c.Labels) == 1 && slices.Contains(kinds, c.Labels[0]):
			made, ok := l.expand(b, c)
			list = append(list, made...)
			if !ok {
				l.partial[k] = true
			}
		}
	}
	l.inner[k] = list
	return list
}

// lacks says whether b has no block of a kind, as far as its dynamic blocks
// could be computed.
func (l *loader) lacks(b block, kind string) bool {
	return b.Block != nil && len(l.inside(b, kind)) == 0 && !l.partial[bodySpot{b.Body, b.frame, kind}]
}

// expand makes the blocks of a dynamic block; it is not ok when some are
// missing. What is wrong with its shape is reported by dynamicShape, once and
// not in each copy.
func (l *loader) expand(b block, d *hclsyntax.Block) (list []block, ok bool) {
	content, each := contentOf(d), d.Body.Attributes["for_each"]
	root, ok := l.iterator(d)
	if content == nil || each == nil || !ok {
		return nil, false
	}
	p := place{b.p.addr, d.DefRange()}
	f := found{l: l, p: p, sc: b.scope(), name: "for_each", expr: each.Expr, value: l.eval(p, b.scope(), each.Expr)}
	items, ok := f.items(true)
	for _, it := range items {
		made := block{p: p, frame: b.frame.within(root, it), made: true}
		labels, good := l.dynamicLabels(&made, d)
		if !good {
			ok = false
			continue
		}
		made.Block = &hclsyntax.Block{
			Type: d.Labels[0], Labels: labels, Body: content.Body,
			TypeRange: d.DefRange(), LabelRanges: slices.Repeat(d.LabelRanges[:1], len(labels)),
			OpenBraceRange: content.OpenBraceRange, CloseBraceRange: content.CloseBraceRange,
		}
		list = append(list, made)
	}
	return list, ok
}

// dynamicLabels computes the labels of one made block.
func (l *loader) dynamicLabels(made *block, d *hclsyntax.Block) ([]string, bool) {
	a := d.Body.Attributes["labels"]
	if a == nil {
		return nil, true
	}
	made.labelAt = []hcl.Range{a.Expr.Range()}
	args := l.arguments(block{Block: d, p: made.p, frame: made.frame})
	f, ok := args.require("labels")
	if !ok {
		return nil, false
	}
	list, ok := f.elements()
	if !ok {
		return nil, false
	}
	var labels []string
	made.labelAt = nil
	for _, e := range list {
		s, good := e.raw("text")
		ok = ok && good
		labels = append(labels, s)
		made.labelAt = append(made.labelAt, e.expr.Range())
	}
	return labels, ok
}

// dynamicShape reports what is wrong with a dynamic block in a block of the
// given kind, whatever for_each gives.
func (l *loader) dynamicShape(p place, kind string, d *hclsyntax.Block) {
	const shape = "block.dynamic"
	p.header = d.DefRange()
	if !l.labels(p, shape, d) {
		return
	}
	blocks := l.shapes[kind].blocks
	if !slices.Contains(blocks, d.Labels[0]) {
		l.fail(p, d.LabelRanges[0], "Unknown block", "%s has no block %q inside.%s",
			upperFirst(article(last(kind))), d.Labels[0], didYouMean(d.Labels[0], blocks))
	}
	l.fits(p, shape, d)
	var first *hclsyntax.Block
	for _, c := range d.Body.Blocks {
		switch {
		case c.Type != "content":
		case first != nil:
			l.fail(p, c.DefRange(), "Duplicate block", "A dynamic block has one content, and it stands at %s.", rangeOf(first.DefRange()))
		default:
			first = c
			if len(c.Labels) > 0 {
				l.fail(p, c.LabelRanges[0], "Wrong number of labels", "It is written content { … }. The labels of the blocks that are made go into labels = […].")
			}
			if inner := kind + "." + d.Labels[0]; l.shapes[inner].takes != nil || l.shapes[inner].needs != nil {
				l.fits(p, inner, c)
			}
		}
	}
	if first == nil {
		l.fail(p, d.DefRange(), "Missing block", "A dynamic block says in content { … } what each block that it makes holds.")
	}
	if _, ok := l.iterator(d); !ok {
		l.fail(p, d.Body.Attributes["iterator"].Expr.Range(), "Bad name",
			"An iterator is a single word without quotes that means nothing else: not each, nor %s.", strings.Join(roots(), ", "))
	}
}

// iterator is the word by which the content of a dynamic block calls its
// member: the kind of block, unless another is given.
func (*loader) iterator(d *hclsyntax.Block) (string, bool) {
	a := d.Body.Attributes["iterator"]
	if a == nil {
		return d.Labels[0], true
	}
	word := hcl.ExprAsKeyword(a.Expr)
	return word, word != "" && word != "each" && !slices.Contains(roots(), word)
}

func contentOf(d *hclsyntax.Block) *hclsyntax.Block {
	for _, c := range d.Body.Blocks {
		if c.Type == "content" {
			return c
		}
	}
	return nil
}

// iteration resolves a reference to each, or to an iterator.
func (l *loader) iteration(p place, t hcl.Traversal, value cty.Value) (link, bool) {
	root := t.RootName()
	attr, ok := member(t, 1)
	if !ok || attr != "key" && attr != "value" {
		l.fail(p, t.SourceRange(), "Unknown attribute", "%s has a key and a value: %s.key and %s.value.", root, root, root)
		return link{}, false
	}
	return link{path: []string{root, attr}, value: func() cty.Value { return value.GetAttr(attr) }}, true
}
