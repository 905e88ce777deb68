// Package libvirt drives libvirt and QEMU through the official binding: it
// turns specs into XML, and what libvirt says into what the contract knows.
//
// Everything of ours carries our mark in its metadata, and nothing else is ever
// changed. Machines, networks and filters go by the caller's names; volumes lie
// in one directory pool; beside the caller's volumes there are only those named
// dh-serial-<machine>.log (libvirt's log of a machine's COM1, removed with the
// machine), dh-start-<machine>.save (the memory that a machine is being started
// from) and dh-host-<digest>-kvm or -tcg (what was found out about KVM).
// Files reach the hypervisor through the pool and streams only, so it may be on
// another host.
//
// Built with the tag libvirt_dlopen, it needs no libvirt to build or to start:
// Open then says what is missing.
//
// Floor 2. It knows no lab file and no plan; drivers/drivertest says what it
// must do.
package libvirt

import (
	"context"
	"net/url"
	"sync"
	"time"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// What Options leave empty.
const (
	DefaultURI  = "qemu:///system"
	DefaultPool = "doublehop"
	defaultPath = "/var/lib/libvirt/doublehop"
)

// Options are what a caller may set; the zero value works.
type Options struct {
	// URI is the connection; empty means DefaultURI.
	URI string
	// Pool is the name of the pool for our volumes; empty means DefaultPool. It
	// is made when it is first needed.
	Pool string
	// PoolPath is the pool's folder on the hypervisor, used only when the pool
	// is made; empty means /var/lib/libvirt/ and the pool's name.
	PoolPath string
}

// Driver is a connection to one libvirt.
type Driver struct {
	uri, pool, poolPath string

	// calls counts what runs in libvirt, abandoned calls included.
	calls sync.WaitGroup

	lines  lines
	locks  locks
	facts  hostFacts
	kvm    trial
	serial consoles
}

var (
	_ drivers.Driver   = (*Driver)(nil)
	_ drivers.Serial   = (*Driver)(nil)
	_ drivers.Screener = (*Driver)(nil)
	_ drivers.Keyer    = (*Driver)(nil)
	_ drivers.Meter    = (*Driver)(nil)
	_ drivers.Watcher  = (*Driver)(nil)
)

// Open connects to libvirt. It makes nothing. The error is Missing when
// libvirt's library or daemon is not there, and Refused when the socket may not
// be used; both carry the command that mends it.
func Open(ctx context.Context, options Options) (*Driver, error) {
	d := &Driver{uri: options.URI, pool: options.Pool, poolPath: options.PoolPath}
	if d.uri == "" {
		d.uri = DefaultURI
	}
	if d.pool == "" {
		d.pool = DefaultPool
	}
	if d.poolPath == "" {
		d.poolPath = defaultPath
		if d.pool != DefaultPool {
			d.poolPath = "/var/lib/libvirt/" + d.pool
		}
	}
	if _, err := url.Parse(d.uri); err != nil {
		return nil, &drivers.Error{
			Kind: drivers.Refused, Op: "connect to", Object: d.uri, Err: err,
			Remedy: "Give a libvirt URI, such as qemu:///system or qemu+ssh://user@host/system.",
		}
	}
	d.lines.uri = d.uri
	_, err := call(ctx, d, "connect to", d.publicURI(), func(*lv.Connect) (struct{}, error) { return struct{}{}, nil })
	if err != nil {
		return nil, err
	}
	return d, nil
}

// publicURI is the connection's URI without user and password.
func (d *Driver) publicURI() string {
	u, err := url.Parse(d.uri)
	if err != nil {
		return "libvirt"
	}
	u.User = nil
	return u.String()
}

// local says whether the hypervisor's host is, by its URI, this host.
func (d *Driver) local() bool {
	u, err := url.Parse(d.uri)
	return err == nil && u.Host == ""
}

// Close gives the connections back. It waits a moment for calls that their
// callers have given up.
func (d *Driver) Close() error {
	done := make(chan struct{})
	go func() {
		d.calls.Wait()
		close(done)
	}()
	select {
	case <-done:
		d.lines.close()
		d.serial.close()
	case <-time.After(5 * time.Second):
		// libvirtd hangs; its connections end with this process.
	}
	return nil
}
