package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/doublehop/doublehop/drivers"
)

// connection is libvirt's library, its daemon and the right to use its socket.
func (h *host) connection(ctx context.Context) (drivers.Driver, Check) {
	c := Check{Name: "libvirt", State: OK, Says: "connected to " + h.URI}
	began := time.Now()
	d, err := h.Open(ctx)
	if err != nil {
		c.State, c.Says, c.Mend = Bad, sentence(err), mend(err)
		return nil, c
	}
	if took := time.Since(began); took > 2*time.Second {
		c.State, c.Says = Slow, fmt.Sprintf("connected to %s, which took %.1f s", h.URI, took.Seconds())
	}
	return d, c
}

// qemu is what libvirt says of itself and of QEMU.
func (h *host) qemu(ctx context.Context, d drivers.Driver) (drivers.HostInfo, []Check) {
	began := time.Now()
	info, err := d.Host(ctx)
	took := time.Since(began)
	c := Check{Name: "qemu"}
	if err != nil {
		c.State, c.Says, c.Mend = Bad, sentence(err), mend(err)
		if len(c.Mend) == 0 {
			c.Mend = []string{"  sudo apt-get install qemu-system-x86"}
		}
		return info, []Check{c}
	}
	c.State, c.Says = OK, fmt.Sprintf("QEMU %s for 32-bit PCs, libvirt %s", info.QEMU, info.Libvirt)
	if info.QEMU == "" {
		c.State, c.Says = Bad, "libvirt knows no QEMU that runs 32-bit PCs"
		c.Mend = []string{"  sudo apt-get install qemu-system-x86", "  sudo systemctl restart libvirtd"}
	}
	list := []Check{c}
	// Measured on libvirt 9.0: 0.1 to 4 ms when all is well, 4 to 8 s when QEMU is probed anew at each call.
	if again, slow := h.callTime(ctx, d), took > time.Second; slow && again > time.Second {
		list = append(list, Check{
			Name: "libvirt calls", State: Slow,
			Says: fmt.Sprintf("libvirt takes %.1f s for a simple question: it asks QEMU anew each time", again.Seconds()),
			Mend: []string{"The reason is mostly the owner of /dev/kvm; see there."},
		})
	}
	return info, list
}

// callTime is how long a second look takes.
func (h *host) callTime(ctx context.Context, d drivers.Driver) time.Duration {
	began := time.Now()
	_, _ = d.Host(ctx) // only the time matters: the first look has told of errors
	return time.Since(began)
}

// accelerator is whether guests run on the processor or are emulated.
func (h *host) accelerator(info drivers.HostInfo) Check {
	c := Check{Name: "kvm", State: OK, Says: "KVM runs 32-bit guests"}
	switch info.Accelerator {
	case "kvm":
	case "":
		c.State, c.Says = Skipped, "It was not found out whether KVM works."
	default:
		c.State, c.Says = Slow, "guests are emulated, which works and is many times slower"
		if info.AcceleratorWhy != "" {
			c.Says += ": " + info.AcceleratorWhy
		}
	}
	return c
}

// The room that a lab of a few machines takes in the pool.
const (
	roomNeeded = 4 << 30
	roomWanted = 20 << 30
)

// room is the free space in the pool.
func (h *host) room(info drivers.HostInfo) Check {
	c := Check{Name: "pool", State: OK}
	free := info.FreeBytes
	if free == 0 && h.local {
		free = h.freeUnder("var", "lib", "libvirt") // the pool is made when it is first needed
	}
	if free == 0 {
		return Check{Name: "pool", State: Skipped, Says: fmt.Sprintf("The pool %q does not exist yet; it is made when it is needed.", info.Pool)}
	}
	c.Says = fmt.Sprintf("%s free for the pool %q", humanize.IBytes(free), info.Pool)
	switch {
	case free < roomNeeded:
		c.State = Bad
	case free < roomWanted:
		c.State = Slow
		c.Says += "; a lab of Windows servers takes " + humanize.IBytes(roomWanted) + " or more"
	default:
		return c
	}
	c.Mend = []string{"  doublehop prune --media"}
	return c
}

// sentence is an error for a person: the innermost words of a driver's.
func sentence(err error) string { return strings.TrimSuffix(err.Error(), ".") }

// mend is what a driver advises.
func mend(err error) []string {
	e, ok := asDriver(err)
	if !ok || e.Remedy == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(e.Remedy, "\n"), "\n")
}
