package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/plan"
)

// Instances are several instances of one lab that are worked on at once: forks,
// or those that a pattern names. What exists is read once for all of them, each
// goes on when another fails, and none is begun after ctx is done.
//
// The caller holds the [Lock] of each.
type Instances struct {
	driver  drivers.Driver
	lab     *labs.Lab
	options func(instance string) Options

	known map[string]*plan.Plan // by stage
	wrong map[string]error
}

// NewInstances makes the instances of a lab; options gives those of each one.
func NewInstances(driver drivers.Driver, lab *labs.Lab, options func(instance string) Options) *Instances {
	return &Instances{driver: driver, lab: lab, options: options, known: map[string]*plan.Plan{}, wrong: map[string]error{}}
}

// Outcome is how the work on one of several instances ended.
type Outcome struct {
	Instance string
	// Did says what was done in a few words: "made", "was there", "back at stage x".
	Did string
	// Err is why it failed; nil when it did not.
	Err error
}

// one is an instance that is worked on.
type one struct {
	*Engine
	world *world
	plan  *plan.Plan
	on    []plan.Machine // that are to be switched on
	did   string
	err   error
}

// Matching lists the lab's instances whose names a shell pattern matches. Those
// of other labs are never among them.
func (s *Instances) Matching(ctx context.Context, pattern string) ([]string, error) {
	_, names, err := s.match(ctx, pattern)
	return names, err
}

// match asks what machines and networks there are, and which instances of the
// lab a pattern means.
func (s *Instances) match(ctx context.Context, pattern string) (*world, []string, error) {
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, nil, &UsageError{fmt.Sprintf("%q is no pattern of names: %v", pattern, err)}
	}
	var w world
	group, in := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		w.machines, err = s.driver.Machines(in, "")
		return err
	})
	group.Go(func() (err error) {
		w.networks, err = s.driver.Networks(in, "")
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	found := map[string]bool{}
	for _, mark := range marks(&w) {
		if ok, _ := path.Match(pattern, mark.Instance); ok && mark.Lab == s.lab.Name {
			found[mark.Instance] = true
		}
	}
	return &w, slices.Sorted(maps.Keys(found)), nil
}

// look reads the world once, and gives each instance its part of it.
func (s *Instances) look(ctx context.Context, names []string) ([]*one, *world, error) {
	w, err := lookAt(ctx, s.driver, "")
	if err != nil {
		return nil, nil, err
	}
	parts := w.divide()
	list := make([]*one, len(names))
	for i, name := range names {
		list[i] = &one{Engine: New(s.driver, s.lab, name, s.options(name)), world: parts[name]}
		if list[i].world == nil {
			part := *w
			part.machines, part.networks = nil, nil
			list[i].world = &part
		}
	}
	return list, w, nil
}

// each works on the instances that have not failed, some at a time.
func each(ctx context.Context, list []*one, work func(context.Context, *one) error) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, o := range list {
		if o.err != nil {
			continue
		}
		group.Go(func() error {
			if o.err = context.Cause(ctx); o.err == nil {
				o.err = work(ctx, o)
			}
			return nil
		})
	}
	_ = group.Wait() // each keeps its own
}

// run tells of the work on each instance, does it, and gives the outcomes.
func run(list []*one, verb, stage string, work func()) []Outcome {
	began := time.Now()
	for _, o := range list {
		o.tell(Event{Kind: RunBegin, Stage: stage, Text: verb})
	}
	work()
	outcomes := make([]Outcome, len(list))
	for i, o := range list {
		o.tell(ended(Event{Kind: RunEnd, Stage: stage}, began, o.err))
		o.Close()
		outcomes[i] = Outcome{Instance: o.instance, Did: o.did, Err: o.err}
	}
	return outcomes
}

// planner makes a plan for a stage in a world that has been looked at.
type planner func(e *Engine, ctx context.Context, stage string, w *world) (*plan.Plan, error)

// planFor is the plan of a stage for an instance; it is made once for all
// instances, and has only other names in it for each.
func (s *Instances) planFor(ctx context.Context, o *one, stage string, with planner) (*plan.Plan, error) {
	if _, ok := s.known[stage]; !ok && s.wrong[stage] == nil {
		p, err := with(o.Engine, ctx, stage, o.world)
		if s.wrong[stage] = err; err == nil {
			s.known[stage] = p
		}
	}
	if err := s.wrong[stage]; err != nil {
		return nil, err
	}
	return s.known[stage].For(o.instance), nil
}

// bring makes the networks of all instances, settles their machines, and
// switches those on that settle lists: paused at first, so that the seal is
// looked at once for all with their cards plugged in.
func (s *Instances) bring(ctx context.Context, list []*one, settle func(context.Context, *one) error) {
	each(ctx, list, func(ctx context.Context, o *one) error {
		for _, n := range o.plan.Networks {
			if err := o.driver.DefineNetwork(ctx, n.Spec); err != nil {
				return err
			}
		}
		return nil
	})
	s.seal(ctx, list)
	each(ctx, list, settle)
	each(ctx, list, func(ctx context.Context, o *one) error { return o.powerPaused(ctx, o.on) })
	s.seal(ctx, list)
	each(ctx, list, func(ctx context.Context, o *one) error { return o.letGo(ctx, o.on) })
}

// seal looks at the networks of all instances. Machines that were just switched
// on are cut off again where something leads out.
func (s *Instances) seal(ctx context.Context, list []*one) {
	expect := map[string][]string{}
	for _, o := range list {
		if o.err == nil {
			maps.Copy(expect, o.expected(o.plan))
		}
	}
	if len(expect) == 0 {
		return
	}
	found, err := s.driver.CheckSeal(ctx, expect)
	each(context.WithoutCancel(ctx), list, func(in context.Context, o *one) error {
		leak := sealError(o.plan, found)
		if err != nil { // whose fault it is shows when each is looked at alone
			leak = o.checkSeal(ctx, o.plan)
		}
		if leak == nil {
			return nil
		}
		return errors.Join(leak, o.cutPower(in, o.started(in)))
	})
}

// started are the machines that were switched on and are not let go yet.
func (o *one) started(ctx context.Context) []plan.Machine {
	return slices.DeleteFunc(slices.Clone(o.on), func(m plan.Machine) bool {
		x, err := o.driver.Machine(ctx, m.Domain)
		return err != nil || x.State != drivers.Paused
	})
}
