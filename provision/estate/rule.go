package estate

import (
	"cmp"
	"embed"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/agext/levenshtein"

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
	// What says what is wrong, in full sentences about one step. Why gives the
	// reason, Remedy what to do instead; it may be empty. {names} in them are
	// filled.
	What, Why, Remedy string
	Origin
}

// OfTheModel says that the rule is about what can be done at all, and not about
// what is supported: nobody knows better than it.
func (r Rule) OfTheModel() bool { return r.Source == "model" }

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
	r, ok := rulesByID()[id]
	return r, ok
}

//nolint:gochecknoglobals // an index of a table, made at first use
var rulesByID = sync.OnceValue(func() map[string]Rule {
	index := make(map[string]Rule, len(rules()))
	for _, r := range rules() {
		if _, ok := index[r.ID]; !ok {
			index[r.ID] = r
		}
	}
	return index
})

// Placeless is a rule's text with its places as a person reads them:
// {machine} becomes MACHINE.
func Placeless(text string) string {
	return place.ReplaceAllStringFunc(text, func(p string) string {
		return strings.ToUpper(strings.Trim(p, "{}"))
	})
}

// place is where a word of a rule's text is filled in. Braces of an example in
// the lab language have blanks behind them.
var place = regexp.MustCompile(`\{[a-z0-9_]+\}`)

// NearRules lists the rules whose ids are most like what somebody wrote, the
// nearest first; none when nothing is like it.
func NearRules(id string) []Rule {
	id = strings.ToUpper(id)
	distance := func(r Rule) int { return levenshtein.Distance(id, r.ID, nil) }
	var near []Rule
	for _, r := range rules() {
		if distance(r) <= len(id)/3 || len(id) > 3 && strings.Contains(r.ID, id) {
			near = append(near, r)
		}
	}
	slices.SortStableFunc(near, func(a, b Rule) int { return cmp.Compare(distance(a), distance(b)) })
	return near
}

// Theme is a file of rules.
type Theme struct {
	// ID is [Rule.Theme], Title what people call it.
	ID, Title string
}

// Themes are the files of rules, in the order in which a lab meets them.
func Themes() []Theme {
	return []Theme{
		{"windows", "Windows"},
		{"directory", "Active Directory"},
		{"exchange-2003", "Exchange 5.5 to 2003"},
		{"exchange-2010", "Exchange 2007 to SE, and versions side by side"},
		{"exchange-moves", "Mailboxes, public folders, removal and recovery"},
		{"time", "Clocks, and what ages"},
		{"limits", "Memory, processors and sizes"},
	}
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
