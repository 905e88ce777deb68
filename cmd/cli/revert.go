package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

type revertOptions struct {
	// Stage is empty for the one that the instance stands at.
	Stage string
}

func newRevert(a *app, run func(context.Context, revertOptions) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revert [STAGE]",
		Short: "Take the whole lab back to a stage's checkpoint",
		Long: "Take every machine of the lab back to the instant of a stage's checkpoint, by default the\n" +
			"stage that it stands at, and start them. It is all machines or none: one domain controller\n" +
			"taken back alone would break the forest.",
		Example:           "  doublehop revert -f labs/demo\n  doublehop revert -f labs/demo forest -y",
		Args:              atMostOne("one stage"),
		ValidArgsFunction: a.names(stageNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			var o revertOptions
			if len(args) == 1 {
				o.Stage = args[0]
			}
			return run(cmd.Context(), o)
		},
	}
	a.runFlags(cmd)
	a.askFlags(cmd)
	return cmd
}

func (a *app) revert(ctx context.Context, o revertOptions) error {
	a.mode = a.showMode()
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	release, err := s.lock()
	if err != nil {
		return err
	}
	defer release()
	to := "the checkpoint that it stands on"
	if o.Stage != "" {
		to = "stage " + o.Stage
	}
	if err := a.confirm(ctx, fmt.Sprintf("Instance %s goes back to %s; what was changed since will be lost.", s.instance, to)); err != nil {
		return err
	}
	err = s.run(ctx, "revert", nil, func(ctx context.Context, e *engine.Engine) error { return e.Revert(ctx, o.Stage) })
	if err != nil {
		return err
	}
	return s.report(ctx, fmt.Sprintf("Instance %s is back at %s.\n", s.instance, to))
}
