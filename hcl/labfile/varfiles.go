package labfile

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// variablePrefix begins the names of environment variables that give values.
const variablePrefix = "DOUBLEHOP_VAR_"

// fromEnvironment takes values from the environment. It holds what other labs
// need too, so a name that is not declared is no mistake.
func (l *loader) fromEnvironment(declared map[string]*variable) map[string]assignment {
	given := map[string]assignment{}
	for _, e := range l.opts.Environ {
		key, text, _ := strings.Cut(e, "=")
		name, ours := strings.CutPrefix(key, variablePrefix)
		if ours && declared[name] != nil {
			given[name] = assignment{text: text, from: "the value of " + key + " in the environment"}
		}
	}
	return given
}

// assignedFile is a file of variables.
type assignedFile struct {
	name string
	body *hclsyntax.Body
}

// ownVarFiles are the files of variables in the lab's folder.
func (l *loader) ownVarFiles() []assignedFile {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		return nil // read has reported it
	}
	var files []assignedFile
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || !strings.HasSuffix(e.Name(), VarsExtension) {
			continue
		}
		src, err := l.readFile(e.Name())
		files = l.varFile(files, l.show(e.Name()), src, err)
	}
	return files
}

// namedVarFiles are those of the command line.
func (l *loader) namedVarFiles() []assignedFile {
	var files []assignedFile
	for _, name := range l.opts.VarFiles {
		src, err := readNamed(name)
		files = l.varFile(files, filepath.Clean(name), src, err)
	}
	return files
}

func readNamed(name string) ([]byte, error) {
	f, err := os.Open(name) //nolint:gosec // a person named it on the command line
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // opened to read
	return limited(f)
}

func (l *loader) varFile(files []assignedFile, name string, src []byte, err error) []assignedFile {
	if err != nil {
		l.fail(place{}, hcl.Range{}, "File of variables cannot be read", "Reading %q gave: %s.", name, reason(err))
		return files
	}
	if body := l.parse(name, src); body != nil {
		files = append(files, assignedFile{name, body})
	}
	return files
}

// fromFile takes the values of one file.
func (l *loader) fromFile(f assignedFile, declared map[string]*variable, given map[string]assignment) {
	l.numbers(f.body)
	l.prepare("", f.body)
	for _, b := range f.body.Blocks {
		l.fail(place{}, b.TypeRange, "Block in a file of variables",
			"A file of variables holds lines of the form NAME = VALUE. Blocks go into a file that ends in %q.", Extension)
	}
	for _, a := range sorted(f.body.Attributes) {
		p := place{addr: "var." + a.Name}
		if declared[a.Name] == nil {
			l.fail(p, a.NameRange, "Unknown variable", "The lab does not declare a variable %q.%s",
				a.Name, didYouMean(a.Name, slices.Sorted(maps.Keys(declared))))
			continue
		}
		if declared[a.Name].sensitive {
			l.sources.Hide(rangeOf(a.Expr.Range()))
		}
		l.namedSecret(p, a.Name, a.Expr)
		given[a.Name] = assignment{
			value: l.constant(p, a.Expr, cty.DynamicPseudoType), at: a.Expr.Range(), from: "the value in " + f.name,
		}
	}
}
