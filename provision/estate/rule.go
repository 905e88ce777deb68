package estate

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/doublehop/doublehop/hcl/rulefile"
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
	ID string
	// Theme is the name of the file that the rule stands in, without its
	// extension: "exchange-2003".
	Theme   string
	Verdict Verdict
	// Title is constant text, a few words.
	Title string
	// What says what is wrong, in full sentences about one step; {names} in it
	// are filled. Why gives the reason, Remedy what to do instead; it may be
	// filled too, and may be empty.
	What, Why, Remedy string
	Origin
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
		read, err := rulefile.Read(name, text)
		if err != nil {
			panic(err)
		}
		theme := strings.TrimSuffix(path.Base(name), ".hcl")
		for _, r := range read {
			all = append(all, Rule{
				ID: r.ID, Theme: theme, Verdict: Verdict(r.Verdict), Title: r.Title, What: r.What, Why: r.Why, Remedy: r.Remedy,
				Origin: Origin{Source: r.Source, Confidence: Confidence(r.Confidence)},
			})
		}
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
