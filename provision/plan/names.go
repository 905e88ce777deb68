package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// The names that Doublehop gives to things in the hypervisor. Somebody with
// only virsh can read from them what lies there:
//
//	dh-<instance>-<machine>                       a domain
//	dh-<instance>-<network>                       a network and its filter
//	dh<10 hex digits>                             its bridge (15 characters at most)
//	dh-layer-<key>_<disk>_<instance>.qcow2        a disk after a stage
//	dh-memory-<key>_<instance>.save               a machine's memory after a warm stage
//	dh-run-<instance>_<machine>_<disk>_<key>.qcow2  what a machine wrote since its checkpoint
//	dh-checkpoint-<key>.json                      a manifest; it makes its layers count
//	dh-origin-<key>.json                          what an imported checkpoint is found by
//	dh-media-<digest>.iso, .ok                    a disc of the user's, and that it is whole
//	dh-disc-<instance>_<machine>_<job>_<ask>.iso  a job disc
//	dh-floppy-<instance>_<machine>_<key>.img      an answer floppy
//	dh-pool-key                                   the pool's own random key
//
// Names in lab files have hyphens but no underscores, so that the volumes of
// machine "c" of instance "a-b" and of machine "b-c" of instance "a" differ.
const (
	prefix     = "dh-"
	keyDigits  = 32
	runDigits  = 12
	bridgeName = "dh%s"
)

// Domain is the hypervisor's name for a machine.
func Domain(instance, machine string) string { return prefix + instance + "-" + machine }

// NetworkName is the hypervisor's name for a network.
func NetworkName(instance, network string) string { return prefix + instance + "-" + network }

// Bridge is the host's name for a network's bridge; Linux allows it 15 characters.
func Bridge(instance, network string) string {
	sum := sha256.Sum256([]byte(instance + "/" + network))
	return fmt.Sprintf(bridgeName, hex.EncodeToString(sum[:5]))
}

// LayerVolume is the volume that holds a disk after a stage. A number from 2 on
// tells apart volumes of one layer, when an older one is still rested on.
func LayerVolume(key, disk, instance string, number int) string {
	name := fmt.Sprintf("%slayer-%s_%s_%s", prefix, short(key, keyDigits), disk, instance)
	if number > 1 {
		name += fmt.Sprintf("_%d", number)
	}
	return name + ".qcow2"
}

// MemoryVolume is the volume that holds a machine's memory after a stage, under
// the number of the disks that go with it.
func MemoryVolume(key, instance string, number int) string {
	name := fmt.Sprintf("%smemory-%s_%s", prefix, short(key, keyDigits), instance)
	if number > 1 {
		name += fmt.Sprintf("_%d", number)
	}
	return name + ".save"
}

// LayerOf says whether a volume of that name is a part of a layer, a disk or a
// memory, and which instance made it.
func LayerOf(volume string) (instance string, ok bool) {
	if name, ok := strings.CutPrefix(strings.TrimSuffix(volume, ".save"), prefix+"memory-"); ok {
		parts := strings.Split(name, "_")
		return parts[min(1, len(parts)-1)], len(parts) > 1
	}
	name, ok := strings.CutPrefix(strings.TrimSuffix(volume, ".qcow2"), prefix+"layer-")
	parts := strings.Split(name, "_")
	if !ok || len(parts) < 3 {
		return "", false
	}
	return parts[2], true
}

// IsLayer says whether a volume of that name is a disk of the layer of a key.
func IsLayer(volume, key, disk string) bool {
	return strings.HasPrefix(volume, fmt.Sprintf("%slayer-%s_%s_", prefix, short(key, keyDigits), disk))
}

// ImportedVolume is the volume that holds a part of a layer, a disk or a memory,
// that was imported: named by what it holds, so that an import that was cut knows
// its own again, and no machine that builds the same layer writes to it. from is
// the name that it had in the pool that it comes from; ok is false when that is
// no layer's.
func ImportedVolume(from, sha256 string) (name string, ok bool) {
	maker := importMaker + short(sha256, keyDigits)
	if rest, memory := strings.CutPrefix(from, prefix+"memory-"); memory {
		parts := strings.Split(strings.TrimSuffix(rest, memoryEnd), "_")
		return fmt.Sprintf("%smemory-%s_%s%s", prefix, parts[0], maker, memoryEnd), len(parts) > 1 && strings.HasSuffix(from, memoryEnd)
	}
	rest, layer := strings.CutPrefix(from, prefix+"layer-")
	parts := strings.Split(strings.TrimSuffix(rest, diskEnd), "_")
	if !layer || len(parts) < 3 || !strings.HasSuffix(from, diskEnd) {
		return "", false
	}
	return fmt.Sprintf("%slayer-%s_%s_%s%s", prefix, parts[0], parts[1], maker, diskEnd), true
}

// IsMemory says whether a volume of that name holds a machine's memory.
func IsMemory(volume string) bool { return strings.HasPrefix(volume, prefix+"memory-") }

// How the names of disks and memories end.
const (
	diskEnd   = ".qcow2"
	memoryEnd = ".save"
)

// importMaker stands where other layers have the name of the instance that made
// them; no instance's name has a dot.
const importMaker = "import."

// RunVolume is the volume that holds what a machine writes on top of a layer.
func RunVolume(instance, machine, disk, key string) string {
	return fmt.Sprintf("%srun-%s_%s_%s_%s.qcow2", prefix, instance, machine, disk, short(key, runDigits))
}

// MediaVolume is the volume that holds a disc of the user's.
func MediaVolume(digest string) string {
	return fmt.Sprintf("%smedia-%s.iso", prefix, short(digest, keyDigits))
}

// MediaMark is the empty volume that says that a media volume is whole.
func MediaMark(digest string) string {
	return strings.TrimSuffix(MediaVolume(digest), ".iso") + ".ok"
}

// DiscVolume is the volume that holds a job disc.
func DiscVolume(instance, machine, job, ask string) string {
	return fmt.Sprintf("%sdisc-%s_%s_%s_%s.iso", prefix, instance, machine, job, ask)
}

// FloppyVolume is the volume that holds an answer floppy.
func FloppyVolume(instance, machine, key string) string {
	return fmt.Sprintf("%sfloppy-%s_%s_%s.img", prefix, instance, machine, short(key, runDigits))
}

// InstanceVolumes are the beginnings of the names of volumes that belong to an
// instance and to no checkpoint: those of one machine, or of all when machine
// is empty.
func InstanceVolumes(instance, machine string) []string {
	return append(Discs(instance, machine), ownVolume("run", instance, machine))
}

// OwnerOf is the instance that a volume belongs to when it belongs to no
// checkpoint; empty for layers, manifests and the user's discs.
func OwnerOf(volume string) string {
	for _, kind := range []string{"run-", "disc-", "floppy-"} {
		if rest, ok := strings.CutPrefix(volume, prefix+kind); ok {
			instance, _, _ := strings.Cut(rest, "_")
			return instance
		}
	}
	return ""
}

// Discs are the beginnings of the names of the discs and floppies that were
// made for a machine, or for all machines of an instance.
func Discs(instance, machine string) []string {
	return []string{ownVolume("disc", instance, machine), ownVolume("floppy", instance, machine)}
}

// IsDisc says whether a volume of that name is a disc or floppy made for an
// instance.
func IsDisc(instance, volume string) bool {
	return slices.ContainsFunc(Discs(instance, ""), func(begin string) bool { return strings.HasPrefix(volume, begin) })
}

func ownVolume(kind, instance, machine string) string {
	name := fmt.Sprintf("%s%s-%s_", prefix, kind, instance)
	if machine != "" {
		name += machine + "_"
	}
	return name
}

// space makes our UUIDs differ from everybody else's (RFC 9562, version 5).
//
//nolint:gochecknoglobals // computed once, never changed
var space = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://doublehop.dev/"))

// uuidOf derives the UUID of an object, so that two plans of one lab are equal.
func uuidOf(name string) string { return uuid.NewSHA1(space, []byte(name)).String() }

// macOf derives a card's address from the lab, not from the instance: the
// guests of a fork see the card they were installed with. 52:54:00 is QEMU's.
func macOf(lab, machine string, index int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", lab, machine, index))
	return fmt.Sprintf("52:54:00:%02x:%02x:%02x", sum[0], sum[1], sum[2])
}

func short(key string, digits int) string {
	if len(key) > digits {
		return key[:digits]
	}
	return key
}
