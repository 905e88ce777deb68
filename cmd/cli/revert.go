package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

type revertOptions struct {
	// Stage is empty for the one that the instance stands at.
	Stage string
	// Machines are those that are meant to go back while the others stay.
	Machines []string
}

func newRevert(a *app, run func(context.Context, revertOptions) error) *cobra.Command {
	var on []string
	cmd := &cobra.Command{
		Use:   "revert [STAGE [MACHINE...]]",
		Short: "Take the whole lab back to a stage's checkpoint",
		Long: "Take every machine of the lab back to the instant of a stage's checkpoint, by default the\n" +
			"stage that it stands at, and start them. With a pattern as --name, several instances go\n" +
			"back at once. It is all machines or none: one domain controller\n" +
			"taken back alone would break the forest, and a lab that names only some machines is told why.",
		Example:           "  doublehop revert -f labs/demo\n  doublehop revert -f labs/demo forest -y\n  doublehop revert -f labs/demo --name 'class-*' -y",
		ValidArgsFunction: a.names(stageNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			var o revertOptions
			if len(args) > 0 {
				o.Stage, o.Machines = args[0], args[1:]
			}
			o.Machines = append(o.Machines, on...)
			return run(cmd.Context(), o)
		},
	}
	a.runFlags(cmd)
	a.askFlags(cmd)
	patternFlag(cmd)
	cmd.Flags().StringArrayVar(&on, "on", nil, "name a `MACHINE` of the lab; unless all are named, the revert is refused with the reason")
	return cmd
}

func (a *app) revert(ctx context.Context, o revertOptions) error {
	a.mode = a.showMode()
	if len(o.Machines) > 0 {
		if err := a.partial(o); err != nil {
			return err
		}
	}
	to := "the checkpoint that it stands on"
	if o.Stage != "" {
		to = "stage " + o.Stage
	}
	if a.several() {
		return a.together(ctx, "revert", "Instances %s go back, each to "+to+"; what was changed since will be lost.",
			func(ctx context.Context, i *engine.Instances, names []string) ([]engine.Outcome, error) {
				return i.Revert(ctx, names, o.Stage)
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
	if err := a.confirm(ctx, fmt.Sprintf("Instance %s goes back to %s; what was changed since will be lost.", s.instance, to)); err != nil {
		return err
	}
	err = s.run(ctx, "revert", nil, func(ctx context.Context, e *engine.Engine) error { return e.Revert(ctx, o.Stage) })
	if err != nil {
		return err
	}
	return s.report(ctx, fmt.Sprintf("Instance %s is back at %s.\n", s.instance, to))
}

// partial says why some machines cannot go back alone. All machines of the lab
// by name are the whole lab.
func (a *app) partial(o revertOptions) error {
	lab, list, err := a.read()
	if err != nil {
		return err
	}
	if err := list.Err(); err != nil {
		return err
	}
	for _, name := range o.Machines {
		if _, ok := lab.Machine(name); !ok {
			return &usageError{text: fmt.Sprintf("the lab has no machine %q", name), help: "doublehop revert --help"}
		}
	}
	if o.Stage == "" {
		return &usageError{text: "name the stage to go back to, and no machine to take all of them", help: "doublehop revert --help"}
	}
	if _, ok := lab.Stage(o.Stage); !ok {
		return &usageError{text: fmt.Sprintf("the lab has no stage %q", o.Stage), help: "doublehop revert --help"}
	}
	return plan.MayRevert(lab, o.Stage, o.Machines).Err()
}
