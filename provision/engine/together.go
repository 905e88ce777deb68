package engine

import (
	"context"
	"fmt"
)

// Revert takes each instance back to a stage's checkpoint, or to the one that it
// stands at when stage is empty, and starts it: all of its machines, or none.
func (s *Instances) Revert(ctx context.Context, names []string, stage string) ([]Outcome, error) {
	list, all, err := s.look(ctx, names)
	if err != nil {
		return nil, err
	}
	return run(list, "revert", stage, func() {
		s.prepare(ctx, list, (*Engine).finished, func(o *one) (string, error) {
			o.did = "back at stage " + stage
			if stage != "" {
				return stage, nil
			}
			stands, ok := o.world.standing()
			o.did = "back at stage " + stands
			if !ok {
				return "", &UsageError{fmt.Sprintf("instance %q stands at no stage; name the stage to go back to", o.instance)}
			}
			return stands, nil
		})
		for _, o := range list {
			if o.err == nil {
				o.err = s.load(ctx, o.plan.Last(), all)
			}
		}
		each(ctx, list, func(ctx context.Context, o *one) error { return o.unclaimed(ctx, o.plan, o.world) })
		s.bring(ctx, list, func(ctx context.Context, o *one) (err error) {
			if err := o.empty(ctx, o.world); err != nil {
				return err
			}
			o.world.machines, o.world.owned = nil, nil
			o.on, err = o.settle(ctx, o.plan, o.world)
			return err
		})
	}), nil
}

// Start switches each instance's machines on, as [Engine.Start] does.
func (s *Instances) Start(ctx context.Context, names []string) ([]Outcome, error) {
	list, _, err := s.look(ctx, names)
	if err != nil {
		return nil, err
	}
	return run(list, "start", "", func() {
		s.prepare(ctx, list, (*Engine).planned, func(o *one) (string, error) {
			o.did = "runs"
			return o.rests(o.world)
		})
		each(ctx, list, func(_ context.Context, o *one) error { return o.whole(o.plan, o.world) })
		s.bring(ctx, list, func(ctx context.Context, o *one) (err error) {
			o.on, err = o.wake(ctx, o.plan, o.world)
			return err
		})
	}), nil
}

// prepare plans for the stage that each instance is to stand at.
func (s *Instances) prepare(ctx context.Context, list []*one, with planner, stage func(*one) (string, error)) {
	for _, o := range list {
		to, err := stage(o)
		if err == nil {
			o.plan, err = s.planFor(ctx, o, to, with)
		}
		o.err = err
	}
}

// Stop shuts the guests of each instance down, as [Engine.Stop] does.
func (s *Instances) Stop(ctx context.Context, names []string) ([]Outcome, error) {
	list, _, err := s.look(ctx, names)
	if err != nil {
		return nil, err
	}
	return run(list, "stop", "", func() {
		each(ctx, list, func(ctx context.Context, o *one) error {
			o.did = "off"
			return o.Stop(ctx)
		})
	}), nil
}

// Destroy removes each instance. Checkpoints stay.
func (s *Instances) Destroy(ctx context.Context, names []string) ([]Outcome, error) {
	list, _, err := s.look(ctx, names)
	if err != nil {
		return nil, err
	}
	outcomes := run(list, "destroy", "", func() {
		each(ctx, list, func(ctx context.Context, o *one) error {
			o.did = "gone"
			for _, mark := range marks(o.world) {
				if mark.Lab != o.lab.Name {
					return &UsageError{fmt.Sprintf("instance %q is one of lab %q", o.instance, mark.Lab)}
				}
			}
			return o.raze(ctx, o.world)
		})
	})
	gone := map[string]bool{}
	for _, o := range outcomes {
		gone[o.Instance] = o.Err == nil
	}
	return outcomes, sweep(ctx, s.driver, gone, nil)
}

// Status says what there is of the lab's instances whose names a shell pattern
// matches. It reads no volume and no checkpoint, and so knows of none.
func (s *Instances) Status(ctx context.Context, pattern string) ([]Status, error) {
	w, names, err := s.match(ctx, pattern)
	if err != nil {
		return nil, err
	}
	parts := w.divide()
	states := make([]Status, len(names))
	for i, name := range names {
		states[i] = New(s.driver, s.lab, name, Options{}).status(parts[name])
		states[i].Checkpoints = nil
	}
	return states, nil
}
