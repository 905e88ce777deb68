package plan_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/plan"
)

// The corpus: lab files that break rules, with the verdict on the line that is
// to blame, and that keep them.
//
//	media = media.exchange-2010-sp3 # ERROR: DH-E2010-MIXED-MODE DH-EX-FOREST-LEVEL
//	on    = machine.ex01            # WARNING: DH-EX-ON-CONTROLLER
//	step "exchange_setup" {         # KEEPS: DH-E2003-X64
//
// KEEPS says that the rule looks at the step, which stands on this line or
// around it, and finds nothing. "# WORLD 2003" in the first line loads
// worlds/2003.hcl beside the file: machines, media and networks.
var (
	corpusVerdict = regexp.MustCompile(`# (ERROR|WARNING): ((?:DH-[A-Z0-9-]+ ?)+)`)
	corpusKeeps   = regexp.MustCompile(`# KEEPS: ((?:DH-[A-Z0-9-]+ ?)+)`)
	corpusWorld   = regexp.MustCompile(`^# WORLD ([a-z0-9-]+)\n`)
)

// corpus lists the files of testdata/rules with their contents.
func corpus(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob("testdata/rules/*.lab.hcl")
	if err != nil || len(names) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	files := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return files
}

// loadCase reads a file of the corpus with its world.
func loadCase(t testing.TB, name, text string) *labs.Lab {
	t.Helper()
	folder := fstest.MapFS{name: {Data: []byte(text)}}
	if m := corpusWorld.FindStringSubmatch(text); m != nil {
		world, err := os.ReadFile("testdata/rules/worlds/" + m[1] + ".hcl")
		if err != nil {
			t.Fatal(err)
		}
		folder["world.lab.hcl"] = &fstest.MapFile{Data: world}
	}
	lab, _, diags := labfile.LoadFS(folder, "", labfile.Options{Schemas: catalog.Schemas(), Folder: "/lab"})
	if diags.Fatal() {
		for _, d := range diags {
			t.Errorf("%s: %s: %s", d.Subject, d.Summary, d.Detail)
		}
		t.FailNow()
	}
	return lab
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	for name, text := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := plan.Check(loadCase(t, name, text))
			want, got := map[int][]string{}, map[int][]string{}
			for i, line := range strings.Split(text, "\n") {
				for _, m := range corpusVerdict.FindAllStringSubmatch(line, -1) {
					for id := range strings.FieldsSeq(m[2]) {
						want[i+1] = append(want[i+1], m[1]+" "+id)
					}
				}
			}
			detail := map[string]string{}
			for _, d := range diags {
				if d.Subject == nil || filepath.Base(d.Subject.File) != name {
					t.Errorf("%s %s stands nowhere in the file: %v %s", d.Summary, d.Rule, d.Subject, d.Detail)
					continue
				}
				found := strings.ToUpper(d.Severity.String()) + " " + d.Rule
				if line := got[d.Subject.Start.Line]; !slices.Contains(line, found) {
					got[d.Subject.Start.Line] = append(line, found)
				}
				detail[strconv.Itoa(d.Subject.Start.Line)+" "+d.Rule] = d.Detail
				wellSaid(t, d)
			}
			for _, lists := range []map[int][]string{want, got} {
				for _, list := range lists {
					slices.Sort(list)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("broken rules, by line (-want +got):\n%s", diff)
				for at, text := range detail {
					t.Logf("line %s: %s", at, text)
				}
			}
			keeps(t, text, diags)
		})
	}
}

// keeps holds the KEEPS of a file: the step around the line breaks no such rule.
func keeps(t *testing.T, text string, diags labs.Diagnostics) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		m := corpusKeeps.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for id := range strings.FieldsSeq(m[1]) {
			if _, ok := estate.FindRule(id); !ok {
				t.Errorf("line %d keeps %s, which is no rule", i+1, id)
			}
			for _, d := range diags {
				if d.Rule == id && d.Context != nil && d.Context.Start.Line <= i+1 && i+1 <= d.Context.End.Line {
					t.Errorf("line %d: %s is broken", i+1, id)
				}
			}
		}
	}
}

// wellSaid checks what every broken rule must be.
func wellSaid(t *testing.T, d labs.Diagnostic) {
	t.Helper()
	if d.Rule == "" {
		return
	}
	if _, ok := estate.FindRule(d.Rule); !ok {
		t.Errorf("%s: no such rule", d.Rule)
	}
	if strings.ContainsAny(strings.SplitN(d.Detail, "\n", 2)[0], "{}") || strings.Contains(d.Detail, "%!") || strings.Contains(d.Detail, "  .") {
		t.Errorf("%s: %q", d.Rule, d.Detail)
	}
}

// TestEveryRuleHasItsCases demands that each rule is broken once and kept once
// in the corpus.
func TestEveryRuleHasItsCases(t *testing.T) {
	t.Parallel()
	broken, kept := map[string]bool{}, map[string]bool{}
	for _, text := range corpus(t) {
		for _, m := range corpusVerdict.FindAllStringSubmatch(text, -1) {
			for id := range strings.FieldsSeq(m[2]) {
				broken[id] = true
			}
		}
		for _, m := range corpusKeeps.FindAllStringSubmatch(text, -1) {
			for id := range strings.FieldsSeq(m[1]) {
				kept[id] = true
			}
		}
	}
	for _, rule := range estate.Rules() {
		if !broken[rule.ID] && elsewhere(rule.ID) == "" {
			t.Errorf("no lab file breaks %s (%s)", rule.ID, rule.Title)
		}
		if !kept[rule.ID] && elsewhere(rule.ID) == "" {
			t.Errorf("no lab file keeps %s (%s)", rule.ID, rule.Title)
		}
	}
}

// elsewhere says why no lab file can break a rule, or none can keep it.
func elsewhere(id string) string {
	const disc = "the catalogue refuses a disc of another version before the estate is asked"
	return map[string]string{
		"DH-AD-PARTIAL-REVERT":   "it is about `revert` of single machines, which the session of revert plays",
		"DH-AD-NO-DIRECTORY":     "no lab installs Windows NT",
		"DH-EX-NO-RELEASE":       disc,
		"DH-EX-PREPARE-OLD":      disc,
		"DH-EX-SETUP-LATER":      disc,
		"DH-EX-FORESTPREP-LATER": disc,
		"DH-EX-LEGACY-VERSION":   disc,
		"DH-EX-NO-CATALOG":       "a demotion that would leave none is refused before",
		"DH-WIN-NAME-CLASH":      "the reader of lab files refuses two computers of one name",
		"DH-EX-RECOVERY-NONE":    "what it asks for is a computer of the lost one's name, of which a lab has one",
		"DH-EX-RECOVERY-WINDOWS": "it needs a second computer of one name, which a lab has not",
		"DH-EX-RECOVERY-VERSION": "it needs a second computer of one name, which a lab has not",
	}[id]
}
