package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// Fork makes instances over the layers of one finished stage, each in networks
// of its own, and starts them. An instance that stands there already is kept, and
// switched on when it has no power; one that an earlier run has begun is
// finished. Nothing is made when a name is taken by another lab.
//
// An empty stage is the lab's one last stage.
func (s *Instances) Fork(ctx context.Context, stage string, names []string) ([]Outcome, error) {
	list, all, err := s.look(ctx, names)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := s.taken(list, all); err != nil {
		return nil, err
	}
	p, err := s.planFor(ctx, list[0], stage, (*Engine).finished)
	if err != nil {
		return nil, err
	}
	if err := s.load(ctx, p.Last(), all); err != nil {
		return nil, err
	}
	for _, o := range list {
		o.plan = p.For(o.instance)
		o.err = o.forkable()
	}
	return run(list, "fork", p.Target, func() {
		s.bring(ctx, list, func(ctx context.Context, o *one) (err error) {
			if err = o.unclaimed(ctx, o.plan, o.world); err == nil {
				o.on, err = o.settle(ctx, o.plan, o.world)
			}
			return err
		})
	}), nil
}

// taken refuses names that another lab's instances have, and instances whose
// machines would have the names of another instance's.
func (s *Instances) taken(list []*one, all *world) error {
	for _, o := range list {
		for _, mark := range marks(o.world) {
			if mark.Lab != s.lab.Name {
				return &UsageError{fmt.Sprintf("instance %q is one of lab %q; choose other names with --name. Nothing was made", o.instance, mark.Lab)}
			}
		}
		for _, m := range s.lab.Machines {
			x, ok := all.machine(plan.Domain(o.instance, m.Name))
			if ok && x.Mark.Instance != o.instance {
				return &UsageError{fmt.Sprintf("machine %s of instance %q would have the name %s, which a machine of instance %q has; "+
					"choose other names with --name. Nothing was made", m.Name, o.instance, x.Name, x.Mark.Instance)}
			}
		}
	}
	return nil
}

func marks(w *world) []drivers.Mark {
	var list []drivers.Mark
	for _, m := range w.machines {
		list = append(list, m.Mark)
	}
	for _, n := range w.networks {
		list = append(list, n.Mark)
	}
	return list
}

// load reads the one checkpoint that the instances are laid over, into the world
// that they share.
func (s *Instances) load(ctx context.Context, stage plan.Stage, w *world) error {
	if _, ok := w.manifests[stage.Key]; ok {
		return nil
	}
	m, broken, err := checkpoint.Find(ctx, s.driver, w.volumes, stage.Key)
	switch {
	case err != nil:
		return err
	case broken != nil:
		return fmt.Errorf("the checkpoint of stage %q cannot be used: %s", stage.Name, broken.Why)
	case m == nil:
		return fmt.Errorf("the checkpoint of stage %q is gone; run up again to build it", stage.Name)
	}
	w.manifests[m.Key] = *m
	return nil
}

// forkable refuses an instance that is there, stands elsewhere or only in part,
// and whose machines hold something that would be lost.
func (o *one) forkable() error {
	last := o.plan.Last()
	stands, ran := 0, false
	for _, x := range o.world.machines {
		ran = ran || x.Mark.Facts[plan.FactRan] != ""
		i := slices.IndexFunc(last.Layers, func(l plan.Layer) bool { return l.Domain == x.Name })
		if i < 0 || !plan.Stands(x, last.Layers[i]) {
			return &UsageError{fmt.Sprintf("instance %q is there and does not stand at this checkpoint of stage %q: "+
				"`doublehop revert %[2]s --name %[1]s` takes it there, `doublehop destroy --name %[1]s` removes it", o.instance, last.Name)}
		}
		stands++
	}
	o.did = "made"
	if stands < len(last.Layers) && !ran {
		return nil // what an earlier run has begun holds nothing yet
	}
	if stands == len(last.Layers) {
		o.did = "was there"
	}
	return o.whole(o.plan, o.world)
}
