package engine

import (
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
	manifests map[string]checkpoint.Manifest // by key
	broken    []checkpoint.Broken
}

// survey asks the hypervisor what exists.
func (e *Engine) survey(ctx context.Context) (*world, error) {
	w := &world{volumes: map[string]drivers.Volume{}, manifests: map[string]checkpoint.Manifest{}}
	group, in := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		w.machines, err = e.driver.Machines(in, e.instance)
		return err
	})
	group.Go(func() (err error) {
		w.networks, err = e.driver.Networks(in, e.instance)
		return err
	})
	group.Go(func() error {
		volumes, err := e.driver.Volumes(in)
		if err != nil {
			return err
		}
		for _, v := range volumes {
			w.volumes[v.Name] = v
		}
		list, broken, err := checkpoint.List(in, e.driver, volumes)
		for _, m := range list {
			w.manifests[m.Key] = m
		}
		w.broken = broken
		return err
	})
	return w, group.Wait()
}

// machine finds a machine by the hypervisor's name.
func (w *world) machine(domain string) (drivers.Machine, bool) {
	i := slices.IndexFunc(w.machines, func(m drivers.Machine) bool { return m.Name == domain })
	if i < 0 {
		return drivers.Machine{}, false
	}
	return w.machines[i], true
}

// planned is the world as a plan sees it.
func (w *world) planned() (plan.World, error) {
	p := plan.World{Networks: w.networks, Machines: w.machines, Checkpoints: map[string]plan.Checkpoint{}}
	for key, m := range w.manifests {
		c := plan.Checkpoint{Key: key, Lab: m.Lab, Stage: m.Stage, Made: m.Made, Layers: map[string]plan.Frozen{}}
		for name, part := range m.Machines {
			f := plan.Frozen{Key: part.Layer, Volumes: map[string]string{}}
			if err := json.Unmarshal(part.Preimage, &f.Preimage); err != nil {
				return p, fmt.Errorf("read checkpoint %s: %w", checkpoint.Volume(key), err)
			}
			for disk, d := range part.Disks {
				f.Volumes[disk] = d.Volume
			}
			c.Layers[name] = f
		}
		p.Checkpoints[key] = c
	}
	return p, nil
}

// Plan lays the lab beside what exists. An empty target means the one stage
// that nothing comes after; when there are several, the error names them.
func (e *Engine) Plan(ctx context.Context, target string) (*plan.Plan, labs.Diagnostics, error) {
	target, err := e.target(target)
	if err != nil {
		return nil, nil, err
	}
	if diags := plan.Check(e.lab); diags.Fatal() {
		return nil, diags, nil
	}
	media, err := e.digests(e.lab.Path(target))
	if err != nil {
		return nil, nil, err
	}
	w, err := e.survey(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := e.open(ctx, w); err != nil {
		return nil, nil, err
	}
	in := plan.Input{Lab: e.lab, Instance: e.instance, Target: target, Media: media, Secret: e.secrets.digest}
	if in.World, err = w.planned(); err != nil {
		return nil, nil, err
	}
	p, diags := plan.Make(in)
	return p, append(diags, w.complaints()...), nil
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
