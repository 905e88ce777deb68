package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/qcow2"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// volume brings one disk.
func (x *importer) volume(ctx context.Context, v *archive.Volume) error {
	r, err := x.in.Next()
	if err != nil {
		return err
	}
	if x.own(v) && (v.Backing == "" || x.disks[v.Backing].name == v.Backing) {
		sum, err := checkpoint.Digest(ctx, x.driver, v.Name)
		if err != nil {
			return err
		}
		if sum == v.SHA256 {
			x.disks[v.Name] = &imported{name: v.Name, sha256: sum}
			x.report.Kept++
			_, err = io.Copy(io.Discard, r)
			return err
		}
	}
	name, _ := plan.ImportedVolume(v.Name, v.SHA256)
	if plan.IsMemory(v.Name) {
		if err := x.memory(ctx, name, v, r); err != nil {
			return err
		}
		x.disks[v.Name] = &imported{name: name, sha256: v.SHA256}
		return nil
	}
	spec := drivers.VolumeSpec{Name: name, Capacity: v.Capacity}
	if v.Backing != "" {
		spec.Backing = x.disks[v.Backing].name
	}
	head, path, err := headOf(r, v)
	if err != nil {
		return err
	}
	there, err := x.there(ctx, spec, v, path)
	if err != nil {
		return err
	}
	if there != "" {
		x.report.Kept++
	} else if there, err = x.send(ctx, spec, v, path, head, r); err != nil {
		return err
	}
	x.disks[v.Name] = &imported{name: name, sha256: there}
	_, err = io.Copy(io.Discard, r)
	return err
}

// memory brings a machine's memory, which names no other volume.
func (x *importer) memory(ctx context.Context, name string, v *archive.Volume, r io.Reader) error {
	if have, ok := x.world.volumes[name]; ok {
		sum := ""
		if have.Length == uint64(v.Length) { //nolint:gosec // the index was checked
			var err error
			if sum, err = checkpoint.Digest(ctx, x.driver, name); err != nil {
				return err
			}
		}
		if sum == v.SHA256 {
			x.report.Kept++
			_, err := io.Copy(io.Discard, r)
			return err
		}
		if err := x.discard(ctx, name); err != nil {
			return err
		}
	}
	x.tell(Event{Kind: Note, Text: "sending " + v.Name})
	if err := x.driver.UploadVolume(ctx, name, v.Length, r); err != nil {
		return asDamage(err)
	}
	_, err := io.Copy(io.Discard, r)
	sum := ""
	if err == nil {
		sum, err = checkpoint.Digest(ctx, x.driver, name)
	}
	if err == nil && sum != v.SHA256 {
		err = arrivedOtherwise(name)
	}
	if err != nil {
		return errors.Join(err, x.driver.RemoveVolume(context.WithoutCancel(ctx), name))
	}
	x.report.Sent++
	x.report.Bytes += uint64(v.Length) //nolint:gosec // the index was checked
	return nil
}

// asDamage is the damage of an entry that a driver came upon, without the driver.
func asDamage(err error) error {
	if damage, ok := errors.AsType[*archive.Damage](err); ok {
		return damage
	}
	return err
}

func arrivedOtherwise(volume string) error {
	return &DamageError{Volume: volume, Why: "what lies in the pool is not what was sent; the pool's disk, or the way there, cannot be trusted"}
}

// discard removes what an import that was cut left; unless somebody uses it.
func (x *importer) discard(ctx context.Context, name string) error {
	if user := x.user(name); user != "" {
		return &DamageError{Volume: name, Why: fmt.Sprintf("it is not what the archive holds, and %s rests on it", user)}
	}
	return x.driver.RemoveVolume(ctx, name)
}

// own says whether a disk was made in this very pool and is still there.
func (x *importer) own(v *archive.Volume) bool {
	have, ok := x.world.volumes[v.Name]
	if !ok || have.Length != uint64(v.Length) { //nolint:gosec // the index was checked
		return false
	}
	for _, m := range x.world.manifests {
		for _, part := range m.Machines {
			for _, d := range part.Disks {
				if d.Volume == v.Name && d.SHA256 == v.SHA256 {
					return have.Backing == v.Backing
				}
			}
		}
	}
	return false
}

// headOf reads the beginning of a disk, which must be the disk that the index
// says, and the path of what it lay over.
func headOf(r io.Reader, v *archive.Volume) (head []byte, path string, err error) {
	if head, err = qcow2.Head(r, v.Length); err != nil {
		return nil, "", drained(r, err)
	}
	h, err := qcow2.Parse(head)
	if err == nil && (h.Capacity != v.Capacity || (h.Backing == "") != (v.Backing == "")) {
		err = fmt.Errorf("it is another disk than the index says: of %d bytes, over %q", h.Capacity, h.Backing)
	}
	if err != nil {
		return nil, "", drained(r, fmt.Errorf("volume %s cannot be taken: %w", v.Name, err))
	}
	return head, h.Backing, nil
}

// drained is err, or what is wrong with the entry as a whole: that it is
// damaged says more than what came of it.
func drained(r io.Reader, err error) error {
	if _, whole := io.Copy(io.Discard, r); whole != nil {
		return whole
	}
	return err
}

// there is the digest of a disk that the pool has already, as it lies there.
// What is not the disk that the archive holds, is the rest of an import that was
// cut, and removed; unless somebody uses it.
func (x *importer) there(ctx context.Context, spec drivers.VolumeSpec, v *archive.Volume, path string) (string, error) {
	have, ok := x.world.volumes[spec.Name]
	if !ok {
		return "", nil
	}
	if have.Length == uint64(v.Length) && have.Backing == spec.Backing { //nolint:gosec // the index was checked
		x.tell(Event{Kind: Note, Text: "reading " + spec.Name})
		sum, same, err := x.compare(ctx, spec.Name, v, path)
		if err != nil || same {
			return sum, err
		}
	}
	return "", x.discard(ctx, spec.Name)
}

// user is what rests on a volume; empty for nothing.
func (x *importer) user(name string) string {
	for _, m := range x.world.whole() {
		for _, part := range m.Machines {
			for volume := range part.Frozen() {
				if volume == name {
					return fmt.Sprintf("the checkpoint of stage %q (remove it with `doublehop checkpoint rm %s`, and import again)", m.Stage, m.Key[:12])
				}
			}
		}
	}
	for _, m := range x.machines {
		for _, d := range m.Disks {
			for under := d.Volume; under != ""; under = x.world.volumes[under].Backing {
				if under == name {
					return "machine " + m.Name
				}
			}
		}
	}
	for _, other := range x.world.list() {
		if other.Backing == name {
			return fmt.Sprintf("volume %s (`doublehop prune` removes it if nothing needs it)", other.Name)
		}
	}
	return ""
}

// send sends a disk, and looks at what reached the pool. It gives its digest as
// it lies there.
func (x *importer) send(ctx context.Context, spec drivers.VolumeSpec, v *archive.Volume, path string, head []byte, r io.Reader) (string, error) {
	x.tell(Event{Kind: Note, Text: "sending " + v.Name})
	if err := x.driver.UploadDisk(ctx, spec, v.Length, io.MultiReader(bytes.NewReader(head), r)); err != nil {
		return "", asDamage(err)
	}
	remove := func(why error) (string, error) {
		return "", errors.Join(why, x.driver.RemoveVolume(context.WithoutCancel(ctx), spec.Name))
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // at its end the entry says whether it was damaged
		return remove(err)
	}
	sum, same, err := x.compare(ctx, spec.Name, v, path)
	if err != nil {
		return "", err
	}
	if !same {
		return remove(arrivedOtherwise(spec.Name))
	}
	x.report.Sent++
	x.report.Bytes += uint64(v.Length) //nolint:gosec // the index was checked
	return sum, nil
}

// compare reads a disk of the pool: its digest as it lies there, and whether it
// is the archive's disk but for the path of what it lies over.
func (x *importer) compare(ctx context.Context, name string, v *archive.Volume, path string) (string, bool, error) {
	asItLies, asItWas := sha256.New(), sha256.New()
	back := qcow2.NewRebacked(asItWas, path)
	err := x.driver.DownloadVolume(ctx, name, io.MultiWriter(asItLies, &tolerant{w: back}))
	if err != nil {
		return "", false, err
	}
	if back.Close() != nil {
		return "", false, nil //nolint:nilerr // no such header was sent
	}
	return text(asItLies), text(asItWas) == v.SHA256, nil
}

// tolerant goes on when w has had enough: a damaged header is no reason to
// believe that a volume cannot be read.
type tolerant struct {
	w      io.Writer
	failed bool
}

func (t *tolerant) Write(b []byte) (int, error) {
	if !t.failed {
		_, err := t.w.Write(b)
		t.failed = err != nil
	}
	return len(b), nil
}

func text(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }
