package doctor_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/cmd/doctor"
	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
)

// well is a host with nothing wrong; its files are below a folder of the test's.
func well(t *testing.T) doctor.Input {
	t.Helper()
	root := t.TempDir()
	for path, text := range map[string]string{
		"run/libvirtd.pid":  "77\n",
		"proc/77/stat":      "77 (lib) virtd) S 70 1 1",
		"proc/70/comm":      "tini\n",
		"proc/1/comm":       "sh\n",
		"dev/kvm":           "",
		"usr/sbin/ebtables": "",
	} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, path), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(root, "dev/kvm"), 0o666); err != nil {
		t.Fatal(err)
	}
	socket(t, root)
	return doctor.Input{
		URI: "qemu:///system", Root: root,
		Open:    func(context.Context) (drivers.Driver, error) { return fake.New(fake.Options{}), nil },
		Path:    func(string) bool { return true },
		Reap:    func(context.Context) (time.Duration, error) { return time.Second, nil },
		Subnets: []doctor.Subnet{{Name: "corp", Prefix: netip.MustParsePrefix("10.20.0.0/24")}},
		Addresses: func() ([]doctor.Subnet, error) {
			return []doctor.Subnet{{Name: "eth0", Prefix: netip.MustParsePrefix("192.0.2.0/24")}}, nil
		},
	}
}

// socket makes virtlogd's socket below root; its path must be short, so it is
// made elsewhere and linked.
func socket(t *testing.T, root string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "dh") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if err := os.MkdirAll(filepath.Join(root, "run/libvirt"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "s"), filepath.Join(root, "run/libvirt/virtlogd-sock")); err != nil {
		t.Fatal(err)
	}
}

// find is the check of a name.
func find(t *testing.T, r doctor.Report, name string) doctor.Check {
	t.Helper()
	for _, c := range r.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %q in %+v", name, r.Checks)
	return doctor.Check{}
}

func TestAHostThatIsWell(t *testing.T) {
	r := doctor.Look(t.Context(), well(t))
	if !r.Ready {
		t.Errorf("not ready: %+v", r.Checks)
	}
	for _, c := range r.Checks {
		if c.State != doctor.OK && c.Name != "kvm" {
			t.Errorf("%s is %s: %s", c.Name, c.State, c.Says)
		}
	}
	if c := find(t, r, "kvm"); c.State != doctor.Slow {
		t.Errorf("emulation is %s: %s", c.State, c.Says)
	}
}

func TestWhatIsWrongIsNamedWithWhatMendsIt(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*doctor.Input)
		check string
		state doctor.State
		mend  string
	}{
		"libvirtd is down": {func(in *doctor.Input) {
			in.Open = func(context.Context) (drivers.Driver, error) {
				return nil, &drivers.Error{Kind: drivers.Missing, Op: "connect to", Object: in.URI, Err: errors.New("no socket"), Remedy: "Start it:\n  sudo systemctl start libvirtd"}
			}
		}, "libvirt", doctor.Bad, "systemctl start libvirtd"},
		"virtlogd is down": {func(in *doctor.Input) { _ = os.Remove(filepath.Join(in.Root, "run/libvirt/virtlogd-sock")) }, "virtlogd", doctor.Bad, "virtlogd -d"},
		"virtlogd is down where systemd runs": {func(in *doctor.Input) {
			_ = os.Remove(filepath.Join(in.Root, "run/libvirt/virtlogd-sock"))
			_ = os.MkdirAll(filepath.Join(in.Root, "run/systemd/system"), 0o755)
		}, "virtlogd", doctor.Bad, "systemctl start virtlogd.socket"},
		"orphans wait": {func(in *doctor.Input) { _ = os.Remove(filepath.Join(in.Root, "run/libvirtd.pid")) }, "reaper", doctor.Slow, "tini -s"},
		"no ebtables":  {func(in *doctor.Input) { in.Path = func(p string) bool { return p != "ebtables" } }, "filter", doctor.Bad, "install ebtables"},
		"no iptables":  {func(in *doctor.Input) { in.Path = func(p string) bool { return p != "iptables" } }, "filter", doctor.Bad, "install iptables"},
		"a subnet of the host's": {func(in *doctor.Input) {
			in.Subnets = append(in.Subnets, doctor.Subnet{Name: "lan", Prefix: netip.MustParsePrefix("192.0.2.128/25")})
		}, "subnets", doctor.Bad, "another subnet"},
		"a full disk": {func(in *doctor.Input) {
			in.Open = func(context.Context) (drivers.Driver, error) { return fake.New(fake.Options{Room: 1 << 30}), nil }
		}, "pool", doctor.Bad, "prune"},
		"a small disk": {func(in *doctor.Input) {
			in.Open = func(context.Context) (drivers.Driver, error) { return fake.New(fake.Options{Room: 10 << 30}), nil }
		}, "pool", doctor.Slow, "prune"},
	} {
		t.Run(name, func(t *testing.T) {
			in := well(t)
			c.spoil(&in)
			r := doctor.Look(t.Context(), in)
			got := find(t, r, c.check)
			if got.State != c.state || !strings.Contains(strings.Join(got.Mend, "\n"), c.mend) {
				t.Errorf("%s is %s: %s, mended by %q", c.check, got.State, got.Says, got.Mend)
			}
			if r.Ready == (c.state == doctor.Bad) {
				t.Errorf("ready: %v", r.Ready)
			}
		})
	}
}

// The trap needs root's own file, which only root can make.
func TestAKVMThatOnlyRootCanOpen(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make a file of root's; run the tests as root to see this one")
	}
	in := well(t)
	if err := os.Chmod(filepath.Join(in.Root, "dev/kvm"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := find(t, doctor.Look(t.Context(), in), "/dev/kvm")
	if c.State != doctor.Slow || !strings.Contains(strings.Join(c.Mend, "\n"), "chgrp kvm") {
		t.Errorf("%s: %s, mended by %q", c.State, c.Says, c.Mend)
	}
	if err := os.Remove(filepath.Join(in.Root, "dev/kvm")); err != nil {
		t.Fatal(err)
	}
	if c := find(t, doctor.Look(t.Context(), in), "/dev/kvm"); c.State != doctor.OK {
		t.Errorf("no /dev/kvm is %s: %s", c.State, c.Says)
	}
}

func TestAnotherComputerIsNotLookedAtFromHere(t *testing.T) {
	in := well(t)
	in.URI = "qemu+ssh://user@host/system"
	r := doctor.Look(t.Context(), in)
	for _, name := range []string{"virtlogd", "/dev/kvm", "reaper", "filter", "subnets"} {
		if c := find(t, r, name); c.State != doctor.Skipped {
			t.Errorf("%s is %s: %s", name, c.State, c.Says)
		}
	}
}

// The measurement works on whatever host this is.
func TestTheReaperIsMeasured(t *testing.T) {
	in := well(t)
	in.Reap = nil
	_ = os.Remove(filepath.Join(in.Root, "run/libvirtd.pid"))
	if c := find(t, doctor.Look(t.Context(), in), "reaper"); c.State == doctor.Skipped {
		t.Errorf("it was not measured: %s", c.Says)
	}
}
