package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/plan"
)

func newValidate(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate [LAB]",
		Short: "Check a lab's files: every mistake at once, with its line",
		Long: "Check a lab's files, and replay its stages on a model of what Windows, Active Directory\n" +
			"and Exchange will be. It needs no hypervisor, no discs and no secrets.",
		Example:           "  doublehop validate labs/demo\n  doublehop validate -f labs/demo -o json",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.labFlags(cmd)
	return cmd
}

func (a *app) validate(context.Context) error {
	lab, list, err := a.read()
	if err != nil {
		return err
	}
	if lab != nil && !list.Fatal() {
		list = append(list, plan.Check(lab)...)
		list.Sort()
	}
	if a.common.output == outputJSON {
		if err := writeJSON(a.Out, view.VerdictOf(list, a.sources)); err != nil {
			return err
		}
		if list.Fatal() {
			return &answered{codeOfList(list)}
		}
		return nil
	}
	if err := list.Err(); err != nil {
		return err
	}
	a.complain(list)
	if a.common.quiet {
		return nil
	}
	steps := 0
	for _, s := range lab.Stages {
		steps += len(s.Steps)
	}
	_, err = fmt.Fprintf(a.Out, "Lab %s is valid: %s, %s, %s, %s.\n", lab.Name, many(len(lab.Machines), "machine"),
		many(len(lab.Networks), "network"), many(len(lab.Stages), "stage"), many(steps, "step"))
	return err
}

// many is a number with its noun.
func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// folders completes the name of a lab's folder.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// names completes a word from what the lab in hand has; nothing when it cannot
// be read.
func (a *app) names(of func(*labs.Lab) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		lab, list, err := a.read()
		if err != nil || lab == nil || list.Fatal() {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return of(lab), cobra.ShellCompDirectiveNoFileComp
	}
}

func stageNames(lab *labs.Lab) []string {
	var list []string
	for _, s := range lab.Stages {
		list = append(list, s.Name)
	}
	return list
}

func machineNames(lab *labs.Lab) []string {
	var list []string
	for _, m := range lab.Machines {
		list = append(list, m.Name)
	}
	return list
}
