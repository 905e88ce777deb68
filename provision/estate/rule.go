package estate

import (
	_ "embed"
	"fmt"
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

// Rule is what the estate must satisfy: rules.hcl.
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

//go:embed rules.hcl
var rulesFile []byte

// rules reads rules.hcl once, at the first use.
//
//nolint:gochecknoglobals // a table, read at first use
var rules = sync.OnceValue(func() []Rule {
	var file struct {
		Rules []Rule `hcl:"rule,block"`
	}
	if err := hclsimple.Decode("rules.hcl", rulesFile, nil, &file); err != nil {
		panic(fmt.Sprintf("rules.hcl: %v", err))
	}
	return file.Rules
})

// Rules lists every rule, in the order of rules.hcl.
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
