package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/engine"
)

func newPrune(a *app, run func(context.Context, engine.PruneOptions) error) *cobra.Command {
	var o engine.PruneOptions
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Free the room that nothing needs any more",
		Long: "Remove volumes of the pool that no checkpoint and no machine needs, of every lab:\n" +
			"what interrupted runs left, and layers of checkpoints that are gone. With --keep or --older,\n" +
			"checkpoints go too; one that an instance stands on always stays.",
		Example: "  doublehop prune --dry-run\n  doublehop prune --media\n  doublehop prune --keep 1 --older 720h --dry-run",
		Args:    exactly(0, "no arguments"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	a.hostFlags(cmd)
	cmd.Flags().BoolVarP(&o.DryRun, "dry-run", "n", false, "only say what would be removed")
	cmd.Flags().IntVar(&o.Keep, "keep", 0, "remove checkpoints but the newest `N` of each stage")
	cmd.Flags().DurationVar(&o.Older, "older", 0, "remove checkpoints that were made longer ago, such as `720h`")
	a.askFlags(cmd)
	cmd.Flags().BoolVar(&o.Media, "media", false, "remove copies of discs that no machine has in a drive, too")
	return cmd
}

func (a *app) prune(ctx context.Context, o engine.PruneOptions) error {
	uri := a.uri(nil)
	driver, err := a.dial(ctx, uri)
	if err != nil {
		return err
	}
	defer func() { _ = driver.Close() }()
	if !o.DryRun {
		release, err := a.lockPool(uri)
		if err != nil {
			return err
		}
		defer release()
	}
	if o.Keep > 0 || o.Older > 0 {
		if o.Now = time.Now(); !o.DryRun {
			if err := a.outdated(ctx, driver, o); err != nil {
				return err
			}
		}
	}
	report, err := engine.Prune(ctx, driver, o)
	if err != nil {
		return err
	}
	return a.answer(a.style(a.Out).Prune(report), report)
}

// outdated asks before checkpoints go.
func (a *app) outdated(ctx context.Context, driver drivers.Driver, o engine.PruneOptions) error {
	o.DryRun = true
	report, err := engine.Prune(ctx, driver, o)
	if err != nil || len(report.Checkpoints) == 0 {
		return err
	}
	return a.confirm(ctx, fmt.Sprintf("%d checkpoints go, and can only be built anew; --dry-run lists them.", len(report.Checkpoints)))
}
