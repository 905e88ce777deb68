// Package doctor looks at a host in the order in which things go wrong there,
// and says for each what it found and which command mends it.
//
// It changes nothing but what a driver's own look changes (a trial of KVM), and
// starts one process that sleeps. What cannot be seen from here, because the
// hypervisor is another computer, is skipped and says so.
//
// Floor 4. It writes to no terminal.
package doctor

import (
	"context"
	"net/netip"
	"net/url"
	"path/filepath"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

// State is what a check found.
type State string

// What a check can find.
const (
	OK State = "ok"
	// Slow: labs work, and take longer than they need.
	Slow State = "slow"
	// Bad: no lab can run before it is mended.
	Bad State = "bad"
	// Skipped: it could not be looked at; Says why.
	Skipped State = "skipped"
)

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	// Says is what was found, in a sentence.
	Says string `json:"says"`
	// Mend is what to do: sentences, or commands, which begin with two blanks.
	Mend []string `json:"mend,omitempty"`
}

// Report is all that was looked at, in order.
type Report struct {
	// Ready says that nothing is Bad.
	Ready  bool    `json:"ready"`
	URI    string  `json:"uri"`
	Checks []Check `json:"checks"`
}

// Input is what the doctor is told; the zero value of the optional fields is
// this host.
type Input struct {
	URI string
	// Open connects to the hypervisor.
	Open func(context.Context) (drivers.Driver, error)
	// Subnets are the lab's networks, by name; none when no lab is in hand.
	Subnets []Subnet
	// Root is where the host's files are; empty means /.
	Root string
	// Addresses are this host's own, by device; nil asks the system.
	Addresses func() ([]Subnet, error)
	// Path finds a program; nil looks in PATH and in the sbin folders.
	Path func(name string) bool
	// Reap measures how long the process with id 1 takes to bury an orphan; nil does it.
	Reap func(context.Context) (time.Duration, error)
}

// Subnet is a stretch of addresses with a name: a lab's network, a device.
type Subnet struct {
	Name   string
	Prefix netip.Prefix
}

// Look looks at everything. It takes a few seconds at most, unless ctx ends.
func Look(ctx context.Context, in Input) Report {
	h := host{Input: in, local: local(in.URI)}
	h.defaults()
	var list []Check
	driver, connection := h.connection(ctx)
	list = append(list, connection)
	var info drivers.HostInfo
	if driver != nil {
		defer func() { _ = driver.Close() }()
		var qemu []Check
		info, qemu = h.qemu(ctx, driver)
		list = append(list, qemu...)
	}
	list = append(list, h.virtlogd(), h.kvmNode(), h.reaper(ctx))
	if driver != nil {
		list = append(list, h.accelerator(info), h.room(info))
	}
	list = append(list, h.filters(), h.overlaps())
	r := Report{Ready: true, URI: in.URI, Checks: list}
	for _, c := range list {
		r.Ready = r.Ready && c.State != Bad
	}
	return r
}

// host is what is being looked at.
type host struct {
	Input
	local bool
}

// local says whether a URI's hypervisor is this computer.
func local(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && u.Host == ""
}

// elsewhere is the check of a thing that is on another computer.
func elsewhere(name string) Check {
	return Check{Name: name, State: Skipped, Says: "The hypervisor is another computer; run doctor there."}
}

func (h *host) path(parts ...string) string {
	return filepath.Join(append([]string{"/", h.Root}, parts...)...)
}
