package labfile

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/doublehop/doublehop/labs"
)

// mostRounds is how often formatting is tried until nothing changes. One round
// is enough for all but odd files.
const mostRounds = 8

// Format lays a file out as the house style says: two spaces, equal signs in
// line, Unix line ends, one line end at the end. A file with a mistake of
// syntax comes back as it was, with what is wrong. Formatting twice gives the
// same as formatting once.
func Format(name string, src []byte) ([]byte, labs.Diagnostics) {
	l := newLoader(Options{})
	text := bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if len(text) > largestFile {
		l.fail(place{}, hcl.Range{}, "Lab file cannot be read", "%q is larger than %d MiB.", name, largestFile>>20)
		return src, l.diags
	}
	if at, deep := tooDeep(text); deep {
		l.fail(place{}, pointAt(name, text, at, at+1), "Nesting too deep", "Brackets nest more than %d deep here. No lab needs that.", deepest)
		return src, l.diags
	}
	if !parses(l, name, text) {
		return src, l.diags
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for range mostRounds {
		next := hclwrite.Format(text)
		next = append(bytes.TrimRight(next, " \t\n"), '\n')
		if len(next) == 1 {
			next = nil
		}
		if bytes.Equal(next, text) {
			break
		}
		text = next
	}
	if !parses(l, name, text) {
		return src, nil // rather leave a file alone than break it
	}
	return text, nil
}

func parses(l *loader, name string, src []byte) bool {
	_, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		l.take(place{}, diags)
	}
	return !diags.HasErrors()
}
