package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
)

// PruneOptions say what prune may remove.
type PruneOptions struct {
	// DryRun only lists.
	DryRun bool
	// Media also removes copies of the user's discs that no machine has in a drive.
	Media bool
	// Keep, above 0, also removes checkpoints, of every lab, but the newest so
	// many of each stage. One that an instance stands on always stays.
	Keep int
	// Older, above 0, also removes checkpoints that were made longer ago. With
	// Keep, only those go that neither keeps.
	Older time.Duration
	// Now is what Older is counted from.
	Now time.Time
}

// PruneReport is what prune removed, or would remove.
type PruneReport struct {
	// Checkpoints can no longer be reverted to.
	Checkpoints []PrunedCheckpoint `json:"checkpoints,omitempty"`
	Volumes     []PrunedVolume     `json:"volumes"`
	// Bytes is the room that they take.
	Bytes  uint64 `json:"bytes"`
	DryRun bool   `json:"dry_run"`
}

// PrunedCheckpoint is a checkpoint that goes.
type PrunedCheckpoint struct {
	Lab   string    `json:"lab"`
	Stage string    `json:"stage"`
	Key   string    `json:"key"`
	Made  time.Time `json:"made"`
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
	gone := outdated(volumes, whole, machines, options)
	var list []drivers.Volume
	for _, m := range gone { // manifests before their layers
		report.Checkpoints = append(report.Checkpoints, PrunedCheckpoint{m.Lab, m.Stage, m.Key, m.Made})
		i := slices.IndexFunc(volumes, func(v drivers.Volume) bool { return v.Name == checkpoint.Volume(m.Key) })
		list = append(list, volumes[i])
	}
	kept := slices.DeleteFunc(slices.Clone(whole), func(m checkpoint.Manifest) bool {
		return slices.ContainsFunc(gone, func(g checkpoint.Manifest) bool { return g.Key == m.Key })
	})
	garbage := checkpoint.Collect(volumes, kept, machines)
	if options.Media {
		garbage = append(garbage, checkpoint.UnusedMedia(volumes, machines)...)
	}
	for _, v := range topFirst(garbage) {
		if !slices.ContainsFunc(list, func(l drivers.Volume) bool { return l.Name == v.Name }) {
			list = append(list, v)
		}
	}
	err = remove(ctx, driver, list, &report)
	return report, err
}

// remove removes volumes in order, and reports them.
func remove(ctx context.Context, driver drivers.Driver, list []drivers.Volume, report *PruneReport) error {
	for _, v := range list {
		if !report.DryRun {
			if err := driver.RemoveVolume(ctx, v.Name); err != nil {
				return err
			}
		}
		report.Volumes = append(report.Volumes, PrunedVolume{Name: v.Name, Bytes: v.Allocated})
		report.Bytes += v.Allocated
	}
	return nil
}

// outdated lists the checkpoints that the options give up, in the order of labs
// and stages.
func outdated(volumes []drivers.Volume, whole []checkpoint.Manifest, machines []drivers.Machine, options PruneOptions) []checkpoint.Manifest {
	if options.Keep <= 0 && options.Older <= 0 {
		return nil
	}
	w := &world{volumes: map[string]drivers.Volume{}}
	for _, v := range volumes {
		w.volumes[v.Name] = v
	}
	type place struct{ lab, stage string }
	by := map[place][]checkpoint.Manifest{}
	for _, m := range whole {
		by[place{m.Lab, m.Stage}] = append(by[place{m.Lab, m.Stage}], m)
	}
	places := slices.SortedFunc(maps.Keys(by), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.lab, b.lab), cmp.Compare(a.stage, b.stage))
	})
	var gone []checkpoint.Manifest
	for _, at := range places {
		slices.SortFunc(by[at], func(a, b checkpoint.Manifest) int { return cmp.Or(b.Made.Compare(a.Made), cmp.Compare(a.Key, b.Key)) })
		for i, m := range by[at] {
			old := options.Older <= 0 || options.Now.Sub(m.Made) > options.Older
			if i >= options.Keep && old && len(w.standsOn(m, machines)) == 0 {
				gone = append(gone, m)
			}
		}
	}
	return gone
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
