package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/engine"
)

// Scan is what `media scan` answers.
type Scan struct {
	Folder string `json:"folder"`
	// Discs are the images in it, in the order of their paths.
	Discs []Disc `json:"discs"`
}

// Disc is an image that `media scan` found.
type Disc struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	// Product is what a media block would say that it holds: "windows-2003-sp1";
	// empty when it is nothing that a lab can use.
	Product string `json:"product"`
	// Sure is false where the disc tells the product and not its level.
	Sure bool `json:"sure"`
	// Steps are the kinds of steps that can use it.
	Steps []string `json:"steps"`
	// Note is what else is to be known: why it serves no step, or which machines
	// it is for.
	Note string `json:"note,omitempty"`
	// Problem is why it cannot be read.
	Problem string `json:"problem,omitempty"`
	// SHA256 is there with --sha256.
	SHA256 string `json:"sha256,omitempty"`
	// Identity is all that is known of it; missing when it cannot be read.
	Identity *disc.Identity `json:"identity,omitempty"`
}

// MediaAnswer is what `media check` answers.
type MediaAnswer struct {
	Lab string `json:"lab"`
	// Ready says that no disc is missing or wrong.
	Ready bool                `json:"ready"`
	Media []engine.MediaCheck `json:"media"`
}

// CheckOf is the answer of `media check`.
func CheckOf(lab string, checked []engine.MediaCheck) MediaAnswer {
	lacks := slices.ContainsFunc(checked, func(c engine.MediaCheck) bool { return c.State == engine.MediaMissing || c.State == engine.MediaWrong })
	return MediaAnswer{Lab: lab, Ready: !lacks, Media: checked}
}

// under is how far the lines below a disc's name are set in.
const under = "    "

// Scan draws the discs of a folder.
func (s Style) Scan(a Scan) string {
	var b strings.Builder
	for _, d := range a.Discs {
		b.WriteString(s.draw(strong, Clean(d.Path)) + "  " + humanize.IBytes(uint64(max(d.Bytes, 0))) + "\n")
		switch {
		case d.Problem != "":
			b.WriteString(s.wrap("cannot be read: "+d.Problem, under))
		case d.Identity != nil:
			b.WriteString(s.wrap(told(d.Product, d.Sure, *d.Identity), under))
		}
		if len(d.Steps) > 0 {
			noun := "steps "
			if len(d.Steps) == 1 {
				noun = "step "
			}
			b.WriteString(s.wrap("for the "+noun+list(d.Steps), under))
		}
		if d.Note != "" {
			b.WriteString(s.wrap(d.Note, under))
		}
		if d.SHA256 != "" {
			b.WriteString(under + "sha256 = \"" + d.SHA256 + "\"\n")
		}
	}
	if len(a.Discs) == 0 {
		return s.wrap(fmt.Sprintf("There is no disc image in %s.", a.Folder), "")
	}
	fmt.Fprintf(&b, "\n%s. In a lab file, the first word is the product of the media block.\n", count(len(a.Discs), "disc image"))
	return b.String()
}

// told says what a disc is, its product's word first.
func told(product string, sure bool, id disc.Identity) string {
	word := cmp.Or(product, string(id.Product))
	if product != "" && !sure {
		word += " or a later level"
	}
	return strings.Join(append([]string{word}, properties(id)...), ", ")
}

// properties are what is known of a disc beside its product.
func properties(i disc.Identity) []string {
	form := map[disc.Form]string{disc.ServicePackOnly: "service pack", disc.Update: "updates", disc.SecondDisc: "disc 2", disc.Packed: "packed"}[i.Form]
	var words []string
	add := func(word, text string) {
		if word != "" {
			words = append(words, text)
		}
	}
	add(form, form)
	if len(i.Images) > 1 {
		words = append(words, count(len(i.Images), "image"))
	}
	add(i.Edition, i.Edition)
	add(i.Arch, i.Arch)
	add(i.Language, i.Language)
	add(i.Version, "version "+i.Version)
	add(string(i.KeyClass), string(i.KeyClass)+" keys")
	if i.R2 {
		words = append(words, "disc 1 of R2")
	}
	if i.Bootable {
		words = append(words, "bootable")
	}
	for _, r := range i.Rollups {
		words = append(words, r.String())
	}
	add(i.Label, "label "+i.Label)
	return words
}

// MediaCheck draws what a lab has and lacks.
func (s Style) MediaCheck(a MediaAnswer) string {
	if len(a.Media) == 0 {
		return "Lab " + Clean(a.Lab) + " needs no discs.\n"
	}
	var b strings.Builder
	lacking := 0
	for _, c := range a.Media {
		if c.State == engine.MediaMissing || c.State == engine.MediaWrong {
			lacking++
		}
		b.WriteString(s.mediaBlock(c))
	}
	if lacking == 0 {
		fmt.Fprintf(&b, "\nLab %s has the discs that it needs.\n", Clean(a.Lab))
	} else {
		fmt.Fprintf(&b, "\nOf %s, lab %s has %d missing or wrong.\n", count(len(a.Media), "disc"), Clean(a.Lab), lacking)
	}
	return b.String()
}

// mediaBlock draws one media block of a lab.
func (s Style) mediaBlock(c engine.MediaCheck) string {
	i := map[engine.MediaState]ink{
		engine.MediaReady: good, engine.MediaDoubtful: warning, engine.MediaWrong: bad, engine.MediaMissing: bad,
	}[c.State]
	const deep = "          "
	var b strings.Builder
	b.WriteString(s.draw(i, pad(string(c.State), 8)) + "  " + s.draw(strong, Clean(c.Media)) + "  " + Clean(c.Path) + "\n")
	switch {
	case c.Found != nil:
		b.WriteString(s.wrap(told(c.Holds, c.Sure, *c.Found), deep))
	case c.Product != "":
		b.WriteString(s.wrap("should hold "+c.Product, deep))
	}
	for _, f := range c.Faults {
		b.WriteString(s.draw(i, s.wrap(f.Why, deep)))
		b.WriteString(s.wrap(f.Remedy, deep))
	}
	switch {
	case len(c.Uses) == 0:
		b.WriteString(s.wrap("no step uses it", deep))
	case c.State != engine.MediaReady:
		b.WriteString(s.wrap("needed by "+c.Uses[0]+others(len(c.Uses)-1), deep))
	}
	return b.String()
}

// others is ", and 3 more".
func others(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", and %d more", n)
}
