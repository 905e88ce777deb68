package libvirt

import (
	"context"
	"fmt"
	"sync"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// hostFacts are what does not change while a driver is open.
type hostFacts struct {
	mu       sync.Mutex
	poolPath string
}

// Host implements drivers.Host. The first call on a host whose KVM was never
// tried takes as long as the trial, at most five seconds.
func (d *Driver) Host(ctx context.Context) (drivers.HostInfo, error) {
	info, err := call(ctx, d, "look at", d.publicURI(), func(c *lv.Connect) (drivers.HostInfo, error) {
		info := drivers.HostInfo{URI: d.publicURI(), Driver: "libvirt", Pool: d.pool}
		library, err := c.GetLibVersion()
		if err != nil {
			return info, err
		}
		qemu, err := c.GetVersion()
		if err != nil {
			return info, asMissing(fmt.Errorf("libvirt finds no QEMU: %w", err))
		}
		info.Libvirt, info.QEMU = version(library), version(qemu)
		caps, err := capabilities(c)
		if err != nil {
			return info, err
		}
		info.Chipset = plainPC(caps)
		info.FreeBytes, err = d.freeBytes(c)
		return info, err
	})
	if err != nil {
		return info, err
	}
	info.Accelerator, info.AcceleratorWhy, err = d.accelerator(ctx)
	return info, err
}

// version writes libvirt's 9000000 as 9.0.0.
func version(n uint32) string { return fmt.Sprintf("%d.%d.%d", n/1000000, n/1000%1000, n%1000) }

func capabilities(c *lv.Connect) (*libvirtxml.Caps, error) {
	doc, err := c.GetCapabilities()
	if err != nil {
		return nil, err
	}
	caps := &libvirtxml.Caps{}
	return caps, caps.Unmarshal(doc)
}

// plainPC is the machine type that "pc" stands for on 32-bit x86.
func plainPC(caps *libvirtxml.Caps) string {
	for _, guest := range caps.Guests {
		if guest.Arch.Name != "i686" {
			continue
		}
		for _, machine := range guest.Arch.Machines {
			if machine.Name == "pc" && machine.Canonical != "" {
				return machine.Canonical
			}
		}
	}
	return ""
}

// freeBytes is the room left in the pool, or 0 while there is no pool.
func (d *Driver) freeBytes(c *lv.Connect) (uint64, error) {
	pool, err := c.LookupStoragePoolByName(d.pool)
	if isCode(err, lv.ERR_NO_STORAGE_POOL) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer free(pool)
	info, err := pool.GetInfo()
	if err != nil {
		return 0, err
	}
	return info.Available, nil
}

// freer is any libvirt object.
type freer interface{ Free() error }

// free gives a reference back; nothing can be done when that fails.
func free(object freer) { _ = object.Free() }
