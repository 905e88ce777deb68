package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

type destroyOptions struct {
	// Checkpoints says that the lab's checkpoints go too.
	Checkpoints bool
}

func newDestroy(a *app, run func(context.Context, destroyOptions) error) *cobra.Command {
	var o destroyOptions
	cmd := &cobra.Command{
		Use:   "destroy [LAB]",
		Short: "Remove the machines and networks; checkpoints stay",
		Long: "Remove the instance: machines, networks and what the machines wrote since their\n" +
			"checkpoint. Checkpoints stay, so that the next `up` is quick, unless --checkpoints is\n" +
			"given. Nothing that does not carry Doublehop's mark is touched.",
		Example:           "  doublehop destroy labs/demo -y\n  doublehop destroy -f labs/demo --checkpoints\n  doublehop destroy -f labs/demo --name 'class-*' -y",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	a.runFlags(cmd)
	a.askFlags(cmd)
	patternFlag(cmd)
	cmd.Flags().BoolVar(&o.Checkpoints, "checkpoints", false, "remove the lab's checkpoints too")
	return cmd
}

func (a *app) destroy(ctx context.Context, o destroyOptions) error {
	a.mode = a.showMode()
	if a.several() {
		if o.Checkpoints {
			return &usageError{text: "--checkpoints goes with one instance: other instances stand on them, too", help: "doublehop prune --help"}
		}
		return a.together(ctx, "destroy", "Instances %s will be removed, with all that their machines wrote since their checkpoint.",
			func(ctx context.Context, i *engine.Instances, names []string) ([]engine.Outcome, error) {
				return i.Destroy(ctx, names)
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
	question := fmt.Sprintf("Instance %s will be removed, with all that its machines wrote since their checkpoint.", s.instance)
	if o.Checkpoints {
		question = fmt.Sprintf("Instance %s and all checkpoints of lab %s will be removed; building them again takes as long as it took.", s.instance, s.lab.Name)
	}
	if err := a.confirm(ctx, question); err != nil {
		return err
	}
	err = s.run(ctx, "destroy", nil, func(ctx context.Context, e *engine.Engine) error { return e.Destroy(ctx, o.Checkpoints) })
	if err != nil {
		return err
	}
	return s.report(ctx, fmt.Sprintf("Instance %s is gone.\n", s.instance))
}
