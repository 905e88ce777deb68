package labfile

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The most that is read of one file, and the deepest that its brackets may
// nest: the parser and the evaluation are recursive.
const (
	largestFile = 4 << 20
	deepest     = 250
)

// read finds and parses the lab's files. It is false when there is nothing to
// go on with.
func (l *loader) read(file string) bool {
	names := []string{file}
	if file == "" {
		var ok bool
		if names, ok = l.find(); !ok {
			return false
		}
	} else if !strings.HasSuffix(file, ".hcl") {
		l.fail(place{}, hcl.Range{}, "Not a lab file",
			"The name of %q does not end in %q, as a lab file's does.", l.show(file), Extension)
		return false
	}
	for _, name := range names {
		src, err := l.readFile(name)
		if err != nil {
			l.fail(place{}, hcl.Range{}, "Lab file cannot be read", "Reading %q gave: %s.", l.show(name), reason(err))
			continue
		}
		if body := l.parse(l.show(name), src); body != nil {
			l.bodies = append(l.bodies, body)
		}
	}
	return true
}

// find lists the lab files of the folder, in the order of their names.
func (l *loader) find() ([]string, bool) {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		l.fail(place{}, hcl.Range{}, "Lab cannot be read", "Reading the folder %q gave: %s.", l.shown, reason(err))
		return nil, false
	}
	var names, near []string
	for _, e := range entries {
		switch {
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
		case strings.HasSuffix(e.Name(), Extension):
			names = append(names, e.Name())
		case strings.HasSuffix(e.Name(), ".hcl") || strings.HasSuffix(e.Name(), ".lab"):
			near = append(near, e.Name())
		}
	}
	if len(names) == 0 {
		detail := fmt.Sprintf("The folder %q holds no file whose name ends in %q.", l.shown, Extension)
		if len(near) > 0 {
			detail += fmt.Sprintf(" If %s is meant, give it that ending.", near[0])
		}
		l.fail(place{}, hcl.Range{}, "No lab file",
			"%s Write one, or name the folder of a lab:\n\n    doublehop validate -f FOLDER", detail)
		return nil, false
	}
	return names, true
}

// readFile reads a file of the lab's folder, within the limit of size.
func (l *loader) readFile(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // opened to read
	return limited(f)
}

func limited(r io.Reader) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, largestFile+1))
	if err == nil && len(src) > largestFile {
		err = fmt.Errorf("it is larger than %d MiB", largestFile>>20)
	}
	return src, err
}

// show is the name of a file as the author would type it.
func (l *loader) show(name string) string { return filepath.Join(l.shown, name) }

// parse reads a file's syntax. It keeps what can be kept of a wrong file, so
// that the rest is checked too.
func (l *loader) parse(name string, src []byte) *hclsyntax.Body {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")) // Notepad writes one
	l.sources.Add(name, src)
	l.findProductKeys(name, src)
	if at, ok := tooDeep(src); ok {
		l.fail(place{}, pointAt(name, src, at, at+1), "Nesting too deep",
			"Brackets nest more than %d deep here. No lab needs that.", deepest)
		return nil
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	l.take(place{}, diags)
	if file == nil {
		return nil
	}
	return file.Body.(*hclsyntax.Body)
}

// tooDeep finds where brackets nest too deep, or where one expression has too
// many operators: each is a call inside the parser or the evaluation. It does
// not know strings from code, and its limits are far beyond both.
func tooDeep(src []byte) (int, bool) {
	var inner []bool // of each open bracket: whether a line's end goes unseen in it
	run := 0
	for i, c := range src {
		switch c {
		case '(', '[':
			inner = append(inner, true)
		case '{':
			inner = append(inner, i > 0 && (src[i-1] == '$' || src[i-1] == '%'))
		case ')', ']', '}':
			inner = inner[:max(len(inner)-1, 0)]
			run++
		case '!', '-', '?', '+', '*', '/', '<', '>', '=', '&', '|', '%':
			run++
		case ',':
			run = 0
		case '\n':
			if len(inner) == 0 || !inner[len(inner)-1] {
				run = 0
			}
		}
		if len(inner) > deepest || run > 40*deepest {
			return i, true
		}
	}
	return 0, false
}

// pointAt is the range of src[from:to].
func pointAt(name string, src []byte, from, to int) hcl.Range {
	pos := func(b int) hcl.Pos {
		start := bytes.LastIndexByte(src[:b], '\n') + 1
		return hcl.Pos{
			Line: 1 + bytes.Count(src[:start], []byte("\n")), Byte: b,
			Column: 1 + len([]rune(string(src[start:b]))),
		}
	}
	return hcl.Range{Filename: name, Start: pos(from), End: pos(to)}
}

// productKey is the shape of a Windows or Exchange product key of that age:
// five groups of five, in the 24 characters that Microsoft's encoding has.
var productKey = regexp.MustCompile(`(?i)\b[BCDFGHJKMPQRTVWXY2346789]{5}(-[BCDFGHJKMPQRTVWXY2346789]{5}){4}\b`)

// looksLikeKey finds a product key in text. A picture of one, such as
// XXXXX-XXXXX-…, or five times the same group, is none.
func looksLikeKey(text []byte) []int {
	for from := 0; ; {
		at := productKey.FindIndex(text[from:])
		if at == nil {
			return nil
		}
		at[0], at[1] = at[0]+from, at[1]+from
		from = at[1]
		groups := bytes.Split(text[at[0]:at[1]], []byte("-"))
		picture := func(g []byte) bool {
			return bytes.Count(g, g[:1]) == len(g) || bytes.Equal(g, groups[0])
		}
		if slices.ContainsFunc(groups, func(g []byte) bool { return !picture(g) }) {
			return at
		}
	}
}

// findProductKeys reports product keys anywhere in a file, comments included:
// the file is meant to be committed and shown.
func (l *loader) findProductKeys(name string, src []byte) {
	for from, found := 0, 0; found < 20; found++ {
		at := looksLikeKey(src[from:])
		if at == nil {
			return
		}
		r := pointAt(name, src, from+at[0], from+at[1])
		from += at[1]
		l.sources.Hide(rangeOf(r))
		l.keyAt[name] = r.Start.Line
		l.fail(place{}, r, "Product key in a file",
			"What stands here looks like a product key. A lab file is shared and committed, so keys come from elsewhere:\n\n"+
				"    secret \"windows_key\" { env = \"LAB_WINDOWS_KEY\" }\n\nand the argument refers to secret.windows_key. "+
				"If this file was committed, take the key out of its history too.")
	}
}

// sorted lists a body's arguments in the order written; a map has none.
func sorted(attrs hclsyntax.Attributes) []*hclsyntax.Attribute {
	list := make([]*hclsyntax.Attribute, 0, len(attrs))
	for _, a := range attrs {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *hclsyntax.Attribute) int {
		return a.NameRange.Start.Byte - b.NameRange.Start.Byte
	})
	return list
}
