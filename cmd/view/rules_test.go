package view_test

import (
	"testing"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/estate"
)

// explained are a rule that was read somewhere and one of the model.
func explained() []view.Rule {
	return []view.Rule{
		view.RuleOf(estate.Rule{
			ID: "DH-E2003-X64", Theme: "exchange-2003", Verdict: estate.Block, Title: "Exchange 2003 on 64-bit Windows",
			What: `Machine "{machine}" runs 64-bit Windows, and {product} is to be installed on it.`, Why: "It installs a driver.",
			Remedy: "Put this before the step:\n\n  step \"install\" { on = machine.{machine} }", Origin: estate.Origin{Source: "E1 W11", Confidence: estate.Sure},
		}),
		view.RuleOf(estate.Rule{
			ID: "DH-AD-NO-DOMAIN", Theme: "directory", Verdict: estate.Warn, Title: "No such domain", What: "Nobody founded {domain}\x1b[31m.",
			Why: "It is not there.", Origin: estate.Origin{Source: "model", Confidence: estate.Sure},
		}),
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	var s view.Style
	text := s.Rules(explained())
	for _, r := range explained() {
		text += "\n----\n" + s.Rule(r)
	}
	fits(t, text, 80)
	golden(t, "rules.txt", text)
}
