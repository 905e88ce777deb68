package estate

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2/hclsimple"
)

// Verdict is what a broken rule means.
type Verdict string

// What a broken rule means. A rule that is not [Sure] can only warn.
const (
	// Block: the step cannot work, or nobody supports what it makes.
	Block Verdict = "block"
	// Warn: it works, and is often regretted.
	Warn Verdict = "warn"
)

// Rule is what the estate must satisfy: a block of rules/*.hcl.
type Rule struct {
	// ID is "DH-E2003-X64".
	ID      string  `hcl:"id,label"`
	Verdict Verdict `hcl:"verdict"`
	// Title is constant text, a few words.
	Title string `hcl:"title"`
	// What says what is wrong, in full sentences about one step; {names} in it
	// are filled. Why gives the reason, Remedy what to do instead; it may be
	// filled too, and may be empty.
	What   string `hcl:"what"`
	Why    string `hcl:"why"`
	Remedy string `hcl:"remedy,optional"`
	// Source names keys of sources.csv, with blanks between.
	Source     string     `hcl:"source"`
	Confidence Confidence `hcl:"confidence"`
}

//go:embed rules/*.hcl
var ruleFiles embed.FS

// rules reads the files of rules once, at the first use.
//
//nolint:gochecknoglobals // a table, read at first use
var rules = sync.OnceValue(func() []Rule {
	files, err := fs.Glob(ruleFiles, "rules/*.hcl")
	if err != nil {
		panic(err)
	}
	var all []Rule
	for _, name := range files {
		text, err := ruleFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		var file struct {
			Rules []Rule `hcl:"rule,block"`
		}
		if err := hclsimple.Decode(name, text, nil, &file); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		all = append(all, file.Rules...)
	}
	return all
})

// Rules lists every rule, in the order of the files' names and lines.
func Rules() []Rule { return slices.Clone(rules()) }

// FindRule finds a rule by its id.
func FindRule(id string) (Rule, bool) {
	return pick(rules(), func(r Rule) bool { return r.ID == id })
}

// mustRule finds a rule that this package itself names; a test holds every name
// in it against the file.
func mustRule(id string) Rule {
	rule, ok := FindRule(id)
	if !ok {
		panic("estate: no rule " + id)
	}
	return rule
}
