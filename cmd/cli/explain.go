package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/estate"
)

func newExplain(a *app, run func(context.Context, string) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Say why a rule forbids something, and where that was read",
		Long: "Print a rule that plan and validate hold the lab against: what it forbids or warns of, why,\n" +
			"what to do instead, how sure it is and where that was read. Without a rule, list them all.",
		Example: "  doublehop explain\n  doublehop explain DH-E2003-X64\n  doublehop explain DH-E2003-X64 -o json",
		Args:    atMostOne("one rule"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeRules(begun), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), strings.Join(args, ""))
		},
	}
	a.talkFlags(cmd)
	return cmd
}

// completeRules lists the rules whose ids begin so, with their titles.
func completeRules(begun string) []string {
	var list []string
	for _, r := range estate.Rules() {
		if strings.HasPrefix(r.ID, strings.ToUpper(begun)) {
			list = append(list, r.ID+"\t"+r.Title)
		}
	}
	slices.Sort(list)
	return list
}

// explainRule says all of one rule, or a line of each.
func (a *app) explainRule(_ context.Context, id string) error {
	if id == "" {
		return a.listRules()
	}
	rule, ok := estate.FindRule(strings.ToUpper(id))
	if !ok {
		return noRule(id)
	}
	shown := view.RuleOf(rule)
	return a.answer(a.style(a.Out).Rule(shown), shown)
}

func (a *app) listRules() error {
	list := struct {
		Rules []view.Rule `json:"rules"`
	}{}
	for _, theme := range estate.Themes() {
		for _, r := range estate.Rules() {
			if r.Theme == theme.ID {
				list.Rules = append(list.Rules, view.RuleOf(r))
			}
		}
	}
	return a.answer(a.style(a.Out).Rules(list.Rules), list)
}

// noRule is the name of no rule, with those that may be meant.
func noRule(id string) error {
	const most = 3
	text := fmt.Sprintf("there is no rule %q", id)
	if near := estate.NearRules(id); len(near) > 0 {
		var names []string
		for _, r := range near[:min(len(near), most)] {
			names = append(names, r.ID)
		}
		text += "; did you mean " + strings.Join(names, " or ") + "?"
	}
	return &usageError{text: text, help: "doublehop explain"}
}
