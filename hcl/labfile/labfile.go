// Package labfile reads a lab: `*.lab.hcl` files become one labs.Lab and every
// complaint about them.
//
// A load has these phases, and each reports all that it finds before the next
// begins: find and read the files; look for `required_version`, so that an old
// program says which version it needs and nothing else; collect the blocks,
// with unknown and duplicate ones; give the variables their values; link every
// expression to what it refers to, and name circles; evaluate in the order of
// the references; decode and check each block; check what only the whole lab
// can show (addresses, names, the tree of stages).
//
// Lab files come from strangers' repositories. Reading them opens no file
// outside the lab's folder, runs nothing, asks no network and no clock, and
// gives the same lab for the same files and variables every time. A name that
// will be part of a path, of XML or of a batch file is checked here.
//
// Only the native syntax is read. No room outside hcl imports hashicorp's hcl:
// what leaves this one is labs' own types.
//
// Floor 2.
package labfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/doublehop/doublehop/labs"
)

// Extension is how the name of a lab file ends, and VarsExtension that of a
// file with values of variables.
const (
	Extension     = ".lab.hcl"
	VarsExtension = ".labvars"
)

// Options are what a load may be told beside the files. The zero value is a
// load without steps and without variables from outside.
type Options struct {
	// Schemas are the steps of the catalogue.
	Schemas []labs.Schema
	// Vars are the values given one by one on the command line, by name.
	Vars map[string]string
	// VarFiles are files of variables, later ones first; their paths are the
	// caller's, not the lab's.
	VarFiles []string
	// Environ is the environment, as of os.Environ: DOUBLEHOP_VAR_name gives a
	// variable its value. Nothing else of it is read.
	Environ []string
	// Version is the running program's version, compared with what the lab
	// requires; empty for a build without one, which every lab accepts.
	Version string
	// Folder is what LoadFS takes for the lab's folder when it makes paths
	// absolute. Load sets it.
	Folder string

	// mostWork bounds the expressions in place of mostWork, where tests need less.
	mostWork int
}

// Load reads the lab in path, a folder or one file. The lab is nil when a
// diagnostic is fatal; the sources are never nil.
func Load(path string, opts Options) (*labs.Lab, *labs.Sources, labs.Diagnostics) {
	l := newLoader(opts)
	info, err := os.Stat(path)
	if err != nil {
		l.noLab(path, err)
		return l.end(nil)
	}
	folder, file := path, ""
	if !info.IsDir() {
		folder, file = filepath.Split(path)
	}
	folder = filepath.Clean(folder)
	abs, err := filepath.Abs(folder)
	if err != nil {
		l.noLab(path, err)
		return l.end(nil)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		l.noLab(path, err)
		return l.end(nil)
	}
	defer root.Close() //nolint:errcheck // opened to read
	l.opts.Folder, l.shown = abs, folder
	return l.load(root.FS(), file)
}

// LoadFS is Load for the folder at the root of fsys, or for its one file when
// file is not empty.
func LoadFS(fsys fs.FS, file string, opts Options) (*labs.Lab, *labs.Sources, labs.Diagnostics) {
	return newLoader(opts).load(fsys, file)
}

// loader is one load.
type loader struct {
	opts    Options
	fsys    fs.FS
	shown   string // the folder as the author wrote it
	sources *labs.Sources
	diags   labs.Diagnostics

	bodies  []*hclsyntax.Body
	shapes  map[string]shape
	schemas map[string]labs.Schema
	decl    declared
	funcs   map[string]function.Function
	vars    map[string]cty.Value
	nodes   map[string]*node
	objects map[string]cty.Value // whole machines and networks, once asked for
	stack   []*node              // the nodes being evaluated
	done    map[spot]cty.Value
	keyAt   map[string]int // file → line of a product key already reported

	families map[string]*family   // what each block stands for, by address
	placed   map[string]block     // machines and such by kind and whole name
	inner    map[bodySpot][]block // the blocks inside others, once asked for
	partial  map[bodySpot]bool    // dynamic blocks could not be computed
	made     int                  // copies
	full     bool                 // that there are too many is said
	work     int                  // what expressions have handled
	trouble  error                // why the meter stopped the last expression
	gaveUp   bool                 // that there is too much to compute is said
}

func newLoader(opts Options) *loader {
	l := &loader{
		opts: opts, shown: ".", sources: &labs.Sources{}, shapes: shapes(),
		schemas: map[string]labs.Schema{}, vars: map[string]cty.Value{},
		nodes: map[string]*node{}, objects: map[string]cty.Value{}, done: map[spot]cty.Value{},
		keyAt: map[string]int{}, families: map[string]*family{}, placed: map[string]block{}, inner: map[bodySpot][]block{},
		partial: map[bodySpot]bool{},
	}
	if l.opts.mostWork == 0 {
		l.opts.mostWork = mostWork
	}
	for _, s := range opts.Schemas {
		l.schemas[s.Kind] = s
	}
	return l
}

func (l *loader) load(fsys fs.FS, file string) (*labs.Lab, *labs.Sources, labs.Diagnostics) {
	l.fsys = fsys
	l.funcs = l.functions()
	if !l.read(file) {
		return l.end(nil)
	}
	if l.wrongVersion() {
		return l.end(nil)
	}
	l.collect()
	for _, body := range l.bodies {
		l.prepare("", body)
	}
	l.variables()
	l.declareNodes()
	l.evaluateNodes()
	return l.end(l.decode())
}

// end sorts what was found; a lab with a fatal mistake is no lab. No complaint
// repeats a product key.
func (l *loader) end(lab *labs.Lab) (*labs.Lab, *labs.Sources, labs.Diagnostics) {
	l.diags.Sort()
	l.diags = l.diags.Together()
	for i := range l.diags {
		l.diags[i].Detail = productKey.ReplaceAllLiteralString(l.diags[i].Detail, "(product key)")
	}
	if l.diags.Fatal() {
		lab = nil
	}
	return lab, l.sources, l.diags
}

// noLab reports that path cannot be read.
func (l *loader) noLab(path string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		l.fail(place{}, hcl.Range{}, "No such lab",
			"There is no file or folder %q. Name the lab's folder, or one file of it:\n\n    doublehop validate -f FOLDER", path)
		return
	}
	l.fail(place{}, hcl.Range{}, "Lab cannot be read", "Reading %q gave: %s.", path, reason(err))
}

// reason is the innermost words of an error of the file system.
func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return strings.TrimSuffix(err.Error(), ".")
}
