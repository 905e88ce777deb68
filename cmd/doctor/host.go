package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

func (h *host) defaults() {
	if h.Addresses == nil {
		h.Addresses = hostAddresses
	}
	if h.Path == nil {
		h.Path = func(name string) bool {
			if _, err := exec.LookPath(name); err == nil {
				return true
			}
			for _, dir := range []string{"usr/sbin", "sbin", "usr/local/sbin"} {
				if info, err := os.Stat(h.path(dir, name)); err == nil && info.Mode()&0o111 != 0 {
					return true
				}
			}
			return false
		}
	}
	if h.Reap == nil {
		h.Reap = reapTime
	}
}

func asDriver(err error) (*drivers.Error, bool) { return errors.AsType[*drivers.Error](err) }

// virtlogd keeps what guests say on their serial line. libvirt starts no
// machine with such a log while it is not there.
func (h *host) virtlogd() Check {
	const name = "virtlogd"
	if !h.local {
		return elsewhere(name)
	}
	if info, err := os.Stat(h.path("run", "libvirt", "virtlogd-sock")); err == nil && info.Mode()&os.ModeSocket != 0 {
		return Check{Name: name, State: OK, Says: "its socket is there"}
	}
	if strings.Contains(h.URI, "session") {
		return Check{Name: name, State: Skipped, Says: "A session's libvirt starts its own."}
	}
	c := Check{Name: name, State: Bad, Says: "it does not run, and libvirt starts no machine without it"}
	if h.systemd() {
		c.Mend = []string{"  sudo systemctl start virtlogd.socket"}
	} else {
		c.Mend = []string{"  sudo virtlogd -d"}
	}
	return c
}

func (h *host) systemd() bool {
	_, err := os.Stat(h.path("run", "systemd", "system"))
	return err == nil
}

// kvmNode is the trap of a /dev/kvm that root can open and QEMU's user cannot:
// libvirt's memory of what QEMU can do is then never valid, and it probes QEMU
// anew at each call. Measured on libvirt 9.0: 48 s for one define.
func (h *host) kvmNode() Check {
	const name = "/dev/kvm"
	if !h.local {
		return elsewhere(name)
	}
	info, err := os.Stat(h.path("dev", "kvm"))
	if errors.Is(err, os.ErrNotExist) {
		return Check{Name: name, State: OK, Says: "it is not there; guests are emulated"}
	}
	if err != nil {
		return Check{Name: name, State: Skipped, Says: err.Error()}
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if ok && stat.Uid == 0 && stat.Gid == 0 && info.Mode().Perm()&0o007 == 0 {
		return Check{
			Name: name, State: Slow,
			Says: fmt.Sprintf("it belongs to root:root with mode %04o, so that QEMU's user cannot open it; libvirt then asks QEMU anew at each call, which takes seconds", info.Mode().Perm()),
			Mend: []string{"  sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm"},
		}
	}
	return Check{Name: name, State: OK, Says: fmt.Sprintf("mode %04o", info.Mode().Perm())}
}

// slowReaper is when an orphan's burial is felt: libvirt waits for it each time
// a machine is switched off.
const slowReaper = 300 * time.Millisecond

// reaper is whether QEMU's processes, which become orphans, are buried soon.
// libvirt waits for that: 2 s a machine with an init that looks twice in four
// seconds, 80 s in a container whose first process never looks.
func (h *host) reaper(ctx context.Context) Check {
	const name = "reaper"
	if !h.local {
		return elsewhere(name)
	}
	if parent := h.daemonParent(); parent != "" && parent != "1" {
		if comm := h.comm(parent); good(comm) {
			return Check{Name: name, State: OK, Says: "libvirtd runs below " + comm + ", which buries QEMU's processes at once"}
		}
	}
	if comm := h.comm("1"); good(comm) {
		return Check{Name: name, State: OK, Says: comm + " buries orphans at once"}
	}
	took, err := h.Reap(ctx)
	if err != nil {
		return Check{Name: name, State: Skipped, Says: fmt.Sprintf("It could not be measured: %v.", err)}
	}
	if took < slowReaper {
		return Check{Name: name, State: OK, Says: fmt.Sprintf("orphans are buried in %d ms", took.Milliseconds())}
	}
	return Check{
		Name: name, State: Slow,
		Says: fmt.Sprintf("process 1 (%s) takes %.1f s to bury an orphan; libvirt waits that long each time a machine is switched off", h.comm("1"), took.Seconds()),
		Mend: []string{"Run libvirtd below an init that does it at once:", "  sudo sh -c 'setsid tini -s -- libvirtd </dev/null >/var/log/libvirtd.log 2>&1 &'"},
	}
}

// good are inits known to bury orphans at once.
func good(comm string) bool {
	switch comm {
	case "systemd", "tini", "docker-init", "dumb-init", "catatonit", "s6-svscan", "runsvdir", "runit":
		return true
	}
	return false
}

// daemonParent is the process id of libvirtd's parent; empty when it is not found.
func (h *host) daemonParent() string {
	for _, file := range []string{"libvirtd.pid", "virtqemud.pid"} {
		b, err := os.ReadFile(h.path("run", file))
		if err != nil {
			continue
		}
		pid := strings.TrimSpace(string(b))
		stat, err := os.ReadFile(h.path("proc", filepath.Base(pid), "stat"))
		if err != nil {
			continue
		}
		// pid (comm) state ppid ...: comm may hold anything, blanks and brackets too
		_, rest, _ := bytes.Cut(stat[max(bytes.LastIndexByte(stat, ')'), 0):], []byte(" "))
		if fields := strings.Fields(string(rest)); len(fields) > 1 {
			return fields[1]
		}
	}
	return ""
}

func (h *host) comm(pid string) string {
	b, err := os.ReadFile(h.path("proc", pid, "comm"))
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}

// longestReap bounds the measurement.
const longestReap = 3 * time.Second

// reapTime makes an orphan that ends at once, and waits until it is buried.
func reapTime(ctx context.Context) (time.Duration, error) {
	out, err := exec.CommandContext(ctx, "sh", "-c", "sleep 0.05 </dev/null >/dev/null 2>&1 & echo $!").Output()
	if err != nil {
		return 0, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		return 0, err
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var dead time.Time
	for began := time.Now(); time.Since(began) < longestReap; {
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil { // it is gone
			if dead.IsZero() {
				return 0, nil
			}
			return time.Since(dead), nil
		}
		if dead.IsZero() && bytes.Contains(stat, []byte(") Z ")) {
			dead = time.Now()
		}
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-tick.C:
		}
	}
	return longestReap, nil
}

// freeUnder is the room on the disk that holds a folder, in bytes, or 0.
func (h *host) freeUnder(parts ...string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(h.path(parts...), &s); err != nil || s.Bsize < 0 {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}

// filters is whether libvirt can put a filter on a card: it needs ebtables.
// Measured on libvirt 9.0: what a lab's filter becomes is ebtables rules.
func (h *host) filters() Check {
	const name = "filter"
	if !h.local {
		return elsewhere(name)
	}
	if !h.Path("ebtables") {
		return Check{
			Name: name, State: Bad, Says: "ebtables is missing, and without it libvirt cannot seal a lab's network",
			Mend: []string{"  sudo apt-get install ebtables"},
		}
	}
	if !h.Path("iptables") {
		return Check{
			Name: name, State: Bad, Says: "iptables is missing, and libvirt makes no network without it",
			Mend: []string{"  sudo apt-get install iptables"},
		}
	}
	return Check{Name: name, State: OK, Says: "ebtables and iptables are there"}
}

// overlaps is whether a lab's subnet holds an address of this host: the lab's
// filter lets its subnet through, so such a lab is refused.
func (h *host) overlaps() Check {
	const name = "subnets"
	switch {
	case !h.local:
		return elsewhere(name)
	case len(h.Subnets) == 0:
		return Check{Name: name, State: Skipped, Says: "No lab is in hand; name one with -f."}
	}
	addresses, err := h.Addresses()
	if err != nil {
		return Check{Name: name, State: Skipped, Says: err.Error()}
	}
	for _, s := range h.Subnets {
		for _, a := range addresses {
			if s.Prefix.Overlaps(a.Prefix) {
				return Check{
					Name: name, State: Bad,
					Says: fmt.Sprintf("network %s of the lab (%s) overlaps this host's %s (%s)", s.Name, s.Prefix, a.Name, a.Prefix),
					Mend: []string{"Give the network another subnet in the lab file."},
				}
			}
		}
	}
	return Check{Name: name, State: OK, Says: "none of the lab's overlaps an address of this host"}
}

// hostAddresses lists this host's addresses, each with its subnet and device.
func hostAddresses() ([]Subnet, error) {
	devices, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var list []Subnet
	for _, d := range devices {
		addresses, err := d.Addrs()
		if err != nil {
			continue // it went away meanwhile
		}
		for _, a := range addresses {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
				list = append(list, Subnet{Name: d.Name, Prefix: p.Masked()})
			}
		}
	}
	return list, nil
}
