package libvirt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/drivers/libvirt"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func own(object string) string { return fmt.Sprintf("dht-%d-%s", os.Getpid(), object) }

func network(object, subnet string) drivers.NetworkSpec {
	return drivers.NetworkSpec{
		Name: own(object), UUID: fmt.Sprintf("00000000-0000-5000-8000-%06d%06x", os.Getpid()%1000000, len(object)),
		Bridge: fmt.Sprintf("dht%d%.4s", os.Getpid()%100000, object), Subnet: subnet,
		Mark: drivers.Mark{Lab: "live", Instance: own("live"), Object: object},
	}
}

func TestALibvirtThatIsNotThereIsMissingWithARemedy(t *testing.T) {
	began := time.Now()
	_, err := libvirt.Open(t.Context(), libvirt.Options{URI: "qemu+unix:///system?socket=" + t.TempDir() + "/none"})
	known, isOurs := errors.AsType[*drivers.Error](err)
	if !isOurs || known.Kind != drivers.Missing || !strings.Contains(known.Remedy, "libvirtd") {
		t.Fatalf("got %v", err)
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	_, err = libvirt.Open(t.Context(), libvirt.Options{URI: "nonsense:///"})
	if drivers.KindOf(err) != drivers.Refused {
		t.Errorf("got %v", err)
	}
}

func TestASubnetOfTheHostIsRefused(t *testing.T) {
	d := open(t)
	addresses, err := net.InterfaceAddrs()
	ok(t, err)
	for _, address := range addresses {
		prefix, err := netip.ParsePrefix(address.String())
		if err != nil || !prefix.Addr().Is4() {
			continue
		}
		wide, err := prefix.Addr().Prefix(min(prefix.Bits(), 24))
		ok(t, err)
		err = d.DefineNetwork(t.Context(), network("overlap", wide.String()))
		if drivers.KindOf(err) != drivers.Refused || !strings.Contains(err.Error(), "overlaps") {
			t.Errorf("%s: got %v", wide, err)
		}
	}
	all, err := d.Networks(t.Context(), own("live"))
	ok(t, err)
	if len(all) > 0 {
		t.Errorf("made all the same: %v", all)
	}
}

func TestABrokenSealIsSeenOnTheLiveNetwork(t *testing.T) {
	d := open(t)
	spec := network("seal", "10.214.7.0/24")
	ok(t, d.DefineNetwork(t.Context(), spec))
	t.Cleanup(func() { ok(t, d.RemoveNetwork(context.Background(), spec.Name)) })
	leaks := func() []drivers.Leak {
		t.Helper()
		found, err := d.CheckSeal(t.Context(), map[string][]string{spec.Name: nil})
		ok(t, err)
		return found
	}
	if got := leaks(); len(got) > 0 {
		t.Fatalf("a new network leaks: %v", got)
	}
	if _, err := os.Stat("/sys/class/net/" + spec.Bridge); err != nil || os.Getuid() != 0 {
		drivertest.NeedsHost(t, "the bridge is not here, or not ours to break", "Run the tests as root on the hypervisor.")
	}
	ip := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", args, err, out)
		}
	}
	ip("address", "add", "10.214.7.1/24", "dev", spec.Bridge)
	got := leaks()
	if len(got) != 2 { // the address and its route
		t.Errorf("with an address: %v", got)
	}
	ip("address", "del", "10.214.7.1/24", "dev", spec.Bridge)
	port := fmt.Sprintf("dhp%d", os.Getpid()%100000)
	ip("link", "add", port, "type", "veth", "peer", "name", port+"x")
	t.Cleanup(func() { _ = exec.Command("ip", "link", "del", port).Run() }) //nolint:noctx // after the test's context
	ip("link", "set", port, "master", spec.Bridge)
	if got = leaks(); len(got) != 1 || got[0].Object != port {
		t.Errorf("with a foreign port: %v", got)
	}
}

func TestAFullDiskIsMissingAndLeavesNothing(t *testing.T) {
	if os.Getuid() != 0 {
		drivertest.NeedsHost(t, "a small disk can be mounted by root only", "Run the tests as root.")
	}
	open(t)
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=2m"); err != nil {
		drivertest.NeedsHost(t, "no tmpfs can be mounted: "+err.Error(), "Run the tests with the right to mount.")
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, 0) })
	pool := own("full")
	d, err := libvirt.Open(t.Context(), libvirt.Options{URI: testURI(), Pool: pool, PoolPath: folder})
	ok(t, err)
	t.Cleanup(func() { _ = d.Close() })
	t.Cleanup(func() {
		c := raw(t)
		if found, err := c.LookupStoragePoolByName(pool); err == nil {
			_ = found.Destroy()
			_ = found.Undefine()
			_ = found.Free()
		}
	})
	err = d.UploadVolume(t.Context(), "dh-big.iso", 8<<20, bytes.NewReader(bytes.Repeat([]byte{1}, 8<<20)))
	known, isOurs := errors.AsType[*drivers.Error](err)
	if !isOurs || known.Kind != drivers.Missing || !strings.Contains(known.Remedy, "prune") {
		t.Errorf("got %v", err)
	}
	all, err := d.Volumes(t.Context())
	ok(t, err)
	if len(all) > 0 {
		t.Errorf("left behind: %v", all)
	}
}

// killedUpload names the environment variable that makes this test binary
// upload without end, to be killed.
const killedUpload = "DOUBLEHOP_TEST_KILLED_UPLOAD"

func TestAnUploadThatWasKilledIsShorterThanItShouldBe(t *testing.T) {
	const name, size = "dh-killed.iso", 64 << 20
	if pool := os.Getenv(killedUpload); pool != "" {
		d, err := libvirt.Open(t.Context(), libvirt.Options{URI: testURI(), Pool: pool})
		ok(t, err)
		source := io.MultiReader(bytes.NewReader(bytes.Repeat([]byte{1}, 8<<20)), stuck{t.Context()})
		ok(t, d.UploadVolume(t.Context(), name, size, source))
		return
	}
	d := open(t)
	_, err := d.Volumes(t.Context())
	ok(t, err)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$") //nolint:gosec // this test itself
	child.Env = append(os.Environ(), killedUpload+"="+testPool())
	ok(t, child.Start())
	volume := func() (found drivers.Volume) {
		t.Helper()
		all, err := d.Volumes(t.Context())
		ok(t, err)
		for _, each := range all {
			if each.Name == name {
				found = each
			}
		}
		return found
	}
	for deadline := time.Now().Add(20 * time.Second); volume().Capacity < 4<<20; {
		if time.Now().After(deadline) {
			t.Fatal("the upload never began")
		}
		pause(t) // another process uploads
	}
	ok(t, child.Process.Kill())
	_ = child.Wait()
	got := volume()
	if got.Capacity == 0 || got.Capacity >= size {
		t.Errorf("it is listed as %+v", got)
	}
	ok(t, d.RemoveVolume(t.Context(), name))
	ok(t, d.UploadVolume(t.Context(), name, 4, strings.NewReader("anew")))
	ok(t, d.RemoveVolume(t.Context(), name))
}

func pause(t *testing.T) {
	t.Helper()
	select {
	case <-t.Context().Done():
	case <-time.After(20 * time.Millisecond):
	}
}

// stuck is a source that gives nothing more.
type stuck struct{ ctx context.Context }

func (s stuck) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, context.Cause(s.ctx)
}

// A crash between the parts of DefineNetwork leaves a network that the next
// call completes, or a filter that is known for ours by its rules.
func TestANetworkThatWasHalfMadeIsCompleted(t *testing.T) {
	d := open(t)
	spec := network("half", "10.214.8.0/24")
	ok(t, d.DefineNetwork(t.Context(), spec))
	t.Cleanup(func() { ok(t, d.RemoveNetwork(context.Background(), spec.Name)) })
	c := raw(t)
	found, err := c.LookupNetworkByName(spec.Name)
	ok(t, err)
	ok(t, found.Destroy())
	filter, err := c.LookupNWFilterByName(spec.Name)
	ok(t, err)
	ok(t, filter.Undefine()) // as if cut after the network was defined
	ok(t, d.DefineNetwork(t.Context(), spec))
	leaks, err := d.CheckSeal(t.Context(), map[string][]string{spec.Name: nil})
	ok(t, err)
	if len(leaks) > 0 {
		t.Errorf("after completing: %v", leaks)
	}
	ok(t, found.Destroy())
	ok(t, found.Undefine()) // the filter is alone now
	ok(t, d.DefineNetwork(t.Context(), spec))
	ok(t, found.Free())
	ok(t, filter.Free())
}

func BenchmarkListingTheWorld(b *testing.B) {
	d := open(b)
	fillWorld(b, d)
	b.Run("all machines", func(b *testing.B) {
		for b.Loop() {
			_, err := d.Machines(b.Context(), "")
			ok(b, err)
		}
	})
	b.Run("one instance of twenty", func(b *testing.B) {
		for b.Loop() {
			_, err := d.Machines(b.Context(), own("bench7"))
			ok(b, err)
		}
	})
	b.Run("400 volumes", func(b *testing.B) {
		for b.Loop() {
			_, err := d.Volumes(b.Context())
			ok(b, err)
		}
	})
	b.Run("host", func(b *testing.B) {
		for b.Loop() {
			_, err := d.Host(b.Context())
			ok(b, err)
		}
	})
	b.Run("open, list and close", func(b *testing.B) {
		for b.Loop() {
			again, err := libvirt.Open(b.Context(), libvirt.Options{URI: testURI(), Pool: testPool()})
			ok(b, err)
			_, err = again.Machines(b.Context(), own("bench7"))
			ok(b, err)
			ok(b, again.Close())
		}
	})
}

// fillWorld makes 200 machines of 20 instances, and 200 disks beside the 200
// logs of their serial lines.
func fillWorld(b *testing.B, d *libvirt.Driver) {
	b.Helper()
	const machines = 200
	for i := range machines {
		spec := drivers.MachineSpec{
			Name: own(fmt.Sprintf("bench%03d", i)), UUID: fmt.Sprintf("00000000-0000-5000-8001-%06d%06d", os.Getpid()%1000000, i),
			Mark: drivers.Mark{Lab: "bench", Instance: own(fmt.Sprintf("bench%d", i/10)), Object: "pc"}, Memory: 16 << 20, CPUs: 1,
			Hardware: drivers.Hardware{Arch: "i686", Chipset: "pc", NIC: "rtl8139", Video: "cirrus"},
			Disks:    []drivers.Disk{{Target: "hda", Volume: "dh-x.qcow2"}},
			Drives:   []drivers.Drive{{Target: "hdc"}, {Target: "hdd"}, {Target: "fda"}},
			NICs:     []drivers.NIC{{Network: "dh-bench", MAC: fmt.Sprintf("52:54:00:d0:01:%02x", i)}},
		}
		ok(b, d.DefineMachine(b.Context(), spec))
		b.Cleanup(func() { ok(b, d.RemoveMachine(context.Background(), spec.Name)) })
	}
	for i := range machines {
		ok(b, d.CreateVolume(b.Context(), drivers.VolumeSpec{Name: fmt.Sprintf("dh-bench%03d", i), Capacity: 1 << 20}))
		b.Cleanup(func() { ok(b, d.RemoveVolume(context.Background(), fmt.Sprintf("dh-bench%03d", i))) })
	}
}
