package diagram

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// canvas collects the elements of a picture. Everything that is not a number or
// one of our own classes goes through text.
type canvas struct {
	strings.Builder
	*measures
}

// num writes a length: at most one digit after the point.
func num(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// escaped is text as XML holds it. What XML cannot hold becomes U+FFFD.
func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

func (c *canvas) element(format string, args ...any) {
	fmt.Fprintf(c, format+"\n", args...)
}

// text writes one line; anchor is "start", "middle" or "end".
func (c *canvas) text(f font, x, y float64, anchor, text string) {
	if text == "" {
		return
	}
	at := ""
	if anchor != "start" {
		at = ` text-anchor="` + anchor + `"`
	}
	c.element(`<text class="%s" x="%s" y="%s"%s>%s</text>`, f.class, num(x), num(y), at, escaped(text))
}

func (c *canvas) box(class string, x, y, w, h, round float64) {
	c.element(`<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="%s"/>`, class, num(x), num(y), num(w), num(h), num(round))
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.element(`<path class="%s" d="M%s %sL%s %s"/>`, class, num(x1), num(y1), num(x2), num(y2))
}

func (c *canvas) dot(class string, x, y, r float64) {
	c.element(`<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, num(x), num(y), num(r))
}

// begin opens a group that says what it is, in a few lines, when it is pointed at.
func (c *canvas) begin(title ...string) {
	for i := range title {
		title[i] = escaped(oneLine(title[i]))
	}
	c.element(`<g><title>%s</title>`, strings.Join(title, "\n"))
}

func (c *canvas) end() { c.element(`</g>`) }
