package vgatext

// settle decides the cells that do not speak for themselves: those of one
// colour, those that are a glyph either way round, those under the cursor and
// those of another font. What the cells around them have as their paper helps.
func (g *reading) settle() *Screen {
	s := &Screen{Columns: g.columns, Rows: g.rows, Cells: make([]Cell, len(g.cells))}
	everywhere := g.paper()
	for y := range g.rows {
		row := g.cells[y*g.columns:][:g.columns]
		papers := map[uint32]bool{everywhere: true}
		lettered := false
		for i := range row {
			if c := &row[i]; c.known && !c.twin {
				papers[c.back()], lettered = true, true
			}
		}
		for x := range row {
			s.Cells[y*g.columns+x] = g.decide(&row[x], papers, lettered, beside(row, x, everywhere))
		}
	}
	return s
}

// beside is the paper of the nearest cell in the row that tells it, on the left
// before the right; otherwise what is paper everywhere.
func beside(row []sketch, x int, everywhere uint32) uint32 {
	for i := x - 1; i >= 0; i-- {
		if row[i].known && !row[i].twin {
			return row[i].back()
		}
	}
	for i := x + 1; i < len(row); i++ {
		if row[i].known && !row[i].twin {
			return row[i].back()
		}
	}
	return everywhere
}

// paper is the colour behind most of the screen.
func (g *reading) paper() uint32 {
	count := map[uint32]int{}
	var most uint32
	for i := range g.cells {
		c := &g.cells[i]
		if c.odd || !c.known && !c.plain || c.twin {
			continue
		}
		if count[c.back()]++; count[c.back()] > count[most] {
			most = c.back()
		}
	}
	return most
}

// decide reads one cell. papers are colours that are paper in its row; lettered
// says that the row has letters which told them; near is the nearest one's.
func (g *reading) decide(c *sketch, papers map[uint32]bool, lettered bool, near uint32) Cell {
	switch {
	case c.odd:
		return Cell{Rune: Unknown}
	case c.plain && papers[c.paper]:
		return Cell{Rune: ' ', Exact: true}
	case c.plain && lettered: // a block, or a blank in a colour of its own
		return Cell{Rune: '█'}
	case c.plain:
		return Cell{Rune: ' '}
	case c.known && c.twin && near == c.ink:
		code := g.font.codes[g.font.invert(c.shape)]
		return Cell{Rune: runes()[code]}
	case c.known:
		return Cell{Rune: runes()[c.code], Exact: !c.twin}
	}
	if cell, ok := g.underCursor(c); ok {
		g.near++
		return cell
	}
	code, off, ok := g.font.nearest(c.shape)
	if other, less, better := g.font.nearest(g.font.invert(c.shape)); better && (!ok || less < off) {
		code, ok = other, true
	}
	if !ok {
		return Cell{Rune: Unknown}
	}
	g.near++
	return Cell{Rune: runes()[code]}
}

// underCursor reads a cell in which the cursor covers some rows from side to
// side in the colour of the ink.
func (g *reading) underCursor(c *sketch) (Cell, bool) {
	whole := uint16(1)<<g.font.height - 1
	for _, way := range []struct {
		shape shape
		extra uint16
	}{{c.shape, c.extra}, {g.font.invert(c.shape), ^c.extra & whole}} {
		found, matches := byte(0), 0
		covered, any := g.covered(way.shape, way.extra)
		if !any {
			continue
		}
		for code := range g.font.shapes {
			if code == 0 || code == 255 || !g.shows(way.shape, way.extra, byte(code), covered) {
				continue
			}
			if matches++; matches == 1 || code == ' ' {
				found = byte(code)
			}
		}
		if matches > 0 {
			return Cell{Rune: runes()[found], Exact: matches == 1, Cursor: true}, true
		}
	}
	return Cell{}, false
}

// covered finds the rows that are ink from side to side, from the first to the
// last, if they are one band.
func (g *reading) covered(s shape, extra uint16) (band [highest]bool, any bool) {
	bands, before := 0, false
	for y := range g.font.height {
		band[y] = s[y] == 0xFF && (g.width == 8 || extra>>y&1 == 1)
		if band[y] && !before {
			bands++
		}
		before = band[y]
	}
	return band, bands == 1
}

// shows says whether the rows that are not covered are those of a glyph.
func (g *reading) shows(s shape, extra uint16, code byte, covered [highest]bool) bool {
	want := g.font.shapes[code]
	for y := range g.font.height {
		if covered[y] {
			continue
		}
		last := want[y]&1 == 1 && ninth(code)
		if s[y] != want[y] || g.width == 9 && extra>>y&1 == 1 && !last {
			return false
		}
	}
	return true
}
