package libvirt

import (
	"cmp"
	"context"
	"fmt"
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
			return setMedia(ctx, domain, wanted, at)
		})
	})
}

// setMedia changes a drive for the running machine and for its next start, and
// reads back what came of it. tray.go says why one try may not be enough.
func setMedia(ctx context.Context, domain *lv.Domain, wanted drivers.Drive, at place) error {
	stuck := false // the last try found the tray closed where it should be open
	var err error
	for try := range mediaTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(mediaPause):
			}
		}
		var done bool
		done, err = changeMedia(domain, wanted, at, stuck)
		stuck = saysTray(err)
		switch {
		case says(err, "not found"):
			return asNotFound(err)
		case done, err != nil && !stuck && !says(err, "not running"): // it stopped since we looked
			return err
		}
	}
	if err == nil {
		err = fmt.Errorf("the guest resets or opens drive %s again and again", wanted.Target)
	}
	return asTransient(err)
}

// A drive that a guest keeps resetting is tried again for two seconds.
const (
	mediaTries = 20
	mediaPause = 100 * time.Millisecond
)

// changeMedia is one try. It is done when the drive, of the machine as it runs
// and of its next start, is closed with the wanted medium in it.
func changeMedia(domain *lv.Domain, wanted drivers.Drive, at place, stuck bool) (done bool, err error) {
	active, err := domain.IsActive()
	if err != nil {
		return false, err
	}
	if !active {
		return true, updateDrive(domain, wanted, at, lv.DOMAIN_DEVICE_MODIFY_CONFIG)
	}
	const both = lv.DOMAIN_DEVICE_MODIFY_CONFIG | lv.DOMAIN_DEVICE_MODIFY_LIVE
	if wanted.Target[0] == 'f' { // a floppy drive has no tray
		return true, updateDrive(domain, wanted, at, both)
	}
	before, err := trayOf(domain, wanted.Target, at)
	if err != nil {
		return false, err
	}
	if err := before.prepare(wanted, stuck); err != nil {
		return false, err
	}
	if err := updateDrive(domain, wanted, at, both); err != nil {
		return false, err
	}
	if before.volume == wanted.Volume && before.open {
		if err := before.close(); err != nil { // libvirt saw nothing to do
			return false, err
		}
	}
	after, err := trayOf(domain, wanted.Target, at)
	return err == nil && after.volume == wanted.Volume && !after.open, err
}

// updateDrive has libvirt change a drive. A guest that has locked the tray
// (Linux does while a CD is mounted) would make libvirt wait five seconds and
// give up; force opens it at once, and costs nothing when it is not locked.
func updateDrive(domain *lv.Domain, drive drivers.Drive, at place, where lv.DomainDeviceModifyFlags) error {
	disk := driveOf(drive, at)
	doc, err := disk.Marshal()
	if err != nil {
		return err
	}
	return domain.UpdateDeviceFlags(doc, where|lv.DOMAIN_DEVICE_MODIFY_FORCE)
}

// hardwareDrives are a spec's drives in a fixed order.
func hardwareDrives(spec drivers.MachineSpec) []drivers.Drive {
	return slices.SortedFunc(slices.Values(spec.Drives), func(a, b drivers.Drive) int { return cmp.Compare(a.Target, b.Target) })
}
