package drivertest

import (
	"bytes"
	"context"
	"errors"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/qcow2"
)

// send uploads a disk and removes it at the end.
func (b *bench) send(spec drivers.VolumeSpec, data []byte) {
	b.Helper()
	b.undo(spec.Name, func(ctx context.Context) error { return b.d.RemoveVolume(ctx, spec.Name) })
	b.ok(b.d.UploadDisk(b.ctx, spec, int64(len(data)), bytes.NewReader(data)))
}

// diskRoundTrip takes a chain of two disks out of the pool and lays it again,
// under other names.
func diskRoundTrip(b *bench) {
	base := b.disk("base.qcow2")
	top := b.over("top.qcow2", base)
	under, over := b.download(base), b.download(top)
	for name, data := range map[string][]byte{"base.qcow2": under, "top.qcow2": over} {
		if got := b.volumes()[name].Length; got != uint64(len(data)) {
			b.Errorf("%s is said to have %d bytes and has %d", name, got, len(data))
		}
	}
	again := drivers.VolumeSpec{Name: b.volume("again-with-a-longer-name.qcow2"), Capacity: 64 << 20}
	b.send(again, under)
	above := drivers.VolumeSpec{Name: b.volume("above.qcow2"), Capacity: 64 << 20, Backing: again.Name}
	b.send(above, over)
	if !bytes.Equal(b.download(again.Name), under) {
		b.Error("the disk underneath came back changed")
	}
	old, err := qcow2.Parse(over[:min(len(over), qcow2.HeadSize)])
	b.ok(err)
	var got bytes.Buffer
	back := qcow2.NewRebacked(&got, old.Backing)
	b.ok(b.d.DownloadVolume(b.ctx, above.Name, back))
	b.ok(back.Close())
	if !bytes.Equal(got.Bytes(), over) {
		b.Error("but for the name of the disk underneath, the overlay came back changed")
	}
	want := drivers.Volume{Capacity: 64 << 20, Backing: again.Name}
	if v := b.volumes()["above.qcow2"]; v.Capacity != want.Capacity || v.Backing != want.Backing || v.Length != uint64(len(over)) {
		b.Errorf("it is listed as %+v", v)
	}
	b.wants(drivers.Conflict, b.d.UploadDisk(b.ctx, above, int64(len(over)), bytes.NewReader(over)))
	b.over("uses.qcow2", above.Name)
}

func strangeDisk(b *bench) {
	base := b.disk("base.qcow2")
	over := b.download(b.over("top.qcow2", base))
	plain := b.download(base)
	before := len(b.volumes())
	spec := drivers.VolumeSpec{Name: b.volume("strange.qcow2"), Capacity: 64 << 20}
	try := func(spec drivers.VolumeSpec, data []byte) error {
		return b.d.UploadDisk(b.ctx, spec, int64(len(data)), bytes.NewReader(data))
	}
	b.wants(drivers.Refused, try(spec, over))
	b.wants(drivers.Refused, try(spec, make([]byte, 1<<20)))
	b.wants(drivers.Refused, try(drivers.VolumeSpec{Name: spec.Name, Capacity: 32 << 20}, plain))
	b.wants(drivers.Refused, try(drivers.VolumeSpec{Name: spec.Name, Capacity: 64 << 20, Backing: base}, plain))
	b.wants(drivers.Refused, try(drivers.VolumeSpec{Name: "theirs.qcow2", Capacity: 64 << 20}, plain))
	external := bytes.Clone(plain)
	external[79] |= 4 // the data lie in another file
	b.wants(drivers.Refused, try(spec, external))
	b.wants(drivers.NotFound, try(drivers.VolumeSpec{Name: spec.Name, Capacity: 64 << 20, Backing: b.volume("absent.qcow2")}, over))
	broken := errors.New("the disc has a scratch")
	if err := b.d.UploadDisk(b.ctx, spec, 4<<20, &brokenReader{left: 2 << 20, err: broken}); err == nil {
		b.Error("a disk of nothing was taken")
	}
	if got := len(b.volumes()); got != before {
		b.Errorf("left behind: %v", b.volumes())
	}
}
