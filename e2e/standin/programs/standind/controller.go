package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	"github.com/doublehop/doublehop/e2e/standin/programs/names"
)

// lookEvery is how often a domain controller looks for new partners and computers in its directory.
const lookEvery = 2 * time.Second

// controller is what a domain controller serves.
type controller struct {
	me      directory.Controller
	slapd   directory.Slapd
	urls    []string
	changed chan struct{} // the partners are others now
	known   atomic.Pointer[names.Records]
}

// control starts what a domain controller serves and waits until the directory answers.
func control(ctx context.Context, p places, m *machine.Machine, background func(string, func(context.Context) error)) error {
	address, err := netip.ParseAddr(m.IP())
	if err != nil {
		return fmt.Errorf("address of the domain controller: %w", err)
	}
	c := &controller{
		me:    directory.Controller{Domain: m.Domain.Name, Computer: m.Computer, Address: m.IP(), Windows: m.Windows},
		slapd: p.directory(), urls: []string{"ldap://127.0.0.1", "ldap://" + address.String()}, changed: make(chan struct{}, 1),
	}
	background("directory", c.serve)
	if m.Domain.DNS {
		zone := names.Zone{Domain: m.Domain.Name, Host: m.FQDN(), Address: address, Records: c.records}
		for _, at := range []string{"127.0.0.1", address.String()} {
			background("DNS", func(ctx context.Context) error { return zone.Serve(ctx, net.JoinHostPort(at, "53")) })
		}
	}
	limit, stop := context.WithTimeout(ctx, directoryWithin)
	defer stop()
	if err := directory.Await(limit, "127.0.0.1:389"); err != nil {
		return err
	}
	if err := c.look(c.settle); err != nil {
		return fmt.Errorf("enter the version of Windows: %w", err)
	}
	background("partners", c.watch)
	return nil
}

func (c *controller) records() names.Records {
	if r := c.known.Load(); r != nil {
		return *r
	}
	return names.Records{}
}

// serve runs slapd, again whenever its partners have changed.
func (c *controller) serve(ctx context.Context) error {
	for {
		inner, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- c.slapd.Serve(inner, c.urls...) }()
		select {
		case err := <-ended:
			stop()
			return err
		case <-ctx.Done():
			stop()
			return <-ended
		case <-c.changed:
			stop()
			if err := <-ended; err != nil {
				return err
			}
		}
	}
}

// look does something with the machine's own directory, as its own account.
func (c *controller) look(work func(*directory.Client) error) error {
	d, err := directory.Dial("127.0.0.1:389", 5*time.Second)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.LogonMachine(c.me); err != nil {
		return err
	}
	return work(d)
}

func (c *controller) settle(d *directory.Client) error { return directory.Settle(d, c.me.Windows) }

// watch looks for partners and computers until ctx is done. A look that fails is
// tried again: slapd may be starting.
func (c *controller) watch(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := c.look(c.notice); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "standind: the directory:", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// notice keeps the names that the directory has, and makes its other domain controllers partners.
func (c *controller) notice(d *directory.Client) error {
	all, err := directory.Controllers(d)
	if err != nil {
		return err
	}
	computers, err := directory.Computers(d)
	if err != nil {
		return err
	}
	known := names.Records{Controllers: map[string]netip.Addr{}, Hosts: map[string]netip.Addr{}}
	for host, text := range computers {
		if address, err := netip.ParseAddr(text); err == nil && address.Is4() {
			known.Hosts[host] = address
		}
	}
	var others []directory.Controller
	for _, o := range all {
		if address, ok := known.Hosts[o.Host()]; ok {
			known.Controllers[o.Host()] = address
			if o.Address != c.me.Address {
				others = append(others, o)
			}
		}
	}
	c.known.Store(&known)
	changed, err := c.slapd.Partners(c.me, others)
	if changed {
		select {
		case c.changed <- struct{}{}:
		default: // it is told already
		}
	}
	return err
}
