package libvirt

import (
	"cmp"
	"context"
	"slices"

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
			return setMedia(domain, active, wanted, at)
		})
	})
}

// setMedia changes a drive for the running machine and for its next start. A
// guest that has locked the tray (Linux does while a CD is mounted) would make
// libvirt wait five seconds and give up; force opens it at once, and costs
// nothing when it is not locked.
func setMedia(domain *lv.Domain, active bool, drive drivers.Drive, at place) error {
	disk := driveOf(drive, at)
	doc, err := disk.Marshal()
	if err != nil {
		return err
	}
	flags := lv.DOMAIN_DEVICE_MODIFY_CONFIG | lv.DOMAIN_DEVICE_MODIFY_FORCE
	if active {
		flags |= lv.DOMAIN_DEVICE_MODIFY_LIVE
	}
	err = domain.UpdateDeviceFlags(doc, flags)
	if active && says(err, "not running") {
		err = domain.UpdateDeviceFlags(doc, flags&^lv.DOMAIN_DEVICE_MODIFY_LIVE)
	}
	if says(err, "not found") {
		return asNotFound(err)
	}
	return err
}

// hardwareDrives are a spec's drives in a fixed order.
func hardwareDrives(spec drivers.MachineSpec) []drivers.Drive {
	return slices.SortedFunc(slices.Values(spec.Drives), func(a, b drivers.Drive) int { return cmp.Compare(a.Target, b.Target) })
}
