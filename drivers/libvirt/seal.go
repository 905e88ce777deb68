package libvirt

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// refuseOverlap refuses a subnet that holds an address of the host: the filter
// lets the subnet through, so that address would be in reach. Addresses of this
// host are looked at when the hypervisor is here; those of libvirt's own
// networks anywhere.
func (d *Driver) refuseOverlap(c *lv.Connect, spec drivers.NetworkSpec) error {
	subnet, err := netip.ParsePrefix(spec.Subnet)
	if err != nil {
		return asRefused(err)
	}
	refuse := func(prefix netip.Prefix, whose string) error {
		return &kindError{
			drivers.Refused,
			fmt.Errorf("subnet %s overlaps %s of %s, which the lab's machines could then reach", subnet, prefix, whose),
			"Give the network another subnet in the lab file, one that this host does not use.",
		}
	}
	if d.local() {
		addresses, err := hostAddresses(spec.Bridge)
		if err != nil {
			return err
		}
		for _, each := range addresses {
			if subnet.Overlaps(each.prefix) {
				return refuse(each.prefix, "this host's "+each.device)
			}
		}
	}
	all, err := c.ListAllNetworks(0)
	if err != nil {
		return err
	}
	for i := range all {
		have, one := readNetwork(&all[i], 0)
		free(&all[i])
		if one != nil || have.Name == spec.Name {
			continue // one that went away since is no danger
		}
		for _, prefix := range networkPrefixes(have) {
			if err == nil && subnet.Overlaps(prefix) {
				err = refuse(prefix, "libvirt network "+have.Name)
			}
		}
	}
	return err
}

type hostAddress struct {
	device string
	prefix netip.Prefix
}

// hostAddresses are this host's addresses, except those on one device.
func hostAddresses(except string) ([]hostAddress, error) {
	devices, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var found []hostAddress
	for _, device := range devices {
		if device.Name == except {
			continue
		}
		addresses, err := device.Addrs()
		if err != nil {
			continue // the device went away since
		}
		for _, address := range addresses {
			if prefix, err := netip.ParsePrefix(address.String()); err == nil {
				found = append(found, hostAddress{device.Name, prefix.Masked()})
			}
		}
	}
	return found, nil
}

// networkPrefixes are the subnets in which a libvirt network gives the host an
// address.
func networkPrefixes(have *libvirtxml.Network) []netip.Prefix {
	var found []netip.Prefix
	for _, ip := range have.IPs {
		address, err := netip.ParseAddr(ip.Address)
		if err != nil {
			continue
		}
		bits := int(ip.Prefix)
		if mask := net.ParseIP(ip.Netmask).To4(); mask != nil {
			bits, _ = net.IPMask(mask).Size()
		}
		if bits == 0 {
			bits = address.BitLen()
		}
		if prefix, err := address.Prefix(bits); err == nil {
			found = append(found, prefix)
		}
	}
	return found
}

// CheckSeal implements drivers.Networks. A network that does not run is a leak
// too: there is nothing to vouch for. The running machines are read once, however
// many networks are asked about.
func (d *Driver) CheckSeal(ctx context.Context, expect map[string][]string) ([]drivers.Leak, error) {
	names := slices.Sorted(maps.Keys(expect))
	return call(ctx, d, "check the seal of", strings.Join(names, ", "), func(c *lv.Connect) ([]drivers.Leak, error) {
		var checks []*sealCheck
		for _, name := range names {
			check := &sealCheck{network: name, expect: expect[name], taps: map[string]bool{}}
			if err := check.live(c); err != nil {
				return nil, err
			}
			checks = append(checks, check)
		}
		if err := sealMachines(c, checks); err != nil {
			return nil, err
		}
		var leaks []drivers.Leak
		for _, check := range checks {
			if check.active && d.local() {
				check.host(hostView{}, check.bridge)
			}
			leaks = append(leaks, check.leaks...)
		}
		return leaks, nil
	})
}

// live looks at the network itself and at its filter.
func (s *sealCheck) live(c *lv.Connect) error {
	network, have, err := ourNetwork(c, s.network)
	if err != nil {
		return err
	}
	defer free(network)
	if s.active, err = network.IsActive(); err != nil {
		return err
	}
	if !s.active {
		s.leak(s.network, "the network is not running")
		return nil
	}
	live, err := readNetwork(network, 0)
	if err != nil {
		return err
	}
	s.definition(live)
	s.bridge = live.Bridge.Name
	return s.filter(c, have)
}

// sealCheck gathers the ways in which one network is not sealed.
type sealCheck struct {
	network string
	expect  []string
	active  bool
	bridge  string
	taps    map[string]bool // of expected machines
	leaks   []drivers.Leak
}

func (s *sealCheck) leak(object, why string, args ...any) {
	s.leaks = append(s.leaks, drivers.Leak{Network: s.network, Object: object, Why: fmt.Sprintf(why, args...)})
}

// definition looks at the network as libvirt runs it.
func (s *sealCheck) definition(have *libvirtxml.Network) {
	if have.Forward != nil {
		s.leak("forward", "libvirt forwards the network's traffic (mode %q)", have.Forward.Mode)
	}
	for _, ip := range have.IPs {
		s.leak(ip.Address, "libvirt gives the host the address %s on the network", ip.Address)
	}
	for _, route := range have.Routes {
		s.leak(route.Address, "libvirt routes %s over the network", route.Address)
	}
	if have.Bridge == nil {
		have.Bridge = &libvirtxml.NetworkBridge{}
		s.leak(s.network, "the network has no bridge of its own")
	}
	if have.MAC == nil || have.MAC.Address != bridgeMAC(have.Bridge.Name) {
		s.leak(have.Bridge.Name, "the bridge has not the hardware address that the filter knows")
	}
}

// filter compares the live filter with what we would write.
func (s *sealCheck) filter(c *lv.Connect, have *libvirtxml.Network) error {
	_, subnet, _ := networkMark(have)
	bridge := ""
	if have.Bridge != nil {
		bridge = have.Bridge.Name
	}
	want, err := filterOf(s.network, bridge, subnet)
	if err != nil {
		s.leak(s.network, "the network's mark holds no subnet, so its filter cannot be checked")
		return nil
	}
	live, err := readFilter(c, s.network)
	if isCode(err, lv.ERR_NO_NWFILTER) {
		s.leak(s.network, "the network has no filter")
		return nil
	}
	if err != nil {
		return err
	}
	if !sameFilter(live, want) {
		s.leak(s.network, "the network's filter was changed; it no longer holds exactly our rules")
	}
	return nil
}

// sealMachines looks at every running machine, foreign ones too.
func sealMachines(c *lv.Connect, checks []*sealCheck) error {
	running, err := c.ListAllDomains(lv.CONNECT_LIST_DOMAINS_ACTIVE)
	if err != nil {
		return err
	}
	for i := range running {
		doc, one := running[i].GetXMLDesc(0)
		free(&running[i])
		if isCode(one, lv.ERR_NO_DOMAIN) {
			continue
		}
		if one != nil {
			return one
		}
		var domain libvirtxml.Domain
		if err := domain.Unmarshal(doc); err != nil {
			return err
		}
		for _, s := range checks {
			if s.active && domain.Devices != nil {
				s.machine(c, &domain, s.bridge)
			}
		}
	}
	return nil
}

// machine looks at one running machine: whether it may be on the network, and
// whether it has another way out.
func (s *sealCheck) machine(c *lv.Connect, domain *libvirtxml.Domain, bridge string) {
	expected := slices.Contains(s.expect, domain.Name)
	for _, card := range domain.Devices.Interfaces {
		if onBridge(card, s.network, bridge) {
			s.card(c, domain.Name, card, expected)
			continue
		}
		if expected && (card.Source == nil || card.Source.Network == nil) {
			s.leak(domain.Name, "machine %s has a network card that is on no network of libvirt's", domain.Name)
			continue
		}
		if expected && !isOurs(c, card.Source.Network.Network) {
			s.leak(domain.Name, "machine %s has a card on network %q, which was not made by Doublehop",
				domain.Name, card.Source.Network.Network)
		}
	}
	if !expected {
		return
	}
	if n := len(domain.Devices.Hostdevs); n > 0 {
		s.leak(domain.Name, "machine %s has %d devices of the host", domain.Name, n)
	}
	if n := len(domain.Devices.Filesystems); n > 0 {
		s.leak(domain.Name, "machine %s has %d folders of the host", domain.Name, n)
	}
}

// card looks at a card that is on the network.
func (s *sealCheck) card(c *lv.Connect, machine string, card libvirtxml.DomainInterface, expected bool) {
	tap := ""
	if card.Target != nil {
		tap = card.Target.Dev
	}
	if !expected {
		s.leak(machine, "machine %s is on the network and does not belong there", machine)
		return
	}
	s.taps[tap] = true
	binding, err := c.LookupNWFilterBindingByPortDev(tap)
	if err != nil {
		s.leak(tap, "the card %s of machine %s is not filtered", tap, machine)
		return
	}
	defer free(binding)
	// The binding's GetFilterName frees a string that libvirt still owns
	// (libvirt.org/go/libvirt v1.11010.0), which ruins the heap: read the XML.
	if filter, err := boundFilter(binding); err != nil || filter != s.network {
		s.leak(tap, "the card %s of machine %s has filter %q", tap, machine, filter)
	}
}

func boundFilter(binding *lv.NWFilterBinding) (string, error) {
	doc, err := binding.GetXMLDesc(0)
	if err != nil {
		return "", err
	}
	var parsed libvirtxml.NWFilterBinding
	if err := parsed.Unmarshal(doc); err != nil {
		return "", err
	}
	if parsed.FilterRef == nil {
		return "", nil
	}
	return parsed.FilterRef.Filter, nil
}

func onBridge(card libvirtxml.DomainInterface, network, bridge string) bool {
	if card.Source == nil {
		return false
	}
	if source := card.Source.Network; source != nil {
		return source.Network == network || source.Bridge == bridge
	}
	return card.Source.Bridge != nil && card.Source.Bridge.Bridge == bridge
}

// isOurs says whether a network carries our mark.
func isOurs(c *lv.Connect, name string) bool {
	network, _, err := ourNetwork(c, name)
	if err != nil {
		return false
	}
	free(network)
	return true
}
