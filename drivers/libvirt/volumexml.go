package libvirt

import (
	"path"

	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// poolOf writes our pool: a folder that others may pass through but not list,
// since QEMU runs as a user of its own.
func poolOf(name, folder string) *libvirtxml.StoragePool {
	return &libvirtxml.StoragePool{
		Type: "dir", Name: name,
		Target: &libvirtxml.StoragePoolTarget{
			Path:        folder,
			Permissions: &libvirtxml.StoragePoolTargetPermissions{Mode: "0711"},
		},
	}
}

// diskVolumeOf writes a qcow2 volume. libvirt's own default is compat 0.10,
// which has no feature bits and is slower to snapshot.
func diskVolumeOf(spec drivers.VolumeSpec, at place) *libvirtxml.StorageVolume {
	volume := &libvirtxml.StorageVolume{
		Name: spec.Name,
		Target: &libvirtxml.StorageVolumeTarget{
			Format:      &libvirtxml.StorageVolumeTargetFormat{Type: "qcow2"},
			Compat:      "1.1",
			Permissions: &libvirtxml.StorageVolumeTargetPermissions{Mode: "0600"},
		},
	}
	if spec.Capacity > 0 {
		volume.Capacity = &libvirtxml.StorageVolumeSize{Unit: "bytes", Value: spec.Capacity}
	}
	if spec.Backing != "" {
		volume.BackingStore = &libvirtxml.StorageVolumeBackingStore{
			Path:   at.path(spec.Backing),
			Format: &libvirtxml.StorageVolumeTargetFormat{Type: "qcow2"},
		}
	}
	return volume
}

// rawVolumeOf writes an empty file that an upload then grows. It is empty on
// purpose: a file that an upload cut by the death of this process leaves behind
// is then shorter than it should be, and can be told from a whole one.
func rawVolumeOf(name string) *libvirtxml.StorageVolume {
	return &libvirtxml.StorageVolume{
		Name:     name,
		Capacity: &libvirtxml.StorageVolumeSize{Unit: "bytes", Value: 0},
		Target: &libvirtxml.StorageVolumeTarget{
			Format: &libvirtxml.StorageVolumeTargetFormat{Type: "raw"},
			// Floppies and job discs carry secrets: for root and, while a
			// machine has them, for QEMU only.
			Permissions: &libvirtxml.StorageVolumeTargetPermissions{Mode: "0600"},
		},
	}
}

// volumeOf reads what libvirt says about a volume.
func volumeOf(in *libvirtxml.StorageVolume) drivers.Volume {
	out := drivers.Volume{Name: in.Name}
	if in.Capacity != nil {
		out.Capacity = in.Capacity.Value
	}
	if in.Allocation != nil {
		out.Allocated = in.Allocation.Value
	}
	if in.Physical != nil {
		out.Length = in.Physical.Value
	}
	if in.BackingStore != nil && in.BackingStore.Path != "" {
		out.Backing = path.Base(in.BackingStore.Path)
	}
	return out
}
