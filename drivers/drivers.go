// Package drivers is the contract between a lab and a hypervisor: what a
// driver is asked to make, what it reports, and the kinds of error it may
// answer with.
//
// A caller chooses every name, so that a lost answer can be asked about. Every
// call is idempotent, returns soon after its context is done, and is safe for
// concurrent use. A driver changes nothing that does not carry our [Mark].
//
// Floor 0. It knows no lab file, no plan and no terminal. drivers/drivertest
// says, as tests, what every implementation must do.
package drivers

import (
	"context"
	"io"
	"time"
)

// Driver is one connection to one hypervisor.
type Driver interface {
	Host
	Machines
	Networks
	Volumes
	// Close gives the connection back. Machines keep running.
	Close() error
}

// Host tells what the hypervisor is.
type Host interface {
	// Host reports the hypervisor's versions and abilities. It may try things
	// once (whether KVM runs a 32-bit guest) and remember the answer.
	Host(ctx context.Context) (HostInfo, error)
}

// HostInfo describes a hypervisor.
type HostInfo struct {
	// URI is the connection in use, without credentials.
	URI string
	// Driver, Libvirt and QEMU are versions, such as "9.0.0" and "7.2.22".
	Driver, Libvirt, QEMU string
	// Accelerator is "kvm" only after KVM was seen to run a 32-bit guest, else "tcg".
	Accelerator string
	// AcceleratorWhy says in a sentence why KVM is not used; empty when it is.
	AcceleratorWhy string
	// Chipset is the pinned machine type of a plain PC in this QEMU, such as
	// "pc-i440fx-7.2".
	Chipset string
	// Pool is the name of the pool that holds our volumes.
	Pool string
	// FreeBytes is the room left in the pool, in bytes; 0 while there is no pool.
	FreeBytes uint64
}

// Mark says that an object is ours and what it is for. It is kept by the
// hypervisor beside the object; an object without it is never changed.
type Mark struct {
	Lab, Instance string
	// Object is the name inside the lab: "dc01", "corp".
	Object string
	// Facts are further words about the object that the engine keeps there,
	// such as the stage a machine stands at. Keys are lower-case words.
	Facts map[string]string
}

// Machines makes, starts, stops and removes machines.
type Machines interface {
	// DefineMachine creates the machine or makes it match spec; it never starts
	// it. A machine of that name without our mark, or marked for another
	// instance, is a Conflict. Changing a running machine's hardware is Refused.
	DefineMachine(ctx context.Context, spec MachineSpec) error
	// StartMachine powers a machine on. With paused it stops before the first
	// instruction, so that a serial line can be opened first. A machine that
	// already runs is left as it is.
	StartMachine(ctx context.Context, name string, how StartMode) error
	// ResumeMachine lets a paused machine run.
	ResumeMachine(ctx context.Context, name string) error
	// PauseMachine stops the machine's processors; its memory stays.
	PauseMachine(ctx context.Context, name string) error
	// StopMachine cuts the power (ForceOff) or presses the power button
	// (PowerButton, which returns at once). A stopped machine is left as it is.
	StopMachine(ctx context.Context, name string, how StopMode) error
	// RemoveMachine powers off and forgets the machine; its volumes stay. It
	// succeeds when the machine is already gone, and is a Conflict when it is not ours.
	RemoveMachine(ctx context.Context, name string) error
	// MarkMachine replaces the facts of a machine's mark, running or not.
	MarkMachine(ctx context.Context, name string, facts map[string]string) error
	// Machine reports what the hypervisor says now, never what we remember.
	Machine(ctx context.Context, name string) (Machine, error)
	// Machines lists the machines that carry our mark, sorted by name. With an
	// instance, only that instance's.
	Machines(ctx context.Context, instance string) ([]Machine, error)
	// SetMedia puts a volume into a removable drive ("hdc", "hdd", "fda") of a
	// running or stopped machine, now and for later starts; an empty volume
	// ejects. A tray that the guest has locked is opened by force. A guest that
	// runs may be paused for the moment that it takes.
	SetMedia(ctx context.Context, name, drive, volume string) error
}

// StartMode says how a machine is powered on.
type StartMode uint8

// How a machine is powered on.
const (
	StartRunning StartMode = iota
	StartPaused
)

// StopMode says how a machine is stopped.
type StopMode uint8

// How a machine is stopped.
const (
	ForceOff StopMode = iota
	PowerButton
)

// MachineSpec is everything a hypervisor needs to know to make a machine.
type MachineSpec struct {
	Name string
	// UUID is derived by the caller, so that two plans of one lab are equal.
	UUID string
	Mark Mark
	// Hardware is the fixed profile of the guest's operating system.
	Hardware Hardware
	// Memory is in bytes, a whole number of MiB.
	Memory uint64
	CPUs   int
	Disks  []Disk
	Drives []Drive
	NICs   []NIC
	Clock  Clock
}

// Hardware is what a guest's operating system finds in the box.
type Hardware struct {
	// Arch is "i686" or "x86_64".
	Arch string
	// Chipset is a pinned machine type, such as "pc-i440fx-7.2".
	Chipset string
	// CPU is a named model ("pentium3", "qemu32"); Features are switched with
	// a leading + or -, such as "-nx".
	CPU      string
	Features []string
	ACPI     bool
	APIC     bool
	// NIC and Video are device models: "rtl8139", "e1000"; "cirrus".
	NIC, Video string
}

// Disk is a hard disk on the IDE bus.
type Disk struct {
	// Target is "hda" or "hdb".
	Target string
	// Volume is a qcow2 volume of our pool.
	Volume string
}

// Drive is a drive for removable media; it may be empty.
type Drive struct {
	// Target is "hdc" or "hdd" (CD-ROM) or "fda" (floppy).
	Target string
	Volume string
}

// NIC is a network card.
type NIC struct {
	// Network is the name of a network of ours.
	Network string
	// MAC is derived by the caller: "52:54:00:xx:xx:xx".
	MAC string
}

// Clock says what time the guest's hardware clock shows at power-on. Zero
// Start means the host's time, which it then follows. A clock with a start is
// the guest's own: it stands still while the machine is paused, and a machine
// that goes on from its memory ([Memory]) goes on from that instant.
type Clock struct {
	Start time.Time
}

// State is what a machine is doing.
type State uint8

// What a machine is doing.
const (
	// Off: defined, no power. It can be started, changed and removed.
	Off State = iota
	// Running: the guest executes.
	Running
	// Paused: powered, not executing. It can be resumed or stopped.
	Paused
	// Crashed: the hypervisor lost it or the guest panicked; start it again.
	Crashed
)

// String is the state in one word, as shown to a person.
func (s State) String() string {
	switch s {
	case Off:
		return "off"
	case Running:
		return "running"
	case Paused:
		return "paused"
	case Crashed:
		return "crashed"
	}
	return "unknown"
}

// Machine is what the hypervisor says about one machine of ours.
type Machine struct {
	Name  string
	UUID  string
	Mark  Mark
	State State
	// StateWhy says in words why the machine is Paused or Crashed when the
	// hypervisor did it, such as "an input/output error, such as a full disk";
	// empty otherwise.
	StateWhy string
	// ShutDown is set when the machine is Off because its guest switched it off,
	// so that its disks are as the guest wanted them. It is not when the power
	// was cut, and not when nobody knows any more: after a restart of the host, or
	// of the hypervisor's daemon, or before the first start.
	ShutDown bool
	// Saved is set when the machine is Off because its memory was saved
	// ([Memory]); like ShutDown it is forgotten with the host's power.
	Saved bool
	// Disks and Drives as they are now, with volume names of our pool.
	Disks  []Disk
	Drives []Drive
}

// Networks makes and removes sealed networks.
type Networks interface {
	// DefineNetwork creates and starts the network, or makes it match spec. It
	// has no way out: no forwarding, no address on the host, and a filter on
	// every card that lets pass only the network's own subnet.
	DefineNetwork(ctx context.Context, spec NetworkSpec) error
	// RemoveNetwork succeeds when the network is already gone, and is a
	// Conflict when it is not ours. Its filter goes with it.
	RemoveNetwork(ctx context.Context, name string) error
	// Networks lists the networks that carry our mark, sorted by name. With an
	// instance, only that instance's.
	Networks(ctx context.Context, instance string) ([]Network, error)
	// CheckSeal looks at live networks and says every way in which they are not
	// sealed; none means that they are. expect holds, by the network's name, the
	// machines that may be on it. What the host has to be asked is asked once for
	// all of them. A network that is gone is NotFound, one that is not ours a Conflict.
	CheckSeal(ctx context.Context, expect map[string][]string) ([]Leak, error)
}

// NetworkSpec is everything a hypervisor needs to know to make a network.
type NetworkSpec struct {
	Name string
	UUID string
	Mark Mark
	// Bridge is the name of the host's bridge, at most 15 characters.
	Bridge string
	// Subnet is an IPv4 prefix, such as "10.20.0.0/24".
	Subnet string
}

// Network is what the hypervisor says about one network of ours.
type Network struct {
	Name, UUID, Bridge string
	Mark               Mark
	Active             bool
}

// Leak is one way in which a live network is not sealed.
type Leak struct {
	// Network is the network's name, Object what breaks the seal (a port, an
	// address, a route), Why a sentence for a person.
	Network, Object, Why string
}

// Volumes keeps disks, discs and manifests in the one pool that is ours. A
// driver may keep volumes of its own there, named dh-serial-… and dh-start-…
// (removed with their machine) and dh-host-… (what it found out about the host).
// A volume goes by its name; a name that does not begin with "dh-" is Refused.
type Volumes interface {
	// CreateVolume makes an empty qcow2 disk, or an overlay when spec has a
	// backing volume. An existing volume of the same name is a Conflict.
	CreateVolume(ctx context.Context, spec VolumeSpec) error
	// UploadVolume makes a raw volume of exactly size bytes from r. A volume
	// that was cut short is not left behind, unless this program was killed: it
	// is then shorter than size (Volume.Capacity), as it also is while another
	// program uploads it. An existing one is a Conflict.
	UploadVolume(ctx context.Context, name string, size int64, r io.Reader) error
	// UploadDisk makes a disk from r: exactly size bytes of the qcow2 format, such
	// as DownloadVolume gave for a disk of this pool or of another one. It comes to
	// lie over spec.Backing, whatever path its header names; all else stays as it
	// was. A disk that is not plain (drivers/qcow2), or is of another size for the
	// guest than spec.Capacity, or lies over something when spec names nothing, or
	// the other way round, is Refused. Otherwise it is like UploadVolume, except
	// that a disk whose upload was killed shows by its bytes only.
	UploadDisk(ctx context.Context, spec VolumeSpec, size int64, r io.Reader) error
	// DownloadVolume writes a volume's bytes, as they lie in the pool, to w.
	DownloadVolume(ctx context.Context, name string, w io.Writer) error
	// RemoveVolume succeeds when the volume is already gone.
	RemoveVolume(ctx context.Context, name string) error
	// Volumes lists our volumes, sorted by name.
	Volumes(ctx context.Context) ([]Volume, error)
}

// VolumeSpec is a disk to be made.
type VolumeSpec struct {
	Name string
	// Capacity is the size that the guest sees, in bytes; 0 with a backing
	// volume means the same as its.
	Capacity uint64
	// Backing is the name of a frozen volume of our pool that this one is laid over.
	Backing string
}

// Volume is what the hypervisor says about one volume of ours.
type Volume struct {
	Name string
	// Capacity is what a guest sees, Allocated what the pool has given, in bytes.
	Capacity, Allocated uint64
	// Length is how many bytes DownloadVolume gives.
	Length uint64
	// Backing is the name of the volume underneath, if any.
	Backing string
}

// Memory is the ability to keep what machines have in their memory, and to let
// machines of any name go on from it.
type Memory interface {
	// SaveMemory writes the memory of a paused machine to a volume of the pool and
	// cuts its power; its disks are then as its memory believes them to be. What
	// an earlier call left in the volume is replaced. A machine without power whose
	// memory is in that volume is left as it is; any other without power, and one
	// that runs, is a Conflict.
	SaveMemory(ctx context.Context, name, volume string) error
	// StartMemory powers a machine on that goes on where the one was whose memory
	// is in the volume, and leaves it paused. The machine keeps its own name, mark,
	// disks, drives and networks; the disks hold what they did when the memory was
	// saved. The volume is only read. A volume that is not there is NotFound;
	// memory of other hardware, of a format that is unknown, or that this
	// hypervisor cannot load is Refused, and the machine then has no power and can
	// be started from its disks. A machine that has power is left as it is.
	StartMemory(ctx context.Context, name, volume string) error
}

// Serial is the ability to read what a guest says on its first serial port.
type Serial interface {
	// OpenSerial starts to read COM1 of a running or paused machine. What was
	// said before may be lost: open while the machine is paused. The reader
	// ends with io.EOF when the machine stops; Close ends it early. A second
	// open takes the line over from the first.
	OpenSerial(ctx context.Context, name string) (io.ReadCloser, error)
}

// Screener is the ability to take a picture of a machine's screen.
type Screener interface {
	// Screenshot writes a picture and returns its media type, such as "image/png".
	Screenshot(ctx context.Context, name string, w io.Writer) (string, error)
}

// Keyer is the ability to press keys on a machine's keyboard.
type Keyer interface {
	// SendKeys presses one chord of Linux key codes and lets it go.
	SendKeys(ctx context.Context, name string, codes ...uint) error
}

// Meter is the ability to count what a machine does.
type Meter interface {
	// Activity reports counters since power-on; a stopped machine has zeros.
	Activity(ctx context.Context, name string) (Activity, error)
}

// Activity counts signs of life since power-on.
type Activity struct {
	// DiskBytes and NetBytes are bytes read and written.
	DiskBytes, NetBytes uint64
	// CPU is the processor time that the machine has used.
	CPU time.Duration
}

// Watcher is the ability to be told when machines change state.
type Watcher interface {
	// Watch calls report for each change of one of our machines until ctx is
	// done, and then returns. It may miss nothing while it runs, but may
	// repeat; report must not block.
	Watch(ctx context.Context, report func(Change)) error
}

// Change is something that happened to a machine.
type Change struct {
	Machine string
	Kind    ChangeKind
}

// ChangeKind is what happened to a machine.
type ChangeKind uint8

// What happened to a machine.
const (
	// Started: it was powered on or resumed.
	Started ChangeKind = iota
	// Stopped: it has no power any more, whoever asked.
	Stopped
	// Rebooted: the guest started over without losing power.
	Rebooted
	// Lost: the hypervisor lost it.
	Lost
	// Halted: it was paused, by a caller or by the hypervisor because a disk
	// could not be written.
	Halted
)

// As finds the capability C in d, or in what d wraps.
func As[C any](d Driver) (c C, ok bool) {
	for d != nil {
		if c, ok = d.(C); ok {
			return c, true
		}
		w, wraps := d.(interface{ Unwrap() Driver })
		if !wraps {
			break
		}
		d = w.Unwrap()
	}
	return c, false
}
