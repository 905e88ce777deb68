package fake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/qcow2"
)

// DefineNetwork implements drivers.Networks.
func (d *Driver) DefineNetwork(ctx context.Context, spec drivers.NetworkSpec) error {
	return d.update(ctx, "define network", spec.Name, func(w *world) error {
		if len(spec.Bridge) == 0 || len(spec.Bridge) > 15 {
			return kind(drivers.Refused, "bridge name %q has not 1 to 15 characters", spec.Bridge)
		}
		if prefix, err := netip.ParsePrefix(spec.Subnet); err != nil || !prefix.Addr().Is4() || prefix != prefix.Masked() {
			return kind(drivers.Refused, "subnet %q is not an IPv4 prefix", spec.Subnet)
		}
		have := w.Networks[spec.Name]
		if have != nil && have.Foreign {
			return notOurs("network")
		}
		if have != nil && (have.Spec.Mark.Instance != spec.Mark.Instance || have.Spec.Mark.Lab != spec.Mark.Lab) {
			return kind(drivers.Conflict, "it belongs to instance %q of lab %q", have.Spec.Mark.Instance, have.Spec.Mark.Lab)
		}
		for name, other := range w.Networks {
			if name != spec.Name && other.Spec.Bridge == spec.Bridge {
				return kind(drivers.Conflict, "bridge name %q is already in use by %s", spec.Bridge, name)
			}
		}
		if have == nil {
			have = &network{}
			w.Networks[spec.Name] = have
		}
		spec.Mark.Facts = maps.Clone(spec.Mark.Facts)
		have.Spec, have.Active = spec, true
		return nil
	})
}

// RemoveNetwork implements drivers.Networks.
func (d *Driver) RemoveNetwork(ctx context.Context, name string) error {
	return d.update(ctx, "remove network", name, func(w *world) error {
		have := w.Networks[name]
		if have == nil {
			return nil
		}
		if have.Foreign {
			return notOurs("network")
		}
		for _, m := range w.Machines {
			if m.on() && slices.ContainsFunc(m.Spec.NICs, func(nic drivers.NIC) bool { return nic.Network == name }) {
				return kind(drivers.Refused, "running machine %s is on it; stop it first", m.Spec.Name)
			}
		}
		delete(w.Networks, name)
		return nil
	})
}

// Networks implements drivers.Networks.
func (d *Driver) Networks(ctx context.Context, instance string) (out []drivers.Network, err error) {
	err = d.view(ctx, "list networks of", "fake", func(w *world) error {
		for _, name := range sortedNames(w.Networks) {
			n := w.Networks[name]
			if n.Foreign || instance != "" && n.Spec.Mark.Instance != instance {
				continue
			}
			mark := n.Spec.Mark
			mark.Facts = maps.Clone(mark.Facts)
			out = append(out, drivers.Network{Name: name, UUID: n.Spec.UUID, Bridge: n.Spec.Bridge, Mark: mark, Active: n.Active})
		}
		return nil
	})
	return out, err
}

// CheckSeal implements drivers.Networks: it finds what Breach has planted, and
// running machines that are not expected.
func (d *Driver) CheckSeal(ctx context.Context, expect map[string][]string) (leaks []drivers.Leak, err error) {
	for _, name := range sortedNames(expect) {
		err := d.view(ctx, "check the seal of", name, func(w *world) error {
			found, err := w.leaks(name, expect[name])
			leaks = append(leaks, found...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return leaks, nil
}

func (w *world) leaks(name string, expect []string) ([]drivers.Leak, error) {
	have := w.Networks[name]
	if have == nil {
		return nil, kind(drivers.NotFound, "there is no such network")
	}
	if have.Foreign {
		return nil, notOurs("network")
	}
	leaks := slices.Clone(have.Leaks)
	if !have.Active {
		leaks = append(leaks, drivers.Leak{Network: name, Object: name, Why: "the network is not running"})
	}
	for _, each := range sortedNames(w.Machines) {
		m := w.Machines[each]
		on := slices.ContainsFunc(m.Spec.NICs, func(nic drivers.NIC) bool { return nic.Network == name })
		if m.on() && on && !slices.Contains(expect, each) {
			leaks = append(leaks, drivers.Leak{
				Network: name, Object: each, Why: fmt.Sprintf("machine %s is on the network and does not belong there", each),
			})
		}
	}
	return leaks, nil
}

// CreateVolume implements drivers.Volumes.
func (d *Driver) CreateVolume(ctx context.Context, spec drivers.VolumeSpec) error {
	return d.update(ctx, "create volume", spec.Name, func(w *world) error {
		if err := ourVolume(spec.Name); err != nil {
			return err
		}
		if w.Volumes[spec.Name] != nil {
			return kind(drivers.Conflict, "the volume exists already")
		}
		made := &volume{Name: spec.Name, Disk: true, Capacity: spec.Capacity, Backing: spec.Backing}
		if spec.Backing != "" {
			under := w.Volumes[spec.Backing]
			if under == nil {
				return kind(drivers.NotFound, "there is no volume %s to lay it over", spec.Backing)
			}
			if made.Capacity == 0 {
				made.Capacity = under.Capacity
			}
		}
		if made.Capacity == 0 {
			return kind(drivers.Refused, "the volume has neither a size nor a backing volume")
		}
		if err := d.fits(w, made); err != nil {
			return err
		}
		w.Volumes[spec.Name] = made
		return nil
	})
}

func (d *Driver) fits(w *world, more *volume) error {
	if room := d.room.Load(); room > 0 && w.used()+more.allocated() > room {
		return &drivers.Error{
			Kind: drivers.Missing, Err: errors.New("no space left on device"),
			Remedy: "Free some room on the pool's disk:\n  doublehop prune",
		}
	}
	return nil
}

// UploadVolume implements drivers.Volumes.
func (d *Driver) UploadVolume(ctx context.Context, name string, size int64, r io.Reader) error {
	const op = "upload volume"
	check := func(w *world) error {
		if err := ourVolume(name); err != nil {
			return err
		}
		if w.Volumes[name] != nil {
			return kind(drivers.Conflict, "the volume exists already")
		}
		return nil
	}
	if err := d.view(ctx, op, name, check); err != nil {
		return err
	}
	var data bytes.Buffer
	if _, err := io.CopyN(&data, r, size); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("the source ends after %d of %d bytes: %w", data.Len(), size, io.ErrUnexpectedEOF)
		}
		return &drivers.Error{Op: op, Object: name, Err: err}
	}
	return d.update(ctx, op, name, func(w *world) error {
		if err := check(w); err != nil {
			return err
		}
		made := &volume{Name: name, Capacity: uint64(size), Data: data.Bytes()} //nolint:gosec // as many bytes as were read
		if err := d.fits(w, made); err != nil {
			return err
		}
		w.Volumes[name] = made
		return nil
	})
}

// UploadDisk implements drivers.Volumes.
func (d *Driver) UploadDisk(ctx context.Context, spec drivers.VolumeSpec, size int64, r io.Reader) error {
	const op = "upload disk"
	check := func(w *world) error {
		if err := ourVolume(spec.Name); err != nil {
			return err
		}
		if w.Volumes[spec.Name] != nil {
			return kind(drivers.Conflict, "the volume exists already")
		}
		if spec.Backing != "" && w.Volumes[spec.Backing] == nil {
			return kind(drivers.NotFound, "there is no volume %s to lay it over", spec.Backing)
		}
		return nil
	}
	if err := d.view(ctx, op, spec.Name, check); err != nil {
		return err
	}
	var data bytes.Buffer
	if _, err := io.CopyN(&data, r, size); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("the source ends after %d of %d bytes: %w", data.Len(), size, io.ErrUnexpectedEOF)
		}
		return &drivers.Error{Op: op, Object: spec.Name, Err: err}
	}
	return d.update(ctx, op, spec.Name, func(w *world) error {
		if err := check(w); err != nil {
			return err
		}
		made, err := d.read(spec, data.Bytes())
		if err != nil {
			return kind(drivers.Refused, "%w", err)
		}
		if err := d.fits(w, made); err != nil {
			return err
		}
		w.Volumes[spec.Name] = made
		return nil
	})
}

// read makes a disk of what image gave for one.
func (d *Driver) read(spec drivers.VolumeSpec, image []byte) (*volume, error) {
	head := image[:min(len(image), qcow2.HeadSize)]
	h, err := qcow2.Parse(head)
	if err != nil {
		return nil, err
	}
	if h.Capacity != spec.Capacity || (h.Backing == "") != (spec.Backing == "") {
		return nil, fmt.Errorf("it has %d bytes for a guest and lies over %q", h.Capacity, h.Backing)
	}
	made := &volume{Name: spec.Name, Disk: true, Capacity: spec.Capacity, Backing: spec.Backing}
	if err := json.Unmarshal(image[len(qcow2.Make(qcow2.Header{Capacity: 1})):], &made.Keys); err != nil {
		made.Data = bytes.Clone(image) // damaged: it keeps its bytes, and no guest reads them
		if err := qcow2.SetBacking(made.Data[:len(head)], d.path(spec.Backing)); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// path is where a volume lies; empty for none.
func (d *Driver) path(name string) string {
	if name == "" {
		return ""
	}
	return cmp.Or(d.options.Folder, "/var/lib/fake") + "/" + name
}

// DownloadVolume implements drivers.Volumes. A disk's bytes are a qcow2 header
// and its keys as JSON.
func (d *Driver) DownloadVolume(ctx context.Context, name string, w io.Writer) error {
	const op = "download volume"
	var data []byte
	err := d.view(ctx, op, name, func(world *world) error {
		if err := ourVolume(name); err != nil {
			return err
		}
		v := world.Volumes[name]
		if v == nil {
			return kind(drivers.NotFound, "there is no such volume")
		}
		data = d.bytes(v)
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return &drivers.Error{Op: op, Object: name, Err: err}
	}
	return nil
}

// bytes are a volume as it lies in the pool.
func (d *Driver) bytes(v *volume) []byte {
	if !v.Disk || v.Data != nil {
		return v.Data
	}
	keys, err := json.Marshal(v.Keys)
	if err != nil {
		panic(err) // texts do marshal
	}
	return append(qcow2.Make(qcow2.Header{Capacity: v.Capacity, Backing: d.path(v.Backing)}), keys...)
}

// RemoveVolume implements drivers.Volumes.
func (d *Driver) RemoveVolume(ctx context.Context, name string) error {
	return d.update(ctx, "remove volume", name, func(w *world) error {
		if err := ourVolume(name); err != nil {
			return err
		}
		delete(w.Volumes, name)
		return nil
	})
}

// Volumes implements drivers.Volumes.
func (d *Driver) Volumes(ctx context.Context) (out []drivers.Volume, err error) {
	err = d.view(ctx, "list volumes of", "fake", func(w *world) error {
		for _, name := range sortedNames(w.Volumes) {
			v := w.Volumes[name]
			out = append(out, drivers.Volume{Name: name, Capacity: v.Capacity, Allocated: v.allocated(), Length: uint64(len(d.bytes(v))), Backing: v.Backing})
		}
		return nil
	})
	return out, err
}
