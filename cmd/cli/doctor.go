package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/doctor"
	"github.com/doublehop/doublehop/drivers"
)

func newDoctor(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor [LAB]",
		Short: "Is this host ready? What to type where it is not",
		Long: "Look at the host in the order in which things go wrong there, and say what mends each.\n" +
			"With a lab, its subnets are compared with the host's. The exit code is 4 when no lab can\n" +
			"run; what only makes labs slow is said and is no failure.",
		Example:           "  doublehop doctor\n  doublehop doctor labs/demo -o json",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.labFlags(cmd)
	a.hostFlags(cmd)
	return cmd
}

func (a *app) doctor(ctx context.Context) error {
	in := doctor.Input{}
	if a.common.file != "" {
		lab, err := a.load()
		if err != nil {
			return err
		}
		in.URI = a.uri(lab)
		for _, n := range lab.Networks {
			in.Subnets = append(in.Subnets, doctor.Subnet{Name: n.Name, Prefix: n.Subnet})
		}
	} else {
		in.URI = a.uri(nil)
	}
	in.Open = func(ctx context.Context) (drivers.Driver, error) { return a.dial(ctx, in.URI) }
	report := doctor.Look(ctx, in)
	if err := a.answer(a.style(a.Out).Doctor(report), report); err != nil {
		return err
	}
	if !report.Ready {
		return &answered{HostUnready}
	}
	return nil
}
