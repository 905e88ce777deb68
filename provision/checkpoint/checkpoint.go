// Package checkpoint keeps the checkpoints of whole labs in a pool: which
// disks belong to one, what they were made of, and that nothing of it is
// missing.
//
// A checkpoint is a manifest volume beside its layers. The manifest is written
// last and carries a digest of itself: a crash before that leaves layers that
// no manifest names, which [Collect] finds as garbage, never a broken lab. A
// manifest that is cut short or was changed is reported and never used.
//
// Floor 3. It knows no lab file and starts no machine.
package checkpoint

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
)

const (
	version    = "checkpoint.v1"
	namePrefix = "dh-checkpoint-"
	nameSuffix = ".json"
	keyDigits  = 32
	// largest is more than any manifest is; what is larger is not one.
	largest = 16 << 20
)

// Manifest says what a checkpoint is made of.
type Manifest struct {
	Version string `json:"version"`
	Key     string `json:"key"`
	Lab     string `json:"lab"`
	Stage   string `json:"stage"`
	// Made is when it was finished, UTC.
	Made time.Time `json:"made"`
	// LabTime is what the guests' clocks showed when they were powered off, or
	// paused for a warm checkpoint; zero when they follow the host.
	LabTime time.Time `json:"lab_time,omitzero"`
	// Machines are the layers, by machine.
	Machines map[string]Machine `json:"machines"`
	// Media are the SHA-256 digests of the user's discs that went in, by name.
	Media map[string]string `json:"media,omitempty"`
	// Host is what made it.
	Host Host `json:"host"`
	// Estate is the modelled world after the stage.
	Estate json.RawMessage `json:"estate,omitempty"`
	// Proofs are the facts read back from the guests.
	Proofs []Proof `json:"proofs,omitempty"`
}

// Machine is one machine's part of a checkpoint.
type Machine struct {
	// Layer is the key of the layer.
	Layer string `json:"layer"`
	// Preimage is what the key is the digest of.
	Preimage json.RawMessage `json:"preimage"`
	// Disks are the frozen disks, by disk name.
	Disks map[string]Disk `json:"disks"`
	// Memory is what the machine had in memory; nil in a cold checkpoint. Its
	// volume may be gone: the machine can boot from its disks.
	Memory *Memory `json:"memory,omitempty"`
	// Chipset and CPU are the virtual hardware it was made on.
	Chipset string `json:"chipset"`
	CPU     string `json:"cpu"`
}

// Disk is a frozen disk.
type Disk struct {
	Volume string `json:"volume"`
	// Backing is the volume underneath; empty for the first layer.
	Backing string `json:"backing,omitempty"`
	// Capacity and Allocated are in bytes.
	Capacity  uint64 `json:"capacity"`
	Allocated uint64 `json:"allocated"`
	// SHA256 is the digest of the volume as it lies in the pool; empty in
	// checkpoints of a Doublehop that kept none.
	SHA256 string `json:"sha256,omitempty"`
}

// Memory is the saved memory of a machine. All of a checkpoint's are of one
// instant, at which its disks were frozen, too.
type Memory struct {
	Volume string `json:"volume"`
	// Size is in bytes.
	Size uint64 `json:"size"`
	// SHA256 is the digest of the volume as it lies in the pool.
	SHA256 string `json:"sha256"`
}

// Warm says whether a checkpoint holds the memory of its machines.
func (m Manifest) Warm() bool {
	for _, part := range m.Machines {
		if part.Memory == nil {
			return false
		}
	}
	return len(m.Machines) > 0
}

// Frozen are the volumes that a machine's part of a checkpoint is made of: its
// disks, without what they rest on, and its memory. They are in no order.
func (p Machine) Frozen() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, d := range p.Disks {
			if !yield(d.Volume) {
				return
			}
		}
		if p.Memory != nil {
			yield(p.Memory.Volume)
		}
	}
}

// Host is the hypervisor that made a checkpoint.
type Host struct {
	Libvirt     string `json:"libvirt"`
	QEMU        string `json:"qemu"`
	Accelerator string `json:"accelerator"`
}

// Proof is a fact read back from a guest.
type Proof struct {
	Machine string `json:"machine"`
	Step    string `json:"step"`
	Name    string `json:"name"`
	Value   string `json:"value"`
}

// sealed is a manifest as it lies in the pool.
type sealed struct {
	// Digest is the SHA-256 of the manifest's bytes.
	Digest   string          `json:"sha256"`
	Manifest json.RawMessage `json:"manifest"`
}

// Volume is the name of the volume that holds a checkpoint's manifest.
func Volume(key string) string {
	if len(key) > keyDigits {
		key = key[:keyDigits]
	}
	return namePrefix + key + nameSuffix
}

// IsManifest says whether a volume of that name holds a manifest.
func IsManifest(volume string) bool {
	return strings.HasPrefix(volume, namePrefix) && strings.HasSuffix(volume, nameSuffix)
}

// Encode is the manifest as it lies in the pool.
func Encode(m Manifest) ([]byte, error) {
	m.Version = version
	body, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return json.Marshal(sealed{Digest: hex.EncodeToString(sum[:]), Manifest: body})
}

// Decode reads a manifest and refuses one that is not whole.
func Decode(b []byte) (Manifest, error) {
	var s sealed
	if err := json.Unmarshal(bytes.TrimRight(b, "\x00"), &s); err != nil {
		return Manifest{}, fmt.Errorf("the manifest is cut short or is none: %w", err)
	}
	sum := sha256.Sum256(s.Manifest)
	if hex.EncodeToString(sum[:]) != s.Digest {
		return Manifest{}, errors.New("the manifest was changed after it was written: its digest differs")
	}
	var m Manifest
	if err := json.Unmarshal(s.Manifest, &m); err != nil {
		return Manifest{}, fmt.Errorf("the manifest is not one of ours: %w", err)
	}
	if m.Version != version {
		return Manifest{}, fmt.Errorf("the manifest is of version %q, and this Doublehop reads %q", m.Version, version)
	}
	return m, nil
}

// Broken is a checkpoint that cannot be used.
type Broken struct {
	Volume string
	Why    string
}

// List reads all checkpoints of the pool whose every layer is there, and says
// which ones are broken. volumes is what the pool holds.
func List(ctx context.Context, pool drivers.Volumes, volumes []drivers.Volume) ([]Manifest, []Broken, error) {
	byName := map[string]drivers.Volume{}
	var names []string
	for _, v := range volumes {
		byName[v.Name] = v
		if IsManifest(v.Name) {
			names = append(names, v.Name)
		}
	}
	found := make([]Manifest, len(names))
	faults := make([]string, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i, name := range names {
		group.Go(func() (err error) {
			found[i], faults[i], err = load(ctx, pool, byName, name)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	var whole []Manifest
	var broken []Broken
	for i, why := range faults {
		if why != "" {
			broken = append(broken, Broken{Volume: names[i], Why: why})
		} else {
			whole = append(whole, found[i])
		}
	}
	return whole, broken, nil
}

// Find reads the checkpoint of a key; a nil manifest is none, and Broken says so
// when it is one that cannot be used. volumes is what the pool holds, by name.
func Find(ctx context.Context, pool drivers.Volumes, volumes map[string]drivers.Volume, key string) (*Manifest, *Broken, error) {
	name := Volume(key)
	if _, ok := volumes[name]; !ok {
		return nil, nil, nil //nolint:nilnil // no checkpoint is an answer
	}
	m, why, err := load(ctx, pool, volumes, name)
	if err != nil {
		return nil, nil, err
	}
	if why == "" && m.Key != key {
		why = "it names itself " + m.Key
	}
	if why != "" {
		return nil, &Broken{Volume: name, Why: why}, nil
	}
	return &m, nil, nil
}

// load reads one manifest; what is wrong with it is a sentence, what is wrong
// with the hypervisor an error.
func load(ctx context.Context, pool drivers.Volumes, volumes map[string]drivers.Volume, name string) (Manifest, string, error) {
	if size := volumes[name].Capacity; size > largest {
		return Manifest{}, fmt.Sprintf("it has %d bytes, more than any manifest", size), nil
	}
	var b bytes.Buffer
	if err := pool.DownloadVolume(ctx, name, &b); err != nil {
		if drivers.KindOf(err) == drivers.NotFound {
			return Manifest{}, "it was removed while it was read", nil
		}
		return Manifest{}, "", err
	}
	m, err := Decode(b.Bytes())
	if err != nil {
		return Manifest{}, err.Error(), nil
	}
	if Volume(m.Key) != name {
		return Manifest{}, fmt.Sprintf("it names itself %s", Volume(m.Key)), nil
	}
	return m, missing(m, volumes), nil
}

// missing names the first volume that a checkpoint rests on and that is gone.
// Without a memory it is whole all the same: its machines boot from their disks.
func missing(m Manifest, volumes map[string]drivers.Volume) string {
	for machine, part := range m.Machines {
		for disk, d := range part.Disks {
			name := d.Volume
			for range volumes { // no chain is longer than the pool
				v, ok := volumes[name]
				if !ok {
					return fmt.Sprintf("volume %s, which disk %s of machine %s rests on, is gone", name, disk, machine)
				}
				if name = v.Backing; name == "" {
					break
				}
			}
			if name != "" {
				return fmt.Sprintf("the volumes under disk %s of machine %s rest on each other in a circle", disk, machine)
			}
		}
	}
	return ""
}

// Commit writes a checkpoint's manifest. After it returns nil the checkpoint
// exists; before that it does not, wherever the program is cut. A checkpoint
// of that key that is already there stays as it is.
func Commit(ctx context.Context, pool drivers.Volumes, m Manifest) error {
	b, err := Encode(m)
	if err != nil {
		return err
	}
	err = pool.UploadVolume(ctx, Volume(m.Key), int64(len(b)), bytes.NewReader(b))
	if drivers.KindOf(err) != drivers.Conflict {
		return err
	}
	var old bytes.Buffer
	if err := pool.DownloadVolume(ctx, Volume(m.Key), &old); err != nil {
		return err
	}
	if _, err := Decode(old.Bytes()); err == nil {
		return nil
	}
	if err := pool.RemoveVolume(ctx, Volume(m.Key)); err != nil { // an upload that was cut
		return err
	}
	return pool.UploadVolume(ctx, Volume(m.Key), int64(len(b)), bytes.NewReader(b))
}
