package libvirt

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// DefineMachine implements drivers.Machines.
func (d *Driver) DefineMachine(ctx context.Context, spec drivers.MachineSpec) error {
	const op = "define machine"
	if err := checkSpec(spec); err != nil {
		return fail(op, spec.Name, asRefused(err))
	}
	accelerator := ""
	return change(ctx, d, op, spec.Name, func(c *lv.Connect) error {
		return d.withPool(c, func(pool *lv.StoragePool, at place) error {
			have, err := d.find(c, spec.Name, at)
			if err != nil {
				return err
			}
			if have != nil {
				defer free(have.domain)
				done, err := have.become(ctx, spec, at)
				if done || err != nil {
					return err
				}
			}
			// Found out only when something is really defined.
			if accelerator, _, err = d.accelerator(ctx); err != nil {
				return err
			}
			at.accelerator = accelerator
			return define(c, pool, spec, at)
		})
	})
}

// define writes the definition. libvirt itself refuses a name that belongs to
// another UUID, so a foreign machine made meanwhile is not overwritten.
func define(c *lv.Connect, pool *lv.StoragePool, spec drivers.MachineSpec, at place) error {
	if err := makeSerialLog(pool, spec.Name); err != nil {
		return err
	}
	domain, err := domainOf(spec, at)
	if err != nil {
		return asRefused(err)
	}
	doc, err := domain.Marshal()
	if err != nil {
		return err
	}
	made, err := c.DomainDefineXML(doc)
	if says(err, "already exists with uuid") || says(err, "is already defined with uuid") {
		return asConflict(err)
	}
	if err != nil {
		return err
	}
	free(made)
	return nil
}

// makeSerialLog makes the file for the log of COM1 as a volume, so that it can
// be removed through the pool later.
func makeSerialLog(pool *lv.StoragePool, machine string) error {
	doc, err := rawVolumeOf(serialLog(machine)).Marshal()
	if err != nil {
		return err
	}
	volume, err := pool.StorageVolCreateXML(doc, 0)
	if isCode(err, lv.ERR_STORAGE_VOL_EXIST) {
		return nil
	}
	// A file that the pool has not seen yet, from before a restart of libvirtd.
	if says(err, "already exists") || says(err, "File exists") {
		return nil
	}
	if err != nil {
		return err
	}
	free(volume)
	return nil
}

// existing is a machine of ours that is there already.
type existing struct {
	domain *lv.Domain
	active bool
	spec   drivers.MachineSpec // as it would start next
	at     place
}

// find gives our machine of that name, nil when there is none, and a Conflict
// when it is not ours.
func (d *Driver) find(c *lv.Connect, name string, at place) (*existing, error) {
	domain, err := c.LookupDomainByName(name)
	if isCode(err, lv.ERR_NO_DOMAIN) {
		return nil, nil //nolint:nilnil // no machine is an answer
	}
	if err != nil {
		return nil, err
	}
	doc, err := domain.GetXMLDesc(lv.DOMAIN_XML_INACTIVE)
	if err != nil {
		free(domain)
		return nil, err
	}
	var in libvirtxml.Domain
	if err := in.Unmarshal(doc); err != nil {
		free(domain)
		return nil, err
	}
	active, err := domain.IsActive()
	if err != nil {
		free(domain)
		return nil, err
	}
	found := &existing{domain: domain, active: active, spec: specOf(&in, at), at: at}
	if found.spec.Mark.Instance == "" {
		free(domain)
		return nil, notOurs("machine")
	}
	return found, nil
}

// notOurs is the answer about an object without our mark.
func notOurs(what string) error {
	return &kindError{
		drivers.Conflict,
		fmt.Errorf("a %s of that name exists and was not made by Doublehop", what),
		"It is left untouched. Rename or remove it, or build the lab under another name with --name.",
	}
}

// become makes a machine of ours match spec without defining it again, and
// says whether that was possible.
func (e *existing) become(ctx context.Context, spec drivers.MachineSpec, at place) (done bool, err error) {
	if e.spec.Mark.Instance != spec.Mark.Instance || e.spec.Mark.Lab != spec.Mark.Lab {
		return true, asConflict(fmt.Errorf("it belongs to instance %q of lab %q", e.spec.Mark.Instance, e.spec.Mark.Lab))
	}
	if !sameHardware(e.spec, spec) {
		if e.active {
			return true, asRefused(errors.New("its hardware cannot be changed while it runs; stop it first"))
		}
		if e.spec.UUID != spec.UUID {
			return false, e.domain.UndefineFlags(undefineAll)
		}
		return false, nil
	}
	for i, drive := range hardwareDrives(spec) {
		if had := hardwareDrives(e.spec)[i]; had.Volume != drive.Volume {
			if err := setMedia(ctx, e.domain, drive, at); err != nil {
				return true, err
			}
		}
	}
	if !sameMark(e.spec.Mark, spec.Mark) {
		return true, setMark(e.domain, e.active, spec.Mark)
	}
	return true, nil
}

// setMark replaces the mark, for the running machine and for its next start.
func setMark(domain *lv.Domain, active bool, mark drivers.Mark) error {
	doc, err := encodeMark(mark, "", false)
	if err != nil {
		return asRefused(err)
	}
	impact := lv.DOMAIN_AFFECT_CONFIG
	if active {
		impact |= lv.DOMAIN_AFFECT_LIVE
	}
	err = domain.SetMetadata(lv.DOMAIN_METADATA_ELEMENT, doc, markPrefix, markURI, impact)
	if active && says(err, "not running") { // it stopped since we looked
		return domain.SetMetadata(lv.DOMAIN_METADATA_ELEMENT, doc, markPrefix, markURI, lv.DOMAIN_AFFECT_CONFIG)
	}
	return err
}

// onOurs runs do on a machine that is ours. An absent one is NotFound.
func (d *Driver) onOurs(ctx context.Context, op, name string, do func(*lv.Connect, *lv.Domain, drivers.Mark) error) error {
	return change(ctx, d, op, name, func(c *lv.Connect) error {
		domain, mark, err := ours(c, name)
		if err != nil {
			return err
		}
		defer free(domain)
		return do(c, domain, mark)
	})
}

// ours looks a machine up by name and insists on our mark.
func ours(c *lv.Connect, name string) (*lv.Domain, drivers.Mark, error) {
	domain, err := c.LookupDomainByName(name)
	if err != nil {
		return nil, drivers.Mark{}, err
	}
	mark, ok, err := markOf(domain)
	if err == nil && !ok {
		err = notOurs("machine")
	}
	if err != nil {
		free(domain)
		return nil, drivers.Mark{}, err
	}
	return domain, mark, nil
}

// markOf reads a machine's mark; ok is false when it has none.
func markOf(domain *lv.Domain) (mark drivers.Mark, ok bool, err error) {
	doc, err := domain.GetMetadata(lv.DOMAIN_METADATA_ELEMENT, markURI, lv.DOMAIN_AFFECT_CONFIG)
	if says(err, "no persistent") || says(err, "transient domain") {
		doc, err = domain.GetMetadata(lv.DOMAIN_METADATA_ELEMENT, markURI, lv.DOMAIN_AFFECT_CURRENT)
	}
	if isCode(err, lv.ERR_NO_DOMAIN_METADATA) {
		return mark, false, nil
	}
	if err != nil {
		return mark, false, err
	}
	mark, _, ok = decodeMark(doc)
	return mark, ok, nil
}

// MarkMachine implements drivers.Machines.
func (d *Driver) MarkMachine(ctx context.Context, name string, facts map[string]string) error {
	return d.onOurs(ctx, "mark machine", name, func(_ *lv.Connect, domain *lv.Domain, mark drivers.Mark) error {
		mark.Facts = facts
		active, err := domain.IsActive()
		if err != nil {
			return err
		}
		return setMark(domain, active, mark)
	})
}

// undefineAll takes everything with a machine that libvirt keeps beside it.
const undefineAll = lv.DOMAIN_UNDEFINE_MANAGED_SAVE | lv.DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
	lv.DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | lv.DOMAIN_UNDEFINE_NVRAM

// RemoveMachine implements drivers.Machines.
func (d *Driver) RemoveMachine(ctx context.Context, name string) error {
	return change(ctx, d, "remove machine", name, func(c *lv.Connect) error {
		domain, _, err := ours(c, name)
		if isCode(err, lv.ERR_NO_DOMAIN) {
			return d.removeOwn(c, name)
		}
		if err != nil {
			return err
		}
		defer free(domain)
		if err := forceOff(domain); err != nil {
			return err
		}
		if err := domain.UndefineFlags(undefineAll); err != nil && !isCode(err, lv.ERR_NO_DOMAIN) {
			return err
		}
		return d.removeOwn(c, name)
	})
}

// removeOwn removes what a start from memory that was cut has left, the log
// of COM1, and the older parts of it that virtlogd put aside (name.0 and on, each 2 MiB). The pool knows those only
// after a refresh, which may be refused while another program uploads; then
// they stay for a later one.
func (d *Driver) removeOwn(c *lv.Connect, machine string) error {
	return d.ifPool(c, func(pool *lv.StoragePool) error {
		if err := removeVolume(pool, startCopy(machine)); err != nil {
			return err
		}
		log := serialLog(machine)
		known, err := pool.LookupStorageVolByName(log)
		if isCode(err, lv.ERR_NO_STORAGE_VOL) {
			return nil
		}
		if err != nil {
			return err
		}
		free(known)
		_ = pool.Refresh(0)
		names, err := pool.ListStorageVolumes()
		if err != nil {
			return err
		}
		for _, name := range names {
			if rest, ok := strings.CutPrefix(name, log); ok && (rest == "" || rest[0] == '.') {
				if err := removeVolume(pool, name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
