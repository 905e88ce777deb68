package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/labs"
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
	if a.common.output == outputJSON {
		return a.planJSON(ctx, o)
	}
	p, err := a.planned(ctx, o)
	if err != nil {
		return err
	}
	_, err = io.WriteString(a.Out, a.style(a.Out).Plan(p))
	return err
}

// planJSON answers with the plan and what there is to say of it, or with what
// stands in its way.
func (a *app) planJSON(ctx context.Context, o planOptions) error {
	said := labs.Diagnostics{}
	a.gathered = &said
	p, err := a.planned(ctx, o)
	a.gathered = nil
	if list, ok := labs.DiagnosticsOf(err); ok {
		said = append(said, list...)
		said.Sort()
		return errors.Join(writeJSON(a.Out, view.VerdictOf(said, a.sources)), &answered{Code(err)})
	}
	if err != nil {
		a.complain(said)
		return err
	}
	return writeJSON(a.Out, struct {
		*plan.Plan
		Diagnostics []view.Diagnostic `json:"diagnostics"`
	}{p, view.DiagnosticsJSON(said, a.sources)})
}

func (a *app) planned(ctx context.Context, o planOptions) (*plan.Plan, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.makePlan(ctx, o.To)
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
