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
		err := updateDrive(domain, wanted, at, both)
		return err == nil, err
	}
	now, err := trayOf(domain, wanted.Target, at)
	if err != nil {
		return false, err
	}
	if !stuck && now.holds(wanted) {
		volume, open, err := now.really()
		if err == nil && volume == wanted.Volume && !open {
			err = updateDrive(domain, wanted, at, lv.DOMAIN_DEVICE_MODIFY_CONFIG)
			return err == nil, err
		}
	}
	err = still(domain, func() error {
		if now, err = trayOf(domain, wanted.Target, at); err != nil {
			return err
		}
		if err := now.prepare(wanted, stuck); err != nil {
			return err
		}
		if err := updateDrive(domain, wanted, at, both); err != nil {
			return err
		}
		if now.volume == wanted.Volume && now.open {
			if err := now.close(); err != nil { // libvirt saw nothing to do
				return err
			}
		}
		now, err = trayOf(domain, wanted.Target, at)
		return err
	})
	return err == nil && now.holds(wanted), err
}

// still holds a running machine's processors for as long as something is done
// to its drives, some 30 ms. A run that is killed meanwhile leaves the machine
// paused, as every run can that is killed before it lets one go.
func still(domain *lv.Domain, do func() error) error {
	state, _, err := domain.GetState()
	if err != nil {
		return err
	}
	if state != lv.DOMAIN_RUNNING {
		return do()
	}
	if err := domain.Suspend(); err != nil {
		return err
	}
	err = do()
	resumed := domain.Resume()
	if says(resumed, "not running") { // somebody cut its power
		resumed = nil
	}
	return cmp.Or(err, resumed)
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
