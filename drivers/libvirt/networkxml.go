package libvirt

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/netip"

	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// networkOf writes a network that is a bridge and nothing else: no <forward>,
// no <ip>, hence no address on the host, no DHCP and IPv6 switched off by
// libvirt. With spanning tree on, a guest's first packets are lost for seconds.
func networkOf(spec drivers.NetworkSpec) (*libvirtxml.Network, error) {
	mark, err := encodeMark(spec.Mark, spec.Subnet, true)
	if err != nil {
		return nil, err
	}
	return &libvirtxml.Network{
		Name: spec.Name, UUID: spec.UUID,
		Metadata: &libvirtxml.NetworkMetadata{XML: mark},
		Bridge:   &libvirtxml.NetworkBridge{Name: spec.Bridge, STP: "off", Delay: "0"},
		MAC:      &libvirtxml.NetworkMAC{Address: bridgeMAC(spec.Bridge)},
		DNS:      &libvirtxml.NetworkDNS{Enable: "no"},
	}, nil
}

// bridgeMAC is the address that the host's end of a bridge has. It is ours to
// choose, so that the filter can drop every frame that is meant for the host.
func bridgeMAC(bridge string) string {
	sum := sha256.Sum256([]byte(bridge))
	return net.HardwareAddr{0x02, 0xd0, sum[0], sum[1], sum[2], sum[3]}.String()
}

// sameNetwork compares what we write; the mark may differ in its facts.
func sameNetwork(have *libvirtxml.Network, want *libvirtxml.Network) bool {
	return have.UUID == want.UUID && have.Forward == nil && len(have.IPs) == 0 && len(have.Routes) == 0 &&
		have.Bridge != nil && have.Bridge.Name == want.Bridge.Name && have.Bridge.STP == "off" &&
		have.MAC != nil && have.MAC.Address == want.MAC.Address
}

// filterOf writes the seal of a network: a filter on every card that lets pass
// ARP and IPv4 inside the subnet, guest to guest, and drops the rest.
//
// Why each rule is there, as measured with libvirt 9.0 and a kernel whose
// rp_filter is 0, its default:
//   - Frames for the bridge's own address, or for a tap's (libvirt gives taps
//     the guest's address with fe in front), would be received by the host
//     whatever their IP says: dropped first.
//   - 255.255.255.255 and other broadcasts outside the subnet reach sockets of
//     the host that are bound to 0.0.0.0: not let through. NetBIOS and domain
//     controllers use the subnet's own broadcast, which no host socket hears.
//   - ARP from 0.0.0.0 is how Windows 2008 and later look for a clash.
//   - The last rule has no protocol: <all/> would become an IP rule, and let
//     through what is neither ARP nor IP. IPv6 and multicast end here.
func filterOf(name, bridge, subnet string) (*libvirtxml.NWFilter, error) {
	prefix, err := netip.ParsePrefix(subnet)
	if err != nil || !prefix.Addr().Is4() || prefix != prefix.Masked() || prefix.Bits() == 0 {
		return nil, fmt.Errorf("subnet %q is not an IPv4 prefix", subnet)
	}
	net, mask := field(prefix.Addr().String()), field(fmt.Sprint(prefix.Bits()))
	none, whole := field("0.0.0.0"), field("32")
	rules := []libvirtxml.NWFilterRule{
		{Action: "drop", Direction: "out", Priority: -900, MAC: macTo(bridgeMAC(bridge), "ff:ff:ff:ff:ff:ff")},
		{Action: "drop", Direction: "out", Priority: -900, MAC: macTo("fe:00:00:00:00:00", "ff:00:00:00:00:00")},
		{Action: "accept", Direction: "inout", Priority: -500, ARP: &libvirtxml.NWFilterRuleARP{
			ARPSrcIPAddr: net, ARPSrcIPMask: mask, ARPDstIPAddr: net, ARPDstIPMask: mask,
		}},
		// inout swaps source and destination on the way in, so a rule that is
		// not symmetrical is written for both ways.
		{Action: "accept", Direction: "out", Priority: -500, ARP: &libvirtxml.NWFilterRuleARP{
			ARPSrcIPAddr: none, ARPSrcIPMask: whole, ARPDstIPAddr: net, ARPDstIPMask: mask,
		}},
		{Action: "accept", Direction: "in", Priority: -500, ARP: &libvirtxml.NWFilterRuleARP{
			ARPSrcIPAddr: none, ARPSrcIPMask: whole, ARPDstIPAddr: net, ARPDstIPMask: mask,
		}},
		{Action: "accept", Direction: "inout", Priority: -400, IP: &libvirtxml.NWFilterRuleIP{
			SrcIPAddr: net, SrcIPMask: mask, DstIPAddr: net, DstIPMask: mask,
		}},
		{Action: "drop", Direction: "inout", Priority: 1000},
	}
	filter := &libvirtxml.NWFilter{Name: name, Chain: "root"}
	for i := range rules {
		filter.Entries = append(filter.Entries, libvirtxml.NWFilterEntry{Rule: &rules[i]})
	}
	return filter, nil
}

func field(text string) libvirtxml.NWFilterField { return libvirtxml.NWFilterField{Str: text} }

func macTo(address, mask string) *libvirtxml.NWFilterRuleMAC {
	return &libvirtxml.NWFilterRuleMAC{NWFilterRuleCommonMAC: libvirtxml.NWFilterRuleCommonMAC{
		DstMACAddr: field(address), DstMACMask: field(mask),
	}}
}

// sameFilter says whether a filter holds our rules and no others.
func sameFilter(have, want *libvirtxml.NWFilter) bool {
	strip := func(f *libvirtxml.NWFilter) string {
		bare := *f
		bare.UUID, bare.Priority = "", 0
		doc, err := bare.Marshal()
		if err != nil {
			return err.Error()
		}
		return doc
	}
	return strip(have) == strip(want)
}
