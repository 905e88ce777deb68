package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/drivers"
)

func newVerify(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [LAB]",
		Short: "Look at the live networks for a way out",
		Long: "Look at the lab's networks as they are now: the bridge's ports are exactly the lab's, the\n" +
			"host has no address or route on it, nothing forwards, every card is filtered. `up` and\n" +
			"`start` do the same before a machine runs. The exit code is 7 when something leads out.",
		Example:           "  doublehop verify labs/demo",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.instanceFlags(cmd)
	return cmd
}

// verdict is the JSON form of verify's answer.
type verdict struct {
	Sealed bool   `json:"sealed"`
	Leaks  []leak `json:"leaks"`
}

type leak struct {
	Network string `json:"network"`
	Object  string `json:"object"`
	Why     string `json:"why"`
}

func (a *app) verify(ctx context.Context) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	e := s.engine()
	defer e.Close()
	leaks, err := e.Verify(ctx)
	if err != nil {
		return err
	}
	networks, err := s.driver.Networks(ctx, s.instance)
	if err != nil {
		return err
	}
	if err := a.answer(a.style(a.Out).Leaks(leaks, len(networks)), verdictOf(leaks)); err != nil {
		return err
	}
	if len(leaks) > 0 {
		return &answered{CheckFailed}
	}
	return nil
}

func verdictOf(leaks []drivers.Leak) verdict {
	v := verdict{Sealed: len(leaks) == 0, Leaks: make([]leak, len(leaks))}
	for i, l := range leaks {
		v.Leaks[i] = leak(l)
	}
	return v
}
