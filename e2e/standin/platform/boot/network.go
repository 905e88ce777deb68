package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

// cardModules are the drivers of the network cards that Windows has drivers for.
func cardModules() map[string]string {
	return map[string]string{
		"0x10ec:0x8139": "8139cp.ko", // QEMU's rtl8139 is the C+ chip, which 8139too refuses
		"0x8086:0x100e": "e1000.ko",
		"0x8086:0x10d3": "e1000e.ko",
		"0x1022:0x2000": "pcnet32.ko",
	}
}

// loadCards loads the drivers of the cards that are there.
func loadCards(folder string) {
	devices, _ := filepath.Glob("/sys/bus/pci/devices/*")
	for _, d := range devices {
		vendor, _ := os.ReadFile(d + "/vendor") //nolint:gosec // sysfs
		device, _ := os.ReadFile(d + "/device") //nolint:gosec // sysfs
		id := strings.TrimSpace(string(vendor)) + ":" + strings.TrimSpace(string(device))
		if module, ok := cardModules()[id]; ok {
			_ = loadModule(filepath.Join(folder, "mii.ko"))
			_ = loadModule(filepath.Join(folder, module))
		}
	}
}

// network configures the cards as Setup was told, and lo.
func network(adapters []winnt.Adapter) error {
	up("lo")
	var dns []string
	taken := map[string]bool{"lo": true}
	for _, a := range adapters {
		name := cardFor(a, taken)
		if name == "" {
			continue // as Windows: no card, no configuration
		}
		taken[name] = true
		if !a.DHCP {
			if err := address(name, a); err != nil {
				return fmt.Errorf("configure %s: %w", name, err)
			}
		}
		up(name)
		if a.Gateway.IsValid() {
			if err := defaultRoute(name, a); err != nil {
				return fmt.Errorf("route over %s: %w", name, err)
			}
		}
		for _, server := range a.DNS {
			dns = append(dns, "nameserver "+server.String())
		}
	}
	return os.WriteFile("/etc/resolv.conf", []byte(strings.Join(append(dns, "options timeout:1 attempts:2\n"), "\n")), 0o644) //nolint:gosec // read by all
}

// cardFor is the interface of an adapter's MAC address, or the first free one.
func cardFor(a winnt.Adapter, taken map[string]bool) string {
	cards, _ := net.Interfaces()
	for _, c := range cards {
		mac := strings.ReplaceAll(c.HardwareAddr.String(), ":", "")
		if !taken[c.Name] && (a.MAC == "" || a.MAC == mac) {
			return c.Name
		}
	}
	return ""
}

func control(request uint, name string, fill func(*unix.Ifreq) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd) //nolint:errcheck // nothing was written
	r, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	if err := fill(r); err != nil {
		return err
	}
	return unix.IoctlIfreq(fd, request, r)
}

func up(name string) {
	_ = control(unix.SIOCSIFFLAGS, name, func(r *unix.Ifreq) error {
		r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
		return nil
	})
}

func address(name string, a winnt.Adapter) error {
	err := control(unix.SIOCSIFADDR, name, func(r *unix.Ifreq) error { return r.SetInet4Addr(a.Address.Addr().AsSlice()) })
	if err != nil {
		return err
	}
	return control(unix.SIOCSIFNETMASK, name, func(r *unix.Ifreq) error {
		return r.SetInet4Addr(net.CIDRMask(a.Address.Bits(), 32))
	})
}

// defaultRoute asks the kernel over netlink, which has no other call for it that Go can make without unsafe code.
func defaultRoute(name string, a winnt.Adapter) error {
	card, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd) //nolint:errcheck // one message
	return unix.Sendto(fd, routeMessage(card.Index, a.Gateway.As4()), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// routeMessage is an RTM_NEWROUTE for 0.0.0.0/0 over a gateway.
func routeMessage(card int, gateway [4]byte) []byte {
	m := []byte{
		0, 0, 0, 0, unix.RTM_NEWROUTE, 0, 0x01, 0x04, 1, 0, 0, 0, 0, 0, 0, 0, // request, create
		unix.AF_INET, 0, 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_BOOT, unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST, 0, 0, 0, 0,
		8, 0, unix.RTA_GATEWAY, 0, gateway[0], gateway[1], gateway[2], gateway[3],
		8, 0, unix.RTA_OIF, 0, byte(card), byte(card >> 8), 0, 0, //nolint:gosec // cards are few
	}
	m[0] = byte(len(m)) //nolint:gosec // 44
	return m
}
