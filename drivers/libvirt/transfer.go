package libvirt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/qcow2"
)

// chunk is how much is read and sent at a time. libvirt splits what is larger
// than its messages; a run of zeros this long is sent as a hole.
const chunk = 1 << 20

// UploadVolume implements drivers.Volumes.
//
// The volume is made empty and grows as bytes arrive, so what an upload leaves
// behind whose program was killed is shorter than size (Volume.Capacity): a
// caller that finds such a volume may remove it and upload again. While another
// program uploads it looks the same, and grows.
func (d *Driver) UploadVolume(ctx context.Context, name string, size int64, r io.Reader) error {
	const op = "upload volume"
	if err := ourVolume(name); err != nil {
		return fail(op, name, asRefused(err))
	}
	return change(ctx, d, op, name, func(c *lv.Connect) error {
		return d.withPool(c, func(pool *lv.StoragePool, _ place) error {
			return fill(ctx, c, pool, rawVolumeOf(name), size, r)
		})
	})
}

// UploadDisk implements drivers.Volumes.
//
// The volume is made as an empty disk over its backing volume, so that libvirt
// knows from the first byte on what it is and what it rests on, and then
// written over. The first part of an upload is longer than an empty disk.
func (d *Driver) UploadDisk(ctx context.Context, spec drivers.VolumeSpec, size int64, r io.Reader) error {
	const op = "upload disk"
	if err := ourVolume(spec.Name); err != nil {
		return fail(op, spec.Name, asRefused(err))
	}
	return change(ctx, d, op, spec.Name, func(c *lv.Connect) error {
		return d.withPool(c, func(pool *lv.StoragePool, at place) error {
			under := ""
			if spec.Backing != "" {
				volume, err := pool.LookupStorageVolByName(spec.Backing)
				if err != nil {
					return err
				}
				free(volume)
				under = at.path(spec.Backing)
			}
			head, err := qcow2.Head(r, size)
			if err != nil {
				return err
			}
			if err := rehead(head, spec, under); err != nil {
				return asRefused(err)
			}
			return fill(ctx, c, pool, diskVolumeOf(spec, at), size, io.MultiReader(bytes.NewReader(head), r))
		})
	})
}

// rehead lays a disk over the file of that path, if it is the disk that spec says.
func rehead(head []byte, spec drivers.VolumeSpec, under string) error {
	h, err := qcow2.Parse(head)
	if err != nil {
		return err
	}
	if h.Capacity != spec.Capacity {
		return fmt.Errorf("a guest would see %d bytes of it and not %d", h.Capacity, spec.Capacity)
	}
	return qcow2.SetBacking(head, under)
}

// fill makes a volume and writes what it holds; what is cut is removed.
func fill(ctx context.Context, c *lv.Connect, pool *lv.StoragePool, what *libvirtxml.StorageVolume, size int64, r io.Reader) error {
	doc, err := what.Marshal()
	if err != nil {
		return err
	}
	volume, err := pool.StorageVolCreateXML(doc, 0)
	if err != nil {
		return err
	}
	defer free(volume)
	err = upload(ctx, c, volume, size, r)
	if err == nil {
		return nil
	}
	if undo := volume.Delete(0); undo != nil {
		return fmt.Errorf("%w (and removing the part that was sent: %w)", err, undo)
	}
	return err
}

func upload(ctx context.Context, c *lv.Connect, volume *lv.StorageVol, size int64, r io.Reader) (err error) {
	if size == 0 {
		return nil
	}
	stream, err := c.NewStream(0)
	if err != nil {
		return err
	}
	defer free(stream)
	if err := volume.Upload(stream, 0, uint64(size), lv.STORAGE_VOL_UPLOAD_SPARSE_STREAM); err != nil { //nolint:gosec // the length of a reader
		return err
	}
	if err := send(ctx, stream, size, r); err != nil {
		_ = stream.Abort()
		return err
	}
	if err := stream.Finish(); err != nil {
		return err
	}
	return whole(volume, size)
}

// whole says whether all that was sent is in the volume. Finish alone does not:
// libvirtd writes in a thread of its own, and where that one finds no room while
// the stream is being finished, the answer is that all is well (seen in 2 of 100
// uploads to a full disk on a busy host, libvirt 9.0). The thread stops at the
// first write that fails and an upload ends in bytes, so that what is cut short
// is short.
func whole(volume *lv.StorageVol, size int64) error {
	info, err := volume.GetInfoFlags(lv.STORAGE_VOL_GET_PHYSICAL)
	if err != nil {
		return err
	}
	if info.Allocation == uint64(size) { //nolint:gosec // the length of a reader
		return nil
	}
	return &kindError{
		drivers.Missing,
		fmt.Errorf("%d of %d bytes reached the disk, which most likely is full", info.Allocation, size),
		freeRoom,
	}
}

func send(ctx context.Context, stream *lv.Stream, size int64, r io.Reader) error {
	buffer, zeros := make([]byte, chunk), make([]byte, chunk)
	for left := size; left > 0; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		part := buffer[:min(left, chunk)]
		if n, err := io.ReadFull(r, part); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return fmt.Errorf("the source ends after %d of %d bytes: %w", size-left+int64(n), size, io.ErrUnexpectedEOF)
			}
			return err
		}
		left -= int64(len(part))
		// The last part is always sent as bytes: a file ends where bytes end.
		if left > 0 && bytes.Equal(part, zeros[:len(part)]) {
			if err := stream.SendHole(int64(len(part)), 0); err != nil {
				return err
			}
			continue
		}
		for len(part) > 0 {
			n, err := stream.Send(part)
			if err != nil {
				return err
			}
			part = part[n:]
		}
	}
	return nil
}

// DownloadVolume implements drivers.Volumes.
func (d *Driver) DownloadVolume(ctx context.Context, name string, w io.Writer) error {
	const op = "download volume"
	if err := ourVolume(name); err != nil {
		return fail(op, name, asRefused(err))
	}
	_, err := call(ctx, d, op, name, func(c *lv.Connect) (struct{}, error) {
		found := false
		err := d.ifPool(c, func(pool *lv.StoragePool) error {
			volume, err := pool.LookupStorageVolByName(name)
			if err != nil {
				return err
			}
			defer free(volume)
			found = true
			return download(ctx, c, volume, w)
		})
		if err == nil && !found {
			err = asNotFound(fmt.Errorf("there is no pool %q yet", d.pool))
		}
		return struct{}{}, err
	})
	return err
}

func download(ctx context.Context, c *lv.Connect, volume *lv.StorageVol, w io.Writer) error {
	stream, err := c.NewStream(0)
	if err != nil {
		return err
	}
	defer free(stream)
	if err := volume.Download(stream, 0, 0, 0); err != nil {
		return err
	}
	return receive(ctx, stream, w)
}

var _ drivers.Volumes = (*Driver)(nil)
