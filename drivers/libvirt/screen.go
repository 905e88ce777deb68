package libvirt

import (
	"context"
	"errors"
	"io"
	"time"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// Screenshot implements drivers.Screener. QEMU 7 and later give image/png,
// older ones image/x-portable-pixmap. A machine without power is a Conflict.
func (d *Driver) Screenshot(ctx context.Context, name string, w io.Writer) (string, error) {
	return call(ctx, d, "photograph", name, func(c *lv.Connect) (string, error) {
		domain, _, err := ours(c, name)
		if err != nil {
			return "", err
		}
		defer free(domain)
		stream, err := c.NewStream(0)
		if err != nil {
			return "", err
		}
		defer free(stream)
		media, err := domain.Screenshot(stream, 0, 0)
		if err != nil {
			return "", powerless(err)
		}
		return media, receive(ctx, stream, w)
	})
}

// receive copies a stream to its end.
func receive(ctx context.Context, stream *lv.Stream, w io.Writer) error {
	buffer := make([]byte, chunk)
	for {
		if err := context.Cause(ctx); err != nil {
			_ = stream.Abort()
			return err
		}
		n, err := stream.Recv(buffer)
		if errors.Is(err, io.EOF) {
			return stream.Finish()
		}
		if err == nil {
			_, err = w.Write(buffer[:n])
		}
		if err != nil {
			_ = stream.Abort()
			return err
		}
	}
}

// SendKeys implements drivers.Keyer.
func (d *Driver) SendKeys(ctx context.Context, name string, codes ...uint) error {
	const hold = 50 // ms; a BIOS and NT setup poll the keyboard
	return d.onOurs(ctx, "press keys on", name, func(_ *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		return powerless(domain.SendKey(uint(lv.KEYCODE_SET_LINUX), hold, codes, 0))
	})
}

// Activity implements drivers.Meter.
func (d *Driver) Activity(ctx context.Context, name string) (drivers.Activity, error) {
	return call(ctx, d, "measure", name, func(c *lv.Connect) (drivers.Activity, error) {
		var out drivers.Activity
		domain, _, err := ours(c, name)
		if err != nil {
			return out, err
		}
		defer free(domain)
		active, err := domain.IsActive()
		if err != nil || !active {
			return out, err
		}
		stats, err := c.GetAllDomainStats([]*lv.Domain{domain},
			lv.DOMAIN_STATS_CPU_TOTAL|lv.DOMAIN_STATS_BLOCK|lv.DOMAIN_STATS_INTERFACE, lv.CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT)
		if err != nil {
			return out, err
		}
		for i := range stats {
			if stats[i].Cpu != nil {
				out.CPU = time.Duration(stats[i].Cpu.Time) //nolint:gosec // nanoseconds, 292 years of them
			}
			for _, block := range stats[i].Block {
				out.DiskBytes += block.RdBytes + block.WrBytes
			}
			for _, card := range stats[i].Net {
				out.NetBytes += card.RxBytes + card.TxBytes
			}
			free(stats[i].Domain)
		}
		return out, nil
	})
}
