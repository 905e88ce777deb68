package rulefile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/rulefile"
)

const good = `
rule "DH-ONE" {
  verdict    = "warn"
  title      = "One"
  what       = "Machine \"{machine}\" is one."
  why        = "It is alone."
  source     = "mem"
  confidence = "mem-H"
}
`

func TestRead(t *testing.T) {
	t.Parallel()
	got, err := rulefile.Read("one.hcl", []byte(good))
	want := []rulefile.Rule{{
		ID: "DH-ONE", Verdict: "warn", Title: "One", What: `Machine "{machine}" is one.`, Why: "It is alone.", Source: "mem", Confidence: "mem-H",
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v; read (-want +got):\n%s", err, diff)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"a rule without its why":    strings.Replace(good, "why ", "whence ", 1),
		"an argument of no rule":    strings.Replace(good, "source ", "author = \"x\"\n  source ", 1),
		"a rule without a name":     strings.Replace(good, `"DH-ONE" `, "", 1),
		"a block that is no rule":   strings.Replace(good, "rule ", "ruler ", 1),
		"a reference to a variable": strings.Replace(good, `"One"`, "one", 1),
		"what is no hcl":            "rule {",
	} {
		rules, err := rulefile.Read("bad.hcl", []byte(text))
		if err == nil || !strings.Contains(err.Error(), "bad.hcl:") {
			t.Errorf("%s is read as %v, error %v", what, rules, err)
		}
	}
}
