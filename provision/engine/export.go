package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// ExportOptions say how an archive is written.
type ExportOptions struct {
	// Tool is the version of this program.
	Tool string
	// Files are the lab's own files, by path in its folder.
	Files map[string][]byte
	// Sealed says that what is written is encrypted as a whole: only then do
	// generated passwords go in.
	Sealed bool
}

// ExportReport is what an archive holds.
type ExportReport struct {
	Lab   string `json:"lab"`
	Stage string `json:"stage"`
	Key   string `json:"key"`
	// Checkpoints are the stages whose checkpoints are in it, the first one first.
	Checkpoints []string `json:"checkpoints"`
	Disks       int      `json:"disks"`
	// Memories are the machines whose memory is in it.
	Memories int `json:"memories,omitempty"`
	// Read is how many bytes its disks and memories have.
	Read uint64 `json:"read_bytes"`
	// Files are the lab's files in it.
	Files []string `json:"lab_files"`
	// Media are the digests of the discs that whoever imports it has to bring,
	// once he wants to build anything anew.
	Media  map[string]string `json:"media,omitempty"`
	Sealed bool              `json:"encrypted"`
}

// SecretError is a file that would carry a secret's value in clear.
type SecretError struct {
	// File is where it stands, Secret its name.
	File, Secret string
}

// Error names the file and the secret, and not the value.
func (e *SecretError) Error() string {
	return fmt.Sprintf("the value of secret %q stands in clear in %s, and the archive would not be encrypted", e.Secret, e.File)
}

// Export writes a checkpoint, named as for [Engine.Checkpoint], to an archive:
// its disks with all that they rest on, the checkpoints of the stages before as
// far as their disks are among these, the lab's files, and what is needed to
// find them again. Every disk is compared with its digest on the way; what is
// damaged is named, and what was written till then is no archive.
func (e *Engine) Export(ctx context.Context, name string, out io.Writer, options ExportOptions) (ExportReport, error) {
	found, w, err := e.named(ctx, []string{name})
	if err != nil {
		return ExportReport{}, err
	}
	x := &export{Engine: e, world: w, top: found[0], options: options, small: map[string][]byte{}}
	if err := x.collect(ctx); err != nil {
		return ExportReport{}, err
	}
	if err := x.write(ctx, out); err != nil {
		return ExportReport{}, err
	}
	return x.report(), nil
}

// export is one archive in the making.
type export struct {
	*Engine
	world   *world
	top     checkpoint.Manifest
	options ExportOptions

	index  archive.Index
	small  map[string][]byte
	stages []checkpoint.Manifest // the first one first
}

// collect finds out what belongs into the archive.
func (x *export) collect(ctx context.Context) error {
	if x.top.Lab != x.lab.Name {
		return &UsageError{fmt.Sprintf("the checkpoint is of lab %q; export it with that lab's files (-f), which go with it", x.top.Lab)}
	}
	x.index = archive.Index{
		Tool: x.options.Tool, Made: time.Now().UTC().Truncate(time.Second),
		Lab: x.top.Lab, Stage: x.top.Stage, Key: x.top.Key,
	}
	if err := x.volumes(ctx); err != nil {
		return err
	}
	p, err := x.fit(ctx)
	if err != nil {
		return err
	}
	x.ancestors(p)
	for path, text := range x.options.Files {
		x.small[archive.LabFile(path)] = text
	}
	for _, m := range x.stages {
		b, err := checkpoint.Encode(m)
		if err != nil {
			return err
		}
		x.small[archive.Manifest(m.Key)] = b
	}
	origin := x.origin()
	if !x.options.Sealed {
		origin = origin.Clear()
	}
	if x.small[archive.SecretsName], err = checkpoint.EncodeOrigin(origin); err != nil {
		return err
	}
	for _, name := range sortedKeys(x.small) {
		x.index.Files = append(x.index.Files, fileOf(name, x.small[name]))
	}
	if !x.options.Sealed {
		return x.clear()
	}
	return nil
}

func fileOf(name string, text []byte) archive.File {
	sum := sha256.Sum256(text)
	return archive.File{Name: name, Length: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}
}

// volumes lists the chains of the checkpoint's disks, each disk after the one
// that it lies over.
func (x *export) volumes(ctx context.Context) error {
	digests := map[string]string{}
	for _, m := range x.world.whole() {
		for _, part := range m.Machines {
			for _, d := range part.Disks {
				if d.SHA256 != "" {
					digests[d.Volume] = d.SHA256
				}
			}
		}
	}
	seen := map[string]bool{}
	for _, machine := range sortedKeys(x.top.Machines) {
		disks := x.top.Machines[machine].Disks
		for _, disk := range sortedKeys(disks) {
			var chain []drivers.Volume
			for name := disks[disk].Volume; name != "" && !seen[name]; name = x.world.volumes[name].Backing {
				seen[name] = true
				chain = append(chain, x.world.volumes[name])
			}
			slices.Reverse(chain)
			for _, v := range chain {
				sum := digests[v.Name]
				if sum == "" { // its checkpoint was made by a Doublehop that kept none
					x.tell(Event{Kind: Note, Text: "reading " + v.Name})
					var err error
					if sum, err = checkpoint.Digest(ctx, x.driver, v.Name); err != nil {
						return err
					}
				}
				x.index.Volumes = append(x.index.Volumes, archive.Volume{
					Name: v.Name, Backing: v.Backing, Capacity: v.Capacity, Length: int64(v.Length), SHA256: sum, //nolint:gosec // a file's length
				})
			}
		}
	}
	x.memories()
	return nil
}

// memories lists the memory of the machines, if the checkpoint that was asked
// for has all of it. Those of the stages before stay behind: their machines boot
// from their disks.
func (x *export) memories() {
	var list []archive.Volume
	for _, machine := range sortedKeys(x.top.Machines) {
		m := x.top.Machines[machine].Memory
		if m == nil {
			return
		}
		v, there := x.world.volumes[m.Volume]
		if !there {
			return
		}
		list = append(list, archive.Volume{Name: v.Name, Length: int64(v.Length), SHA256: m.SHA256}) //nolint:gosec // a file's length
	}
	x.index.Volumes = append(x.index.Volumes, list...)
}

// carried are the names of the archive's volumes.
func (x *export) carried() map[string]bool {
	names := map[string]bool{}
	for _, v := range x.index.Volumes {
		names[v.Name] = true
	}
	return names
}

// inChain says whether all of a checkpoint's disks are in the archive.
func (x *export) inChain(m checkpoint.Manifest, carried map[string]bool) bool {
	for _, part := range m.Machines {
		for _, d := range part.Disks {
			if !carried[d.Volume] {
				return false
			}
		}
	}
	return m.Lab == x.top.Lab
}

// fit looks under which keys the lab's files give this very checkpoint, and
// takes the secrets so. Files that do not give it would find nothing at the
// place where the archive is imported.
func (x *export) fit(ctx context.Context) (*plan.Plan, error) {
	if err := x.open(ctx, x.world); err != nil {
		return nil, err
	}
	if _, ok := x.lab.Stage(x.top.Stage); ok {
		origins, err := checkpoint.Origins(ctx, x.driver, x.world.list(), x.lab.Name)
		if err != nil {
			return nil, err
		}
		tries := []*secrets{x.secrets.from(nil)}
		for i := range origins {
			tries = append(tries, x.secrets.from(&origins[i]))
		}
		carried := x.carried()
		for _, s := range tries {
			media := map[string]string{}
			maps.Copy(media, s.media())
			for _, m := range x.world.whole() {
				if x.inChain(m, carried) {
					maps.Copy(media, m.Media)
				}
			}
			x.discs(media)
			d, err := x.draftOf(ctx, x.top.Stage, media, x.world, s)
			if err != nil {
				return nil, err
			}
			if d.plan != nil && !d.diags.Fatal() && d.plan.Last().Key == x.top.Key {
				x.secrets, x.index.Media = s, media
				return d.plan, nil
			}
		}
	}
	return nil, &UsageError{fmt.Sprintf("the checkpoint of stage %q was not made from the lab files as they are now, which would go with it; "+
		"`doublehop checkpoint list` says which fit, and `doublehop up --to %[1]s` makes one", x.top.Stage)}
}

// discs adds the digests of discs that no manifest knows, because the checkpoint
// of their stage was given up; those that are not there stay unknown.
func (x *export) discs(media map[string]string) {
	names, _ := usesOf(x.lab, x.lab.Path(x.top.Stage))
	for _, name := range names {
		m, ok := x.lab.Medium(name)
		if media[name] != "" || !ok {
			continue
		}
		if sum, err := x.digest()(mediaPath(x.lab, m)); err == nil {
			media[name] = sum
		}
	}
}

// ancestors are the checkpoints on the way to the one that was asked for whose
// disks are all in the archive.
func (x *export) ancestors(p *plan.Plan) {
	carried := x.carried()
	for _, s := range p.Stages {
		if m, ok := x.world.manifests[s.Key]; ok && (m.Key == x.top.Key || x.inChain(m, carried)) {
			x.stages = append(x.stages, m)
		}
	}
}

// origin is what the checkpoints are found by where they are imported.
func (x *export) origin() checkpoint.Origin {
	s := x.secrets
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	o := checkpoint.Origin{
		Pool: poolName(s.poolKey), Lab: x.lab.Name, Salt: hex.EncodeToString(salt),
		Secrets: map[string]checkpoint.OriginSecret{}, Media: x.index.Media,
	}
	if s.origin != nil { // it was imported itself, and is passed on
		o.Pool = s.origin.Pool
	}
	for _, secret := range x.lab.Secrets {
		digest, err := s.digest(secret.Name)
		if err != nil {
			continue // fit has found the checkpoint without it
		}
		known := checkpoint.OriginSecret{Digest: digest, Generated: secret.Generate}
		if v, err := s.value(secret.Name); err == nil {
			known.Check = o.CheckOf(v.Reveal())
			if secret.Generate {
				known.Value = v.Reveal()
			}
		}
		o.Secrets[secret.Name] = known
	}
	return o
}

// shortestSecret is how long a value is that is looked for: shorter ones stand
// in any text by chance.
const shortestSecret = 5

// clear refuses an archive in clear that would carry a secret's value. The disks
// are not looked at: Windows keeps passwords there in ways of its own.
func (x *export) clear() error {
	for _, secret := range x.lab.Secrets {
		v, err := x.secrets.value(secret.Name)
		if err != nil || len(v.Reveal()) < shortestSecret {
			continue
		}
		for _, name := range sortedKeys(x.small) {
			if bytes.Contains(x.small[name], []byte(v.Reveal())) {
				return &SecretError{File: name, Secret: secret.Name}
			}
		}
	}
	return nil
}

// write writes the archive, entry by entry.
func (x *export) write(ctx context.Context, out io.Writer) error {
	w, err := archive.NewWriter(out, x.index)
	if err != nil {
		return err
	}
	for _, f := range x.index.Files {
		if err := entry(w, func(w io.Writer) error {
			_, err := w.Write(x.small[f.Name])
			return err
		}); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	for _, v := range x.index.Volumes {
		x.tell(Event{Kind: Note, Text: "writing " + v.Name})
		err := entry(w, func(w io.Writer) error { return x.driver.DownloadVolume(ctx, v.Name, w) })
		if damage, ok := errors.AsType[*archive.Damage](err); ok {
			err = &DamageError{Volume: v.Name, Why: damage.Why}
		}
		if err != nil {
			_ = w.Close() // it complains that the rest is missing, as it should
			return err
		}
	}
	return w.Close()
}

// entry writes one entry of an archive.
func entry(w *archive.Writer, fill func(io.Writer) error) error {
	e, err := w.Next()
	if err != nil {
		return err
	}
	if err := fill(e); err != nil {
		_ = e.Close()
		return err
	}
	return e.Close()
}

func (x *export) report() ExportReport {
	r := ExportReport{
		Lab: x.top.Lab, Stage: x.top.Stage, Key: x.top.Key, Sealed: x.options.Sealed,
		Media: x.index.Media, Files: sortedKeys(x.options.Files), Checkpoints: []string{},
	}
	for _, m := range x.stages {
		r.Checkpoints = append(r.Checkpoints, m.Stage)
	}
	for _, v := range x.index.Volumes {
		if plan.IsMemory(v.Name) {
			r.Memories++
		} else {
			r.Disks++
		}
		r.Read += uint64(v.Length) //nolint:gosec // a length
	}
	return r
}

// DamageError is a layer that is not what it was when its checkpoint was made.
type DamageError struct{ Volume, Why string }

// Error names the volume, and says why.
func (e *DamageError) Error() string {
	return fmt.Sprintf("layer %s is damaged: %s", e.Volume, strings.TrimSuffix(e.Why, "."))
}
