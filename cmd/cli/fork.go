package cli

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
)

type forkOptions struct {
	// From is the stage to start from; empty means the only last one.
	From  string
	Count int
}

// mostForks keeps a slip of the finger from filling a host.
const mostForks = 1000

func newFork(a *app, run func(context.Context, forkOptions) error) *cobra.Command {
	var o forkOptions
	cmd := &cobra.Command{
		Use:   "fork [LAB]",
		Short: "Make many instances from one checkpoint, and start them",
		Long: "Make instances of the lab over the layers of one stage's checkpoint, each in a sealed\n" +
			"network of its own, with the same machine names, addresses and network cards inside, and\n" +
			"start them. A fork takes no room until its guests write. One that stands there already is\n" +
			"kept, and what an interrupted run has begun is finished. `revert`, `stop`, `start`,\n" +
			"`destroy` and `status` take a pattern: --name 'class-*'.",
		Example:           "  doublehop fork labs/demo --count 10 --name class-%02d\n  doublehop fork -f labs/demo --from forest --count 3",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	a.runFlags(cmd)
	cmd.Flags().Lookup("name").Usage = "`NAMES` of the instances; %d, or %02d for two digits, becomes 1, 2 and on (default: the lab's name and -%02d)"
	cmd.Flags().StringVar(&o.From, "from", "", "the `STAGE` to start from (default: the last one)")
	_ = cmd.RegisterFlagCompletionFunc("from", a.names(stageNames))
	cmd.Flags().IntVar(&o.Count, "count", 1, "how many instances there shall be, as a `NUMBER`")
	return cmd
}

func (a *app) fork(ctx context.Context, o forkOptions) error {
	a.mode = a.showMode()
	s, err := a.connected(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	names, err := forkNames(cmp.Or(a.common.name, s.lab.Name+"-%02d"), o.Count)
	if err != nil {
		return err
	}
	work, release, err := s.gather("fork", names)
	if err != nil {
		return err
	}
	defer release()
	return work.run(ctx, func(ctx context.Context, i *engine.Instances, names []string) ([]engine.Outcome, error) {
		return i.Fork(ctx, o.From, names)
	})
}

var number = regexp.MustCompile(`%(0[1-9])?d`)

// forkNames are the names that a pattern gives, from 1 on.
func forkNames(pattern string, count int) ([]string, error) {
	const help = "doublehop fork --help"
	if count < 1 || count > mostForks {
		return nil, &usageError{text: fmt.Sprintf("--count %d is not between 1 and %d", count, mostForks), help: help}
	}
	places := len(number.FindAllString(pattern, -1))
	if rest := number.ReplaceAllString(pattern, ""); strings.Contains(rest, "%") || places > 1 {
		return nil, &usageError{text: fmt.Sprintf("--name %q may have one %%d or %%02d in it, for the number", pattern), help: help}
	}
	if places == 0 && count > 1 {
		return nil, &usageError{text: fmt.Sprintf("--name %q gives %d instances one name; put %%02d in it, for the number", pattern, count), help: help}
	}
	names := make([]string, count)
	for i := range names {
		names[i] = number.ReplaceAllStringFunc(pattern, func(verb string) string { return fmt.Sprintf(verb, i+1) })
		if problem := labs.NameProblem(names[i]); problem != "" {
			return nil, &usageError{text: fmt.Sprintf("%q cannot name an instance: %s", names[i], problem), help: help}
		}
	}
	return names, nil
}
