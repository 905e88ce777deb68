package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
)

// Usage is what the room in a pool is taken by, in bytes. Every volume is
// counted once.
type Usage struct {
	Labs []LabUsage `json:"labs"`
	// Shared is what layers take that checkpoints of several labs rest on.
	Shared    uint64          `json:"shared"`
	Instances []InstanceUsage `json:"instances"`
	// Media is what copies of the user's discs take.
	Media uint64 `json:"media"`
	// Garbage is what `prune` would free.
	Garbage uint64 `json:"garbage"`
	// Other is the rest: job discs, serial logs, the pool's key.
	Other uint64 `json:"other"`
	Total uint64 `json:"total"`
}

// LabUsage is a lab's checkpoints.
type LabUsage struct {
	Lab         string `json:"lab"`
	Checkpoints int    `json:"checkpoints"`
	Bytes       uint64 `json:"bytes"`
}

// InstanceUsage is what an instance's machines wrote above their checkpoint.
type InstanceUsage struct {
	Instance string `json:"instance"`
	Lab      string `json:"lab"`
	Machines int    `json:"machines"`
	Bytes    uint64 `json:"bytes"`
}

// Use says what takes the room in a pool, of every lab and instance.
func Use(ctx context.Context, driver drivers.Driver) (Usage, error) {
	volumes, err := driver.Volumes(ctx)
	if err != nil {
		return Usage{}, err
	}
	whole, _, err := checkpoint.List(ctx, driver, volumes)
	if err != nil {
		return Usage{}, err
	}
	machines, err := driver.Machines(ctx, "")
	if err != nil {
		return Usage{}, err
	}
	u := Usage{Labs: []LabUsage{}, Instances: []InstanceUsage{}}
	owner := owners(volumes, whole, machines)
	for _, m := range whole {
		u.lab(m.Lab).Checkpoints++
	}
	for _, x := range machines {
		u.instance(x.Mark).Machines++
	}
	for _, v := range checkpoint.Collect(volumes, whole, machines) {
		owner[v.Name] = &u.Garbage
	}
	for _, v := range volumes {
		u.Total += v.Allocated
		switch place := owner[v.Name].(type) {
		case *uint64:
			*place += v.Allocated
		case []string: // labs
			if len(place) > 1 {
				u.Shared += v.Allocated
			} else {
				u.lab(place[0]).Bytes += v.Allocated
			}
		case drivers.Mark:
			u.instance(place).Bytes += v.Allocated
		default:
			u.count(v)
		}
	}
	slices.SortFunc(u.Labs, func(a, b LabUsage) int { return strings.Compare(a.Lab, b.Lab) })
	slices.SortFunc(u.Instances, func(a, b InstanceUsage) int { return strings.Compare(a.Instance, b.Instance) })
	return u, nil
}

// count counts a volume that is no lab's and no instance's.
func (u *Usage) count(v drivers.Volume) {
	if strings.HasPrefix(v.Name, "dh-media-") {
		u.Media += v.Allocated
	} else {
		u.Other += v.Allocated
	}
}

// owners says whose a volume is: the labs whose checkpoints rest on it, or the
// mark of the machine that writes to it.
func owners(volumes []drivers.Volume, whole []checkpoint.Manifest, machines []drivers.Machine) map[string]any {
	backing, labs := map[string]string{}, map[string][]string{}
	for _, v := range volumes {
		backing[v.Name] = v.Backing
	}
	for _, m := range whole {
		labs[checkpoint.Volume(m.Key)] = []string{m.Lab}
		for _, part := range m.Machines {
			for volume := range part.Frozen() {
				for name := volume; name != "" && !slices.Contains(labs[name], m.Lab); name = backing[name] {
					labs[name] = append(labs[name], m.Lab)
				}
			}
		}
	}
	all := map[string]any{}
	for name, of := range labs {
		all[name] = of
	}
	for _, x := range machines {
		for _, d := range x.Disks {
			if _, frozen := all[d.Volume]; !frozen {
				all[d.Volume] = x.Mark
			}
		}
	}
	return all
}

func (u *Usage) lab(name string) *LabUsage {
	i := slices.IndexFunc(u.Labs, func(l LabUsage) bool { return l.Lab == name })
	if i < 0 {
		i, u.Labs = len(u.Labs), append(u.Labs, LabUsage{Lab: name})
	}
	return &u.Labs[i]
}

func (u *Usage) instance(of drivers.Mark) *InstanceUsage {
	i := slices.IndexFunc(u.Instances, func(l InstanceUsage) bool { return l.Instance == of.Instance })
	if i < 0 {
		i, u.Instances = len(u.Instances), append(u.Instances, InstanceUsage{Instance: of.Instance, Lab: of.Lab})
	}
	return &u.Instances[i]
}
