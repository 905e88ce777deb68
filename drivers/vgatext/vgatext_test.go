package vgatext_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers/vgatext"
)

// blue is what Windows 2000 shows when it stops, as far as it matters here.
var blue = []string{
	"",
	"*** STOP: 0x0000007B (0xF7C3F84C,0xC0000034,0x00000000,0x00000000)",
	"INACCESSIBLE_BOOT_DEVICE",
	"",
	"If this is the first time you've seen this Stop error screen,",
	"restart your computer. ├─┤ äöü 100% {~}",
}

func read(t *testing.T, img image.Image) *vgatext.Screen {
	t.Helper()
	s, err := vgatext.FromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsDrawnIsReadBackInEverySize(t *testing.T) {
	for _, size := range []struct{ columns, rows, width int }{{80, 25, 9}, {80, 25, 8}, {80, 30, 8}, {40, 25, 9}, {128, 48, 8}} {
		img := vgatext.Draw(blue, size.columns, size.rows, size.width)
		want := blue
		if size.columns == 40 {
			want = nil
			for _, l := range blue {
				want = append(want, strings.TrimRight(string([]rune(l)[:min(40, len([]rune(l)))]), " "))
			}
		}
		for _, scaled := range []image.Image{img, scale(img, 2, 1), scale(img, 1, 2), scale(img, 2, 2)} {
			s := read(t, scaled)
			if diff := cmp.Diff(want, s.Lines()); diff != "" || s.Doubts() > 0 || s.Columns != size.columns || s.Rows != size.rows {
				t.Errorf("%+v in %v: %d by %d with %d doubts (-want +got):\n%s", size, scaled.Bounds(), s.Columns, s.Rows, s.Doubts(), diff)
			}
		}
	}
}

func scale(img *image.RGBA, wide, tall int) image.Image {
	if wide == 1 && tall == 1 {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, img.Rect.Dx()*wide, img.Rect.Dy()*tall))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.SetRGBA(x, y, img.RGBAAt(x/wide, y/tall))
		}
	}
	return out
}

func TestEveryCharacterIsReadBack(t *testing.T) {
	page := []rune(vgatext.CodePage)
	if len(page) != 256 {
		t.Fatalf("code page 437 has %d characters here", len(page))
	}
	var lines []string
	for row := range 8 {
		lines = append(lines, strings.TrimRight("x"+string(page[row*32:(row+1)*32]), " "))
	}
	for _, width := range []int{8, 9} {
		got := read(t, vgatext.Draw(lines, 80, 25, width)).Lines()
		if diff := cmp.Diff(lines, got); diff != "" {
			t.Errorf("%d columns a cell (-want +got):\n%s", width, diff)
		}
	}
}

func TestPicturesComeAsPNGOrPPM(t *testing.T) {
	img := vgatext.Draw(blue, 80, 25, 9)
	var asPNG, asPPM bytes.Buffer
	if err := png.Encode(&asPNG, img); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&asPPM, "P6\n%d %d\n255\n", img.Rect.Dx(), img.Rect.Dy())
	for i := 0; i < len(img.Pix); i += 4 {
		asPPM.Write(img.Pix[i : i+3])
	}
	for name, b := range map[string][]byte{"png": asPNG.Bytes(), "ppm": asPPM.Bytes()} {
		s, err := vgatext.Read(bytes.NewReader(b))
		if err != nil || cmp.Diff(blue, s.Lines()) != "" {
			t.Errorf("%s: %v, %v", name, s, err)
		}
		if _, err := vgatext.Read(bytes.NewReader(b[:len(b)/2])); err == nil {
			t.Errorf("half a %s was read", name)
		}
	}
	for _, hostile := range []string{"P6\n99999999 99999999\n255\n", "P6\n-1 5\n255\n", "P6\n8 8\n65535\n", "GIF89a", "P", ""} {
		if _, err := vgatext.Read(strings.NewReader(hostile)); err == nil {
			t.Errorf("%q was read", hostile)
		}
	}
}

func TestTheCursorHidesNothingThatCanBeTold(t *testing.T) {
	for text, want := range map[string]vgatext.Cell{
		"C:\\>":  {Rune: '>', Exact: true, Cursor: true},
		"C:\\> ": {Rune: ' ', Cursor: true}, // or an underscore
		"C:\\g":  {Rune: 'g', Cursor: true}, // or q, but for their last rows
	} {
		img := vgatext.Draw([]string{text}, 80, 25, 9)
		at := len([]rune(text)) - 1
		for y := 13; y <= 14; y++ {
			for x := range 9 {
				img.SetRGBA(at*9+x, y, color.RGBA{0xAA, 0xAA, 0xAA, 255})
			}
		}
		s := read(t, img)
		got := s.Cells[at]
		if want.Rune == 'g' { // what the rows above tell is enough or is not: either is honest
			want.Exact = got.Exact
		}
		if got != want || s.Doubts() > 0 {
			t.Errorf("%q: the cell is %+v, not %+v; %d doubts", text, got, want, s.Doubts())
		}
	}
	empty := vgatext.Draw(nil, 80, 25, 9)
	for x := range 9 {
		empty.SetRGBA(x, 14, color.RGBA{0xAA, 0xAA, 0xAA, 255})
	}
	if s := read(t, empty); len(s.Lines()) != 0 {
		t.Errorf("a cursor alone reads %q", s)
	}
}

func TestAPixelThatIsWrongMakesACellADoubt(t *testing.T) {
	img := vgatext.Draw(blue, 80, 25, 9)
	img.SetRGBA(4*9+3, 16+3, color.RGBA{0xAA, 0xAA, 0xAA, 255})
	s := read(t, img)
	if c := s.Cells[80+4]; c.Rune != 'S' || c.Exact || s.Doubts() != 1 {
		t.Errorf("the cell is %+v; %d doubts", c, s.Doubts())
	}
	img.SetRGBA(4*9+1, 16+5, color.RGBA{0xFF, 0, 0, 255}) // a third colour
	if c := read(t, img).Cells[80+4]; c.Rune != vgatext.Unknown || c.Exact {
		t.Errorf("the cell is %+v", c)
	}
}

func TestWhatIsNoTextScreenIsNotRead(t *testing.T) {
	noise, seed := image.NewRGBA(image.Rect(0, 0, 640, 480)), rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same noise each time
	for i := range noise.Pix {
		noise.Pix[i] = byte(seed.Uint32())
	}
	window := image.NewRGBA(image.Rect(0, 0, 640, 480)) // a dialogue: areas and lines, and text of another font
	for y := range 480 {
		for x := range 640 {
			c := color.RGBA{0x3A, 0x6E, 0xA5, 255}
			if x > 100 && x < 500 && y > 103 && y < 371 {
				c = color.RGBA{0xD4, 0xD0, 0xC8, 255}
				if (x*7+y*13)%11 < 3 && y%21 > 9 && y < 300 {
					c = color.RGBA{0, 0, 0, 255}
				}
			}
			window.SetRGBA(x, y, c)
		}
	}
	odd := image.NewRGBA(image.Rect(0, 0, 641, 479))
	for name, img := range map[string]image.Image{"noise": noise, "window": window, "a size that no cells divide": odd} {
		if s, err := vgatext.FromImage(img); !errors.Is(err, vgatext.ErrNoText) {
			t.Errorf("%s: %v, %v", name, err, s)
		}
	}
}

// The program's fonts are QEMU's own, where its BIOS is installed.
func TestTheFontsAreThoseOfTheVideoBIOS(t *testing.T) {
	bios, err := os.ReadFile("/usr/share/seabios/vgabios-stdvga.bin")
	if err != nil {
		t.Skipf("skipped: %v\napt-get install seabios", err)
	}
	for _, name := range []string{"vga8x16.bin", "vga8x14.bin", "vga8x8.bin"} {
		font, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(bios, font) {
			t.Errorf("%s is not in the BIOS", name)
		}
	}
}

// FuzzRead reads what a hypervisor might send in place of a picture.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	_ = png.Encode(&b, vgatext.Draw(blue, 40, 12, 8))
	f.Add(b.Bytes())
	f.Add([]byte("P6\n3 2\n255\n" + strings.Repeat("\x00\x00\x00\xff\xff\xff", 3)))
	f.Fuzz(func(t *testing.T, picture []byte) {
		s, err := vgatext.Read(bytes.NewReader(picture))
		if err == nil && (len(s.Cells) != s.Columns*s.Rows || s.Doubts() > len(s.Cells) || len(s.Lines()) > s.Rows) {
			t.Errorf("%d by %d with %d cells", s.Columns, s.Rows, len(s.Cells))
		}
	})
}

// FuzzFromImage reads pictures in which a pattern of pixels, a byte each in a few
// colours, is laid over a text screen from some place on.
func FuzzFromImage(f *testing.F) {
	f.Add([]byte{0, 1, 2, 0xFF, 0xFF}, uint16(7), false)
	f.Add(bytes.Repeat([]byte{1}, 40), uint16(40*16*8), true)
	f.Fuzz(func(t *testing.T, pixels []byte, from uint16, wide bool) {
		width := 8
		if wide {
			width = 9
		}
		img := vgatext.Draw(blue, 40, 12, width)
		for i, p := range pixels {
			at := (int(from) + i) % (len(img.Pix) / 4) * 4
			copy(img.Pix[at:], []byte{p & 3 * 0x55, p >> 2 & 3 * 0x55, p >> 4 & 3 * 0x55})
		}
		s, err := vgatext.FromImage(img)
		if err != nil {
			if !errors.Is(err, vgatext.ErrNoText) {
				t.Fatal(err)
			}
			return
		}
		if len(s.Cells) != s.Columns*s.Rows || s.Doubts() > len(s.Cells) || len(s.Lines()) > s.Rows {
			t.Errorf("%d by %d with %d cells", s.Columns, s.Rows, len(s.Cells))
		}
		for i, c := range s.Cells {
			if c.Exact && c.Rune == vgatext.Unknown {
				t.Errorf("cell %d is exact and unknown", i)
			}
		}
	})
}

// FuzzRoundTrip draws any text and reads the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add("*** STOP: 0x0000007B\nPress any key", true)
	f.Add("\x00\x07\x08\xdb\xdc\xdf", false)
	f.Fuzz(func(t *testing.T, text string, wide bool) {
		page := []rune(vgatext.CodePage)
		var lines []string
		for line := range strings.SplitSeq(text, "\n") {
			var row []rune
			for _, b := range []byte(line)[:min(80, len(line))] {
				if !strings.ContainsRune("•◘○◙▄▌▐▀█", page[b]) { // glyphs either way round need letters beside them
					row = append(row, page[b])
				}
			}
			lines = append(lines, strings.TrimRight(string(row), " "))
		}
		lines = lines[:min(25, len(lines))]
		for len(lines) > 0 && lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		}
		width := 8
		if wide {
			width = 9
		}
		s, err := vgatext.FromImage(vgatext.Draw(lines, 80, 25, width))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Lines(); strings.Join(got, "\n") != strings.Join(lines, "\n") || s.Doubts() > 0 {
			t.Errorf("drew %q and read %q with %d doubts", lines, got, s.Doubts())
		}
	})
}

func BenchmarkRead(b *testing.B) {
	full := make([]string, 25)
	for i := range full {
		full[i] = strings.Repeat("The quick brown fox jumps. ", 3)[:80]
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, vgatext.Draw(full, 80, 25, 9)); err != nil {
		b.Fatal(err)
	}
	b.Run("720x400 PNG", func(b *testing.B) {
		for b.Loop() {
			if _, err := vgatext.Read(bytes.NewReader(picture.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
	img := vgatext.Draw(full, 80, 25, 9)
	b.Run("720x400 decoded", func(b *testing.B) {
		for b.Loop() {
			if _, err := vgatext.FromImage(img); err != nil {
				b.Fatal(err)
			}
		}
	})
}
