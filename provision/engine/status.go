package engine

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// Status is what there is of an instance, as the hypervisor says it now.
type Status struct {
	Lab      string `json:"lab"`
	Instance string `json:"instance"`
	// Stage is where the instance stands; empty when it stands nowhere.
	Stage string `json:"stage,omitempty"`
	// Building is the stage in whose middle it is, if any.
	Building    string             `json:"building,omitempty"`
	Machines    []MachineStatus    `json:"machines"`
	Networks    []NetworkStatus    `json:"networks"`
	Checkpoints []CheckpointStatus `json:"checkpoints"`
	// Broken are checkpoints that cannot be used, with the reason.
	Broken []checkpoint.Broken `json:"broken,omitempty"`
}

// MachineStatus is one machine of an instance.
type MachineStatus struct {
	Name   string `json:"name"`
	Domain string `json:"domain"`
	// State is "off", "running", "paused", "crashed", or "absent".
	State string `json:"state"`
	Stage string `json:"stage,omitempty"`
	// Phase is "build", "closing" or "stand".
	Phase string `json:"phase,omitempty"`
	// Failed names the step that failed, if one did.
	Failed    string   `json:"failed,omitempty"`
	Addresses []string `json:"addresses,omitempty"`
	// LabTime is what the guest's clock should show; zero follows the host.
	LabTime time.Time `json:"lab_time,omitzero"`
}

// NetworkStatus is one network of an instance.
type NetworkStatus struct {
	Name   string `json:"name"`
	Subnet string `json:"subnet,omitempty"`
	Bridge string `json:"bridge"`
	Active bool   `json:"active"`
}

// CheckpointStatus is one checkpoint of the lab.
type CheckpointStatus struct {
	Stage string    `json:"stage"`
	Key   string    `json:"key"`
	Made  time.Time `json:"made"`
	// Bytes is what its own layers take in the pool.
	Bytes uint64 `json:"bytes"`
}

// Status asks the hypervisor what there is.
func (e *Engine) Status(ctx context.Context) (Status, error) {
	w, err := e.survey(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Lab: e.lab.Name, Instance: e.instance, Broken: w.broken}
	for _, m := range e.lab.Machines {
		s.Machines = append(s.Machines, e.machineStatus(w, m.Name))
	}
	for _, x := range w.machines {
		if _, ok := e.lab.Machine(x.Mark.Object); !ok { // the lab file has forgotten it
			s.Machines = append(s.Machines, e.machineStatus(w, x.Mark.Object))
		}
	}
	for _, m := range s.Machines {
		switch m.Phase {
		case plan.PhaseStand:
			s.Stage = m.Stage
		case plan.PhaseBuild, plan.PhaseClosing:
			s.Building = m.Stage
		}
	}
	for _, n := range w.networks {
		status := NetworkStatus{Name: n.Mark.Object, Bridge: n.Bridge, Active: n.Active}
		if source, ok := e.lab.Network(n.Mark.Object); ok {
			status.Subnet = source.Subnet.String()
		}
		s.Networks = append(s.Networks, status)
	}
	s.Checkpoints = e.checkpoints(w)
	return s, nil
}

func (e *Engine) machineStatus(w *world, name string) MachineStatus {
	s := MachineStatus{Name: name, Domain: plan.Domain(e.instance, name), State: "absent"}
	if source, ok := e.lab.Machine(name); ok {
		for _, n := range source.NICs {
			s.Addresses = append(s.Addresses, n.Address.String())
		}
	}
	if x, ok := w.machine(s.Domain); ok {
		facts := x.Mark.Facts
		s.State, s.LabTime = x.State.String(), labTime(x)
		s.Stage, s.Phase, s.Failed = facts[plan.FactStage], facts[plan.FactPhase], facts[plan.FactFailed]
	}
	return s
}

// checkpoints lists the lab's checkpoints in the order of its stages, newest
// first within one.
func (e *Engine) checkpoints(w *world) []CheckpointStatus {
	order := map[string]int{}
	for i, s := range e.lab.Stages {
		order[s.Name] = i
	}
	list := []CheckpointStatus{}
	for _, m := range w.manifests {
		if m.Lab != e.lab.Name {
			continue
		}
		c := CheckpointStatus{Stage: m.Stage, Key: m.Key, Made: m.Made}
		for _, part := range m.Machines {
			for _, d := range part.Disks {
				c.Bytes += w.volumes[d.Volume].Allocated
			}
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b CheckpointStatus) int {
		if n := order[a.Stage] - order[b.Stage]; n != 0 {
			return n
		}
		return b.Made.Compare(a.Made)
	})
	return list
}

// PruneOptions say what prune may remove.
type PruneOptions struct {
	// DryRun only lists.
	DryRun bool
	// Media also removes copies of the user's discs that no machine has in a drive.
	Media bool
}

// PruneReport is what prune removed, or would remove.
type PruneReport struct {
	Volumes []PrunedVolume `json:"volumes"`
	// Bytes is the room that they take.
	Bytes  uint64 `json:"bytes"`
	DryRun bool   `json:"dry_run"`
}

// PrunedVolume is a volume that nothing needs.
type PrunedVolume struct {
	Name  string `json:"name"`
	Bytes uint64 `json:"bytes"`
}

// Prune removes volumes of the pool that no checkpoint and no machine needs,
// of every lab and instance. No other run may be building meanwhile: the
// caller holds the pool's lock.
func Prune(ctx context.Context, driver drivers.Driver, options PruneOptions) (PruneReport, error) {
	report := PruneReport{DryRun: options.DryRun, Volumes: []PrunedVolume{}}
	volumes, err := driver.Volumes(ctx)
	if err != nil {
		return report, err
	}
	whole, _, err := checkpoint.List(ctx, driver, volumes)
	if err != nil {
		return report, err
	}
	machines, err := driver.Machines(ctx, "")
	if err != nil {
		return report, err
	}
	garbage := checkpoint.Collect(volumes, whole, machines)
	if options.Media {
		garbage = append(garbage, checkpoint.UnusedMedia(volumes, machines)...)
	}
	for _, v := range topFirst(garbage) {
		if !options.DryRun {
			if err := driver.RemoveVolume(ctx, v.Name); err != nil {
				return report, err
			}
		}
		report.Volumes = append(report.Volumes, PrunedVolume{Name: v.Name, Bytes: v.Allocated})
		report.Bytes += v.Allocated
	}
	return report, nil
}

// topFirst orders volumes so that an overlay goes before what it rests on: a
// prune that is cut leaves no overlay without its base.
func topFirst(list []drivers.Volume) []drivers.Volume {
	byName := map[string]drivers.Volume{}
	for _, v := range list {
		byName[v.Name] = v
	}
	var out []drivers.Volume
	done := map[string]bool{}
	over := map[string][]string{}
	for _, v := range list {
		over[v.Backing] = append(over[v.Backing], v.Name)
	}
	var add func(string)
	add = func(name string) {
		if done[name] {
			return
		}
		done[name] = true
		for _, above := range over[name] {
			add(above)
		}
		out = append(out, byName[name])
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		add(name)
	}
	return out
}
