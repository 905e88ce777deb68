package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

func newStop(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stop [LAB]",
		Short: "Shut the machines down; `start` goes on from there",
		Long: "Shut every guest down in order, and cut the power of one that does not listen. Nothing\n" +
			"is lost: the disks stay as they are.",
		Example:           "  doublehop stop labs/demo",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.runFlags(cmd)
	patternFlag(cmd)
	return cmd
}

func (a *app) stop(ctx context.Context) error {
	return a.power(ctx, "stop", "Instance %s is off.\n", (*engine.Engine).Stop, (*engine.Instances).Stop)
}

func newStart(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "start [LAB]",
		Short: "Switch the machines of a stopped lab on",
		Long: "Switch the machines on, with the clock that the lab has by now. The networks are looked\n" +
			"at first: what is not sealed is not started.",
		Example:           "  doublehop start labs/demo",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.runFlags(cmd)
	patternFlag(cmd)
	return cmd
}

func (a *app) start(ctx context.Context) error {
	return a.power(ctx, "start", "Instance %s runs.\n", (*engine.Engine).Start, (*engine.Instances).Start)
}

// power switches the instance on or off, or all that a pattern matches.
func (a *app) power(ctx context.Context, verb, sentence string, work func(*engine.Engine, context.Context) error,
	all func(*engine.Instances, context.Context, []string) ([]engine.Outcome, error),
) error {
	a.mode = a.showMode()
	if a.several() {
		return a.together(ctx, verb, "", func(ctx context.Context, i *engine.Instances, names []string) ([]engine.Outcome, error) {
			return all(i, ctx, names)
		})
	}
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
	err = s.run(ctx, verb, nil, func(ctx context.Context, e *engine.Engine) error { return work(e, ctx) })
	if err != nil {
		return err
	}
	return s.report(ctx, fmt.Sprintf(sentence, s.instance))
}
