package labfile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

var (
	// hexDigest is a SHA-256 in hex.
	hexDigest = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
	// remote is an address of the network, and drive a path of Windows.
	remote = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+://`)
	drive  = regexp.MustCompile(`^([A-Za-z]:)?\\`)
)

// longestPath is what Linux takes.
const longestPath = 4095

// path is the value as a path of the client: absolute, or relative to the
// lab's folder.
func (f found) path() (string, bool) {
	s, ok := f.raw("a path")
	if !ok {
		return "", false
	}
	detail := labs.LineProblem(s)
	switch {
	case s == "":
		detail = "The path is empty."
	case detail != "":
	case len(s) > longestPath:
		detail = "The path is too long."
	case remote.MatchString(s):
		detail = "Doublehop downloads nothing: get the file first, and write its path here."
	case drive.MatchString(s):
		detail = "That is a path of Windows. Write a path of this machine, with /."
	case strings.HasPrefix(s, "~"):
		detail = "A lab file knows no home folder. Write the path out, or put it into a variable."
	}
	if detail != "" {
		f.fail("Bad path", "%q cannot be used for %q. %s", s, f.name, detail)
		return "", false
	}
	return s, true
}

// medium reads a media block.
func (l *loader) medium(b block) *labs.Media {
	a := l.arguments(b)
	m := &labs.Media{Name: b.name, Range: rangeOf(b.DefRange())}
	if f, ok := a.require("path"); ok {
		if m.Path, ok = f.path(); ok {
			f.disc(m.Path)
		}
		m.PathRange = rangeOf(f.expr.Range())
	}
	if f, ok := a.get("sha256"); ok {
		s, ok := f.raw("a SHA-256 in hex")
		if ok && !hexDigest.MatchString(s) {
			f.fail("Not a SHA-256", "%q is not the SHA-256 of a file: 64 hexadecimal digits, as sha256sum prints them.", s)
		}
		m.SHA256 = strings.ToLower(s)
	}
	if f, ok := a.get("product"); ok {
		m.Product, _ = f.product()
	}
	return m
}

// product is what a disc holds, as the estate calls it: a release of Exchange,
// or a Windows with or without its service pack.
func (f found) product() (string, bool) {
	s, ok := f.raw("a product such as \"exchange-2003-sp2\"")
	if !ok {
		return "", false
	}
	if _, ok := estate.FindRelease(s); ok {
		return s, true
	}
	if _, _, ok := estate.WindowsProduct(s); ok {
		return s, true
	}
	var names []string
	for _, r := range estate.Releases() {
		names = append(names, r.ID)
	}
	for _, w := range estate.AllWindows() {
		names = append(names, string(w.OS))
		for n := range w.ServicePack {
			names = append(names, fmt.Sprintf("%s-sp%d", w.OS, n+1))
		}
	}
	f.fail("Unknown product", "%q is no product that is known here. They are written like \"windows-2003-sp2\" and \"exchange-2010-sp3\"; the reference of tables lists them.%s", s, didYouMean(s, names))
	return "", false
}

// disc checks that a path can be that of a disc image.
func (f found) disc(path string) {
	lower := strings.ToLower(path)
	switch {
	case strings.HasSuffix(path, "/"):
		f.fail("Bad path", "%q is a folder. Media are disc images: name the file.", path)
	case strings.HasSuffix(lower, ".zip"), strings.HasSuffix(lower, ".gz"), strings.HasSuffix(lower, ".7z"),
		strings.HasSuffix(lower, ".rar"), strings.HasSuffix(lower, ".exe"):
		f.fail("Bad path", "%q is an archive. Unpack it first: media are disc images as a drive reads them.", path)
	case !strings.HasSuffix(lower, ".iso"):
		f.warn("Odd name of a disc image", "The name of %q does not end in .iso. It is read as an ISO 9660 or UDF image all the same.", path)
	}
}
