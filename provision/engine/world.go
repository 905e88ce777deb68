package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// world is what exists in the hypervisor, asked once.
type world struct {
	machines  []drivers.Machine
	networks  []drivers.Network
	volumes   map[string]drivers.Volume
	owned     map[string][]string            // volumes in no checkpoint, by instance, sorted
	manifests map[string]checkpoint.Manifest // by key
	broken    []checkpoint.Broken
}

// survey asks the hypervisor what exists, and reads all checkpoints.
func (e *Engine) survey(ctx context.Context) (*world, error) {
	w, err := e.look(ctx)
	if err != nil {
		return nil, err
	}
	return w, w.read(ctx, e.driver)
}

// look asks the hypervisor what exists, and reads no checkpoint.
func (e *Engine) look(ctx context.Context) (*world, error) { return lookAt(ctx, e.driver, e.instance) }

// lookAt asks for what exists of one instance, or of all when instance is empty.
func lookAt(ctx context.Context, driver drivers.Driver, instance string) (*world, error) {
	w := &world{volumes: map[string]drivers.Volume{}, owned: map[string][]string{}, manifests: map[string]checkpoint.Manifest{}}
	group, in := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		w.machines, err = driver.Machines(in, instance)
		return err
	})
	group.Go(func() (err error) {
		w.networks, err = driver.Networks(in, instance)
		return err
	})
	group.Go(func() error {
		volumes, err := driver.Volumes(in)
		for _, v := range volumes {
			w.volumes[v.Name] = v
			if owner := plan.OwnerOf(v.Name); owner != "" {
				w.owned[owner] = append(w.owned[owner], v.Name)
			}
		}
		return err
	})
	err := group.Wait()
	for _, names := range w.owned {
		slices.Sort(names)
	}
	return w, err
}

// divide is a world of all instances, each for itself. What lies in the pool is
// the same for all.
func (w *world) divide() map[string]*world {
	parts := map[string]*world{}
	of := func(instance string) *world {
		if parts[instance] == nil {
			part := *w
			part.machines, part.networks = nil, nil
			parts[instance] = &part
		}
		return parts[instance]
	}
	for _, m := range w.machines {
		part := of(m.Mark.Instance)
		part.machines = append(part.machines, m)
	}
	for _, n := range w.networks {
		part := of(n.Mark.Instance)
		part.networks = append(part.networks, n)
	}
	return parts
}

// read reads all checkpoints.
func (w *world) read(ctx context.Context, pool drivers.Volumes) error {
	list, broken, err := checkpoint.List(ctx, pool, w.list())
	for _, m := range list {
		w.manifests[m.Key] = m
	}
	w.broken = broken
	return err
}

// shelf gives a plan the checkpoints that it asks for. Its first error ends the
// plan, whatever that looks like.
type shelf struct {
	ctx  context.Context //nolint:containedctx // of one plan
	pool drivers.Volumes
	w    *world
	all  plan.Known // once they have all been read
	err  error
}

// Find implements plan.Shelf.
func (s *shelf) Find(key string) (c plan.Checkpoint, ok bool) {
	if s.all != nil {
		return s.all.Find(key)
	}
	m, broken, err := checkpoint.Find(s.ctx, s.pool, s.w.volumes, key)
	if broken != nil {
		s.w.broken = append(s.w.broken, *broken)
	}
	if err == nil && m != nil {
		c, err = planned(*m)
		ok = err == nil
	}
	s.err = cmp.Or(s.err, err)
	return c, ok
}

// All implements plan.Shelf.
func (s *shelf) All() map[string]plan.Checkpoint {
	if s.all != nil {
		return s.all
	}
	s.all = plan.Known{}
	err := s.w.read(s.ctx, s.pool)
	for key, m := range s.w.manifests {
		c, one := planned(m)
		s.all[key], err = c, cmp.Or(err, one)
	}
	s.err = cmp.Or(s.err, err)
	return s.all
}

// machine finds a machine by the hypervisor's name.
func (w *world) machine(domain string) (drivers.Machine, bool) {
	i := slices.IndexFunc(w.machines, func(m drivers.Machine) bool { return m.Name == domain })
	if i < 0 {
		return drivers.Machine{}, false
	}
	return w.machines[i], true
}

// planned is a checkpoint as a plan sees it.
func planned(m checkpoint.Manifest) (plan.Checkpoint, error) {
	c := plan.Checkpoint{Key: m.Key, Lab: m.Lab, Stage: m.Stage, Made: m.Made, Layers: map[string]plan.Frozen{}}
	for name, part := range m.Machines {
		f := plan.Frozen{Key: part.Layer, Volumes: map[string]string{}}
		if err := json.Unmarshal(part.Preimage, &f.Preimage); err != nil {
			return c, fmt.Errorf("read checkpoint %s: %w", checkpoint.Volume(m.Key), err)
		}
		for disk, d := range part.Disks {
			f.Volumes[disk] = d.Volume
		}
		c.Layers[name] = f
	}
	return c, nil
}

// complaints are warnings about checkpoints that cannot be used.
func (w *world) complaints() labs.Diagnostics {
	var list labs.Diagnostics
	for _, b := range w.broken {
		list = append(list, labs.Diagnostic{
			Severity: labs.Warning, Summary: "Checkpoint cannot be used",
			Detail: fmt.Sprintf("The checkpoint in volume %s is left alone and not used: %s. "+
				"`doublehop prune` removes what is left of it.", b.Volume, b.Why),
		})
	}
	return list
}

// target settles which stage is meant.
func (e *Engine) target(name string) (string, error) {
	if name != "" {
		if _, ok := e.lab.Stage(name); !ok {
			return "", &UsageError{fmt.Sprintf("lab %q has no stage %q; its stages are %s",
				e.lab.Name, name, strings.Join(e.stageNames(), ", "))}
		}
		return name, nil
	}
	parents := map[string]bool{}
	for _, s := range e.lab.Stages {
		parents[s.After] = true
	}
	leaves := slices.DeleteFunc(e.stageNames(), func(s string) bool { return parents[s] })
	switch len(leaves) {
	case 0:
		return "", &UsageError{fmt.Sprintf("lab %q has no stages, so there is nothing to build", e.lab.Name)}
	case 1:
		return leaves[0], nil
	}
	return "", &UsageError{fmt.Sprintf("lab %q has several last stages; say which one with --to: %s",
		e.lab.Name, strings.Join(leaves, ", "))}
}

func (e *Engine) stageNames() []string {
	names := make([]string, len(e.lab.Stages))
	for i, s := range e.lab.Stages {
		names[i] = s.Name
	}
	return names
}

// sortedKeys lists a map's keys in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
