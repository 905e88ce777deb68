package checkpoint

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
)

// readers is how many disks are read at a time.
const readers = 4

// Digest is the SHA-256 of a frozen disk or memory as it lies in the pool. All of
// it is read, through the hypervisor's connection.
func Digest(ctx context.Context, pool drivers.Volumes, volume string) (string, error) {
	sum := sha256.New()
	if err := pool.DownloadVolume(ctx, volume, sum); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Digests reads those of a manifest's disks and memories that have no digest yet,
// and notes it.
func (m *Manifest) Digests(ctx context.Context, pool drivers.Volumes, of func(machine string) bool) error {
	type place struct{ machine, disk, volume string } // no disk is the memory
	var places []place
	for machine, part := range m.Machines {
		if !of(machine) {
			continue
		}
		for disk, d := range part.Disks {
			if d.SHA256 == "" {
				places = append(places, place{machine, disk, d.Volume})
			}
		}
		if part.Memory != nil && part.Memory.SHA256 == "" {
			places = append(places, place{machine, "", part.Memory.Volume})
		}
	}
	sums := make([]string, len(places))
	group, in := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, p := range places {
		group.Go(func() (err error) {
			sums[i], err = Digest(in, pool, p.volume)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, p := range places {
		if p.disk == "" {
			m.Machines[p.machine].Memory.SHA256 = sums[i]
			continue
		}
		d := m.Machines[p.machine].Disks[p.disk]
		d.SHA256 = sums[i]
		m.Machines[p.machine].Disks[p.disk] = d
	}
	return nil
}

// Damage is a frozen disk or memory that is not what it was when its checkpoint
// was made.
type Damage struct {
	Volume string `json:"volume"`
	Why    string `json:"why"`
	// Memory says that it is one: without it a machine boots from its disks.
	Memory bool `json:"memory,omitempty"`
}

// Examination is what [Examine] found.
type Examination struct {
	// Disks and Memories are how many were read, and Bytes how much room they take.
	Disks    int    `json:"disks"`
	Memories int    `json:"memories,omitempty"`
	Bytes    uint64 `json:"bytes"`
	// Unknown are disks whose checkpoints were made by a Doublehop that kept no
	// digests; nothing can be said of them.
	Unknown []string `json:"unknown,omitempty"`
	Damaged []Damage `json:"damaged,omitempty"`
}

// Examine reads every disk and memory that some checkpoints rest on, each once,
// and compares it with its digest. all are the pool's checkpoints, which know the
// digests of the disks underneath; report is told of each disk, from one
// goroutine at a time.
func Examine(ctx context.Context, pool drivers.Volumes, volumes []drivers.Volume, chosen, all []Manifest, report func(volume string)) (Examination, error) {
	byName, digests := map[string]drivers.Volume{}, map[string]string{}
	for _, v := range volumes {
		byName[v.Name] = v
	}
	for _, m := range all {
		for d := range m.disks() {
			if d.SHA256 != "" {
				digests[d.Volume] = d.SHA256
			}
		}
	}
	var e Examination
	var todo []drivers.Volume
	seen, memory := map[string]bool{}, map[string]bool{}
	for m := range memories(all) {
		digests[m.Volume], memory[m.Volume] = m.SHA256, true
	}
	for m := range memories(chosen) {
		v, there := byName[m.Volume]
		switch {
		case seen[m.Volume]:
		case there:
			todo = append(todo, v)
		default:
			e.Damaged = append(e.Damaged, Damage{Volume: m.Volume, Why: "it is gone", Memory: true})
		}
		seen[m.Volume] = true
	}
	for _, m := range chosen {
		for d := range m.disks() {
			for name := d.Volume; name != "" && !seen[name]; name = byName[name].Backing {
				seen[name] = true
				todo = append(todo, byName[name])
			}
		}
	}
	faults := make([]string, len(todo))
	group, in := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, v := range todo {
		if digests[v.Name] == "" {
			e.Unknown = append(e.Unknown, v.Name)
			continue
		}
		if memory[v.Name] {
			e.Memories++
		} else {
			e.Disks++
		}
		e.Bytes += v.Allocated
		report(v.Name)
		group.Go(func() error {
			sum, err := Digest(in, pool, v.Name)
			if err == nil && sum != digests[v.Name] {
				faults[i] = fmt.Sprintf("its SHA-256 is %s and was %s when its checkpoint was made", sum[:12], digests[v.Name][:12])
			}
			return err
		})
	}
	err := group.Wait()
	for i, why := range faults {
		if why != "" {
			e.Damaged = append(e.Damaged, Damage{Volume: todo[i].Name, Why: why, Memory: memory[todo[i].Name]})
		}
	}
	return e, err
}

// memories are those of some checkpoints, in no order.
func memories(of []Manifest) iter.Seq[Memory] {
	return func(yield func(Memory) bool) {
		for _, m := range of {
			for _, part := range m.Machines {
				if part.Memory != nil && !yield(*part.Memory) {
					return
				}
			}
		}
	}
}

// disks are all frozen disks of a checkpoint, in no order.
func (m Manifest) disks() func(yield func(Disk) bool) {
	return func(yield func(Disk) bool) {
		for _, part := range m.Machines {
			for _, d := range part.Disks {
				if !yield(d) {
					return
				}
			}
		}
	}
}
