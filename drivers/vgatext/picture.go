package vgatext

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
)

// mostPixels is what a hostile picture may make us hold: that of a screen of
// 4096 by 2304.
const mostPixels = 4096 * 2304

// Decode reads a screenshot: PNG or a binary PPM (P6), as hypervisors give
// them. It tells them apart by their first bytes.
func Decode(r io.Reader) (image.Image, error) {
	in := bufio.NewReader(r)
	magic, err := in.Peek(2)
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	if string(magic) == "P6" {
		return decodePPM(in)
	}
	var head bytes.Buffer
	shape, err := png.DecodeConfig(io.TeeReader(in, &head))
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	if err := sane(shape.Width, shape.Height); err != nil {
		return nil, err
	}
	img, err := png.Decode(io.MultiReader(&head, in))
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	return img, nil
}

func sane(width, height int) error {
	if width <= 0 || height <= 0 || width > mostPixels/height {
		return fmt.Errorf("a picture of %d by %d is no screen", width, height)
	}
	return nil
}

func decodePPM(r *bufio.Reader) (image.Image, error) {
	var width, height, most int
	if _, err := fmt.Fscanf(r, "P6\n%d %d\n%d\n", &width, &height, &most); err != nil {
		return nil, fmt.Errorf("read the picture's head: %w", err)
	}
	if most != 255 {
		return nil, fmt.Errorf("the picture has %d levels of each colour, not 255", most)
	}
	if err := sane(width, height); err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	row := make([]byte, width*3)
	for y := range height {
		if _, err := io.ReadFull(r, row); err != nil {
			return nil, fmt.Errorf("read the picture: %w", err)
		}
		line := img.Pix[y*img.Stride:]
		for x := range width {
			line[x*4], line[x*4+1], line[x*4+2], line[x*4+3] = row[x*3], row[x*3+1], row[x*3+2], 255
		}
	}
	return img, nil
}

// raster is a picture as numbers that are equal where the colours are.
type raster struct {
	width, height int
	pixels        []uint32
}

func newRaster(img image.Image) raster {
	b := img.Bounds()
	rgba, ok := img.(*image.RGBA)
	if !ok {
		rgba = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(rgba, rgba.Bounds(), img, b.Min, draw.Src)
		b = rgba.Bounds()
	}
	r := raster{b.Dx(), b.Dy(), make([]uint32, b.Dx()*b.Dy())}
	for y := range r.height {
		line := rgba.Pix[rgba.PixOffset(b.Min.X, b.Min.Y+y):]
		for x := range r.width {
			p := line[x*4 : x*4+3 : x*4+3]
			r.pixels[y*r.width+x] = uint32(p[0])<<16 | uint32(p[1])<<8 | uint32(p[2])
		}
	}
	return r
}

// Draw makes the picture of a text screen: lines in light grey on black, in
// cells of the given width (8 or 9) of the font with 16 rows. Characters that
// code page 437 has not are drawn as blanks.
func Draw(lines []string, columns, rows, width int) *image.RGBA {
	const height = 16
	glyphs := fonts()[0]
	codes := map[rune]byte{}
	for code, r := range runes() {
		codes[r] = byte(code)
	}
	img := image.NewRGBA(image.Rect(0, 0, columns*width, rows*height))
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	for y, line := range lines[:min(rows, len(lines))] {
		for x, r := range []rune(line)[:min(columns, len([]rune(line)))] {
			glyph(img, image.Pt(x*width, y*height), width, codes[r], glyphs.shapes[codes[r]])
		}
	}
	return img
}

func glyph(img *image.RGBA, at image.Point, width int, code byte, s shape) {
	for y, row := range s {
		for x := range width {
			ink := row&(0x80>>x) != 0
			if x == 8 {
				ink = ninth(code) && row&1 != 0
			}
			if ink {
				copy(img.Pix[img.PixOffset(at.X+x, at.Y+y):], []byte{0xAA, 0xAA, 0xAA})
			}
		}
	}
}
