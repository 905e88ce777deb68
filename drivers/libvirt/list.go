package libvirt

import (
	"context"
	"encoding/xml"
	"slices"
	"strings"
	"sync"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// Machines implements drivers.Machines.
//
// Requests are what costs: one for each machine, and one more for each of ours.
// (GetAllDomainStats would give all states at once, but the binding then asks
// for the processors of every machine too.)
func (d *Driver) Machines(ctx context.Context, instance string) ([]drivers.Machine, error) {
	return call(ctx, d, "list machines of", d.publicURI(), func(c *lv.Connect) ([]drivers.Machine, error) {
		at, err := d.place(c)
		if err != nil {
			return nil, err
		}
		all, err := c.ListAllDomains(0)
		if err != nil {
			return nil, err
		}
		found, errs := make([]*drivers.Machine, len(all)), make([]error, len(all))
		var wait sync.WaitGroup
		for worker := range maxPerLine {
			wait.Go(func() {
				for i := worker; i < len(all); i += maxPerLine {
					found[i], errs[i] = describeMachine(&all[i], instance, at)
					free(&all[i])
				}
			})
		}
		wait.Wait()
		var machines []drivers.Machine
		for i := range all {
			if errs[i] != nil && !isCode(errs[i], lv.ERR_NO_DOMAIN) {
				return nil, errs[i]
			}
			if found[i] != nil {
				machines = append(machines, *found[i])
			}
		}
		slices.SortFunc(machines, func(a, b drivers.Machine) int { return strings.Compare(a.Name, b.Name) })
		return machines, nil
	})
}

// Machine implements drivers.Machines.
func (d *Driver) Machine(ctx context.Context, name string) (drivers.Machine, error) {
	return call(ctx, d, "look at machine", name, func(c *lv.Connect) (out drivers.Machine, err error) {
		at, err := d.place(c)
		if err != nil {
			return out, err
		}
		domain, err := c.LookupDomainByName(name)
		if err != nil {
			return out, err
		}
		defer free(domain)
		found, err := describeMachine(domain, "", at)
		if err != nil {
			return out, err
		}
		if found == nil {
			return out, notOurs("machine")
		}
		return *found, nil
	})
}

// brief is the part of a domain's XML that a listing needs. The full type of
// libvirtxml reads the same, but takes several times as long.
type brief struct {
	Name     string `xml:"name"`
	UUID     string `xml:"uuid"`
	Metadata struct {
		XML string `xml:",innerxml"`
	} `xml:"metadata"`
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

// describeMachine reads one machine; nil when it carries no mark of ours, or
// not that of the wanted instance ("" wants all).
func describeMachine(domain *lv.Domain, instance string, at place) (*drivers.Machine, error) {
	doc, err := domain.GetXMLDesc(0)
	if err != nil || !strings.Contains(doc, markURI) {
		return nil, err
	}
	var in brief
	if err := xml.Unmarshal([]byte(doc), &in); err != nil {
		return nil, err
	}
	mark, _, ok := decodeMark(in.Metadata.XML)
	if !ok || instance != "" && mark.Instance != instance {
		return nil, nil //nolint:nilnil // not ours is an answer
	}
	state, reason, err := domain.GetState()
	if err != nil {
		return nil, err
	}
	out := &drivers.Machine{Name: in.Name, UUID: in.UUID, Mark: mark}
	out.State, out.StateWhy = stateOf(state, reason)
	// libvirt 9.0 keeps the reason in memory only, and has 0 after a restart.
	out.ShutDown = state == lv.DOMAIN_SHUTOFF && lv.DomainShutoffReason(reason) == lv.DOMAIN_SHUTOFF_SHUTDOWN
	out.Saved = wasSaved(state, reason)
	in.media(out, at)
	return out, nil
}

// media fills in what lies in a machine's disks and drives.
func (in *brief) media(out *drivers.Machine, at place) {
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
