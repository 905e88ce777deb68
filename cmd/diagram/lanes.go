package diagram

import (
	"fmt"
	"strings"
)

// Measures of the lanes, in pixels.
const (
	cardWidth  = 250
	cardHeight = 46
	rowGap     = 12
	laneHead   = 50
	laneGap    = 14
	laneLine   = 22 // from a lane's left edge to its line
	leastLane  = 120
	mostLane   = 260
)

// lanes is the picture of the networks, a lane each, and of the machines, a row
// each.
type lanes struct {
	d             Diagram
	f             fonts
	wide          []float64 // of each lane
	at            map[string]int
	width, height float64
}

func (d Diagram) lanes(c *canvas, f fonts) *lanes {
	l := &lanes{d: d, f: f, at: map[string]int{}, width: cardWidth}
	for i, n := range d.Networks {
		l.at[n.Name] = i
		room := max(c.width(f.name, n.Name), c.width(f.address, n.Subnet)) + laneLine + 14
		for _, m := range d.Machines {
			for _, card := range m.Cards {
				if card.Network == n.Name {
					room = max(room, c.width(f.address, card.Address)+laneLine+26)
				}
			}
		}
		l.wide = append(l.wide, min(max(room, leastLane), mostLane))
		l.width += laneGap + l.wide[i]
	}
	if len(d.Networks) > 0 {
		l.width += laneGap
	}
	l.height = laneHead + float64(len(d.Machines))*(cardHeight+rowGap)
	return l
}

// draw puts the lanes at a place: bands first, then wires, and machines last.
func (l *lanes) draw(c *canvas, x, y float64) {
	lines := make([]float64, len(l.wide)) // where each lane's line is
	left := x + cardWidth + 2*laneGap
	for i, n := range l.d.Networks {
		color := i % colors
		lines[i] = left + laneLine
		c.begin(fmt.Sprintf("Network %s, %s", n.Name, n.Subnet))
		c.box(fmt.Sprintf("dh-band%d", color), left, y, l.wide[i], l.height, 10)
		head := l.f.name
		head.class = fmt.Sprintf("dh-net%d", color)
		c.text(head, left+12, y+21, "start", c.cut(head, n.Name, l.wide[i]-20))
		c.text(l.f.address, left+12, y+37, "start", n.Subnet)
		c.end()
		left += l.wide[i] + laneGap
	}
	for i, m := range l.d.Machines {
		l.wire(c, x, l.row(y, i), m, lines)
	}
	for i := range l.d.Networks {
		if last := l.lastRow(i); last >= 0 {
			c.line(fmt.Sprintf("dh-line%d", i%colors), lines[i], y+laneHead, lines[i], l.row(y, last))
		}
	}
	for i, m := range l.d.Machines {
		l.machine(c, x, l.row(y, i), m, lines)
	}
}

// row is the middle of a machine's row.
func (l *lanes) row(y float64, i int) float64 {
	return y + laneHead + float64(i)*(cardHeight+rowGap) + cardHeight/2
}

// lastRow is the last machine on a network; -1 when there is none.
func (l *lanes) lastRow(network int) int {
	last := -1
	for i, m := range l.d.Machines {
		for _, card := range m.Cards {
			if l.at[card.Network] == network {
				last = i
			}
		}
	}
	return last
}

// wire draws what joins a machine to its networks.
func (l *lanes) wire(c *canvas, x, y float64, m Machine, lines []float64) {
	far := x + cardWidth
	for _, card := range m.Cards {
		far = max(far, lines[l.at[card.Network]])
	}
	if far > x+cardWidth {
		c.line("dh-wire", x+cardWidth, y, far, y)
	}
}

// machine draws one machine, whose middle is at y, and its plugs.
func (l *lanes) machine(c *canvas, x, y float64, m Machine, lines []float64) {
	c.begin(about(m)...)
	c.box("dh-card", x, y-cardHeight/2, cardWidth, cardHeight, 8)
	icon(c, x+14, y-10)
	c.text(l.f.name, x+46, y-3, "start", c.cut(l.f.name, m.Name, cardWidth-56))
	c.text(l.f.small, x+46, y+13, "start", c.cut(l.f.small, m.hardware(), cardWidth-56))
	for _, card := range m.Cards {
		n := l.at[card.Network]
		c.dot(fmt.Sprintf("dh-plug%d", n%colors), lines[n], y, 6)
		c.text(l.f.address, lines[n]+11, y-6, "start", card.Address)
	}
	c.end()
}

// about is what a machine is, for who points at it.
func about(m Machine) []string {
	lines := []string{fmt.Sprintf("%s (computer %s): %s, %d CPU", m.Name, m.Computer, m.hardware(), m.CPUs)}
	for _, card := range m.Cards {
		line := card.Network + " " + card.Address
		if len(card.DNS) > 0 {
			line += ", DNS " + strings.Join(card.DNS, ", ")
		}
		lines = append(lines, line)
	}
	return lines
}

// icon is a small computer.
func icon(c *canvas, x, y float64) {
	c.box("dh-icon", x, y, 20, 20, 3)
	c.line("dh-icon", x, y+10, x+20, y+10)
	for _, row := range []float64{5, 15} {
		c.line("dh-icon", x+4, y+row, x+5, y+row)
		c.line("dh-icon", x+10, y+row, x+16, y+row)
	}
}
