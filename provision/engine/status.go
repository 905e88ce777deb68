package engine

import (
	"context"
	"slices"
	"time"

	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// Status is what there is of an instance, as the hypervisor says it now.
type Status struct {
	Lab      string `json:"lab"`
	Instance string `json:"instance"`
	// Stage is where the instance stands; empty when it stands nowhere.
	Stage string `json:"stage,omitempty"`
	// LabTime is what the lab's clock shows; zero while it follows the host's.
	LabTime time.Time `json:"lab_time,omitzero"`
	// Building is the stage in whose middle it is, if any.
	Building string          `json:"building,omitempty"`
	Machines []MachineStatus `json:"machines"`
	Networks []NetworkStatus `json:"networks"`
	// Checkpoints are the lab's; absent where several instances are shown.
	Checkpoints []CheckpointStatus `json:"checkpoints,omitzero"`
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
	// Phase is "build", "closing", "saving" or "stand".
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
	return e.status(w), nil
}

func (e *Engine) status(w *world) Status {
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
		if m.LabTime.After(s.LabTime) {
			s.LabTime = m.LabTime
		}
		switch m.Phase {
		case plan.PhaseStand:
			s.Stage = m.Stage
		case plan.PhaseBuild, plan.PhaseClosing, plan.PhaseSaving:
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
	return s
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
			for volume := range part.Frozen() {
				c.Bytes += w.volumes[volume].Allocated
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
