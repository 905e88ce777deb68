package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

func newPrune(a *app, run func(context.Context, engine.PruneOptions) error) *cobra.Command {
	var o engine.PruneOptions
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Free the room that nothing needs any more",
		Long: "Remove volumes of the pool that no checkpoint and no machine needs, of every lab:\n" +
			"what interrupted runs left, and layers of checkpoints that are gone.",
		Example: "  doublehop prune --dry-run\n  doublehop prune --media",
		Args:    exactly(0, "no arguments"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	a.hostFlags(cmd)
	cmd.Flags().BoolVarP(&o.DryRun, "dry-run", "n", false, "only say what would be removed")
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
		dir, err := a.stateDir()
		if err != nil {
			return err
		}
		release, err := engine.LockPool(filepath.Join(dir, "locks"), uri)
		if err != nil {
			return err
		}
		defer release()
	}
	report, err := engine.Prune(ctx, driver, o)
	if err != nil {
		return err
	}
	return a.answer(a.style(a.Out).Prune(report), report)
}
