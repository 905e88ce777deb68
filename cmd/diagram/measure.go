package diagram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// font is how a text is set. Sizes are in pixels.
type font struct {
	class string
	size  float64
	bold  bool
	mono  bool
}

// widths are those of Helvetica's printable ASCII characters, in thousandths of
// the size (Adobe's metrics). Arial and Liberation Sans have the same.
const widths = "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 " +
	"556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 " +
	"1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 " +
	"333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"

// measures sets text.
type measures struct{ ascii [95]float64 }

func newMeasures() *measures {
	m := &measures{}
	for i, word := range strings.Fields(widths) {
		n := 0.0
		for _, digit := range word {
			n = n*10 + float64(digit-'0')
		}
		m.ascii[i] = n / 1000
	}
	return m
}

// The reader's fonts are a little wider or narrower than Helvetica; bold text
// is wider by about a sixteenth.
const (
	slack     = 1.04
	boldWidth = 1.07
	monoWidth = 0.602
)

// width is about how wide a text is.
func (m *measures) width(f font, text string) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
		case f.mono:
			sum += monoWidth * float64(max(uniseg.StringWidth(string(r)), 1))
		case r >= ' ' && r <= '~':
			sum += m.ascii[r-' ']
		case uniseg.StringWidth(string(r)) > 1:
			sum++
		default:
			sum += 0.6
		}
	}
	if f.bold {
		sum *= boldWidth
	}
	return sum * f.size * slack
}

// cut shortens a text to a width, with an ellipsis where it was cut.
func (m *measures) cut(f font, text string, room float64) string {
	text = oneLine(text)
	if m.width(f, text) <= room {
		return text
	}
	for text != "" {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
		if m.width(f, text+"…") <= room {
			break
		}
	}
	return strings.TrimRight(text, " ,") + "…"
}

// wrap breaks a text into at most so many lines; the last is cut.
func (m *measures) wrap(f font, text string, room float64, most int) []string {
	var lines []string
	line := ""
	words := strings.Fields(oneLine(text))
	for i, word := range words {
		longer := strings.TrimPrefix(line+" "+word, " ")
		if line == "" || m.width(f, longer) <= room {
			line = longer
			continue
		}
		if len(lines) == most-1 {
			line = m.cut(f, line+" "+strings.Join(words[i:], " "), room)
			break
		}
		lines = append(lines, m.cut(f, line, room))
		line = word
	}
	if line != "" {
		lines = append(lines, m.cut(f, line, room))
	}
	return lines
}
