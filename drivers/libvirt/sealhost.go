package libvirt

import (
	"encoding/hex"
	"io/fs"
	"net"
	"os"
	"path"
	"slices"
	"strings"
)

// hostView is what this host's kernel says; a test gives another tree.
type hostView struct {
	// root is in front of /proc and /sys; empty is the real one.
	root string
	// addresses replaces the real addresses of a device.
	addresses func(device string) []string
}

func (h hostView) read(name string) string {
	text, err := os.ReadFile(path.Join("/", h.root, name)) //nolint:gosec // below /proc and /sys
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func (h hostView) on(device string) []string {
	if h.addresses != nil {
		return h.addresses(device)
	}
	found, err := net.InterfaceByName(device)
	if err != nil {
		return nil
	}
	addresses, err := found.Addrs()
	if err != nil {
		return nil
	}
	var texts []string
	for _, address := range addresses {
		texts = append(texts, address.String())
	}
	return texts
}

// host looks at the bridge from this host's side. A bridge that is not to be
// seen (the program runs in a container of its own) is not looked at.
func (s *sealCheck) host(view hostView, bridge string) {
	ports, err := fs.ReadDir(os.DirFS(path.Join("/", view.root, "sys/class/net", bridge)), "brif")
	if err != nil {
		return
	}
	for _, port := range ports {
		if !s.taps[port.Name()] {
			s.leak(port.Name(), "%s is a port of bridge %s and belongs to no machine of the lab", port.Name(), bridge)
		}
	}
	for _, address := range view.on(bridge) {
		s.leak(address, "this host has the address %s on bridge %s", address, bridge)
	}
	for _, route := range routesOver(view, bridge) {
		s.leak(route, "this host has a route to %s over bridge %s", route, bridge)
	}
	if off := view.read("proc/sys/net/ipv6/conf/" + bridge + "/disable_ipv6"); off != "" && off != "1" {
		s.leak(bridge, "IPv6 is on for bridge %s", bridge)
	}
	if mac := view.read("sys/class/net/" + bridge + "/address"); mac != "" && mac != bridgeMAC(bridge) {
		s.leak(bridge, "bridge %s has the hardware address %s, which the filter does not know", bridge, mac)
	}
}

// routesOver are the destinations that the kernel's main tables send over a
// device. /proc/net/route has "Iface Destination …" with the address in hex,
// last byte first; /proc/net/ipv6_route has the device in the last column.
func routesOver(view hostView, device string) []string {
	var found []string
	for line := range strings.Lines(view.read("proc/net/route")) {
		fields := strings.Fields(line)
		if len(fields) < 8 || fields[0] != device {
			continue
		}
		if raw, err := hex.DecodeString(fields[1]); err == nil && len(raw) == 4 {
			slices.Reverse(raw)
			found = append(found, net.IP(raw).String())
		}
	}
	for line := range strings.Lines(view.read("proc/net/ipv6_route")) {
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[9] != device || strings.HasPrefix(fields[0], "ff") {
			continue
		}
		if raw, err := hex.DecodeString(fields[0]); err == nil && len(raw) == net.IPv6len {
			found = append(found, net.IP(raw).String())
		}
	}
	return found
}
