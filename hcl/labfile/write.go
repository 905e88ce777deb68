package labfile

import (
	"net/netip"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/mitchellh/go-wordwrap"
	"github.com/zclconf/go-cty/cty"

	"github.com/doublehop/doublehop/labs"
)

// commentWidth is where comments break.
const commentWidth = 100

// Write writes a draft as a lab file, laid out as [Format] does. What it writes
// loads into what the draft says.
func Write(d labs.Draft) []byte {
	file := hclwrite.NewEmptyFile()
	w := &writer{Body: file.Body()}
	for i, text := range d.Comment {
		if i > 0 {
			w.raw("#\n")
		}
		w.comment(text)
	}
	w.lab(d)
	w.discs(d)
	for _, n := range d.Networks {
		b := w.block("network", n.Name)
		b.text("subnet", n.Subnet.String())
		w.end(b)
	}
	addresses := map[netip.Addr]string{}
	for _, m := range d.Machines {
		for _, n := range m.NICs {
			addresses[n.Address] = m.Name
		}
	}
	for _, m := range d.Machines {
		w.machine(m, addresses)
	}
	for _, s := range d.Stages {
		w.stage(s)
	}
	text, _ := Format("draft"+Extension, file.Bytes())
	return text
}

// writer writes the body of a file or of a block.
type writer struct {
	*hclwrite.Body
	// nested says that blocks stand in it.
	nested bool
}

// pending is a block that is not yet in its file.
type pending struct {
	writer
	finished *hclwrite.Block
}

// raw writes what is no expression.
func (w *writer) raw(text string) {
	w.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte(text)}})
}

// comment writes a paragraph as comment lines. Lines that begin with a blank
// stay as they are.
func (w *writer) comment(text string) {
	if text == "" {
		return
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); line == "" {
			w.raw("#\n")
			continue
		}
		if !strings.HasPrefix(line, " ") {
			line = wordwrap.WrapString(line, commentWidth)
		}
		for part := range strings.Lines(line) {
			w.raw(strings.TrimRight("# "+strings.TrimRight(part, "\n"), " ") + "\n")
		}
	}
}

// block begins a block of the file, after a blank line.
func (w *writer) block(kind string, labels ...string) pending {
	b := hclwrite.NewBlock(kind, labels)
	return pending{writer{Body: b.Body()}, b}
}

// end puts a block in its place, with a comment above it.
func (w *writer) end(b pending, comment ...string) {
	w.AppendNewline()
	w.inner(b, comment...)
}

// inner is end without the blank line before it. A block with one argument
// stands on one line.
func (w *writer) inner(b pending, comment ...string) {
	for i, text := range comment {
		if i > 0 && text != "" {
			w.raw("#\n")
		}
		w.comment(text)
	}
	w.nested = true
	if len(b.finished.Body().Attributes()) == 1 && !b.nested {
		w.flat(b)
		return
	}
	w.AppendBlock(b.finished)
}

// flat puts a block with one argument on one line.
func (w *writer) flat(b pending) {
	var tokens hclwrite.Tokens
	all := b.finished.BuildTokens(nil)
	for i, t := range all {
		if t.Type != hclsyntax.TokenNewline || i == len(all)-1 {
			tokens = append(tokens, t)
		}
	}
	w.AppendUnstructuredTokens(tokens)
}

func (w *writer) text(name, value string) {
	if value != "" {
		w.SetAttributeValue(name, cty.StringVal(value))
	}
}

func (w *writer) number(name string, n int) { w.SetAttributeValue(name, cty.NumberIntVal(int64(n))) }

// refers writes a reference: refers("after", "stage", "windows").
func (w *writer) refers(name, kind, to string) {
	if to != "" {
		w.SetAttributeRaw(name, reference(kind, to))
	}
}

func reference(kind, name string, further ...string) hclwrite.Tokens {
	t := hcl.Traversal{hcl.TraverseRoot{Name: kind}, hcl.TraverseAttr{Name: name}}
	for _, f := range further {
		t = append(t, hcl.TraverseAttr{Name: f})
	}
	return hclwrite.TokensForTraversal(t)
}

// value writes an argument of a step.
func (w *writer) value(name string, v labs.Value) {
	switch v := v.(type) {
	case string:
		w.SetAttributeValue(name, cty.StringVal(v))
	case bool:
		w.SetAttributeValue(name, cty.BoolVal(v))
	case int:
		w.number(name, v)
	case time.Duration:
		w.text(name, v.String())
	case []string:
		w.SetAttributeRaw(name, stringList(v))
	case labs.MediaRef:
		w.refers(name, "media", string(v))
	case labs.MachineRef:
		w.refers(name, "machine", string(v))
	case labs.SecretRef:
		w.refers(name, "secret", string(v))
	}
}

func stringList(list []string) hclwrite.Tokens {
	items := make([]hclwrite.Tokens, len(list))
	for i, s := range list {
		items[i] = hclwrite.TokensForValue(cty.StringVal(s))
	}
	return hclwrite.TokensForTuple(items)
}

func references(kind string, names []string) hclwrite.Tokens {
	items := make([]hclwrite.Tokens, len(names))
	for i, n := range names {
		items[i] = reference(kind, n)
	}
	return hclwrite.TokensForTuple(items)
}
