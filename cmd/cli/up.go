package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

type upOptions struct {
	To      string
	OnError string
}

// What --on-error may be.
const (
	onErrorKeep    = "keep"
	onErrorStop    = "stop"
	onErrorDestroy = "destroy"
)

func newUp(a *app, run func(context.Context, upOptions) error) *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:   "up [LAB]",
		Short: "Build the lab, or go on with it, and leave it running",
		Long: "Build the stages that have no checkpoint yet, each to its checkpoint, and leave the\n" +
			"machines running on the last one. Interrupted or killed at any point, the same command\n" +
			"goes on: finished stages are not done again. What would be lost is asked first.",
		Example:           "  doublehop up labs/demo\n  doublehop up -f labs/demo --to forest --name rehearsal-2 -y",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	a.runFlags(cmd)
	a.askFlags(cmd)
	a.toFlag(cmd, &o.To)
	choice(cmd, &o.OnError, "on-error", "", onErrorKeep, []string{onErrorKeep, onErrorStop, onErrorDestroy}, "what to do with the machines when a step fails")
	return cmd
}

func (a *app) up(ctx context.Context, o upOptions) error {
	a.mode = a.showMode()
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
	p, err := s.makePlan(ctx, o.To)
	if err != nil {
		return err
	}
	if p.Building() && (a.mode == view.Live || a.mode == view.Plain) {
		fmt.Fprintln(a.Err, a.style(a.Err).Plan(p))
	}
	if len(p.Final.Loses) > 0 {
		if err := a.confirm(ctx, fmt.Sprintf("What was changed on %s since its checkpoint will be lost.", strings.Join(p.Final.Loses, ", "))); err != nil {
			return err
		}
	}
	if p.Building() || p.Final.Action != plan.Reuse {
		if err := s.build(ctx, p, o.OnError); err != nil {
			return err
		}
	}
	return s.report(ctx, fmt.Sprintf("Lab %s stands at stage %s and runs: %s.\n", s.lab.Name, p.Target, s.where(p)))
}

// build walks the plan; after a failure it does with the machines what was asked.
func (s *session) build(ctx context.Context, p *plan.Plan, onError string) error {
	return s.run(ctx, "up", p, func(ctx context.Context, e *engine.Engine) error {
		err := e.Up(ctx, p)
		if err == nil || context.Cause(ctx) != nil {
			return err
		}
		switch onError {
		case onErrorStop:
			return errors.Join(err, e.Stop(ctx))
		case onErrorDestroy:
			return errors.Join(err, e.Destroy(ctx, false))
		}
		return err
	})
}

// where lists machines with their addresses.
func (s *session) where(p *plan.Plan) string {
	list := make([]string, len(p.Machines))
	for i, m := range p.Machines {
		list[i] = m.Name
		if source, ok := s.lab.Machine(m.Name); ok && len(source.NICs) > 0 {
			list[i] += " " + source.NICs[0].Address.String()
		}
	}
	return strings.Join(list, ", ")
}

// report is the answer of a verb that changed the instance: a sentence, or the
// state that it left as JSON.
func (s *session) report(ctx context.Context, sentence string) error {
	if s.common.output != outputJSON {
		if s.common.quiet {
			return nil
		}
		return s.answer(sentence, nil)
	}
	e := s.engine()
	defer e.Close()
	status, err := e.Status(ctx)
	if err != nil {
		return err
	}
	return s.answer("", status)
}
