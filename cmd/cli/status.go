package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

func newStatus(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "status [LAB]",
		Short:             "Show the machines, networks and checkpoints that exist",
		Long:              "Ask the hypervisor what there is of the lab now: machines, networks, checkpoints.",
		Example:           "  doublehop status labs/demo\n  doublehop status -f labs/demo -o json",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.instanceFlags(cmd)
	return cmd
}

func (a *app) status(ctx context.Context) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	e := s.engine()
	defer e.Close()
	status, err := e.Status(ctx)
	if err != nil {
		return err
	}
	return a.answer(a.style(a.Out).Status(status, time.Now()), status)
}
