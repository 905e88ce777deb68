package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/cmd/diagram"
	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/plan"
)

const jsonPage = "../../docs/reference/json.md"

// answers are what verbs say with -o json, with the words that stand above.
var answers = []struct {
	title, text string
	value       any
}{
	{
		"validate -o json", "Every complaint about a lab, in the order of the files' lines. The exit code is 1 when the files are wrong, " +
			"7 when they are well written and break rules, else 0; stdout holds the same object in each case.", view.Verdict{},
	},
	{
		"plan -o json", "The plan, and beside it `diagnostics`, the warnings, as `validate` writes them. When diagnostics stand in its way, " +
			"the answer is the object of `validate`, and the exit code is as there.", plan.Plan{},
	},
	{"export --report json", "What was written. `-o` is the file here.", view.Exported{}},
	{"import -o json", "What was brought.", view.Imported{}},
	{
		"fork -o json, and the verbs that take a pattern", "What became of each instance. `revert`, `stop`, `start` and `destroy` write this when `--name` is a pattern. " +
			"The exit code is that of the failures where they agree, else 1; 0 when there are none.", view.Together{},
	},
	{"graph -o json", "What the drawing is made from.", diagram.Diagram{}},
	{"media scan -o json", "What the disc images in a folder are.", view.Scan{}},
	{"media check -o json", "What a lab has and lacks. The exit code is 5 when a disc is missing or wrong, else 0.", view.MediaAnswer{}},
	{
		"fmt -o json", "The exit code is 1 when a file cannot be read as the language's, 3 when `--check` found differences, else 0.", view.Formatted{},
	},
}

// The page of JSON is what the program's types and their comments say.
func TestThePageOfJSONIsUpToDate(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	page.WriteString("# JSON\n\nWhat verbs write with `-o json`. This page is written by `make golden` from the program's own types.\n\n" +
		"The answer is one object on stdout; a program reads nothing else. Fields may be added, so ignore those that you do not know; none changes " +
		"its meaning. A field that is said to be left out when empty is not there then. Sizes are in bytes, times in seconds. No secret and no " +
		"sensitive value is in any of them.\n")
	p := &schemaPage{Buffer: &page, docs: map[string]map[string]string{}, told: map[reflect.Type]bool{}}
	for _, a := range answers {
		fmt.Fprintf(p, "\n## %s\n\n%s\n", a.title, a.text)
		p.object(t, reflect.TypeOf(a.value), "")
	}
	if *update {
		if err := os.WriteFile(jsonPage, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(jsonPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), page.String()); diff != "" {
		t.Errorf("%s (-want +got): run make golden\n%s", jsonPage, diff)
	}
}

type schemaPage struct {
	*bytes.Buffer
	docs map[string]map[string]string // package → Type.Field → comment
	told map[reflect.Type]bool
}

// object writes the table of a type, and then those of the types in it.
func (p *schemaPage) object(t *testing.T, ty reflect.Type, title string) {
	if p.told[ty] {
		return
	}
	p.told[ty] = true
	if title != "" {
		fmt.Fprintf(p, "\n### %s\n", title)
	}
	fmt.Fprint(p, "\n| field | type | |\n|---|---|---|\n")
	var inner []reflect.Type
	for f := range fields(ty) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		doc := p.doc(t, ty, f.Name)
		if strings.Contains(rest, "omitempty") {
			doc = strings.TrimSpace(doc + " Left out when empty.")
		}
		word, obj := wordFor(f.Type)
		fmt.Fprintf(p, "| `%s` | %s | %s |\n", name, word, strings.ReplaceAll(doc, "|", `\|`))
		if obj != nil {
			inner = append(inner, obj)
		}
	}
	for _, obj := range inner {
		p.object(t, obj, titleOf(obj))
	}
}

func fields(ty reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for f := range ty.Fields() {
			if tag := f.Tag.Get("json"); f.IsExported() && tag != "-" && !yield(f) {
				return
			}
		}
	}
}

// wordFor is what to call a type, and the object type in it.
func wordFor(ty reflect.Type) (word string, object reflect.Type) {
	switch ty.Kind() { //nolint:exhaustive // the others are in no answer
	case reflect.Pointer:
		return wordFor(ty.Elem())
	case reflect.Slice:
		word, object = wordFor(ty.Elem())
		return "list of " + word, object
	case reflect.Struct:
		return "[" + titleOf(ty) + "](#" + strings.ReplaceAll(strings.ToLower(titleOf(ty)), " ", "-") + ")", ty
	case reflect.String:
		return "text", nil
	case reflect.Bool:
		return "bool", nil
	}
	return "number", nil
}

// titleOf is a type's heading: its package's name, since several have a Stage.
func titleOf(ty reflect.Type) string {
	room := filepath.Base(ty.PkgPath())
	name := strings.ToLower(ty.Name())
	if room == "view" || room == "labs" {
		return name
	}
	return name + " of a " + room
}

// doc is the comment of a field.
func (p *schemaPage) doc(t *testing.T, ty reflect.Type, field string) string {
	if p.docs[ty.PkgPath()] == nil {
		p.docs[ty.PkgPath()] = comments(t, filepath.Join("../..", strings.TrimPrefix(ty.PkgPath(), "github.com/doublehop/doublehop")))
	}
	words := strings.Fields(p.docs[ty.PkgPath()][ty.Name()+"."+field])
	if len(words) > 1 && words[0] == field && words[1] != "and" { // its Go name says nothing here
		if words = words[1:]; words[0] == "is" || words[0] == "are" {
			words = words[1:]
		}
		words[0] = strings.ToUpper(words[0][:1]) + words[0][1:]
	}
	return strings.Join(words, " ")
}

// comments reads the comments of all fields of a package.
func comments(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", dir, err)
	}
	out := map[string]string{}
	for _, file := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			body, ok := spec.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, f := range body.Fields.List {
				for _, name := range f.Names {
					out[spec.Name.Name+"."+name.Name] = cmp.Or(f.Doc.Text(), f.Comment.Text())
				}
			}
			return false
		})
	}
	return out
}
