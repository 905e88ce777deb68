package drivertest

import (
	"context"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

func memoryChecks() []check {
	return []check{
		{"a machine's memory, disk and clock come back together, under other names too", comesBack},
		{"only a paused machine's memory is saved, as often as one likes", savesOnce},
		{"memory that does not fit is Refused, and the machine starts from its disks", misfits},
	}
}

// memory is the driver's capability; without it the check is left out.
func (b *bench) memory() drivers.Memory {
	b.Helper()
	memory, ok := drivers.As[drivers.Memory](b.d)
	if !ok {
		b.Skip("the driver saves no memory")
	}
	return memory
}

// keep names a volume and removes it at the end.
func (b *bench) keep(object string) string {
	name := b.volume(object)
	b.undo(name, func(ctx context.Context) error { return b.d.RemoveVolume(ctx, name) })
	return name
}

// saved is a guest whose memory was saved while it waited for a key.
type saved struct {
	*bench
	memory      drivers.Memory
	keyer       drivers.Keyer
	disc        string
	disk, image string // frozen
	// at is what its clock showed, and ran how long it had run for.
	at  time.Time
	ran time.Duration
}

// machine is one that goes on from the memory, or came to have it.
func (b *saved) machine(object string, net drivers.NetworkSpec) drivers.MachineSpec {
	b.Helper()
	spec := b.spec(object, b.disk)
	spec.Drives[0].Volume, spec.Clock.Start = b.disc, time.Date(2006, 3, 1, 8, 0, 0, 0, time.UTC)
	spec.NICs = []drivers.NIC{{Network: net.Name, MAC: "52:54:00:d0:00:07"}}
	return spec
}

// comesBack saves a guest that waits for a key. From there on it is let go three
// times, each over an overlay of its own: each must find the disk as it was, and
// the count in memory one less than it says next.
func comesBack(b *bench) {
	s := saved{bench: b, memory: b.memory(), disk: b.disk("disk.qcow2"), image: b.keep("memory.save")}
	var ok bool
	if s.keyer, ok = drivers.As[drivers.Keyer](b.d); !ok {
		b.Skip("the driver presses no keys")
	}
	s.disc = b.upload("pc.iso", TinyGuest(WriteDisk("before"), Count(), ReadDisk(), Time(), Key(),
		ReadDisk(), Time(), WriteDisk("after"), Count(), ReadDisk(), Halt()))
	net, net2 := b.connect(b.network("net")), b.network("net2")
	net2.Subnet = strings.Replace(net2.Subnet, "10.213.", "10.214.", 1)
	b.connect(net2)
	spec := b.define(s.machine("pc", net))
	went := time.Now()
	l := b.start(spec.Name)
	l.says("count:00001", "disk:before")
	s.at = b.clock(l)
	b.ok(b.d.PauseMachine(b.ctx, spec.Name))
	s.ran = time.Since(went)
	b.ok(s.memory.SaveMemory(b.ctx, spec.Name, s.image))
	frozen := b.download(s.image)
	b.rest(3 * time.Second) // in which the guests' clock stands still

	s.goOn(spec)
	b.ok(b.d.RemoveMachine(b.ctx, spec.Name))
	b.ok(b.d.RemoveVolume(b.ctx, b.volume("pc-over.qcow2")))
	s.goOn(b.define(spec))
	// The first one runs meanwhile: same card, another network.
	s.goOn(b.define(s.machine("twin", net2)))
	b.state(spec.Name, drivers.Running)
	if string(b.download(s.image)) != string(frozen) {
		b.Error("the volume with the memory was changed")
	}
	all, err := b.d.Volumes(b.ctx)
	b.ok(err)
	for _, v := range all {
		if strings.HasPrefix(v.Name, "dh-start-") && strings.Contains(v.Name, b.id) {
			b.Errorf("volume %s was left", v.Name)
		}
	}
}

// goOn lets a machine go on from the memory, and sees that it does.
func (b *saved) goOn(spec drivers.MachineSpec) {
	b.Helper()
	spec.Disks[0].Volume = b.over(spec.Mark.Object+"-over.qcow2", b.disk)
	b.ok(b.d.DefineMachine(b.ctx, spec))
	for range 2 {
		b.ok(b.memory.StartMemory(b.ctx, spec.Name, b.image))
		b.state(spec.Name, drivers.Paused)
	}
	l := b.listen(spec.Name)
	went := time.Now()
	b.ok(b.d.ResumeMachine(b.ctx, spec.Name))
	const shift, a = 42, 30
	b.ok(b.keyer.SendKeys(b.ctx, spec.Name, shift, a))
	l.until("disk:before")
	passed := b.clock(l).Sub(b.at)
	if most := b.ran + time.Since(went) + time.Second; passed < 0 || passed > most {
		b.Errorf("%s: the clock went on by %s, and the guest ran for less than %s", spec.Name, passed, most)
	}
	l.says("count:00002", "disk:after")
}

// clock reads the time that a guest says next.
func (b *bench) clock(l *line) time.Time {
	b.Helper()
	text := l.next()
	at, err := time.Parse("time:20060102150405", text)
	if err != nil || at.Year() != 2006 {
		b.Fatalf("the guest said %q, want a time of 2006", text)
	}
	return at
}

func savesOnce(b *bench) {
	memory := b.memory()
	spec := b.boots("pc", Say("up"), Wait(), Again())
	image := b.keep("memory.save")
	b.wants(drivers.Conflict, memory.SaveMemory(b.ctx, spec.Name, image)) // it is off
	l := b.start(spec.Name)
	l.says("up")
	b.wants(drivers.Conflict, memory.SaveMemory(b.ctx, spec.Name, image)) // it runs
	b.ok(b.d.PauseMachine(b.ctx, spec.Name))
	b.upload("memory.save", []byte("what a call that was cut has left"))
	for range 2 {
		b.ok(memory.SaveMemory(b.ctx, spec.Name, image))
		b.state(spec.Name, drivers.Off)
	}
	look := func(when string, want bool) {
		b.Helper()
		got, err := b.d.Machine(b.ctx, spec.Name)
		b.ok(err)
		if got.Saved != want || got.ShutDown {
			b.Errorf("%s: saved %t, shut down %t", when, got.Saved, got.ShutDown)
		}
	}
	look("after its memory was saved", true)
	if v, ok := b.volumes()["memory.save"]; !ok || v.Capacity < 100 {
		b.Errorf("the volume is %+v", v)
	}
	b.wants(drivers.Conflict, memory.SaveMemory(b.ctx, spec.Name, b.keep("other.save")))
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	b.ok(b.d.StopMachine(b.ctx, spec.Name, drivers.ForceOff))
	look("after another start", false)
	b.wants(drivers.Conflict, memory.SaveMemory(b.ctx, spec.Name, image))
	b.wants(drivers.NotFound, memory.SaveMemory(b.ctx, b.name("none"), image))
	b.wants(drivers.Refused, memory.SaveMemory(b.ctx, spec.Name, "not-ours"))
}

func misfits(b *bench) {
	memory := b.memory()
	spec := b.boots("pc", Say("up"), Halt())
	image := b.keep("memory.save")
	b.wants(drivers.NotFound, memory.StartMemory(b.ctx, spec.Name, image))
	b.start(spec.Name).says("up")
	b.ok(b.d.PauseMachine(b.ctx, spec.Name))
	b.ok(memory.SaveMemory(b.ctx, spec.Name, image))
	whole := b.download(image)
	for what, data := range map[string][]byte{
		"text":  []byte(strings.Repeat("no memory of anything. ", 400)),
		"short": whole[:len(whole)/2],
		"empty": {},
	} {
		b.wants(drivers.Refused, memory.StartMemory(b.ctx, spec.Name, b.upload(what+".save", data)))
		b.powerless(spec.Name)
	}
	spec.Memory *= 2
	b.ok(b.d.DefineMachine(b.ctx, spec))
	b.wants(drivers.Refused, memory.StartMemory(b.ctx, spec.Name, image))
	b.powerless(spec.Name)
	b.start(spec.Name).says("up")
}

// powerless demands that a machine has no power, whatever it came from.
func (b *bench) powerless(name string) {
	b.Helper()
	got, err := b.d.Machine(b.ctx, name)
	b.ok(err)
	if got.State != drivers.Off && got.State != drivers.Crashed {
		b.Errorf("%s is %s", name, got.State)
	}
}
