package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

func newStatus(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "status [LAB]",
		Short:             "Show the machines, networks and checkpoints that exist",
		Long:              "Ask the hypervisor what there is of the lab now: machines, networks, checkpoints.",
		Example:           "  doublehop status labs/demo\n  doublehop status -f labs/demo -o json\n  doublehop status -f labs/demo --name '*'",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.instanceFlags(cmd)
	patternFlag(cmd)
	return cmd
}

func (a *app) status(ctx context.Context) error {
	if a.several() {
		return a.statusOfAll(ctx)
	}
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

// statusOfAll shows the instances that a pattern matches.
func (a *app) statusOfAll(ctx context.Context) error {
	s, err := a.connected(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	states, err := s.instances(nil).Status(ctx, a.common.name)
	if err != nil {
		return err
	}
	text := a.style(a.Out).Statuses(states)
	if len(states) == 0 {
		text = fmt.Sprintf("Lab %s has no instance that %q matches.\n", s.lab.Name, a.common.name)
	}
	return a.answer(text, struct {
		Lab       string          `json:"lab"`
		Instances []engine.Status `json:"instances"`
	}{s.lab.Name, states})
}
