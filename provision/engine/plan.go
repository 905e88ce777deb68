package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// Plan lays the lab beside what exists. An empty target means the one stage
// that nothing comes after; when there are several, the error names them.
//
// Checkpoints that were imported have keys that came about under another pool's
// key. The plan is made under each that the pool knows of, and the one that has
// most of the lab already is taken; its own counts when it has as much.
func (e *Engine) Plan(ctx context.Context, target string) (*plan.Plan, labs.Diagnostics, error) {
	target, err := e.target(target)
	if err != nil {
		return nil, nil, err
	}
	if diags := plan.Check(e.lab); diags.Fatal() {
		return nil, diags, nil
	}
	w, err := e.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	return e.planIn(ctx, target, w)
}

// planIn is Plan in a world that has been looked at.
func (e *Engine) planIn(ctx context.Context, target string, w *world) (*plan.Plan, labs.Diagnostics, error) {
	if err := e.open(ctx, w); err != nil {
		return nil, nil, err
	}
	best, err := e.best(ctx, target, w)
	if err != nil {
		return nil, nil, err
	}
	e.secrets = best.secrets
	p := best.plan
	if p == nil || best.diags.Fatal() {
		return p, best.diags, nil
	}
	if diags := e.unknown(p); diags.Fatal() {
		return nil, diags, nil
	}
	doubts, err := e.identify(ctx, e.building(p))
	if err != nil {
		return nil, nil, err
	}
	return p, slices.Concat(best.diags, doubts, best.world.complaints()), nil
}

// draft is a plan under the keys of one pool.
type draft struct {
	plan    *plan.Plan
	diags   labs.Diagnostics
	secrets *secrets
	world   *world
	err     error // of the user's discs
}

// best makes the plan under every pool's keys and takes the best.
func (e *Engine) best(ctx context.Context, target string, w *world) (draft, error) {
	origins, err := checkpoint.Origins(ctx, e.driver, w.list(), e.lab.Name)
	if err != nil {
		return draft{}, err
	}
	best, err := e.draft(ctx, target, w, nil)
	if err != nil {
		return draft{}, err
	}
	for i := range origins {
		other, err := e.draft(ctx, target, w, &origins[i])
		if err != nil {
			return draft{}, err
		}
		if slices.Compare(other.worth(), best.worth()) > 0 {
			best = other
		}
	}
	return best, best.err
}

// worth orders drafts: one that can be walked, that has more of the stages, that
// goes on with more, that leaves the machines where they are.
func (d draft) worth() []int {
	worth := make([]int, 4)
	if d.plan == nil || d.err != nil || d.diags.Fatal() {
		return worth
	}
	worth[0] = 1
	for _, s := range d.plan.Stages {
		switch s.Action {
		case plan.Reuse:
			worth[1]++
		case plan.Continue:
			worth[2]++
		case plan.Build:
		}
	}
	if d.plan.Final.Action != plan.Build {
		worth[3] = 1
	}
	return worth
}

// draft makes the plan under the keys of an origin, or of this pool for nil.
func (e *Engine) draft(ctx context.Context, target string, w *world, origin *checkpoint.Origin) (draft, error) {
	s := e.secrets.from(origin)
	media, err := e.digests(e.lab.Path(target), s.media())
	if err != nil {
		return draft{secrets: s, world: w, err: err}, nil //nolint:nilerr // another pool's checkpoints may need no discs
	}
	return e.draftOf(ctx, target, media, w, s)
}

func (e *Engine) draftOf(ctx context.Context, target string, media map[string]string, w *world, s *secrets) (draft, error) {
	own := *w // each draft has complaints of its own
	own.broken = slices.Clone(w.broken)
	known := &shelf{ctx: ctx, pool: e.driver, w: &own}
	p, diags := plan.Make(plan.Input{
		Lab: e.lab, Instance: e.instance, Target: target, Media: media, Secret: s.digest,
		World: plan.World{Networks: w.networks, Machines: w.machines, Checkpoints: known},
	})
	if p != nil && s.origin != nil {
		p.Origin = s.origin.ID()
	}
	return draft{plan: p, diags: diags, secrets: s, world: &own}, known.err
}

// under takes the secrets that a plan was made with.
func (e *Engine) under(ctx context.Context, p *plan.Plan, w *world) error {
	if p.Origin == "" {
		e.secrets = e.secrets.from(nil)
		return nil
	}
	origins, err := checkpoint.Origins(ctx, e.driver, w.list(), e.lab.Name)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(origins, func(o checkpoint.Origin) bool { return o.ID() == p.Origin })
	if i < 0 {
		return fmt.Errorf("the imported checkpoints that the plan of lab %q stands on are gone; run the same command again", e.lab.Name)
	}
	e.secrets = e.secrets.from(&origins[i])
	return nil
}

// unknown are the secrets that the plan's work needs and that are not at hand.
// On checkpoints of this pool every plan needs them, and has complained already.
func (e *Engine) unknown(p *plan.Plan) labs.Diagnostics {
	var diags labs.Diagnostics
	if p.Origin == "" || !p.Building() {
		return nil
	}
	for _, s := range e.lab.Secrets {
		if _, err := e.secrets.value(s.Name); err != nil {
			diags = append(diags, labs.Diagnostic{
				Summary: "Secret cannot be read", Detail: fmt.Sprintf("The value of secret %q is not to be had: %v.", s.Name, err),
				Addr: labs.Address("secret", s.Name), Subject: &s.Range,
			})
		}
	}
	return diags
}
