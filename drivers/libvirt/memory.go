package libvirt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// SaveMemory implements drivers.Memory. libvirt closes the disks as it does at
// power-off, so that they may be frozen.
func (d *Driver) SaveMemory(ctx context.Context, name, volume string) error {
	const op = "save memory of"
	if err := ourVolume(volume); err != nil {
		return fail(op, name, asRefused(err))
	}
	return d.onOurs(ctx, op, name, func(c *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		return d.withPool(c, func(pool *lv.StoragePool, at place) error {
			state, reason, err := domain.GetState()
			if err != nil {
				return err
			}
			switch {
			case state == lv.DOMAIN_PAUSED:
				return saveMemory(pool, domain, volume, at)
			case wasSaved(state, reason):
				if _, err := savedHeader(ctx, c, pool, volume); err == nil {
					return nil
				}
				return asConflict(errors.New("the machine has no power, and its memory was saved elsewhere"))
			case state == lv.DOMAIN_SHUTOFF || state == lv.DOMAIN_CRASHED:
				return asConflict(errors.New("the machine has no power"))
			}
			return asConflict(errors.New("the machine runs; pause it first"))
		})
	})
}

func wasSaved(state lv.DomainState, reason int) bool {
	return state == lv.DOMAIN_SHUTOFF && lv.DomainShutoffReason(reason) == lv.DOMAIN_SHUTOFF_SAVED
}

// saveMemory saves into a volume that is made first, so that the pool knows it
// without a refresh, which is refused while another program uploads.
func saveMemory(pool *lv.StoragePool, domain *lv.Domain, volume string, at place) error {
	if err := removeVolume(pool, volume); err != nil {
		return err
	}
	doc, err := rawVolumeOf(volume).Marshal()
	if err != nil {
		return err
	}
	made, err := pool.StorageVolCreateXML(doc, 0)
	if err != nil {
		return err
	}
	defer free(made)
	if err := domain.SaveFlags(at.path(volume), "", lv.DOMAIN_SAVE_PAUSED); err != nil {
		if kind, _ := classify(0, err.Error()); kind != drivers.Transient { // else it may go on
			_ = made.Delete(0)
		}
		return err
	}
	// What the pool knows of a volume's size is what it was when it last looked.
	_, err = made.GetInfo()
	return err
}

// StartMemory implements drivers.Memory.
//
// libvirt lets a saved image go on under an edited definition, but not under
// another name or UUID (seen with libvirt 9.0: "Target domain name does not
// match source"). For a machine of another name the definition in the image's own
// head is written anew, in a copy of the volume that the hypervisor makes and that
// goes as soon as QEMU has read it.
func (d *Driver) StartMemory(ctx context.Context, name, volume string) error {
	const op = "start machine"
	if err := ourVolume(volume); err != nil {
		return fail(op, name, asRefused(err))
	}
	return d.onOurs(ctx, op, name, func(c *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		active, err := domain.IsActive()
		if err != nil || active {
			return err
		}
		return d.withPool(c, func(pool *lv.StoragePool, at place) error {
			image, err := savedHeader(ctx, c, pool, volume)
			if err != nil {
				return err
			}
			doc, same, err := wake(domain, image, at)
			if err != nil {
				return err
			}
			if same {
				return restored(c.DomainRestoreFlags(at.path(volume), doc, lv.DOMAIN_SAVE_PAUSED))
			}
			return restoreCopy(ctx, c, pool, volume, startCopy(name), image, doc, at)
		})
	})
}

// restored says of what kind the failure of a restore is: libvirt has one code
// for all of what QEMU may say.
func restored(err error) error {
	if err == nil || says(err, "already active") {
		return nil
	}
	if theirs, ok := errors.AsType[lv.Error](err); ok {
		if kind, _ := classify(int(theirs.Code), theirs.Message); kind != drivers.Transient {
			return asRefused(fmt.Errorf("the memory cannot be loaded: %s", theirs.Message))
		}
	}
	return err
}

// savedHeader reads the head of a saved image; what is none is Refused.
func savedHeader(ctx context.Context, c *lv.Connect, pool *lv.StoragePool, name string) (*savedImage, error) {
	volume, err := pool.LookupStorageVolByName(name)
	if err != nil {
		return nil, err
	}
	defer free(volume)
	var head, all bytes.Buffer
	if err := downloadPart(ctx, c, volume, savedHead, &head); err != nil {
		return nil, err
	}
	length, err := dataLen(head.Bytes())
	if err != nil {
		return nil, asRefused(err)
	}
	if err := downloadPart(ctx, c, volume, uint64(savedHead+length), &all); err != nil { //nolint:gosec // checked by dataLen
		return nil, err
	}
	image, err := readSaved(all.Bytes())
	if err != nil {
		return nil, asRefused(err)
	}
	return image, nil
}

func downloadPart(ctx context.Context, c *lv.Connect, volume *lv.StorageVol, length uint64, into *bytes.Buffer) error {
	stream, err := c.NewStream(0)
	if err != nil {
		return err
	}
	defer free(stream)
	if err := volume.Download(stream, 0, length, 0); err != nil {
		return err
	}
	return receive(ctx, stream, into)
}

// wake is the definition with which a machine goes on from an image: the
// image's own, which says how QEMU's stream is laid out, with all that makes it
// this machine. same says that the image was of a machine of this very name.
func wake(domain *lv.Domain, image *savedImage, at place) (doc string, same bool, err error) {
	have, err := domain.GetXMLDesc(lv.DOMAIN_XML_INACTIVE)
	if err != nil {
		return "", false, err
	}
	var saved, own libvirtxml.Domain
	if err := saved.Unmarshal(image.xml); err != nil {
		return "", false, asRefused(fmt.Errorf("the definition in the saved memory cannot be read: %w", err))
	}
	if err := own.Unmarshal(have); err != nil {
		return "", false, err
	}
	if err := sameBox(&saved, &own, at); err != nil {
		return "", false, asRefused(err)
	}
	same = saved.Name == own.Name && saved.UUID == own.UUID
	become(&saved, &own)
	doc, err = saved.Marshal()
	return doc, same, err
}

// sameBox says in what the machine differs from the one whose memory it is to
// have, as far as a guest would notice.
func sameBox(saved, own *libvirtxml.Domain, at place) error {
	if saved.Type != own.Type {
		return fmt.Errorf("the memory is of a machine of type %s, and this host runs it as %s", saved.Type, own.Type)
	}
	was, is := specOf(saved, at), specOf(own, at)
	// libvirt spells out for a running machine what its processor came to have.
	was.Hardware.Features, is.Hardware.Features = nil, nil
	if len(was.NICs) == 0 {
		was.Hardware.NIC, is.Hardware.NIC = "", ""
	}
	box := func(s drivers.MachineSpec) string {
		var text strings.Builder
		text.WriteString(fmt.Sprintf("%d bytes of memory, %d processors, %+v", s.Memory, s.CPUs, s.Hardware))
		for _, disk := range s.Disks {
			text.WriteString(", disk " + disk.Target)
		}
		for _, drive := range s.Drives {
			text.WriteString(", drive " + drive.Target)
		}
		for _, nic := range s.NICs {
			text.WriteString(", card " + nic.MAC)
		}
		return text.String()
	}
	if was, is := box(was), box(is); was != is {
		return fmt.Errorf("the memory is of other hardware: %s; this machine has %s", was, is)
	}
	return nil
}

// become gives the saved definition what is the other machine's own.
func become(saved, own *libvirtxml.Domain) {
	saved.Name, saved.UUID, saved.Metadata = own.Name, own.UUID, own.Metadata
	for i := range saved.Devices.Disks {
		disk := &saved.Devices.Disks[i]
		at := slices.IndexFunc(own.Devices.Disks, func(d libvirtxml.DomainDisk) bool { return d.Target.Dev == disk.Target.Dev })
		disk.Source, disk.BackingStore = own.Devices.Disks[at].Source, nil // sameBox found it
	}
	for i := range saved.Devices.Interfaces {
		card := &saved.Devices.Interfaces[i]
		at := slices.IndexFunc(own.Devices.Interfaces, func(c libvirtxml.DomainInterface) bool { return c.MAC.Address == card.MAC.Address })
		card.Source, card.FilterRef = own.Devices.Interfaces[at].Source, own.Devices.Interfaces[at].FilterRef
		card.Target = nil
	}
	saved.Devices.Serials, saved.Devices.Consoles = own.Devices.Serials, own.Devices.Consoles
	saved.Devices.Graphics = own.Devices.Graphics
}

// startCopy is the volume with the memory that a machine starts from.
func startCopy(machine string) string {
	return "dh-start-" + strings.TrimPrefix(machine, "dh-") + ".save"
}

// restoreCopy starts from a copy of the memory with another definition in it.
func restoreCopy(ctx context.Context, c *lv.Connect, pool *lv.StoragePool, volume, name string, image *savedImage, doc string, at place) error {
	head, err := image.with(doc)
	if err != nil {
		return asRefused(err)
	}
	if err := removeVolume(pool, name); err != nil { // of a start that was cut
		return err
	}
	made, err := cloneVolume(pool, volume, name)
	if err != nil {
		return err
	}
	defer free(made)
	defer func() { _ = made.Delete(0) }()
	if err := overwrite(ctx, c, made, head); err != nil {
		return err
	}
	return restored(c.DomainRestoreFlags(at.path(name), "", lv.DOMAIN_SAVE_PAUSED))
}

// cloneVolume copies a volume on the hypervisor, without its bytes where the
// pool's file system can share them.
func cloneVolume(pool *lv.StoragePool, from, to string) (*lv.StorageVol, error) {
	source, err := pool.LookupStorageVolByName(from)
	if err != nil {
		return nil, err
	}
	defer free(source)
	if _, err := source.GetInfo(); err != nil { // makes the pool look at its size
		return nil, err
	}
	doc, err := rawVolumeOf(to).Marshal()
	if err != nil {
		return nil, err
	}
	if made, err := pool.StorageVolCreateXMLFrom(doc, source, lv.STORAGE_VOL_CREATE_REFLINK); err == nil {
		return made, nil
	}
	return pool.StorageVolCreateXMLFrom(doc, source, 0)
}

// overwrite replaces the first bytes of a volume.
func overwrite(ctx context.Context, c *lv.Connect, volume *lv.StorageVol, data []byte) error {
	stream, err := c.NewStream(0)
	if err != nil {
		return err
	}
	defer free(stream)
	if err := volume.Upload(stream, 0, uint64(len(data)), 0); err != nil {
		return err
	}
	if err := send(ctx, stream, int64(len(data)), bytes.NewReader(data)); err != nil {
		_ = stream.Abort()
		return err
	}
	return stream.Finish()
}

var _ drivers.Memory = (*Driver)(nil)
