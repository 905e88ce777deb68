package libvirt

import (
	"fmt"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"
)

// withPool gives do the pool, made and started when it is not there.
func (d *Driver) withPool(c *lv.Connect, do func(*lv.StoragePool, place) error) error {
	unlock := d.facts.mu.Unlock
	d.facts.mu.Lock()
	pool, err := c.LookupStoragePoolByName(d.pool)
	if isCode(err, lv.ERR_NO_STORAGE_POOL) {
		pool, err = d.makePool(c)
	}
	if err != nil {
		unlock()
		return err
	}
	defer free(pool)
	err = d.readyPool(pool)
	at := place{pool: d.facts.poolPath}
	unlock()
	if err != nil {
		return err
	}
	return do(pool, at)
}

// ifPool is withPool for calls that have nothing to do without a pool.
func (d *Driver) ifPool(c *lv.Connect, do func(*lv.StoragePool) error) error {
	pool, err := c.LookupStoragePoolByName(d.pool)
	if isCode(err, lv.ERR_NO_STORAGE_POOL) {
		return nil
	}
	if err != nil {
		return err
	}
	defer free(pool)
	d.facts.mu.Lock()
	err = d.readyPool(pool)
	d.facts.mu.Unlock()
	if err != nil {
		return err
	}
	return do(pool)
}

// makePool defines our pool for good, so that it is there after a restart. Two
// programs may do so at once: the second finds the first one's.
func (d *Driver) makePool(c *lv.Connect) (*lv.StoragePool, error) {
	doc, err := poolOf(d.pool, d.poolPath).Marshal()
	if err != nil {
		return nil, err
	}
	pool, err := c.StoragePoolDefineXML(doc, 0)
	if err != nil {
		if other, again := c.LookupStoragePoolByName(d.pool); again == nil {
			return other, nil
		}
		return nil, err
	}
	return pool, pool.SetAutostart(true)
}

// readyPool starts the pool and learns its folder, once.
func (d *Driver) readyPool(pool *lv.StoragePool) error {
	active, err := pool.IsActive()
	if err != nil {
		return err
	}
	if !active {
		// Build makes the folder; it is an error, and no matter, when it is there.
		_ = pool.Build(lv.STORAGE_POOL_BUILD_NEW)
		if err := pool.Create(lv.STORAGE_POOL_CREATE_NORMAL); err != nil {
			if now, again := pool.IsActive(); again != nil || !now {
				return err
			}
		}
	}
	if d.facts.poolPath != "" {
		return nil
	}
	doc, err := pool.GetXMLDesc(0)
	if err != nil {
		return err
	}
	var in libvirtxml.StoragePool
	if err := in.Unmarshal(doc); err != nil {
		return err
	}
	if in.Type != "dir" || in.Target == nil {
		return asConflict(fmt.Errorf("pool %q exists and is of type %s; Doublehop needs a folder (type dir)", d.pool, in.Type))
	}
	d.facts.poolPath = in.Target.Path
	return nil
}
