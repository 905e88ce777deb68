package diagram

import (
	"fmt"
	"strings"
)

// Measures of the picture, in pixels.
const (
	margin      = 28
	sectionGap  = 44
	mostIntro   = 3 // lines of the description
	widestIntro = 720
)

// fonts of the picture.
func (c *canvas) fonts() fonts {
	return fonts{
		title:   font{class: "dh-title", size: 20, bold: true},
		section: font{class: "dh-section", size: 12, bold: true},
		name:    font{class: "dh-name", size: 14, bold: true},
		small:   font{class: "dh-small", size: 11},
		word:    font{class: "dh-word", size: 12, mono: true},
		address: font{class: "dh-address", size: 11, mono: true},
	}
}

type fonts struct{ title, section, name, small, word, address font }

// colors is how many colours networks have before they repeat.
const colors = 6

// palette is the colour of each network by day and by night.
func palette() [colors][2]string {
	return [colors][2]string{
		{"#2563eb", "#60a5fa"},
		{"#0d9488", "#2dd4bf"},
		{"#d97706", "#fbbf24"},
		{"#7c3aed", "#a78bfa"},
		{"#e11d48", "#fb7185"},
		{"#15803d", "#4ade80"},
	}
}

// SVG draws the diagram. The picture follows the reader's choice of light or
// dark, uses no script, no font and no file of others, and may stand inside a
// page: all its classes begin with "dh-".
func (d Diagram) SVG() string {
	c := &canvas{measures: newMeasures()}
	f := c.fonts()
	lanes, tree := d.lanes(c, f), d.tree(c, f)
	room := max(lanes.width, tree.width, 520)
	intro := c.wrap(f.small, d.Description, min(room, widestIntro), mostIntro)

	y := margin + f.title.size
	body := &canvas{measures: c.measures}
	body.text(f.title, margin, y, "start", body.cut(f.title, d.Lab, room))
	for _, text := range intro {
		y += f.small.size + 7
		body.text(f.small, margin, y, "start", text)
	}
	y += sectionGap - 8
	if len(d.Machines)+len(d.Networks) > 0 {
		body.text(f.section, margin, y, "start", "Machines and networks")
		lanes.draw(body, margin, y+16)
		y += 16 + lanes.height + sectionGap
	}
	if len(d.Stages) > 0 {
		body.text(f.section, margin, y, "start", "Stages")
		tree.draw(body, margin+(room-tree.width)/2, y+16)
		y += 16 + tree.height + sectionGap
	}
	height := y - sectionGap + margin
	width := room + 2*margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img" class="dh-lab">
<title>%s</title>
<style>%s</style>
<rect class="dh-paper" width="100%%" height="100%%"/>
%s</svg>
`, num(width), num(height), num(width), num(height), escaped("Lab "+d.Lab), style(), body.String())
}

// style is the style sheet: by day, then what is other by night.
func style() string {
	css := `
.dh-lab{font-family:-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;color-scheme:light dark}
.dh-lab text{fill:#1f2328}
.dh-lab .dh-title{font-size:20px;font-weight:600}
.dh-lab .dh-section{font-size:12px;font-weight:600;fill:#59636e;letter-spacing:.02em}
.dh-lab .dh-name{font-size:14px;font-weight:600}
.dh-lab .dh-small{font-size:11px;fill:#59636e}
.dh-lab .dh-word{font-size:12px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.dh-lab .dh-address{font-size:11px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;fill:#59636e}
.dh-paper{fill:#fff}
.dh-card{fill:#fff;stroke:#d1d9e0}
.dh-head{fill:#f6f8fa}
.dh-rule{stroke:#d1d9e0;fill:none}
.dh-wire{stroke:#9198a1;stroke-width:1.5;fill:none}
.dh-tip{fill:#9198a1}
.dh-icon{stroke:#59636e;stroke-width:1.3;fill:none;stroke-linecap:round;stroke-linejoin:round}
.dh-step{fill:#59636e}
.dh-check{stroke:#15803d;stroke-width:1.8;fill:none;stroke-linecap:round;stroke-linejoin:round}
`
	night := `.dh-lab text{fill:#e6edf3}
.dh-lab .dh-section,.dh-lab .dh-small,.dh-lab .dh-address{fill:#9198a1}
.dh-paper{fill:#0d1117}
.dh-card{fill:#151b23;stroke:#3d444d}
.dh-head{fill:#212830}
.dh-rule{stroke:#3d444d}
.dh-wire{stroke:#656c76}
.dh-tip{fill:#656c76}
.dh-icon{stroke:#9198a1}
.dh-step{fill:#9198a1}
.dh-check{stroke:#4ade80}
`
	var colored, coloredNight strings.Builder
	for i, color := range palette() {
		fmt.Fprintf(&colored, ".dh-band%d{fill:%s;fill-opacity:.08}\n.dh-line%d{stroke:%s;stroke-width:3;stroke-linecap:round}\n.dh-plug%d{fill:%s;stroke:#fff;stroke-width:2}\n.dh-lab .dh-net%d{font-size:14px;font-weight:600;fill:%s}\n",
			i, color[0], i, color[0], i, color[0], i, color[0])
		fmt.Fprintf(&coloredNight, ".dh-band%d{fill:%s}\n.dh-line%d{stroke:%s}\n.dh-plug%d{fill:%s;stroke:#0d1117}\n.dh-lab .dh-net%d{fill:%s}\n",
			i, color[1], i, color[1], i, color[1], i, color[1])
	}
	return css + colored.String() + "@media (prefers-color-scheme:dark){\n" + night + coloredNight.String() + "}\n"
}
