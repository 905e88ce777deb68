// Package plan decides what to do: it lays a lab beside what exists and says
// which stages are reused, which are built and why, without touching anything.
//
// It replays the stages on the estate, so that an impossible order is a
// diagnostic on a line of the lab file; it names every layer by a key that is
// a digest of what makes it; and it is pure: the same lab and the same world
// give the same plan, byte for byte.
//
// Floor 3. It knows no hypervisor and no terminal. provision/engine walks what
// it makes.
package plan

import (
	"strconv"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
)

// Plan is everything that `up` will do, in order. Its JSON form is the output
// of `plan -o json`.
type Plan struct {
	Lab      string `json:"lab"`
	Instance string `json:"instance"`
	// Target is the stage that the instance will stand at.
	Target string `json:"target"`
	// Origin is set when the stages stand on imported checkpoints, whose layers
	// were named under another pool's key.
	Origin string `json:"origin,omitempty"`
	// Networks and Machines are those that Target needs, in the lab's order.
	Networks []Network `json:"networks"`
	Machines []Machine `json:"machines"`
	// Stages is the way from the root to Target.
	Stages []Stage `json:"stages"`
	// Final says what is done to the instance after the last stage.
	Final Final `json:"final"`
	// Estimate is how long the stages to be built took elsewhere, in seconds.
	Estimate Seconds `json:"estimate_seconds"`
	// Disk is how much the pool will grow by then, in bytes, as far as one can
	// tell beforehand.
	Disk uint64 `json:"disk_bytes"`
}

// Seconds is a duration that is written to JSON as a number of seconds.
type Seconds time.Duration

// MarshalJSON writes whole and parts of seconds.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, time.Duration(s).Seconds(), 'f', -1, 64), nil
}

// Action is what is done with a stage or a layer.
type Action string

// What is done with a stage or a layer.
const (
	// Reuse: it exists already.
	Reuse Action = "reuse"
	// Build: it is made from the stage before.
	Build Action = "build"
	// Continue: it was begun by an earlier run, and goes on where that stood.
	Continue Action = "continue"
)

// Network is one network of the instance.
type Network struct {
	Name string `json:"name"`
	// Libvirt is the hypervisor's name for it.
	Libvirt string              `json:"network"`
	Spec    drivers.NetworkSpec `json:"-"`
}

// Machine is one machine of the instance.
type Machine struct {
	Name string `json:"name"`
	// Domain is the hypervisor's name for it.
	Domain string `json:"domain"`
	// Spec lacks the disks and drives, which change from stage to stage.
	Spec drivers.MachineSpec `json:"-"`
	// Disks are the disks of the machine with their sizes in bytes.
	Disks []labs.Disk `json:"-"`
	// Skew is how far the machine's clock is ahead of the lab's when it starts.
	Skew time.Duration `json:"-"`
	// on are the lab's names of the networks of the cards.
	on []string
}

// Stage is one stage of the way, with its checkpoint.
type Stage struct {
	Name string `json:"name"`
	// Key names the checkpoint after the stage.
	Key    string `json:"key"`
	Action Action `json:"action"`
	// Why says in full sentences why the stage is built.
	Why []string `json:"why,omitempty"`
	// Layers are the machines' layers after the stage, in the lab's order.
	Layers []Layer `json:"layers"`
	// Steps are in the order in which they are written.
	Steps []Step `json:"steps"`
	// Coupled says that the stage's machines change one another, so that they
	// are begun again together or not at all.
	Coupled bool `json:"coupled"`
	// Warm says that the checkpoint holds the memory of all machines at one
	// instant, too, so that they are as good as coupled.
	Warm bool `json:"warm,omitempty"`
	// Becomes says what the stage changes in the estate, a line each.
	Becomes []string `json:"becomes,omitempty"`
	// NoReturn are those of Becomes that no step can take back: only a revert
	// to the stage before can.
	NoReturn []string `json:"no_return,omitempty"`
	// Silenced are rules that the stage breaks, and that its author silenced.
	Silenced []Silenced `json:"silenced,omitempty"`
	Estimate Seconds    `json:"estimate_seconds"`
	// Disk is how much the stage's layers take, in bytes.
	Disk uint64 `json:"disk_bytes"`
}

// Layer is one machine's frozen disks after a stage.
type Layer struct {
	Machine string `json:"machine"`
	// Domain is the hypervisor's name for the machine.
	Domain string `json:"domain"`
	Key    string `json:"key"`
	// Base is the key of the layer underneath; empty for blank disks.
	Base   string   `json:"base,omitempty"`
	Action Action   `json:"action"`
	Why    []string `json:"why,omitempty"`
	// Preimage is what Key is the digest of.
	Preimage Preimage `json:"-"`
}

// Step is one step on one machine.
type Step struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Machine string `json:"machine"`
	// ID is the job's name in the guest.
	ID string `json:"job"`
	// Needs are indexes of steps of the same stage that come first.
	Needs    []int   `json:"needs,omitempty"`
	Estimate Seconds `json:"estimate_seconds"`
	// Disk is how much the machine's disks grow by, in bytes.
	Disk   uint64     `json:"disk_bytes"`
	Source *labs.Step `json:"-"`
}

// Final says what is done to the instance once Target's checkpoint exists.
type Final struct {
	// Action is Reuse when the instance already stands on the checkpoint and
	// runs; Continue when its machines only have to be started; Build when they
	// are made anew on top of the checkpoint.
	Action Action `json:"action"`
	// Loses are machines whose changes since their checkpoint will be lost.
	Loses []string `json:"loses,omitempty"`
}

// World is what exists, as far as a plan cares.
type World struct {
	// Networks and Machines are those of the instance.
	Networks []drivers.Network
	Machines []drivers.Machine
	// Checkpoints are the finished checkpoints of the pool.
	Checkpoints Shelf
}

// Shelf is where finished checkpoints are found. Reading one costs something, so
// a plan that has nothing to build asks for one or two, and for all of them only
// to say why a stage has to be built and which layers are there already.
type Shelf interface {
	// Find gives the checkpoint of a key.
	Find(key string) (Checkpoint, bool)
	// All gives every checkpoint, by key.
	All() map[string]Checkpoint
}

// Known is a shelf of checkpoints that have been read.
type Known map[string]Checkpoint

// Find implements Shelf.
func (k Known) Find(key string) (Checkpoint, bool) {
	c, ok := k[key]
	return c, ok
}

// All implements Shelf.
func (k Known) All() map[string]Checkpoint { return k }

// Checkpoint is a finished checkpoint.
type Checkpoint struct {
	Key, Lab, Stage string
	// Made is when it was finished, UTC.
	Made time.Time
	// Layers are the machines' layers, by machine.
	Layers map[string]Frozen
}

// Frozen is a finished layer.
type Frozen struct {
	Key string
	// Volumes are the frozen disks, by disk name.
	Volumes  map[string]string
	Preimage Preimage
}
