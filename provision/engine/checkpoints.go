package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// Kept is a checkpoint in the pool, as a list shows it.
type Kept struct {
	Lab   string    `json:"lab"`
	Stage string    `json:"stage"`
	Key   string    `json:"key"`
	Made  time.Time `json:"made"`
	// LabTime is what the guests' clocks showed; zero when they follow the host.
	LabTime  time.Time `json:"lab_time,omitzero"`
	Machines int       `json:"machines"`
	// Warm says that it holds the machines' memory, too.
	Warm bool `json:"warm,omitempty"`
	// Bytes is what its own layers and memory take in the pool; other checkpoints
	// may rest on its layers, too.
	Bytes uint64 `json:"bytes"`
	// Fits says whether `up` and `revert` would use it for the lab files as they
	// are now: "yes" or "no"; empty where that cannot be told, as when a disc
	// is missing, or for another lab.
	Fits string `json:"fits,omitempty"`
	// Instances are those that stand on it.
	Instances []string `json:"instances,omitempty"`
}

// Answers to whether a checkpoint fits.
const (
	fits      = "yes"
	fitsNot   = "no"
	shortestK = 4 // digits of a key that a person must give
)

// Shelf is what there is of checkpoints.
type Shelf struct {
	Checkpoints []Kept `json:"checkpoints"`
	// Broken cannot be used, with the reason.
	Broken []checkpoint.Broken `json:"broken,omitempty"`
}

// Checkpoints lists the lab's checkpoints in the order of its stages, those of
// one stage the newest first; with all, those of every lab in the pool.
func (e *Engine) Checkpoints(ctx context.Context, all bool) (Shelf, error) {
	w, err := e.survey(ctx)
	if err != nil {
		return Shelf{}, err
	}
	everyone, err := e.driver.Machines(ctx, "")
	if err != nil {
		return Shelf{}, err
	}
	keys, known, err := e.fitting(ctx)
	if err != nil {
		return Shelf{}, err
	}
	s := Shelf{Checkpoints: []Kept{}, Broken: w.broken}
	for _, m := range w.manifests {
		if m.Lab != e.lab.Name && !all {
			continue
		}
		k := brief(m)
		k.Bytes, k.Instances = w.own(m), w.standsOn(m, everyone)
		if known && m.Lab == e.lab.Name {
			k.Fits = fitsNot
			if keys[m.Key] {
				k.Fits = fits
			}
		}
		s.Checkpoints = append(s.Checkpoints, k)
	}
	order := map[string]int{}
	for i, stage := range e.lab.Stages {
		order[stage.Name] = i
	}
	slices.SortFunc(s.Checkpoints, func(a, b Kept) int {
		return cmp.Or(cmp.Compare(e.foreign(a), e.foreign(b)), order[a.Stage]-order[b.Stage],
			b.Made.Compare(a.Made), cmp.Compare(a.Key, b.Key))
	})
	return s, nil
}

// foreign is another lab's name, and empty for this one's, which comes first.
func (e *Engine) foreign(k Kept) string {
	if k.Lab == e.lab.Name {
		return ""
	}
	return k.Lab
}

// fitting are the keys that the lab's stages have as its files are now; known
// is false where that cannot be told, because a disc is missing or the lab is
// not one that could be built.
func (e *Engine) fitting(ctx context.Context) (keys map[string]bool, known bool, err error) {
	keys = map[string]bool{}
	after := map[string]bool{}
	for _, s := range e.lab.Stages {
		after[s.After] = true
	}
	for _, s := range e.lab.Stages {
		if after[s.Name] {
			continue
		}
		p, diags, err := e.Plan(ctx, s.Name)
		if _, disc := errors.AsType[*MediaError](err); disc || err == nil && diags.Fatal() {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		for _, stage := range p.Stages {
			keys[stage.Key] = true
		}
	}
	return keys, true, nil
}

// own is what a checkpoint's layers take, without what they rest on.
func (w *world) own(m checkpoint.Manifest) (bytes uint64) {
	for _, part := range m.Machines {
		for volume := range part.Frozen() {
			bytes += w.volumes[volume].Allocated
		}
	}
	return bytes
}

// standsOn lists the instances all of whose machines have their disks right
// above those of a checkpoint.
func (w *world) standsOn(m checkpoint.Manifest, everyone []drivers.Machine) []string {
	frozen := map[string]string{}
	for machine, part := range m.Machines {
		for _, d := range part.Disks {
			frozen[d.Volume] = machine
		}
	}
	on := map[string]map[string]bool{}
	for _, x := range everyone {
		for _, d := range x.Disks {
			if machine, ok := frozen[w.volumes[d.Volume].Backing]; ok && machine == x.Mark.Object && x.Mark.Lab == m.Lab {
				if on[x.Mark.Instance] == nil {
					on[x.Mark.Instance] = map[string]bool{}
				}
				on[x.Mark.Instance][machine] = true
			}
		}
	}
	maps.DeleteFunc(on, func(_ string, machines map[string]bool) bool { return len(machines) < len(m.Machines) })
	return slices.Sorted(maps.Keys(on))
}

// Checkpoint finds a checkpoint of the lab by its stage, of which the one that
// fits the lab files is meant, else the newest, or by the first digits of its
// key. What is not found, or is several, is a [UsageError].
func (e *Engine) Checkpoint(ctx context.Context, name string) (checkpoint.Manifest, error) {
	found, _, err := e.named(ctx, []string{name})
	if err != nil {
		return checkpoint.Manifest{}, err
	}
	return found[0], nil
}

// named finds several checkpoints, and gives the world that they are in.
func (e *Engine) named(ctx context.Context, names []string) ([]checkpoint.Manifest, *world, error) {
	shelf, err := e.Checkpoints(ctx, true)
	if err != nil {
		return nil, nil, err
	}
	w, err := e.survey(ctx)
	if err != nil {
		return nil, nil, err
	}
	var found []checkpoint.Manifest
	for _, name := range names {
		key, err := e.keyOf(shelf, name)
		if err != nil {
			return nil, nil, err
		}
		m, ok := w.manifests[key]
		if !ok {
			return nil, nil, &UsageError{fmt.Sprintf("the checkpoint of %q was removed a moment ago", name)}
		}
		found = append(found, m)
	}
	return found, w, nil
}

// keyOf settles which checkpoint a name means.
func (e *Engine) keyOf(shelf Shelf, name string) (string, error) {
	var of []Kept
	for _, k := range shelf.Checkpoints {
		if k.Lab == e.lab.Name && k.Stage == name {
			of = append(of, k) // the newest first
		}
	}
	if i := slices.IndexFunc(of, func(k Kept) bool { return k.Fits == fits }); i >= 0 {
		return of[i].Key, nil
	}
	if len(of) > 0 {
		return of[0].Key, nil
	}
	if len(name) >= shortestK {
		for _, k := range shelf.Checkpoints {
			if strings.HasPrefix(k.Key, name) {
				of = append(of, k)
			}
		}
	}
	switch len(of) {
	case 1:
		return of[0].Key, nil
	case 0:
		return "", &UsageError{fmt.Sprintf("%q is neither a stage of lab %q that has a checkpoint nor the beginning of a checkpoint's key; `doublehop checkpoint list` says what there is", name, e.lab.Name)}
	}
	return "", &UsageError{fmt.Sprintf("the keys of %d checkpoints begin with %q; give more of its digits", len(of), name)}
}

// Examine reads the disks of some checkpoints, or of all of the lab's when none
// is named, and compares them with the digests of the day they were made.
func (e *Engine) Examine(ctx context.Context, names []string) (checkpoint.Examination, error) {
	if len(names) == 0 {
		shelf, err := e.Checkpoints(ctx, false)
		if err != nil {
			return checkpoint.Examination{}, err
		}
		for _, k := range shelf.Checkpoints {
			names = append(names, k.Key)
		}
	}
	chosen, w, err := e.named(ctx, names)
	if err != nil {
		return checkpoint.Examination{}, err
	}
	return checkpoint.Examine(ctx, e.driver, w.list(), chosen, w.whole(), func(volume string) {
		e.tell(Event{Kind: Phase, Phase: "reading", Text: volume})
	})
}

// Compare says what differs between two checkpoints of the pool.
func (e *Engine) Compare(ctx context.Context, from, to string) (Comparison, error) {
	both, w, err := e.named(ctx, []string{from, to})
	if err != nil {
		return Comparison{}, err
	}
	return compare(both[0], both[1], w.layers())
}

// Forget removes checkpoints, and those of their layers that nothing else rests
// on. One that an instance stands on is refused. Nobody may be building in the
// pool meanwhile: the caller holds the pool's lock. A dry run only says what
// would go.
func (e *Engine) Forget(ctx context.Context, names []string, dryRun bool) (PruneReport, error) {
	chosen, w, err := e.named(ctx, names)
	if err != nil {
		return PruneReport{}, err
	}
	everyone, err := e.driver.Machines(ctx, "")
	if err != nil {
		return PruneReport{}, err
	}
	for _, m := range chosen {
		if on := w.standsOn(m, everyone); len(on) > 0 {
			return PruneReport{}, &UsageError{fmt.Sprintf("instance %q stands on the checkpoint of stage %q; "+
				"take it to another stage with `doublehop revert`, or remove it with `doublehop destroy`, first", on[0], m.Stage)}
		}
	}
	return forget(ctx, e.driver, w.list(), w.whole(), chosen, everyone, dryRun)
}

// forget removes manifests, each before its layers: a cut leaves garbage, and
// never a checkpoint without its disks.
func forget(ctx context.Context, driver drivers.Driver, volumes []drivers.Volume, all, gone []checkpoint.Manifest, machines []drivers.Machine, dryRun bool) (PruneReport, error) {
	report := PruneReport{DryRun: dryRun, Volumes: []PrunedVolume{}}
	leaving, layers := map[string]bool{}, map[string]bool{}
	var manifests []drivers.Volume
	byName := map[string]drivers.Volume{}
	for _, v := range volumes {
		byName[v.Name] = v
	}
	for _, m := range gone {
		if leaving[m.Key] {
			continue
		}
		leaving[m.Key] = true
		report.Checkpoints = append(report.Checkpoints, PrunedCheckpoint{m.Lab, m.Stage, m.Key, m.Made})
		manifests = append(manifests, byName[checkpoint.Volume(m.Key)])
		for _, part := range m.Machines {
			for volume := range part.Frozen() {
				for name := volume; name != ""; name = byName[name].Backing {
					layers[name] = true
				}
			}
		}
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(m checkpoint.Manifest) bool { return leaving[m.Key] })
	garbage := slices.DeleteFunc(checkpoint.Collect(volumes, rest, machines), func(v drivers.Volume) bool {
		_, layer := plan.LayerOf(v.Name)
		return !layer || !layers[v.Name]
	})
	err := remove(ctx, driver, append(manifests, topFirst(garbage)...), &report)
	return report, err
}
