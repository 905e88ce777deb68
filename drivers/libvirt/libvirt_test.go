package libvirt_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/drivers/libvirt"
)

// testURI is the libvirt that the tests use.
func testURI() string {
	if uri := os.Getenv("DOUBLEHOP_TEST_URI"); uri != "" {
		return uri
	}
	return libvirt.DefaultURI
}

// open connects to a pool of this process's own, which the last driver's
// clean-up removes.
func open(t testing.TB) *libvirt.Driver {
	t.Helper()
	d, err := libvirt.Open(t.Context(), libvirt.Options{URI: testURI(), Pool: testPool()})
	if err != nil {
		remedy := ""
		if known, ok := errors.AsType[*drivers.Error](err); ok {
			remedy = known.Remedy
		}
		drivertest.NeedsHost(t, err.Error(), remedy)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func testPool() string { return fmt.Sprintf("dht-pool-%d", os.Getpid()) }

func TestMain(m *testing.M) {
	code := m.Run()
	if left := leftovers(); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left behind:", strings.Join(left, ", "))
		code = max(code, 1)
	}
	os.Exit(code)
}

// leftovers removes the test's pool and lists everything of this process that
// is still there.
func leftovers() (left []string) {
	c, err := lv.NewConnect(testURI())
	if err != nil {
		return nil
	}
	defer func() { _, _ = c.Close() }()
	prefix := fmt.Sprintf("dht-%d-", os.Getpid())
	mine := func(what, name string, err error) {
		if err == nil && strings.HasPrefix(name, prefix) {
			left = append(left, what+" "+name)
		}
	}
	domains, _ := c.ListAllDomains(0)
	for i := range domains {
		name, err := domains[i].GetName()
		mine("domain", name, err)
		_ = domains[i].Free()
	}
	networks, _ := c.ListAllNetworks(0)
	for i := range networks {
		name, err := networks[i].GetName()
		mine("network", name, err)
		_ = networks[i].Free()
	}
	filters, _ := c.ListAllNWFilters(0)
	for i := range filters {
		name, err := filters[i].GetName()
		mine("filter", name, err)
		_ = filters[i].Free()
	}
	return append(left, removePool(c)...)
}

func removePool(c *lv.Connect) (left []string) {
	pool, err := c.LookupStoragePoolByName(testPool())
	if err != nil {
		return nil
	}
	defer func() { _ = pool.Free() }()
	_ = pool.Refresh(0)
	names, _ := pool.ListStorageVolumes()
	for _, name := range names {
		if !strings.HasPrefix(name, "dh-host-") { // what was found out about KVM
			left = append(left, "volume "+name)
		}
		if volume, err := pool.LookupStorageVolByName(name); err == nil {
			_ = volume.Delete(0)
			_ = volume.Free()
		}
	}
	for _, err := range []error{pool.Destroy(), pool.Delete(0), pool.Undefine()} {
		if err != nil {
			left = append(left, "pool "+testPool()+": "+err.Error())
		}
	}
	return left
}

func TestLibvirtKeepsTheContract(t *testing.T) {
	open(t)
	drivertest.Run(t, drivertest.Harness{
		Limit:        60 * time.Second,
		Open:         func(t *testing.T) drivers.Driver { return open(t) },
		PlantMachine: plantMachine,
		PlantNetwork: plantNetwork,
	})
}

// Every Windows' box starts on this QEMU. Hypervisor, processor models, cards and
// drives are real; only the system on the disc is not Windows.
func TestEveryProfileReachesItsBootScreen(t *testing.T) {
	open(t)
	drivertest.RunProfiles(t, drivertest.Harness{
		Limit: 60 * time.Second,
		Open:  func(t *testing.T) drivers.Driver { return open(t) },
	})
}

func raw(t *testing.T) *lv.Connect {
	t.Helper()
	c, err := lv.NewConnect(testURI())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Close() })
	return c
}

func plantMachine(t *testing.T, name string) func() bool {
	c := raw(t)
	doc, err := (&libvirtxml.Domain{
		Type: "qemu", Name: name, Memory: &libvirtxml.DomainMemory{Value: 16, Unit: "MiB"},
		OS:       &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: "i686", Machine: "pc", Type: "hvm"}},
		Metadata: &libvirtxml.DomainMetadata{XML: `<x:mine xmlns:x="https://example.test/x" instance="theirs"/>`},
	}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	domain, err := c.DomainDefineXML(doc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = domain.Undefine()
		_ = domain.Free()
	})
	before, err := domain.GetXMLDesc(0)
	if err != nil {
		t.Fatal(err)
	}
	return func() bool {
		after, err := domain.GetXMLDesc(0)
		return err == nil && after == before
	}
}

func plantNetwork(t *testing.T, name string) func() bool {
	c := raw(t)
	doc, err := (&libvirtxml.Network{Name: name, Bridge: &libvirtxml.NetworkBridge{Name: "dhtf" + name[len(name)-6:len(name)-4]}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	network, err := c.NetworkDefineXML(doc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = network.Undefine()
		_ = network.Free()
	})
	before, err := network.GetXMLDesc(0)
	if err != nil {
		t.Fatal(err)
	}
	return func() bool {
		after, err := network.GetXMLDesc(0)
		active, activeErr := network.IsActive()
		return err == nil && activeErr == nil && after == before && !active
	}
}
