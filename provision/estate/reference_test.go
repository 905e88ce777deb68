package estate

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the pages of the reference anew")

// page keeps a page of docs/reference what the data say.
func page(t *testing.T, name string, text []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", "reference", name)
	if *update {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, text) {
		t.Errorf("%s is not what the data say; write it anew:\n    go test ./provision/estate -run TestReference -update", path)
	}
}

func TestReferenceOfRules(t *testing.T) { page(t, "rules.md", rulesPage()) }

func rulesPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Rules\n\nMade from `provision/estate/rules` by `go test ./provision/estate -run TestReference -update`; do not edit.\n\n" +
		"`plan` and `validate` hold every step of a lab against these rules, in the order of the stages. One that blocks is an\n" +
		"error: the step cannot work, or nobody supports what it makes. One that warns lets the step pass. A rule blocks only where\n" +
		"a document of Microsoft's was read, or two independent sources agree (H); what is less sure (M, L, and mem for what is\n" +
		"remembered) warns. A rule that blocks warns instead where it rests on a row of the [tables](tables.md) that is less sure.\n\n" +
		"`doublehop explain RULE` prints one of them. An author who knows better silences a rule on one step:\n\n" +
		"```hcl\nstep \"exchange_setup\" {\n  on      = machine.ex01\n  media   = media.exchange\n  allow   = [\"DH-EX-ON-CONTROLLER\"]\n" +
		"  because = \"The branch office has one machine, as the real one has.\"\n}\n```\n\n" +
		"Rules of the model say what can be done at all; they cannot be silenced. Words in capitals stand for names of the lab.\n")
	for _, theme := range Themes() {
		begun := false
		for _, r := range Rules() {
			if r.Theme != theme.ID {
				continue
			}
			if !begun {
				fmt.Fprintf(&b, "\n## %s\n", theme.Title)
				begun = true
			}
			b.WriteString(ruleSection(r))
		}
	}
	return b.Bytes()
}

func ruleSection(r Rule) string {
	var b strings.Builder
	verb := map[Verdict]string{Block: "Blocks", Warn: "Warns"}[r.Verdict]
	fmt.Fprintf(&b, "\n### %s\n\n**%s.** %s.\n\n%s\n", r.ID, verb, r.Title, fenced(r.What))
	fmt.Fprintf(&b, "\n*Why:* %s\n", fenced(r.Why))
	if r.Remedy != "" {
		fmt.Fprintf(&b, "\n*Remedy:* %s\n", fenced(r.Remedy))
	}
	if r.OfTheModel() {
		b.WriteString("\nA rule of the model.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\nSources (%s):\n\n", r.Confidence)
	for _, c := range r.Citations() {
		fmt.Fprintf(&b, "- %s\n", c.Title)
	}
	return b.String()
}

// fenced is prose with its examples between fences.
func fenced(text string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(Placeless(text)) {
		line = strings.TrimRight(line, "\n")
		if example := strings.HasPrefix(line, "  "); example != inside && line != "" {
			inside = example
			if example {
				b.WriteString("```hcl\n")
			} else {
				b.WriteString("```\n\n")
			}
		}
		b.WriteString(strings.TrimPrefix(line, "  ") + "\n")
	}
	if inside {
		b.WriteString("```\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
