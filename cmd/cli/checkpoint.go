package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

// checkpoints are what the verbs below `checkpoint` do.
type checkpoints interface {
	list(ctx context.Context, all bool) error
	show(ctx context.Context, name string) error
	diff(ctx context.Context, from, to string) error
	verify(ctx context.Context, names []string) error
	remove(ctx context.Context, names []string, dryRun bool) error
}

const (
	aCheckpoint = "A checkpoint is named by its stage, of which the one that fits the lab files is meant, else the\n" +
		"newest, or by the first digits of its key."
)

func newCheckpoint(a *app, run checkpoints) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checkpoint",
		Short: "List, compare, examine and remove checkpoints",
		Long:  "Look after the checkpoints in the pool.\n\n" + aCheckpoint,
		Args:  verbless,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newCheckpointList(a, run), newCheckpointShow(a, run), newCheckpointDiff(a, run),
		newCheckpointVerify(a, run), newCheckpointRemove(a, run),
	)
	return cmd
}

func newCheckpointList(a *app, run checkpoints) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the lab's checkpoints",
		Long: "List the lab's checkpoints in the order of its stages: when each was made, what time it was in\n" +
			"the lab then, the room it takes, whether it fits the lab files as they are now, and which\n" +
			"instances stand on it.",
		Example: "  doublehop checkpoint list -f labs/demo\n  doublehop checkpoint list --all",
		Args:    exactly(0, "no arguments"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return run.list(cmd.Context(), all) },
	}
	a.instanceFlags(cmd)
	cmd.Flags().BoolVarP(&all, "all", "a", false, "those of every lab in the pool, too")
	return cmd
}

func newCheckpointShow(a *app, run checkpoints) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show CHECKPOINT",
		Short: "Show what a checkpoint is made of",
		Long: "Show what is in a checkpoint: machines and their disks, the discs that went in, the host that\n" +
			"made it, what the estate had become, and the facts that were read back from the guests.\n\n" + aCheckpoint,
		Example:           "  doublehop checkpoint show forest -f labs/demo\n  doublehop checkpoint show 1f0c9a -o json",
		Args:              exactly(1, "one checkpoint"),
		ValidArgsFunction: a.names(stageNames),
		RunE:              func(cmd *cobra.Command, args []string) error { return run.show(cmd.Context(), args[0]) },
	}
	a.instanceFlags(cmd)
	return cmd
}

func newCheckpointDiff(a *app, run checkpoints) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff FROM TO",
		Short: "Show what differs between two checkpoints",
		Long: "Show what differs between two checkpoints: the steps that only one of them has, what its layers\n" +
			"were otherwise made of, what became of the estate, and which facts were read back otherwise.\n\n" + aCheckpoint,
		Example:           "  doublehop checkpoint diff forest exchange -f labs/demo",
		Args:              exactly(2, "two checkpoints"),
		ValidArgsFunction: a.names(stageNames),
		RunE:              func(cmd *cobra.Command, args []string) error { return run.diff(cmd.Context(), args[0], args[1]) },
	}
	a.instanceFlags(cmd)
	return cmd
}

func newCheckpointVerify(a *app, run checkpoints) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [CHECKPOINT...]",
		Short: "Read the disks of checkpoints and compare their digests",
		Long: "Read every disk that the lab's checkpoints, or those that are named, rest on, and compare it\n" +
			"with its SHA-256 of the day it was made. The exit code is 7 when one differs.\n\n" + aCheckpoint,
		Example:           "  doublehop checkpoint verify -f labs/demo\n  doublehop checkpoint verify forest",
		ValidArgsFunction: a.names(stageNames),
		RunE:              func(cmd *cobra.Command, args []string) error { return run.verify(cmd.Context(), args) },
	}
	a.instanceFlags(cmd)
	return cmd
}

func newCheckpointRemove(a *app, run checkpoints) *cobra.Command {
	dryRun := false
	cmd := &cobra.Command{
		Use:   "rm CHECKPOINT...",
		Short: "Remove checkpoints",
		Long: "Remove checkpoints, and those of their disks that nothing else rests on. One that an instance\n" +
			"stands on is refused.\n\n" + aCheckpoint,
		Example:           "  doublehop checkpoint rm exchange -f labs/demo --dry-run",
		ValidArgsFunction: a.names(stageNames),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{text: "doublehop checkpoint rm takes the checkpoints to remove", help: cmd.CommandPath() + " --help"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return run.remove(cmd.Context(), args, dryRun) },
	}
	a.instanceFlags(cmd)
	a.askFlags(cmd)
	cmd.Flags().BoolVarP(&dryRun, "dry-run", "n", false, "only say what would be removed")
	return cmd
}

// keeper is the real [checkpoints].
type keeper struct{ *app }

// with opens the lab for a verb.
func (k keeper) with(ctx context.Context, do func(*session, *engine.Engine) error) error {
	s, err := k.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	e := s.engine()
	defer e.Close()
	return do(s, e)
}

func (k keeper) list(ctx context.Context, all bool) error {
	return k.with(ctx, func(_ *session, e *engine.Engine) error {
		shelf, err := e.Checkpoints(ctx, all)
		if err != nil {
			return err
		}
		return k.answer(k.style(k.Out).Checkpoints(shelf, all, time.Now()), shelf)
	})
}

func (k keeper) show(ctx context.Context, name string) error {
	return k.with(ctx, func(_ *session, e *engine.Engine) error {
		m, err := e.Checkpoint(ctx, name)
		if err != nil {
			return err
		}
		return k.answer(k.style(k.Out).Checkpoint(m, time.Now()), m)
	})
}

func (k keeper) diff(ctx context.Context, from, to string) error {
	return k.with(ctx, func(_ *session, e *engine.Engine) error {
		c, err := e.Compare(ctx, from, to)
		if err != nil {
			return err
		}
		return k.answer(k.style(k.Out).Comparison(c), c)
	})
}

func (k keeper) verify(ctx context.Context, names []string) error {
	return k.with(ctx, func(_ *session, e *engine.Engine) error {
		found, err := e.Examine(ctx, names)
		if err != nil {
			return err
		}
		if err := k.answer(k.style(k.Out).Examination(found), found); err != nil {
			return err
		}
		if len(found.Damaged) > 0 {
			return &answered{CheckFailed}
		}
		return nil
	})
}

func (k keeper) remove(ctx context.Context, names []string, dryRun bool) error {
	return k.with(ctx, func(s *session, e *engine.Engine) error {
		if !dryRun {
			release, err := k.lockPool(s.uri)
			if err != nil {
				return err
			}
			defer release()
			report, err := e.Forget(ctx, names, true)
			if err != nil {
				return err
			}
			if err := k.confirm(ctx, fmt.Sprintf("%d of the lab's checkpoints go, and can only be built anew.", len(report.Checkpoints))); err != nil {
				return err
			}
		}
		report, err := e.Forget(ctx, names, dryRun)
		if err != nil {
			return err
		}
		return k.answer(k.style(k.Out).Prune(report), report)
	})
}

// lockPool keeps every run away from a pool.
func (a *app) lockPool(uri string) (release func(), err error) {
	dir, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	return engine.LockPool(filepath.Join(dir, "locks"), uri)
}
