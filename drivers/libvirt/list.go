package libvirt

import (
	"context"
	"encoding/xml"
	"slices"
	"strings"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// Machines implements drivers.Machines.
func (d *Driver) Machines(ctx context.Context, instance string) ([]drivers.Machine, error) {
	return call(ctx, d, "list machines of", d.publicURI(), func(c *lv.Connect) ([]drivers.Machine, error) {
		all, err := c.ListAllDomains(0)
		if err != nil {
			return nil, err
		}
		var machines []drivers.Machine
		for i := range all {
			machine, ok, one := d.describeMachine(c, &all[i], instance)
			free(&all[i])
			if ok {
				machines = append(machines, machine)
			}
			if one != nil && err == nil && !isCode(one, lv.ERR_NO_DOMAIN) {
				err = one
			}
		}
		slices.SortFunc(machines, func(a, b drivers.Machine) int { return strings.Compare(a.Name, b.Name) })
		return machines, err
	})
}

// Machine implements drivers.Machines.
func (d *Driver) Machine(ctx context.Context, name string) (drivers.Machine, error) {
	return call(ctx, d, "look at machine", name, func(c *lv.Connect) (drivers.Machine, error) {
		domain, err := c.LookupDomainByName(name)
		if err != nil {
			return drivers.Machine{}, err
		}
		defer free(domain)
		machine, ok, err := d.describeMachine(c, domain, "")
		if err == nil && !ok {
			err = notOurs("machine", name)
		}
		return machine, err
	})
}

// describeMachine reads one machine; ok is false when it carries no mark of
// ours, or not that of the wanted instance. The mark is asked for alone first:
// that is many times cheaper than the whole definition.
func (d *Driver) describeMachine(c *lv.Connect, domain *lv.Domain, instance string) (out drivers.Machine, ok bool, err error) {
	out.Mark, ok, err = markOf(domain)
	if err != nil || !ok || instance != "" && out.Mark.Instance != instance {
		return out, false, err
	}
	state, reason, err := domain.GetState()
	if err != nil {
		return out, false, err
	}
	out.State, out.StateWhy = stateOf(state, reason)
	doc, err := domain.GetXMLDesc(0)
	if err != nil {
		return out, false, err
	}
	return out, true, d.readBrief(c, doc, &out)
}

// brief is the part of a domain's XML that a listing needs. The full type of
// libvirtxml reads the same in ten times the time.
type brief struct {
	Name  string `xml:"name"`
	UUID  string `xml:"uuid"`
	Disks []struct {
		Device string `xml:"device,attr"`
		Source struct {
			File string `xml:"file,attr"`
		} `xml:"source"`
		Target struct {
			Dev string `xml:"dev,attr"`
		} `xml:"target"`
	} `xml:"devices>disk"`
}

func (d *Driver) readBrief(c *lv.Connect, doc string, out *drivers.Machine) error {
	var in brief
	if err := xml.Unmarshal([]byte(doc), &in); err != nil {
		return err
	}
	at, err := d.place(c)
	if err != nil {
		return err
	}
	out.Name, out.UUID = in.Name, in.UUID
	for _, disk := range in.Disks {
		volume := at.volume(disk.Source.File)
		if disk.Device == "cdrom" || disk.Device == "floppy" {
			out.Drives = append(out.Drives, drivers.Drive{Target: disk.Target.Dev, Volume: volume})
			continue
		}
		out.Disks = append(out.Disks, drivers.Disk{Target: disk.Target.Dev, Volume: volume})
	}
	slices.SortFunc(out.Disks, func(a, b drivers.Disk) int { return strings.Compare(a.Target, b.Target) })
	slices.SortFunc(out.Drives, func(a, b drivers.Drive) int { return strings.Compare(a.Target, b.Target) })
	return nil
}

// place tells where the pool is, without making one.
func (d *Driver) place(c *lv.Connect) (place, error) {
	d.facts.mu.Lock()
	known := d.facts.poolPath
	d.facts.mu.Unlock()
	if known != "" {
		return place{pool: known}, nil
	}
	if err := d.ifPool(c, func(*lv.StoragePool) error { return nil }); err != nil {
		return place{}, err
	}
	d.facts.mu.Lock()
	defer d.facts.mu.Unlock()
	return place{pool: d.facts.poolPath}, nil
}
