package vgatext

import (
	_ "embed"
	"math/bits"
	"sync"
)

// The fonts' source and licence are in README.md.
var (
	//go:embed vga8x16.bin
	font16 string
	//go:embed vga8x14.bin
	font14 string
	//go:embed vga8x8.bin
	font8 string
)

// CodePage are the 256 characters of code page 437, with the pictures that a VGA shows
// for control characters. Zero and 255 are shown as a space.
const CodePage = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼" +
	" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~⌂" +
	"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
	"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ "

// highest is how many rows the largest glyph has.
const highest = 16

// shape is a glyph's picture: a byte a row, the highest bit leftmost. Rows below
// the font's height are empty.
type shape [highest]byte

// font is a set of glyphs of one height.
type font struct {
	height int
	shapes [256]shape
	codes  map[shape]byte
}

// fonts are read at first use, the highest first.
//
//nolint:gochecknoglobals // embedded files in another form
var fonts = sync.OnceValue(func() []*font {
	return []*font{newFont(font16, 16), newFont(font14, 14), newFont(font8, 8)}
})

//nolint:gochecknoglobals // a constant in another form
var runes = sync.OnceValue(func() []rune { return []rune(CodePage) })

func newFont(rows string, height int) *font {
	f := &font{height: height, codes: make(map[shape]byte, 256)}
	for code := range f.shapes {
		copy(f.shapes[code][:], rows[code*height:(code+1)*height])
	}
	for code, s := range f.shapes {
		f.codes[s] = byte(code)
	}
	f.codes[shape{}] = ' ' // zero and 255 look the same
	return f
}

// invert swaps ink and paper.
func (f *font) invert(s shape) shape {
	for y := range f.height {
		s[y] = ^s[y]
	}
	return s
}

// mostOff is by how many pixels a letter of another font may differ from ours.
const mostOff = 8

// nearest finds the letter or sign of ASCII that differs least from s, in at
// most a quarter of its ink; ok is false when there is none, or two are as near.
func (f *font) nearest(s shape) (code byte, off int, ok bool) {
	best := mostOff + 1
	for c := byte('!'); c <= '~'; c++ {
		ink, differs := 0, 0
		for y, row := range f.shapes[c][:f.height] {
			ink += bits.OnesCount8(row)
			differs += bits.OnesCount8(row ^ s[y])
		}
		switch {
		case differs > ink/4 || differs > best:
		case differs == best:
			ok = false
		default:
			code, best, ok = c, differs, true
		}
	}
	return code, best, ok
}

// ninth says whether a card may draw the eighth column of a character once more
// where cells have nine: a VGA does so for lines and blocks from 0xC0 on, to join
// them, and QEMU 7.2 from 0xB0 on.
func ninth(code byte) bool { return code >= 0xB0 && code <= 0xDF }
