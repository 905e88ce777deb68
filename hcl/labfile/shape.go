package labfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// shape is what a kind of block may hold.
type shape struct {
	labels []string // what the labels are, in words
	most   int      // labels at most; 0 means as many as there are words
	bare   bool     // the labels may be left out
	needs  []string // arguments that must be there
	takes  []string // arguments that may be
	blocks []string // blocks inside
	free   bool     // any argument: locals, and steps before their schema is known
	// dynamic says that dynamic blocks may stand in it.
	dynamic bool
}

// shapes are the blocks of the language. Those inside another are called
// "machine.disk".
func shapes() map[string]shape {
	return map[string]shape{
		"lab": {
			labels: []string{"name"},
			takes:  []string{"description", "connect", "required_version"}, blocks: []string{"clock"},
		},
		"lab.clock": {takes: []string{"start", "mode"}},
		"variable": {
			labels: []string{"name"},
			takes:  []string{"description", "type", "default", "sensitive"}, blocks: []string{"validation"},
		},
		"variable.validation": {needs: []string{"condition", "error_message"}},
		"locals":              {free: true},
		"secret":              {labels: []string{"name"}, takes: []string{"for_each", "generate", "env", "file", "command"}},
		"media":               {labels: []string{"name"}, needs: []string{"path"}, takes: []string{"for_each", "sha256", "product"}},
		"network":             {labels: []string{"name"}, needs: []string{"subnet"}, takes: []string{"for_each"}},
		"machine": {
			labels: []string{"name"},
			needs:  []string{"os", "memory", "install_from", "admin_password"},
			takes: []string{
				"for_each", "computer_name", "cpus", "product_key", "components", "time_zone", "licenses", "owner", "organization",
				"arch", "edition", "service_pack", "language", "image", "clock_skew",
			},
			blocks: []string{"disk", "nic"}, dynamic: true,
		},
		"machine.disk": {labels: []string{"name"}, needs: []string{"size"}},
		"machine.nic":  {labels: []string{"network"}, bare: true, needs: []string{"address"}, takes: []string{"network", "gateway", "dns"}},
		"stage": {
			labels: []string{"name"}, takes: []string{"description", "after", "clock", "checkpoint"}, blocks: []string{"step", "check"}, dynamic: true,
		},
		"block.dynamic": {
			labels: []string{"block"}, needs: []string{"for_each"}, takes: []string{"iterator", "labels"}, blocks: []string{"content"},
		},
		"stage.step":  {labels: []string{"kind", "name"}, most: 2, free: true},
		"stage.check": {labels: []string{"name", "name"}, most: 2, free: true},
	}
}

// topLevel are the blocks that stand in a file by themselves.
func (l *loader) topLevel() []string {
	var names []string
	for name := range l.shapes {
		if !strings.Contains(name, ".") {
			names = append(names, name)
		}
	}
	return slices.Sorted(slices.Values(names))
}

// fits reports everything in b that its shape does not have, and what it lacks.
func (l *loader) fits(p place, kind string, b *hclsyntax.Block) {
	s := l.shapes[kind]
	for _, a := range sorted(b.Body.Attributes) {
		switch {
		case s.free || slices.Contains(s.needs, a.Name) || slices.Contains(s.takes, a.Name):
		case slices.Contains(s.blocks, a.Name):
			l.fail(p, a.NameRange, "Block written as an argument",
				"%q is a block: write it without \"=\", as %s { … }.", a.Name, l.example(kind+"."+a.Name, a.Name))
		case kind == "secret" && slices.Contains([]string{"value", "default", "password", "key", "text"}, a.Name):
			l.literalSecret(p, a.Expr, p.addr)
		default:
			l.fail(p, a.NameRange, "Unknown argument", "%s has no argument %q.%s",
				upperFirst(article(last(kind))), a.Name, s.instead(a.Name))
		}
	}
	for _, name := range s.needs {
		if b.Body.Attributes[name] == nil {
			l.fail(p, b.DefRange(), "Missing argument", "%s needs the argument %q.", upperFirst(article(last(kind))), name)
		}
	}
	for _, inner := range b.Body.Blocks {
		switch {
		case slices.Contains(s.blocks, inner.Type):
		case inner.Type == dynamic && s.dynamic:
			l.dynamicShape(p, kind, inner)
		case slices.Contains(s.needs, inner.Type) || slices.Contains(s.takes, inner.Type):
			l.fail(p, inner.TypeRange, "Argument written as a block", "%q is an argument: write %s = ….", inner.Type, inner.Type)
		default:
			l.fail(p, inner.TypeRange, "Unknown block", "%s has no block %q inside.%s",
				upperFirst(article(last(kind))), inner.Type, didYouMean(inner.Type, s.blocks))
		}
	}
}

// instead suggests what to write in place of an argument that is not there.
func (s shape) instead(name string) string {
	several := slices.Contains(s.takes, "for_each")
	switch {
	case name == "count" && several:
		return " For several of them, write for_each = toset([\"1\", \"2\"]), or a map."
	case name == "for_each" && s.dynamic:
		return " The blocks inside can be made by the dozen: dynamic \"step\" { … }."
	case name == "for_each":
		return " Those with for_each are " + strings.Join(kindsWithCopies(), ", ") + "; blocks inside others are made by dynamic \"…\" { … }."
	}
	return didYouMean(name, s.names())
}

func (s shape) names() []string { return slices.Concat(s.needs, s.takes, s.blocks) }

// labels checks the number of b's labels.
func (l *loader) labels(p place, kind string, b *hclsyntax.Block) bool {
	s := l.shapes[kind]
	least, most := len(s.labels), max(s.most, len(s.labels))
	if s.most > 0 {
		least = 1
	}
	if s.bare {
		least = 0
	}
	if n := len(b.Labels); n >= least && n <= most {
		return true
	}
	at := b.TypeRange
	if len(b.Labels) > most {
		at = b.LabelRanges[most]
	}
	l.fail(p, at, "Wrong number of labels", "It is written %s { … }.", l.example(kind, b.Type))
	return false
}

// labelled is labels for a block inside another.
func (l *loader) labelled(b block, kind string) bool {
	if !b.made {
		return l.labels(b.p, kind, b.Block)
	}
	s := l.shapes[kind]
	n, most := len(b.Labels), max(s.most, len(s.labels))
	if n <= most && (n > 0 || s.bare) {
		return true
	}
	l.fail(b.p, b.labelRange(most), "Wrong number of labels", "Each block that is made is %s, and its labels are written labels = [\"…\"] beside for_each; there are %d.", l.example(kind, b.Type), n)
	return false
}

// example is how the header of a block is written.
func (l *loader) example(kind, word string) string {
	s := l.shapes[kind]
	for i, label := range s.labels {
		if s.most == 0 || i == 0 {
			word += fmt.Sprintf(" %q", strings.ToUpper(label))
		}
	}
	return word
}

func last(kind string) string { return kind[strings.LastIndexByte(kind, '.')+1:] }

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// block is a block of a file that has a name.
type block struct {
	*hclsyntax.Block
	p    place
	name string
	// frame is what for_each gives to a copy; nil outside.
	frame *frame
	// made says that a dynamic block made it; labelAt is then where its labels
	// are written.
	made    bool
	labelAt []hcl.Range
}

func (b block) scope() scope { return scope{frame: b.frame} }

// labelRange is where label i is written.
func (b block) labelRange(i int) hcl.Range {
	switch n := len(b.labelAt); {
	case n > 0:
		return b.labelAt[min(i, n-1)]
	case i < len(b.LabelRanges):
		return b.LabelRanges[i]
	}
	return b.DefRange()
}

// declared are the blocks of all files, by kind and in the order written.
type declared struct {
	labs, locals                                                    []block
	variables, secrets, media, networks, machines, stages           []block
	localNames                                                      []string
	localAttrs                                                      map[string]*hclsyntax.Attribute
	byAddr                                                          map[string]block
	secretNames, mediaNames, networkNames, machineNames, stageNames map[string]bool
}

// collect sorts the blocks of all files by kind.
func (l *loader) collect() {
	l.decl.localAttrs = map[string]*hclsyntax.Attribute{}
	l.decl.byAddr = map[string]block{}
	for _, body := range l.bodies {
		l.numbers(body)
		for _, a := range sorted(body.Attributes) {
			l.fail(place{}, a.NameRange, "Argument outside a block",
				"%q stands in no block. A value to be used by name goes into locals { … }; the value of a variable goes into a file that ends in %q.",
				a.Name, VarsExtension)
		}
		for _, b := range body.Blocks {
			l.collectBlock(b)
		}
	}
	switch {
	case len(l.decl.labs) == 0 && !l.diags.Fatal():
		l.fail(place{}, hcl.Range{}, "No lab block", "A lab has a name: write lab \"NAME\" { } in one of its files.")
	case len(l.decl.labs) > 1:
		b := l.decl.labs[1]
		l.fail(b.p, b.DefRange(), "Second lab block",
			"The folder is one lab, and its block is at %s. Another lab goes into a folder of its own.", rangeOf(l.decl.labs[0].DefRange()))
	}
	l.decl.secretNames = names(l.decl.secrets)
	l.decl.mediaNames = names(l.decl.media)
	l.decl.networkNames = names(l.decl.networks)
	l.decl.machineNames = names(l.decl.machines)
	l.decl.stageNames = names(l.decl.stages)
}

func names(blocks []block) map[string]bool {
	out := make(map[string]bool, len(blocks))
	for _, b := range blocks {
		out[b.name] = true
	}
	return out
}

func (l *loader) collectBlock(b *hclsyntax.Block) {
	_, ok := l.shapes[b.Type]
	p := place{addr: b.Type, header: b.DefRange()}
	if !ok || strings.Contains(b.Type, ".") {
		l.fail(place{}, b.TypeRange, "Unknown block", "A lab file has no block %q.%s", b.Type, didYouMean(b.Type, l.topLevel()))
		return
	}
	if !l.labels(p, b.Type, b) {
		return
	}
	item := block{Block: b, p: p}
	if len(b.Labels) > 0 {
		item.name = b.Labels[0]
		item.p.addr += "." + item.name
		l.named(item)
	}
	l.fits(item.p, b.Type, b)
	d := &l.decl
	list := map[string]*[]block{
		"lab": &d.labs, "variable": &d.variables, "secret": &d.secrets, "media": &d.media,
		"network": &d.networks, "machine": &d.machines, "stage": &d.stages, "locals": &d.locals,
	}[b.Type]
	*list = append(*list, item)
	if b.Type == "locals" {
		l.collectLocals(item)
	}
}

// named checks a block's name and that it is the first of that name.
func (l *loader) named(b block) {
	problem := nameProblem(b.Type, b.name)
	if problem != "" {
		l.fail(b.p, b.LabelRanges[0], "Bad name", "%s %q: %s", upperFirst(article(b.Type)), b.name, problem)
	}
	if first, twice := l.decl.byAddr[b.p.addr]; twice && b.Type != "lab" {
		l.fail(b.p, b.LabelRanges[0], "Duplicate name",
			"There is %s %q already, at %s. Give one of them another name.", article(b.Type), b.name, rangeOf(first.DefRange()))
		return
	}
	l.decl.byAddr[b.p.addr] = b
}

// collectLocals notes the names that a locals block gives to values.
func (l *loader) collectLocals(b block) {
	for _, a := range sorted(b.Body.Attributes) {
		if at, twice := l.decl.localAttrs[a.Name]; twice {
			l.fail(place{addr: "local." + a.Name}, a.NameRange, "Duplicate name",
				"There is a local %q already, at %s. Give one of them another name.", a.Name, rangeOf(at.NameRange))
			continue
		}
		l.namedSecret(place{addr: "local." + a.Name}, a.Name, a.Expr)
		l.decl.localAttrs[a.Name] = a
		l.decl.localNames = append(l.decl.localNames, a.Name)
	}
}

// numbers refuses numbers whose digits would fill the memory.
func (l *loader) numbers(body *hclsyntax.Body) {
	_ = hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		if v, ok := n.(*hclsyntax.LiteralValueExpr); ok && tooLarge(v.Val) {
			l.fail(place{}, v.SrcRange, "Number too large", "No number in a lab has more than a thousand digits.")
		}
		return nil
	})
}
