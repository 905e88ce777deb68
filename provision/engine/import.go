package engine

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// ImportReport is what an import brought.
type ImportReport struct {
	Lab   string `json:"lab"`
	Stage string `json:"stage"`
	Key   string `json:"key"`
	// Checkpoints are the stages whose checkpoints the pool has now and had not.
	Checkpoints []string `json:"checkpoints"`
	// Sent and Kept count disks and memories: those that were sent, and those that were there.
	Sent int `json:"sent"`
	Kept int `json:"kept"`
	// Bytes is how much was sent.
	Bytes uint64 `json:"bytes"`
	// Files are the lab's files in the archive, by path in its folder.
	Files map[string][]byte `json:"-"`
	// Passwords says whether the archive brought those that the lab generated:
	// without them nothing can be built on the checkpoints.
	Passwords bool `json:"passwords"`
	// Media are the digests of the discs that building anew would need.
	Media map[string]string `json:"media,omitempty"`
}

// ImportOptions say how an import is made.
type ImportOptions struct {
	// Report is told what is done; it may be nil.
	Report func(Event)
	// Files is asked before anything is sent whether there is a place for the
	// lab's files; it may be nil.
	Files func(map[string][]byte) error
}

// Import brings an archive's checkpoints into a pool. Every disk is compared
// with its digest while it is sent and again as it lies in the pool; when all
// are there, the manifests are written, which make them checkpoints. A cut
// import leaves nothing that anybody sees, and the next one sends what is missing.
// Nobody may prune meanwhile: the caller holds a lock.
func Import(ctx context.Context, driver drivers.Driver, r *archive.Reader, options ImportOptions) (ImportReport, error) {
	x := &importer{driver: driver, in: r, tell: options.Report, disks: map[string]*imported{}}
	if x.tell == nil {
		x.tell = func(Event) {}
	}
	x.report = ImportReport{
		Lab: r.Index.Lab, Stage: r.Index.Stage, Key: r.Index.Key, Media: r.Index.Media,
		Checkpoints: []string{}, Files: map[string][]byte{},
	}
	if err := x.files(); err != nil {
		return x.report, err
	}
	if options.Files != nil {
		if err := options.Files(x.report.Files); err != nil {
			return x.report, err
		}
	}
	if err := x.look(ctx); err != nil {
		return x.report, err
	}
	for i := range r.Index.Volumes {
		if err := x.volume(ctx, &r.Index.Volumes[i]); err != nil {
			return x.report, err
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) { // nothing is believed before all of it was read
		return x.report, err
	}
	return x.report, x.commit(ctx)
}

// importer is one import.
type importer struct {
	driver drivers.Driver
	in     *archive.Reader
	tell   func(Event)
	report ImportReport

	manifests []checkpoint.Manifest
	origin    checkpoint.Origin
	world     *world
	machines  []drivers.Machine
	disks     map[string]*imported // by their names in the archive
}

// imported is a disk in this pool.
type imported struct {
	name, sha256 string
}

// files reads the small files and looks whether they make sense together.
func (x *importer) files() error {
	for _, f := range x.in.Index.Files {
		r, err := x.in.Next()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if path, ok := f.LabPath(); ok {
			x.report.Files[path] = text
		}
		if key, ok := f.ManifestKey(); ok {
			if err := x.manifest(key, text); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
		if f.Name == archive.SecretsName {
			if x.origin, err = checkpoint.DecodeOrigin(text); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
	}
	if x.origin.Lab != x.report.Lab || x.origin.Pool == "" {
		return errors.New("the archive does not say where its checkpoints come from")
	}
	x.report.Passwords = true
	for _, s := range x.origin.Secrets {
		x.report.Passwords = x.report.Passwords && (!s.Generated || s.Value != "")
	}
	// Each stage's layers rest on those of the stage before.
	slices.SortStableFunc(x.manifests, func(a, b checkpoint.Manifest) int { return a.Made.Compare(b.Made) })
	return nil
}

// manifest takes one manifest, if it is what it says and rests on what the
// archive holds.
func (x *importer) manifest(key string, text []byte) error {
	m, err := checkpoint.Decode(text)
	if err != nil {
		return err
	}
	if m.Key != key || m.Lab != x.in.Index.Lab || len(m.Machines) == 0 || key == x.in.Index.Key && m.Stage != x.in.Index.Stage {
		return fmt.Errorf("it is the manifest of another checkpoint: stage %q of lab %q", m.Stage, m.Lab)
	}
	if problem := cmp.Or(labs.NameProblem(m.Lab), labs.NameProblem(m.Stage)); problem != "" {
		return fmt.Errorf("it names lab %q and stage %q: %s", m.Lab, m.Stage, problem)
	}
	layers := map[string]string{}
	for machine, part := range m.Machines {
		layers[machine] = part.Layer
		if problem := labs.NameProblem(machine); problem != "" {
			return fmt.Errorf("%q is no machine: %s", machine, problem)
		}
		if sum := sha256.Sum256(part.Preimage); hex.EncodeToString(sum[:]) != part.Layer {
			return fmt.Errorf("the layer of machine %q was not made of what it says", machine)
		}
		for disk, d := range part.Disks {
			i := slices.IndexFunc(x.in.Index.Volumes, func(v archive.Volume) bool { return v.Name == d.Volume })
			if i < 0 {
				return fmt.Errorf("disk %q of machine %q rests on volume %q, which is not in the archive", disk, machine, d.Volume)
			}
			if v := x.in.Index.Volumes[i]; d.SHA256 != "" && d.SHA256 != v.SHA256 || d.Capacity != v.Capacity {
				return fmt.Errorf("disk %q of machine %q is not the one that the archive holds", disk, machine)
			}
		}
	}
	if err := x.remembers(m); err != nil {
		return err
	}
	if plan.CheckpointKey(layers) != m.Key {
		return errors.New("its key is not that of its layers")
	}
	x.manifests = append(x.manifests, m)
	return nil
}

// remembers refuses a manifest with another memory than the archive holds. One
// whose memory is not in the archive comes without.
func (x *importer) remembers(m checkpoint.Manifest) error {
	for machine, part := range m.Machines {
		if part.Memory == nil {
			continue
		}
		i := slices.IndexFunc(x.in.Index.Volumes, func(v archive.Volume) bool { return v.Name == part.Memory.Volume })
		if i >= 0 && (x.in.Index.Volumes[i].SHA256 != part.Memory.SHA256 || !plan.IsMemory(part.Memory.Volume)) {
			return fmt.Errorf("the memory of machine %q is not the one that the archive holds", machine)
		}
	}
	return nil
}

// look asks what the pool has already, and whether the rest has room.
func (x *importer) look(ctx context.Context) error {
	x.world = &world{volumes: map[string]drivers.Volume{}, manifests: map[string]checkpoint.Manifest{}}
	volumes, err := x.driver.Volumes(ctx)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		x.world.volumes[v.Name] = v
	}
	if x.machines, err = x.driver.Machines(ctx, ""); err != nil {
		return err
	}
	if err := x.world.read(ctx, x.driver); err != nil {
		return err
	}
	names := map[string]bool{}
	need := uint64(0)
	for _, v := range x.in.Index.Volumes {
		name, ok := plan.ImportedVolume(v.Name, v.SHA256)
		if !ok || plan.IsMemory(v.Name) != (v.Capacity == 0) {
			return fmt.Errorf("%q is no layer of a machine", v.Name)
		}
		if names[name] {
			return fmt.Errorf("the archive holds layer %s twice", v.Name)
		}
		names[name] = true
		if have, ok := x.world.volumes[name]; !x.own(&v) && (!ok || have.Length != uint64(v.Length)) { //nolint:gosec // the index was checked
			need += uint64(v.Length) //nolint:gosec // the index was checked
		}
	}
	host, err := x.driver.Host(ctx)
	if err != nil {
		return err
	}
	if host.FreeBytes > 0 && need > host.FreeBytes {
		return &drivers.Error{
			Kind: drivers.Missing, Op: "import into", Object: host.Pool,
			Err:    fmt.Errorf("the archive's disks take %d MiB, and the pool has room for %d MiB", need>>20, host.FreeBytes>>20),
			Remedy: "Free some room on the pool's disk:\n  doublehop prune",
		}
	}
	return nil
}

// commit makes the disks checkpoints: first what they are found by, then the
// manifests.
func (x *importer) commit(ctx context.Context) error {
	for _, m := range x.manifests {
		_, had := x.world.manifests[m.Key]
		if err := x.keepOrigin(ctx, m.Key); err != nil {
			return err
		}
		if had {
			continue
		}
		warm := x.warm(m)
		for name, part := range m.Machines {
			memory := part.Memory
			for disk, d := range part.Disks {
				there := x.disks[d.Volume]
				d.Volume, d.SHA256, d.Backing = there.name, there.sha256, x.under(d.Volume)
				part.Disks[disk] = d
			}
			part.Memory = nil
			if warm {
				there := x.disks[memory.Volume]
				part.Memory = &checkpoint.Memory{Volume: there.name, Size: memory.Size, SHA256: there.sha256}
			}
			m.Machines[name] = part
		}
		broken := func(b checkpoint.Broken) bool { return b.Volume == checkpoint.Volume(m.Key) }
		if slices.ContainsFunc(x.world.broken, broken) {
			if err := x.driver.RemoveVolume(ctx, checkpoint.Volume(m.Key)); err != nil {
				return err
			}
		}
		if err := checkpoint.Commit(ctx, x.driver, m); err != nil {
			return err
		}
		x.report.Checkpoints = append(x.report.Checkpoints, m.Stage)
	}
	return nil
}

// warm says whether the archive has the memory of all machines of a checkpoint.
func (x *importer) warm(m checkpoint.Manifest) bool {
	for _, part := range m.Machines {
		if part.Memory == nil || x.disks[part.Memory.Volume] == nil {
			return false
		}
	}
	return true
}

// under is the volume in this pool that a disk of the archive lies over.
func (x *importer) under(volume string) string {
	for _, v := range x.in.Index.Volumes {
		if v.Name == volume && v.Backing != "" {
			return x.disks[v.Backing].name
		}
	}
	return ""
}

// keepOrigin keeps what a checkpoint is found by, and what an earlier import
// knew of it. Checkpoints of this very pool are found without.
func (x *importer) keepOrigin(ctx context.Context, key string) error {
	name := checkpoint.OriginVolume(key)
	_, had := x.world.volumes[name]
	if _, own := x.world.manifests[key]; own && !had {
		return nil // it was made here
	}
	if home, err := x.home(ctx); err != nil || home {
		return err
	}
	known := x.origin
	if had {
		old, ok, err := checkpoint.ReadOrigin(ctx, x.driver, name)
		if err != nil {
			return err
		}
		if ok && old.ID() == known.ID() {
			known = old.With(known)
		}
	}
	b, err := checkpoint.EncodeOrigin(known)
	if err != nil {
		return err
	}
	if had {
		var now bytes.Buffer
		if err := x.driver.DownloadVolume(ctx, name, &now); err != nil || bytes.Equal(now.Bytes(), b) {
			return err
		}
		if err := x.driver.RemoveVolume(ctx, name); err != nil {
			return err
		}
	}
	return x.driver.UploadVolume(ctx, name, int64(len(b)), bytes.NewReader(b))
}

// home says whether the archive was written from this very pool.
func (x *importer) home(ctx context.Context) (bool, error) {
	if _, ok := x.world.volumes[poolKeyVolume]; !ok {
		return false, nil
	}
	var key bytes.Buffer
	if err := x.driver.DownloadVolume(ctx, poolKeyVolume, &key); err != nil {
		return false, err
	}
	return poolName(key.Bytes()) == strings.TrimSpace(x.origin.Pool), nil
}
