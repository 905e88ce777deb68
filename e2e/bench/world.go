package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/libvirt"
	"github.com/doublehop/doublehop/provision/checkpoint"
)

// A large world: 100 instances of two machines, and 250 checkpoints of four
// machines, each machine with a layer of its own.
const (
	worldMachines    = 200
	worldCheckpoints = 250
	layersOfEach     = 4
)

// world measures `status` of everything in a large world beside 250 ms. The
// machines are defined and have no power; the layers are empty disks.
func (b *bench) world(ctx context.Context) (err error) {
	if err := b.tinyLab(ctx); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, b.fill(context.WithoutCancel(ctx), unfillOne, nil), removeForksPool(context.WithoutCancel(ctx)))
	}()
	if err := b.fill(ctx, fillOne, keepOne); err != nil {
		return err
	}
	var one, all, list []time.Duration
	for range b.rounds {
		for into, run := range map[*[]time.Duration]func() (took, error){
			&one: func() (took, error) { return b.fork(ctx, "status", "--name", "dht-bench-7") },
			&all: func() (took, error) { return b.fork(ctx, "status", "--name", "*") },
			&list: func() (took, error) {
				return b.time(ctx, "bash", "-c", "virsh -c qemu:///system list --all; virsh -c qemu:///system vol-list --details "+forksPool)
			},
		} {
			t, err := run()
			if err != nil {
				return err
			}
			*into = append(*into, t.wall)
		}
	}
	b.row("status with 200 machines and 1,000 layers, as a process (beside: 250 ms)", middle(one), 250*time.Millisecond, 1)
	b.row("  (beside: virsh list, and vol-list --details)", middle(one), middle(list), 0)
	b.row("status of all 100 instances (beside: 250 ms)", middle(all), 250*time.Millisecond, 1)
	return nil
}

// fill does something for each machine and each checkpoint of the world.
func (b *bench) fill(ctx context.Context, machine func(context.Context, *libvirt.Driver, int) error, kept func(context.Context, *libvirt.Driver, int) error) error {
	d, err := libvirt.Open(ctx, libvirt.Options{URI: "qemu:///system", Pool: forksPool})
	if err != nil {
		return err
	}
	group, in := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range worldMachines {
		group.Go(func() error { return machine(in, d, i) })
	}
	for i := range worldCheckpoints {
		if kept != nil {
			group.Go(func() error { return kept(in, d, i) })
		}
	}
	return errors.Join(group.Wait(), d.Close())
}

func worldName(i int) string { return fmt.Sprintf("dh-dht-bench-%d-%d", i/2, i%2) }

func fillOne(ctx context.Context, d *libvirt.Driver, i int) error {
	return d.DefineMachine(ctx, drivers.MachineSpec{
		Name: worldName(i), UUID: fmt.Sprintf("00000000-0000-5000-8002-%012d", i), Memory: 128 << 20, CPUs: 1,
		Mark: drivers.Mark{
			Lab: "tiny", Instance: fmt.Sprintf("dht-bench-%d", i/2), Object: []string{talker, listener}[i%2],
			Facts: map[string]string{"stage": "windows", "phase": "stand", "layer": fmt.Sprintf("%064x", i)},
		},
		Hardware: drivers.Hardware{Arch: "i686", Chipset: "pc", NIC: "rtl8139", Video: "cirrus", ACPI: true},
		Disks:    []drivers.Disk{{Target: "hda", Volume: "dh-layer-0.qcow2"}},
		Drives:   []drivers.Drive{{Target: "hdc"}, {Target: "hdd"}, {Target: "fda"}},
		NICs:     []drivers.NIC{{Network: "dh-dht-bench", MAC: fmt.Sprintf("52:54:00:d0:03:%02x", i)}},
	})
}

func unfillOne(ctx context.Context, d *libvirt.Driver, i int) error {
	return d.RemoveMachine(ctx, worldName(i))
}

// keepOne makes one checkpoint with its layers; a manifest has some KiB.
func keepOne(ctx context.Context, d *libvirt.Driver, i int) error {
	m := checkpoint.Manifest{
		Key: fmt.Sprintf("%064x", i), Lab: "tiny", Stage: "windows", Made: time.Now().UTC(), Machines: map[string]checkpoint.Machine{},
	}
	preimage, err := json.Marshal(map[string]string{"Company": strings.Repeat("x", 2048)})
	if err != nil {
		return err
	}
	for n := range layersOfEach {
		volume := fmt.Sprintf("dh-layer-%032x_system_hand%d.qcow2", i, n)
		if err := d.CreateVolume(ctx, drivers.VolumeSpec{Name: volume, Capacity: 1 << 30}); err != nil {
			return err
		}
		m.Machines[fmt.Sprintf("m%d", n)] = checkpoint.Machine{
			Layer: fmt.Sprintf("%064x", i*layersOfEach+n), Preimage: preimage, Disks: map[string]checkpoint.Disk{"system": {Volume: volume}},
		}
	}
	return checkpoint.Commit(ctx, d, m)
}
