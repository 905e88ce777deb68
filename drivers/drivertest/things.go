package drivertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

func hostChecks() []check {
	return []check{{"the host says what it is", hostSays}}
}

func hostSays(b *bench) {
	host, err := b.d.Host(b.ctx)
	b.ok(err)
	if host.URI == "" || host.Driver == "" || host.Chipset == "" || host.Pool == "" {
		b.Errorf("got %+v", host)
	}
	if (host.Accelerator == "kvm") != (host.AcceleratorWhy == "") {
		b.Errorf("accelerator %q because %q", host.Accelerator, host.AcceleratorWhy)
	}
}

func networkChecks() []check {
	return []check{
		{"a network defined twice is there once, and runs", defineNetwork},
		{"removing a network twice is fine", removeNetwork},
		{"a foreign network is a Conflict and stays as it was", foreignNetwork},
		{"a network of another instance is a Conflict", otherNetwork},
		{"a network that makes no sense is Refused", senselessNetwork},
		{"a seal holds for the expected machines and no others", seal},
		{"a network with running machines is not removed", busyNetwork},
	}
}

// network is a spec with a bridge and a subnet of this check's own.
func (b *bench) network(object string) drivers.NetworkSpec {
	name := b.name(object)
	id := uuid(name)
	return drivers.NetworkSpec{
		Name: name, UUID: id, Mark: b.mark(object), Bridge: "dht" + id[:8],
		Subnet: fmt.Sprintf("10.213.%d.0/24", b.number%250),
	}
}

func (b *bench) connect(spec drivers.NetworkSpec) drivers.NetworkSpec {
	b.Helper()
	b.undo(spec.Name, func(ctx context.Context) error { return b.d.RemoveNetwork(ctx, spec.Name) })
	b.ok(b.d.DefineNetwork(b.ctx, spec))
	return spec
}

func defineNetwork(b *bench) {
	spec := b.connect(b.network("net"))
	b.ok(b.d.DefineNetwork(b.ctx, spec))
	spec.Mark.Facts = map[string]string{"k": "<v>"}
	b.ok(b.d.DefineNetwork(b.ctx, spec))
	got, err := b.d.Networks(b.ctx, b.instance())
	b.ok(err)
	want := []drivers.Network{{Name: spec.Name, UUID: spec.UUID, Bridge: spec.Bridge, Mark: spec.Mark, Active: true}}
	if !reflect.DeepEqual(got, want) {
		b.Errorf("got  %+v\nwant %+v", got, want)
	}
	spec.Subnet = "10.214.0.0/16"
	b.ok(b.d.DefineNetwork(b.ctx, spec))
	leaks, err := b.d.CheckSeal(b.ctx, map[string][]string{spec.Name: nil})
	b.ok(err)
	if len(leaks) > 0 {
		b.Errorf("after a change of its subnet: %v", leaks)
	}
}

func removeNetwork(b *bench) {
	spec := b.connect(b.network("net"))
	for range 2 {
		b.ok(b.d.RemoveNetwork(b.ctx, spec.Name))
	}
	got, err := b.d.Networks(b.ctx, b.instance())
	b.ok(err)
	if len(got) > 0 {
		b.Errorf("still there: %+v", got)
	}
	_, err = b.d.CheckSeal(b.ctx, map[string][]string{spec.Name: nil})
	b.wants(drivers.NotFound, err)
}

func foreignNetwork(b *bench) {
	if b.h.PlantNetwork == nil {
		b.Skip("the harness plants no networks")
	}
	spec := b.network("foreign")
	untouched := b.h.PlantNetwork(b.T, spec.Name)
	b.wants(drivers.Conflict, b.d.DefineNetwork(b.ctx, spec))
	b.wants(drivers.Conflict, b.d.RemoveNetwork(b.ctx, spec.Name))
	_, err := b.d.CheckSeal(b.ctx, map[string][]string{spec.Name: nil})
	b.wants(drivers.Conflict, err)
	all, err := b.d.Networks(b.ctx, "")
	b.ok(err)
	if slices.ContainsFunc(all, func(n drivers.Network) bool { return n.Name == spec.Name }) {
		b.Error("the list of our networks holds a foreign one")
	}
	if !untouched() {
		b.Error("the foreign network was changed")
	}
}

func otherNetwork(b *bench) {
	spec := b.connect(b.network("net"))
	spec.Mark.Instance = "dht-somebody-else"
	b.wants(drivers.Conflict, b.d.DefineNetwork(b.ctx, spec))
}

func senselessNetwork(b *bench) {
	for _, change := range []func(*drivers.NetworkSpec){
		func(s *drivers.NetworkSpec) { s.Bridge = "a-bridge-of-17-ch" },
		func(s *drivers.NetworkSpec) { s.Subnet = "10.213.0.1/24" },
		func(s *drivers.NetworkSpec) { s.Subnet = "fd00::/64" },
		func(s *drivers.NetworkSpec) { s.Subnet = "everything" },
	} {
		spec := b.network("net")
		change(&spec)
		b.wants(drivers.Refused, b.d.DefineNetwork(b.ctx, spec))
	}
}

func seal(b *bench) {
	net := b.connect(b.network("net"))
	spec := b.spec("pc")
	spec.NICs = []drivers.NIC{{Network: net.Name, MAC: "52:54:00:d0:00:01"}}
	b.define(spec)
	b.ok(b.d.DefineMachine(b.ctx, spec))
	leaks := func(expect ...string) []drivers.Leak {
		b.Helper()
		found, err := b.d.CheckSeal(b.ctx, map[string][]string{net.Name: expect})
		b.ok(err)
		return found
	}
	if got := leaks(spec.Name); len(got) > 0 {
		b.Errorf("before power-on: %v", got)
	}
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	if got := leaks(spec.Name); len(got) > 0 {
		b.Errorf("with the expected machine: %v", got)
	}
	got := leaks()
	if len(got) == 0 || got[0].Object != spec.Name || got[0].Why == "" || got[0].Network != net.Name {
		b.Errorf("with a machine that is not expected: %v", got)
	}
}

func busyNetwork(b *bench) {
	net := b.connect(b.network("net"))
	spec := b.spec("pc")
	spec.NICs = []drivers.NIC{{Network: net.Name, MAC: "52:54:00:d0:00:02"}}
	b.define(spec)
	b.ok(b.d.StartMachine(b.ctx, spec.Name, drivers.StartPaused))
	b.wants(drivers.Refused, b.d.RemoveNetwork(b.ctx, net.Name))
	got, err := b.d.Networks(b.ctx, b.instance())
	b.ok(err)
	if len(got) != 1 || !got[0].Active {
		b.Errorf("after the refusal: %+v", got)
	}
	b.ok(b.d.RemoveMachine(b.ctx, spec.Name))
	b.ok(b.d.RemoveNetwork(b.ctx, net.Name))
}

func volumeChecks() []check {
	return []check{
		{"what is uploaded is downloaded", roundTrip},
		{"an upload that is cut leaves nothing behind", cutUpload},
		{"a volume is not overwritten", overwrite},
		{"a volume whose name is not ours is Refused", foreignVolume},
		{"an overlay knows what it lies over, and takes its size", overlayFacts},
		{"a disk comes back over another one as it was", diskRoundTrip},
		{"a disk that is not what was said is Refused and not made", strangeDisk},
		{"an absent volume is NotFound, and removing it is fine", absentVolume},
	}
}

func roundTrip(b *bench) {
	noise := make([]byte, 5<<20+123)
	for i := range noise {
		noise[i] = byte(rand.Uint32()) //nolint:gosec // any bytes will do
	}
	clear(noise[1<<20 : 4<<20]) // a hole
	for i, data := range [][]byte{{}, {7}, []byte("manifest"), make([]byte, 3<<20), noise, noise[:2<<20]} {
		name := b.upload(fmt.Sprintf("data%d.iso", i), data)
		if !bytes.Equal(b.download(name), data) {
			b.Errorf("%d bytes came back changed", len(data))
		}
		if got := b.volumes()[fmt.Sprintf("data%d.iso", i)]; got.Capacity != uint64(len(data)) || got.Length != uint64(len(data)) || got.Backing != "" {
			b.Errorf("%d bytes are listed as %+v", len(data), got)
		}
	}
}

func cutUpload(b *bench) {
	name := b.volume("cut.iso")
	broken := errors.New("the disc has a scratch")
	err := b.d.UploadVolume(b.ctx, name, 4<<20, &brokenReader{left: 2 << 20, err: broken})
	if !errors.Is(err, broken) {
		b.Errorf("got %v, want the reader's error", err)
	}
	if err := b.d.UploadVolume(b.ctx, name, 4<<20, bytes.NewReader(make([]byte, 1<<20))); err == nil {
		b.Error("a source that is too short was taken")
	}
	ctx, stop := context.WithCancel(b.ctx)
	err = b.d.UploadVolume(ctx, name, 1<<40, &brokenReader{left: 2 << 20, err: context.Canceled, then: stop})
	if !errors.Is(err, context.Canceled) {
		b.Errorf("got %v, want the cancel", err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for len(b.volumes()) > 0 {
		if time.Now().After(deadline) {
			b.Fatalf("left behind: %v", b.volumes())
		}
		b.rest(20 * time.Millisecond)
	}
	b.upload("cut.iso", []byte("whole"))
}

func overwrite(b *bench) {
	name := b.upload("a.iso", []byte("first"))
	b.wants(drivers.Conflict, b.d.UploadVolume(b.ctx, name, 6, bytes.NewReader([]byte("second"))))
	b.wants(drivers.Conflict, b.d.CreateVolume(b.ctx, drivers.VolumeSpec{Name: name, Capacity: 1 << 20}))
	if got := b.download(name); string(got) != "first" {
		b.Errorf("it now holds %q", got)
	}
	disk := b.disk("a.qcow2")
	b.wants(drivers.Conflict, b.d.CreateVolume(b.ctx, drivers.VolumeSpec{Name: disk, Capacity: 1 << 20}))
}

func foreignVolume(b *bench) {
	for _, name := range []string{"theirs.iso", "dh-../x", "dh-a/b", ""} {
		b.wants(drivers.Refused, nonEmpty(name, b.d.CreateVolume(b.ctx, drivers.VolumeSpec{Name: name, Capacity: 1 << 20})))
		b.wants(drivers.Refused, nonEmpty(name, b.d.UploadVolume(b.ctx, name, 1, bytes.NewReader([]byte("x")))))
		b.wants(drivers.Refused, nonEmpty(name, b.d.RemoveVolume(b.ctx, name)))
		b.wants(drivers.Refused, nonEmpty(name, b.d.DownloadVolume(b.ctx, name, &bytes.Buffer{})))
	}
}

// nonEmpty gives an error about no name at all a name to speak of.
func nonEmpty(name string, err error) error {
	if known, ok := errors.AsType[*drivers.Error](err); ok && name == "" {
		known.Object = "(no name)"
	}
	return err
}

func overlayFacts(b *bench) {
	base := b.disk("base.qcow2")
	b.over("top.qcow2", base)
	b.create(drivers.VolumeSpec{Name: b.volume("large.qcow2"), Backing: base, Capacity: 128 << 20})
	got := b.volumes()
	for name, want := range map[string]drivers.Volume{
		"base.qcow2":  {Capacity: 64 << 20},
		"top.qcow2":   {Capacity: 64 << 20, Backing: base},
		"large.qcow2": {Capacity: 128 << 20, Backing: base},
	} {
		if v := got[name]; v.Capacity != want.Capacity || v.Backing != want.Backing || v.Allocated == 0 || v.Allocated > 1<<20 {
			b.Errorf("%s is %+v, want %+v", name, v, want)
		}
	}
	b.wants(drivers.NotFound, b.d.CreateVolume(b.ctx, drivers.VolumeSpec{Name: b.volume("x.qcow2"), Backing: b.volume("absent.qcow2")}))
	b.wants(drivers.Refused, b.d.CreateVolume(b.ctx, drivers.VolumeSpec{Name: b.volume("x.qcow2")}))
}

func absentVolume(b *bench) {
	name := b.volume("absent.iso")
	b.ok(b.d.RemoveVolume(b.ctx, name))
	b.wants(drivers.NotFound, b.d.DownloadVolume(b.ctx, name, &bytes.Buffer{}))
	disk := b.disk("a.qcow2")
	for range 2 {
		b.ok(b.d.RemoveVolume(b.ctx, disk))
	}
	if len(b.volumes()) > 0 {
		b.Errorf("still there: %v", b.volumes())
	}
}
