package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/engine"
)

// patternFlag lets a verb's --name be a pattern.
func patternFlag(cmd *cobra.Command) {
	cmd.Flags().Lookup("name").Usage = "`NAME` of the instance, or a pattern such as 'class-*' for several (default: the lab's name)"
}

// several says whether --name is a pattern.
func (a *app) several() bool { return strings.ContainsAny(a.common.name, "*?[") }

// gathered are instances that this run has locked, and what became of the rest.
type gathered struct {
	*session
	verb   string
	names  []string
	locked []engine.Outcome // by other runs
	// sentence is asked before anything is done, with the names in it; empty asks nothing.
	sentence string
}

// together does a verb to the lab's instances that --name matches. That there
// is none is an error, unless the verb has then done all that it should.
func (a *app) together(ctx context.Context, verb, sentence string, work func(context.Context, *engine.Instances, []string) ([]engine.Outcome, error)) error {
	s, err := a.connected(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	names, err := s.instances(nil).Matching(ctx, s.common.name)
	if err != nil {
		return err
	}
	if len(names) == 0 && verb != "destroy" {
		return &usageError{text: fmt.Sprintf("lab %s has no instance that %q matches", s.lab.Name, s.common.name), help: "doublehop status --name '*'"}
	}
	g, release, err := s.gather(verb, names)
	if err != nil {
		return err
	}
	defer release()
	g.sentence = sentence
	return g.run(ctx, work)
}

// gather locks instances. One that another run works on fails, and not the rest.
func (s *session) gather(verb string, names []string) (*gathered, func(), error) {
	g := &gathered{session: s, verb: verb}
	if s.mode == view.Live { // its board is of one instance
		s.mode = view.Plain
	}
	var held []func()
	release := func() {
		for _, free := range held {
			free()
		}
	}
	for _, name := range names {
		free, err := s.lockOf(name)
		switch {
		case errors.Is(err, engine.ErrLocked):
			g.locked = append(g.locked, engine.Outcome{Instance: name, Err: err})
		case err != nil:
			release()
			return nil, nil, err
		default:
			held = append(held, free)
			g.names = append(g.names, name)
		}
	}
	return g, release, nil
}

// instances are those of the session's lab.
func (s *session) instances(options func(string) engine.Options) *engine.Instances {
	return engine.NewInstances(s.driver, s.lab, options)
}

// run works on what was gathered, shows it while it happens, and reports each.
func (g *gathered) run(ctx context.Context, work func(context.Context, *engine.Instances, []string) ([]engine.Outcome, error)) (err error) {
	if g.sentence != "" && len(g.names) > 0 {
		if err := g.confirm(ctx, fmt.Sprintf(g.sentence, strings.Join(g.names, ", "))); err != nil {
			return err
		}
	}
	began := time.Now()
	records, ended := map[string]*record{}, map[string]error{}
	defer func() {
		for name, rec := range records {
			rec.ends(began, ended[name])
		}
	}()
	for _, name := range g.names {
		rec, err := g.recordOf(name, g.verb, began)
		if err != nil {
			return err
		}
		rec.begins(g.session, name, g.verb)
		records[name] = rec
	}
	screen, done := g.shown(ctx, view.ScreenOptions{Several: true})
	all := g.instances(func(name string) engine.Options {
		return engine.Options{Report: screen.Report, RunDir: records[name].dir, LookupEnv: g.LookupEnv}
	})
	outcomes, err := work(ctx, all, g.names)
	done()
	for _, o := range outcomes {
		ended[o.Instance] = o.Err
	}
	if outcomes == nil && err != nil {
		return err
	}
	if told := g.tell(append(outcomes, g.locked...)); told != nil {
		return errors.Join(told, err)
	}
	return err
}

// tell reports each instance on stdout; those that failed are the error.
func (g *gathered) tell(outcomes []engine.Outcome) error {
	answer := view.Together{Lab: g.lab.Name, Verb: g.verb, Instances: []view.Result{}}
	failed := &severalError{total: len(outcomes)}
	for _, o := range outcomes {
		result := view.Result{Instance: o.Instance, Did: o.Did, Code: Code(o.Err)}
		if o.Err != nil {
			result.Did, result.Error = "", o.Err.Error()
			failed.outcomes = append(failed.outcomes, o)
		}
		answer.Instances = append(answer.Instances, result)
	}
	text := g.style(g.Out).Results(answer.Instances)
	if len(outcomes) == 0 {
		text = fmt.Sprintf("Lab %s has no instance that %q matches.\n", g.lab.Name, g.common.name)
	}
	var err error
	if g.common.output == outputJSON || !g.common.quiet {
		err = g.answer(text, answer)
	}
	if len(failed.outcomes) > 0 {
		return errors.Join(failed, err)
	}
	return err
}

// severalError is work that failed on some of several instances.
type severalError struct {
	outcomes []engine.Outcome // that failed
	total    int
}

func (e *severalError) Error() string {
	names := make([]string, len(e.outcomes))
	for i, o := range e.outcomes {
		names[i] = o.Instance
	}
	return fmt.Sprintf("%d of %d instances failed: %s", len(names), e.total, strings.Join(names, ", "))
}

// code is that of the failures where they agree, else the plain one.
func (e *severalError) code() int {
	code := Code(e.outcomes[0].Err)
	for _, o := range e.outcomes {
		if Code(o.Err) != code {
			return Failed
		}
	}
	return code
}

// explainSeveral says of each instance that failed why, and what to type next.
func (a *app) explainSeveral(e *severalError) []view.Problem {
	pattern := a.common.name
	defer func() { a.common.name = pattern }()
	var list []view.Problem
	for _, o := range e.outcomes {
		a.common.name = o.Instance
		p := a.explain(o.Err)
		if !strings.Contains(p.What, o.Instance) {
			p.What = o.Instance + ": " + p.What
		}
		list = append(list, p)
	}
	sum := view.Problem{What: e.Error()}
	if len(e.outcomes) < e.total {
		sum.Kept = "The others are done."
	}
	return append(list, sum)
}
