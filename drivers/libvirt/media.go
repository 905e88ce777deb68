package libvirt

import (
	"cmp"
	"context"
	"slices"
	"time"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// SetMedia implements drivers.Machines.
func (d *Driver) SetMedia(ctx context.Context, name, drive, volume string) error {
	const op = "change media of"
	wanted := drivers.Drive{Target: drive, Volume: volume}
	if err := checkDrive(wanted); err != nil {
		return fail(op, name, asRefused(err))
	}
	return d.onOurs(ctx, op, name, func(c *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		return d.withPool(c, func(pool *lv.StoragePool, at place) error {
			if volume != "" {
				found, err := pool.LookupStorageVolByName(volume)
				if err != nil {
					return err
				}
				free(found)
			}
			active, err := domain.IsActive()
			if err != nil {
				return err
			}
			return setMedia(ctx, domain, active, wanted, at)
		})
	})
}

// setMedia changes a drive for the running machine and for its next start. A
// guest that has locked the tray (Linux does while a CD is mounted) would make
// libvirt wait five seconds and give up; force opens it at once, and costs
// nothing when it is not locked.
func setMedia(ctx context.Context, domain *lv.Domain, active bool, drive drivers.Drive, at place) error {
	disk := driveOf(drive, at)
	doc, err := disk.Marshal()
	if err != nil {
		return err
	}
	flags := lv.DOMAIN_DEVICE_MODIFY_CONFIG | lv.DOMAIN_DEVICE_MODIFY_FORCE
	if active {
		flags |= lv.DOMAIN_DEVICE_MODIFY_LIVE
	}
	for try := 1; ; try++ {
		err = domain.UpdateDeviceFlags(doc, flags)
		switch {
		case active && says(err, "not running"):
			return domain.UpdateDeviceFlags(doc, flags&^lv.DOMAIN_DEVICE_MODIFY_LIVE)
		case (says(err, "ray of device") || says(err, "ray of the device")) && try < trayTries:
			// The guest closed the tray between QEMU's opening it and taking the
			// disc out, or putting the next one in: a BIOS does that while it looks
			// for a disc to boot, and Linux whenever a program opens the drive.
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(trayPause):
			}
			continue
		case says(err, "not found"):
			return asNotFound(err)
		}
		return err
	}
}

// A tray that a guest keeps closing is tried again for two seconds.
const (
	trayTries = 20
	trayPause = 100 * time.Millisecond
)

// hardwareDrives are a spec's drives in a fixed order.
func hardwareDrives(spec drivers.MachineSpec) []drivers.Drive {
	return slices.SortedFunc(slices.Values(spec.Drives), func(a, b drivers.Drive) int { return cmp.Compare(a.Target, b.Target) })
}
