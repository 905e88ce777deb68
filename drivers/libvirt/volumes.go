package libvirt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// CreateVolume implements drivers.Volumes.
func (d *Driver) CreateVolume(ctx context.Context, spec drivers.VolumeSpec) error {
	const op = "create volume"
	if err := ourVolume(spec.Name); err != nil {
		return fail(op, spec.Name, asRefused(err))
	}
	if spec.Backing == "" && spec.Capacity == 0 {
		return fail(op, spec.Name, asRefused(fmt.Errorf("volume %q has neither a size nor a backing volume", spec.Name)))
	}
	return change(ctx, d, op, spec.Name, func(c *lv.Connect) error {
		return d.withPool(c, func(pool *lv.StoragePool, at place) error {
			if spec.Backing != "" {
				// qemu-img would make an overlay over nothing without a word when
				// it is given a size.
				under, err := pool.LookupStorageVolByName(spec.Backing)
				if err != nil {
					return err
				}
				free(under)
			}
			doc, err := diskVolumeOf(spec, at).Marshal()
			if err != nil {
				return err
			}
			volume, err := pool.StorageVolCreateXML(doc, 0)
			if err != nil {
				return err
			}
			free(volume)
			return nil
		})
	})
}

// RemoveVolume implements drivers.Volumes.
func (d *Driver) RemoveVolume(ctx context.Context, name string) error {
	const op = "remove volume"
	if err := ourVolume(name); err != nil {
		return fail(op, name, asRefused(err))
	}
	return change(ctx, d, op, name, func(c *lv.Connect) error {
		return d.ifPool(c, func(pool *lv.StoragePool) error { return removeVolume(pool, name) })
	})
}

func removeVolume(pool *lv.StoragePool, name string) error {
	volume, err := pool.LookupStorageVolByName(name)
	if isCode(err, lv.ERR_NO_STORAGE_VOL) {
		return nil
	}
	if err != nil {
		return err
	}
	defer free(volume)
	err = volume.Delete(0)
	switch {
	case isCode(err, lv.ERR_NO_STORAGE_VOL):
		return nil
	case says(err, "still in use"), says(err, "being allocated"):
		return asConflict(err)
	}
	return err
}

// Volumes implements drivers.Volumes.
func (d *Driver) Volumes(ctx context.Context) ([]drivers.Volume, error) {
	return call(ctx, d, "list volumes of", d.pool, func(c *lv.Connect) ([]drivers.Volume, error) {
		var found []drivers.Volume
		err := d.ifPool(c, func(pool *lv.StoragePool) error {
			all, err := pool.ListAllStorageVolumes(0)
			if err != nil {
				return err
			}
			found, err = describe(all)
			return err
		})
		slices.SortFunc(found, func(a, b drivers.Volume) int { return strings.Compare(a.Name, b.Name) })
		return found, err
	})
}

// describe asks for each volume of ours, a few at a time: libvirtd opens the
// file for each answer.
func describe(all []lv.StorageVol) ([]drivers.Volume, error) {
	found := make([]*drivers.Volume, len(all))
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	const workers = 4
	for worker := range workers {
		wait.Go(func() {
			for i := worker; i < len(all); i += workers {
				found[i], errs[i] = describeOne(&all[i])
				free(&all[i])
			}
		})
	}
	wait.Wait()
	var volumes []drivers.Volume
	for i := range all {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if found[i] != nil {
			volumes = append(volumes, *found[i])
		}
	}
	return volumes, nil
}

// describeOne is nil for a volume that is not ours or that went away since.
func describeOne(volume *lv.StorageVol) (*drivers.Volume, error) {
	name, err := volume.GetName() // known to the client already: no request
	if err != nil || !strings.HasPrefix(name, "dh-") {
		return nil, err
	}
	doc, err := volume.GetXMLDesc(0)
	if isCode(err, lv.ERR_NO_STORAGE_VOL) || says(err, "No such file or directory") {
		return nil, nil //nolint:nilnil // not there is not an error
	}
	if err != nil {
		return nil, err
	}
	var in libvirtxml.StorageVolume
	if err := in.Unmarshal(doc); err != nil {
		return nil, err
	}
	out := volumeOf(&in)
	return &out, nil
}
