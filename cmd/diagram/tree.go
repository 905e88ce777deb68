package diagram

import (
	"fmt"
	"slices"
	"strings"
)

// Measures of the tree, in pixels.
const (
	stageWidth = 300
	stageHead  = 34
	stepHeight = 21
	textHeight = 15
	besides    = 28 // between siblings
	between    = 40 // between a parent and its children
	mostSteps  = 14
	mostAbout  = 2 // lines of a stage's description
)

// leaf is one stage in the picture. Its x is the left edge of its card.
type leaf struct {
	stage    *Stage
	about    []string
	children []*leaf
	depth    int
	x, y     float64
	// spread is how wide the stage and what comes after it are.
	spread, height float64
}

// tree is the picture of the stages: each below its parent, in layers.
type tree struct {
	d             Diagram
	f             fonts
	all           []*leaf
	width, height float64
}

func (d Diagram) tree(c *canvas, f fonts) *tree {
	t := &tree{d: d, f: f}
	byName := map[string]*leaf{}
	var roots []*leaf
	for i := range d.Stages {
		s := &d.Stages[i]
		n := &leaf{stage: s, about: c.wrap(f.small, s.Description, stageWidth-28, mostAbout)}
		n.height = n.tall()
		t.all = append(t.all, n)
		byName[s.Name] = n
		if parent := byName[s.After]; parent != nil {
			n.depth = parent.depth + 1
			parent.children = append(parent.children, n)
		} else {
			roots = append(roots, n)
		}
	}
	t.layers()
	// Children come after their parents, so that backwards all widths below are known.
	for _, n := range slices.Backward(t.all) {
		n.spread = max(stageWidth, spreadOf(n.children))
	}
	t.width = spreadOf(roots)
	put(roots, 0)
	for _, n := range t.all {
		below := n.x + (n.spread-spreadOf(n.children))/2
		put(n.children, below)
	}
	for _, n := range t.all {
		n.x += (n.spread - stageWidth) / 2
	}
	return t
}

// layers gives every depth its height, as tall as its tallest stage.
func (t *tree) layers() {
	var tall []float64
	for _, n := range t.all {
		for len(tall) <= n.depth {
			tall = append(tall, 0)
		}
		tall[n.depth] = max(tall[n.depth], n.height)
	}
	tops := make([]float64, len(tall))
	for i, h := range tall {
		tops[i] = t.height
		t.height += h
		if i < len(tall)-1 {
			t.height += between
		}
	}
	for _, n := range t.all {
		n.y = tops[n.depth]
	}
}

// put places siblings side by side, each in the room that its branch takes.
func put(list []*leaf, x float64) {
	for _, n := range list {
		n.x = x
		x += n.spread + besides
	}
}

func spreadOf(list []*leaf) float64 {
	sum := 0.0
	for i, n := range list {
		if i > 0 {
			sum += besides
		}
		sum += n.spread
	}
	return sum
}

// tall is the height of a stage's card.
func (n *leaf) tall() float64 {
	rows := min(len(n.stage.Steps), mostSteps)
	if len(n.stage.Steps) > mostSteps {
		rows++
	}
	h := stageHead + float64(len(n.about))*textHeight + float64(rows)*stepHeight
	if n.stage.Clock != "" {
		h += textHeight
	}
	if rows > 0 {
		h += 14
	} else if h > stageHead {
		h += 6
	}
	return h
}

// draw puts the tree at a place: what joins the stages first.
func (t *tree) draw(c *canvas, x, y float64) {
	for _, n := range t.all {
		for _, child := range n.children {
			t.join(c, x+n.x+stageWidth/2, y+n.y+n.height, x+child.x+stageWidth/2, y+child.y)
		}
	}
	for _, n := range t.all {
		t.stage(c, x+n.x, y+n.y, n)
	}
}

// join draws an arrow from a parent down to a child.
func (t *tree) join(c *canvas, x1, y1, x2, y2 float64) {
	bend := y2 - between // where all arrows into one layer begin to turn
	middle := y2 - (between+6)/2
	c.element(`<path class="dh-wire" d="M%s %sV%sC%s %s %s %s %s %s"/>`,
		num(x1), num(y1), num(bend), num(x1), num(middle), num(x2), num(middle), num(x2), num(y2-6))
	c.element(`<path class="dh-tip" d="M%s %sl-4.5 -8h9z"/>`, num(x2), num(y2))
}

// stage draws one stage.
func (t *tree) stage(c *canvas, x, y float64, n *leaf) {
	s := n.stage
	c.begin("Stage "+s.Name, s.Description)
	c.box("dh-card", x, y, stageWidth, n.height, 8)
	c.text(t.f.name, x+14, y+22, "start", c.cut(t.f.name, s.Name, stageWidth-28))
	y += stageHead
	if s.Clock != "" {
		c.text(t.f.small, x+14, y+4, "start", "clock set to "+strings.NewReplacer("T", " ", ":00Z", "", "Z", "").Replace(s.Clock))
		y += textHeight
	}
	for _, line := range n.about {
		c.text(t.f.small, x+14, y+4, "start", line)
		y += textHeight
	}
	if len(s.Steps) > 0 {
		c.line("dh-rule", x, y+2, x+stageWidth, y+2)
		y += 8
	}
	for i, st := range s.Steps {
		if i == mostSteps {
			c.text(t.f.small, x+30, y+14, "start", fmt.Sprintf("and %d more", len(s.Steps)-mostSteps))
			break
		}
		t.step(c, x, y, st)
		y += stepHeight
	}
	c.end()
}

// step draws one row of a stage.
func (t *tree) step(c *canvas, x, y float64, st Step) {
	c.begin(st.label(), "on "+strings.Join(st.On, ", "))
	if st.Check {
		c.element(`<path class="dh-check" d="M%s %sl3 3.5l5 -7"/>`, num(x+13.5), num(y+10.5))
	} else {
		c.dot("dh-step", x+17.5, y+10, 2.6)
	}
	kind, name := st.called()
	const room = stageWidth - 30 - 14
	on := t.d.onWhich(st)
	kind = c.cut(t.f.word, kind, room-min(c.width(t.f.small, on), room*0.3)-8)
	c.text(t.f.word, x+30, y+14, "start", kind)
	used := c.width(t.f.word, kind) + 8
	if name != "" {
		name = c.cut(t.f.small, name, (room-used)*0.55)
		c.text(t.f.small, x+30+used, y+14, "start", name)
		used += c.width(t.f.small, name) + 12
	}
	c.text(t.f.small, x+stageWidth-14, y+14, "end", c.cut(t.f.small, on, room-used))
	c.end()
}
