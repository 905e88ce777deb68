package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// Silenced is a broken rule that the author of the lab silenced on a step.
type Silenced struct {
	// Rule is the rule's id, Title its few words.
	Rule  string `json:"rule"`
	Title string `json:"title"`
	// Step and Machine are where it is broken.
	Step    string `json:"step"`
	Machine string `json:"machine"`
	// Because is the author's reason.
	Because string `json:"because"`
	// Blocks says that the rule would have stopped the lab.
	Blocks bool `json:"blocks"`
}

// silence sorts the broken rules of a step on one machine into those that its
// author silenced and those to report. A rule of the model itself, such as a
// machine that was never installed, is about what can be done at all: nobody
// knows better, and silencing it has no meaning.
func silence(call catalog.Call, problems []estate.Problem) (told []estate.Problem, silenced []Silenced) {
	for _, p := range problems {
		if !slices.Contains(call.Step.Allow, p.Rule) || ofTheModel(p.Rule) {
			told = append(told, p)
			continue
		}
		silenced = append(silenced, Silenced{
			Rule: p.Rule, Title: p.Summary, Step: call.Step.Name, Machine: call.Machine.Name,
			Because: call.Step.Because, Blocks: p.Blocks(),
		})
	}
	return told, silenced
}

func ofTheModel(id string) bool {
	rule, ok := estate.FindRule(id)
	return !ok || rule.OfTheModel()
}

// allowed checks what a step says it allows: each must be a rule that can be
// silenced.
func allowed(stage *labs.Stage, step *labs.Step) labs.Diagnostics {
	var diags labs.Diagnostics
	for _, id := range step.Allow {
		at := step.Attribute("allow")
		d := labs.Diagnostic{
			Addr:    labs.Address("stage", stage.Name) + "." + labs.Address("step", step.Name),
			Subject: &at, Context: &step.Range,
		}
		_, known := estate.FindRule(id)
		switch {
		case !known:
			d.Summary = "Unknown rule"
			d.Detail = fmt.Sprintf("There is no rule %s.%s `doublehop explain` lists them all.", id, nearest(id))
		case ofTheModel(id):
			d.Summary = "Rule that cannot be silenced"
			d.Detail = fmt.Sprintf("Rule %s says what can be done at all, and not what is supported: a lab that breaks it cannot be built, whoever knows better.", id)
		default:
			continue
		}
		diags = append(diags, d)
	}
	return diags
}

// nearest suggests the rule whose id is most like id.
func nearest(id string) string {
	if near := estate.NearRules(id); len(near) > 0 {
		return fmt.Sprintf(" Did you mean %s?", near[0].ID)
	}
	return ""
}

// idle warns of rules that a step allows and that nothing on it breaks: the
// reason has gone, and the next mistake would pass unseen.
func idle(stage *labs.Stage, step *labs.Step, broken map[string]bool) labs.Diagnostics {
	var spare []string
	for _, id := range step.Allow {
		if _, known := estate.FindRule(id); known && !broken[id] && !ofTheModel(id) {
			spare = append(spare, id)
		}
	}
	if len(spare) == 0 {
		return nil
	}
	at := step.Attribute("allow")
	return labs.Diagnostics{{
		Severity: labs.Warning, Summary: "Silenced rule that is not broken",
		Detail: fmt.Sprintf("The step breaks no rule %s. Take it out of allow, so that a later mistake is seen.",
			strings.Join(spare, ", ")),
		Addr:    labs.Address("stage", stage.Name) + "." + labs.Address("step", step.Name),
		Subject: &at, Context: &step.Range,
	}}
}
