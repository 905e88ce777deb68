package vgatext

import (
	"image"
	"io"
)

// Read reads the text screen in a screenshot (PNG or PPM). [ErrNoText] when it
// shows something else.
func Read(r io.Reader) (*Screen, error) {
	img, err := Decode(r)
	if err != nil {
		return nil, err
	}
	return FromImage(img)
}

// FromImage reads the text screen in a picture. Of all layouts of cells that
// divide the picture it takes the one in which most cells show glyphs; most
// must, or there is [ErrNoText]. A picture of one colour is an empty screen.
func FromImage(img image.Image) (*Screen, error) {
	r := newRaster(img)
	var best *reading
	for _, l := range layouts(r) {
		if g := r.read(l); g != nil && (best == nil || g.exact > best.exact) {
			best = g
		}
		if best != nil && best.inked > 0 && best.exact == best.inked {
			break // it cannot be read better
		}
	}
	if best == nil {
		return nil, ErrNoText
	}
	screen := best.settle()
	if best.inked > 0 && 4*(best.exact+best.near) < 3*best.inked {
		return nil, ErrNoText
	}
	return screen, nil
}

// layout is how a picture is cut into cells.
type layout struct {
	font *font
	// width is that of a cell: 8 or 9 columns. Each is wide pixels across, and
	// each row tall pixels high.
	width, wide, tall int
	columns, rows     int
}

// layouts are those that divide the picture into 40 to 160 by 12 to 100 cells.
func layouts(r raster) []layout {
	var list []layout
	for _, f := range fonts() {
		for _, width := range []int{9, 8} {
			for _, scale := range [][2]int{{1, 1}, {2, 1}, {1, 2}, {2, 2}} {
				l := layout{font: f, width: width, wide: scale[0], tall: scale[1]}
				across, down := width*l.wide, f.height*l.tall
				l.columns, l.rows = r.width/across, r.height/down
				if r.width%across == 0 && r.height%down == 0 && l.columns >= 40 && l.columns <= 160 && l.rows >= 12 && l.rows <= 100 {
					list = append(list, l)
				}
			}
		}
	}
	return list
}

// sketch is a cell as it was cut out: the first pixel's colour is the paper
// until the glyph is known.
type sketch struct {
	paper, ink uint32
	// shape has ink where the pixels are not like the first one; extra is the
	// ninth column, a bit a row.
	shape shape
	extra uint16
	// plain: one colour only. odd: more than two, or not doubled where it should be.
	plain, odd bool
	// code is the glyph when known; inverted says that ink and paper were swapped,
	// twin that the other way round is a glyph too.
	code           byte
	known          bool
	inverted, twin bool
}

// back is the colour behind the glyph.
func (s *sketch) back() uint32 {
	if s.inverted {
		return s.ink
	}
	return s.paper
}

// reading is one layout's view of the picture.
type reading struct {
	layout
	cells []sketch
	// inked are cells that are not plain; exact of them show a glyph, near
	// something like one.
	inked, exact, near int
}

// read cuts the picture into cells and looks each up. Nil when it is no text
// in this layout: a text screen has two colours a cell.
func (r raster) read(l layout) *reading {
	g := &reading{layout: l, cells: make([]sketch, l.columns*l.rows)}
	odd := 0
	for i := range g.cells {
		c := &g.cells[i]
		*c = r.cut(l, i%l.columns, i/l.columns)
		if c.odd {
			odd++
			g.inked++
			if odd > len(g.cells)/50 {
				return nil
			}
		} else if !c.plain {
			g.inked++
			if c.look(l); c.known {
				g.exact++
			}
		}
	}
	if g.inked > 1 && g.exact == 0 { // one may be the cursor alone
		return nil
	}
	return g
}

// cut takes a cell out of the picture.
func (r raster) cut(l layout, column, row int) sketch {
	left, top := column*l.width*l.wide, row*l.font.height*l.tall
	first := r.pixels[top*r.width+left]
	s := sketch{paper: first, ink: first, plain: true}
	for y := range l.font.height * l.tall {
		line := r.pixels[(top+y)*r.width+left:][:l.width*l.wide]
		for x, p := range line {
			switch {
			case p == first:
			case s.plain:
				s.ink, s.plain = p, false
			case p != s.ink:
				s.odd = true
				return s
			}
			if x%l.wide > 0 && p != line[x-1] || y%l.tall > 0 && p != r.pixels[(top+y-1)*r.width+left+x] {
				s.odd = true
				return s
			}
			if p == first || x%l.wide > 0 {
				continue
			}
			if x /= l.wide; x == 8 {
				s.extra |= 1 << (y / l.tall)
			} else {
				s.shape[y/l.tall] |= 0x80 >> x
			}
		}
	}
	return s
}

// look finds the glyph, either way round.
func (s *sketch) look(l layout) {
	whole := uint16(1)<<l.font.height - 1
	code, known := l.match(s.shape, s.extra)
	other, swapped := l.match(l.font.invert(s.shape), ^s.extra&whole)
	switch {
	case known:
		s.code, s.known, s.twin = code, true, swapped
	case swapped:
		s.code, s.known, s.inverted = other, true, true
	}
}

// match finds the glyph of a shape with its ninth column.
func (l layout) match(s shape, extra uint16) (byte, bool) {
	code, ok := l.font.codes[s]
	return code, ok && (l.width == 8 || extra == 0 || ninth(code) && extra == lastColumn(s))
}

// lastColumn is the eighth column of a shape, a bit a row.
func lastColumn(s shape) uint16 {
	var column uint16
	for y, row := range s {
		column |= uint16(row&1) << y
	}
	return column
}
