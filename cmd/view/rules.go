package view

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/provision/estate"
)

// Rule is a rule of the estate as `explain` shows it. Its texts have names in
// capitals where a diagnostic has those of the lab.
type Rule struct {
	ID string `json:"id"`
	// Theme is what the rule is about: "Active Directory".
	Theme string `json:"theme"`
	// Verdict is "block" or "warn".
	Verdict string `json:"verdict"`
	Title   string `json:"title"`
	What    string `json:"what"`
	Why     string `json:"why"`
	Remedy  string `json:"remedy,omitempty"`
	// Confidence is the mark, Sure what it means.
	Confidence string   `json:"confidence"`
	Sure       string   `json:"sure"`
	Sources    []Source `json:"sources"`
	// Model says that the rule is of the model itself: no author can silence it.
	Model bool `json:"model,omitempty"`
}

// Source is where a rule was read.
type Source struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// RuleOf is a rule of the estate for showing.
func RuleOf(r estate.Rule) Rule {
	shown := Rule{
		ID: r.ID, Theme: r.Theme, Verdict: string(r.Verdict), Title: r.Title, What: estate.Placeless(r.What), Why: estate.Placeless(r.Why),
		Remedy: estate.Placeless(r.Remedy), Confidence: string(r.Confidence), Sure: r.Confidence.Meaning(), Model: r.OfTheModel(),
	}
	for _, t := range estate.Themes() {
		if t.ID == r.Theme {
			shown.Theme = t.Title
		}
	}
	for _, c := range r.Citations() {
		shown.Sources = append(shown.Sources, Source(c))
	}
	return shown
}

// Rule draws one rule with all that is known of it.
func (s Style) Rule(r Rule) string {
	var b strings.Builder
	i, verdict := warning, "It warns: the step works, and is often regretted."
	if r.Verdict == string(estate.Block) {
		i, verdict = bad, "It blocks: the step cannot work, or nobody supports what it makes."
	}
	fmt.Fprintf(&b, "%s  %s\n\n", s.draw(i, r.ID), s.draw(strong, r.Title))
	b.WriteString(s.wrap(verdict, "") + "\n")
	b.WriteString(s.lead(strong, "What:", r.What))
	b.WriteString(s.lead(strong, "Why:", r.Why))
	if r.Remedy != "" {
		b.WriteString(s.lead(strong, "Remedy:", r.Remedy))
	}
	b.WriteString("\n")
	if r.Model {
		b.WriteString(s.wrap("It says what can be done at all, so no step can silence it.", ""))
		return b.String()
	}
	b.WriteString(s.lead(strong, "How sure:", fmt.Sprintf("%s (%s)", r.Sure, r.Confidence)))
	b.WriteString(s.draw(strong, "Sources:") + "\n")
	for _, c := range r.Sources {
		text := strings.TrimLeft(s.wrap(c.Title, strings.Repeat(" ", 8)), " ")
		b.WriteString("  " + pad(Clean(c.Key), 6) + text)
	}
	b.WriteString("\n" + s.wrap("An author who knows better silences it on one step, and the plan tells the reason:", ""))
	fmt.Fprintf(&b, "\n  allow   = [%q]\n  because = \"…\"\n", r.ID)
	return b.String()
}

// Rules lists rules by theme.
func (s Style) Rules(rules []Rule) string {
	var b strings.Builder
	widest := 0
	for _, r := range rules {
		widest = max(widest, len(r.ID))
	}
	theme := ""
	for _, r := range rules {
		if r.Theme != theme {
			if theme != "" {
				b.WriteString("\n")
			}
			b.WriteString(s.draw(strong, r.Theme) + "\n")
			theme = r.Theme
		}
		i := warning
		if r.Verdict == string(estate.Block) {
			i = bad
		}
		title := strings.TrimLeft(s.wrap(r.Title, strings.Repeat(" ", 2+widest+2+5+2)), " ")
		b.WriteString("  " + pad(r.ID, widest) + "  " + s.draw(i, pad(r.Verdict, 5)) + "  " + title)
	}
	fmt.Fprintf(&b, "\n%s. `doublehop explain RULE` says more of one.\n", count(len(rules), "rule"))
	return b.String()
}
