package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

func newUsage(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "du",
		Short: "Show what takes the room in the pool",
		Long: "Show what takes the room in the pool: the checkpoints of each lab, what the machines of each\n" +
			"instance wrote above theirs, copies of discs, and what `prune` would free. Each volume is\n" +
			"counted once.",
		Example: "  doublehop du\n  doublehop du -o json",
		Args:    exactly(0, "no arguments"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.hostFlags(cmd)
	return cmd
}

func (a *app) usage(ctx context.Context) error {
	driver, err := a.dial(ctx, a.uri(nil))
	if err != nil {
		return err
	}
	defer func() { _ = driver.Close() }()
	u, err := engine.Use(ctx, driver)
	if err != nil {
		return err
	}
	return a.answer(a.style(a.Out).Usage(u), u)
}
