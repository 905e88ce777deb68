package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/plan"
)

type planOptions struct {
	// To is the stage to stand at; empty means the only last one.
	To string
}

func newPlan(a *app, run func(context.Context, planOptions) error) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan [LAB]",
		Short: "Say what `up` would reuse, what it would build, and why",
		Long: "Lay the lab beside what exists, and say for each stage whether its checkpoint is reused\n" +
			"or it is built, and why. Nothing is changed.",
		Example:           "  doublehop plan labs/demo\n  doublehop plan -f labs/demo --to forest -o json",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	a.instanceFlags(cmd)
	a.toFlag(cmd, &o.To)
	return cmd
}

// toFlag says how far to go.
func (a *app) toFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "to", "", "the `STAGE` to stand at (default: the last one)")
	_ = cmd.RegisterFlagCompletionFunc("to", a.names(stageNames))
}

func (a *app) plan(ctx context.Context, o planOptions) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	p, err := s.makePlan(ctx, o.To)
	if err != nil {
		return err
	}
	return a.answer(a.style(a.Out).Plan(p), p)
}

// makePlan lays the lab beside what exists. Warnings are shown.
func (s *session) makePlan(ctx context.Context, to string) (*plan.Plan, error) {
	e := s.engine()
	defer e.Close()
	p, list, err := e.Plan(ctx, to)
	if err != nil {
		return nil, err
	}
	if err := list.Err(); err != nil {
		return nil, err
	}
	s.complain(list)
	return p, nil
}
