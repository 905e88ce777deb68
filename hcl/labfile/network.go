package labfile

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/doublehop/doublehop/labs"
)

// private are the addresses that nobody on the internet has (RFC 1918).
func private() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	}
}

// The least and the most bits of a subnet's number: below, there is no room
// for two machines, above, the subnet is not private any more.
const (
	fewestBits = 8
	mostBits   = 29
)

// network reads a network block.
func (l *loader) network(b block) *labs.Network {
	n := &labs.Network{Name: b.name, Range: rangeOf(b.DefRange())}
	if f, ok := l.arguments(b).require("subnet"); ok {
		n.Subnet = f.subnet()
	}
	return n
}

// subnet is the value as a private IPv4 subnet.
func (f found) subnet() netip.Prefix {
	s, ok := f.raw("a subnet such as \"10.20.0.0/24\"")
	if !ok {
		return netip.Prefix{}
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		f.fail("Not a subnet", "%q is not a subnet such as \"10.20.0.0/24\".", s)
	case !p.Addr().Is4():
		f.fail("Not a subnet", "%q is IPv6. The guests of a lab speak IPv4 only.", s)
	case p != p.Masked():
		f.fail("Subnet with bits of a host", "%q is an address and its subnet; the subnet alone is %q.", s, p.Masked())
	case p.Bits() < fewestBits || p.Bits() > mostBits:
		f.fail("Subnet of the wrong size", "A lab's subnet has /%d to /%d; %q has room for %s.", fewestBits, mostBits, s,
			map[bool]string{true: "too few machines", false: "half the world"}[p.Bits() > mostBits])
	case !slices.ContainsFunc(private(), func(net netip.Prefix) bool { return net.Contains(p.Addr()) && net.Bits() <= p.Bits() }):
		f.fail("Subnet that is not private",
			"%q belongs to others on the internet. A lab lives in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, so that a mistake outside it meets nobody.", s)
	default:
		return p
	}
	return netip.Prefix{}
}

// subnets reports networks that share addresses.
func (l *loader) subnets(networks []*labs.Network) {
	order := slices.Clone(networks)
	slices.SortStableFunc(order, func(a, b *labs.Network) int {
		if c := a.Subnet.Addr().Compare(b.Subnet.Addr()); c != 0 {
			return c
		}
		return cmp.Compare(a.Subnet.Bits(), b.Subnet.Bits())
	})
	var widest *labs.Network
	for _, n := range order {
		if !n.Subnet.IsValid() {
			continue
		}
		if widest != nil && widest.Subnet.Overlaps(n.Subnet) && widest.Name != n.Name {
			l.fail(l.placeOf("network", n.Name), l.placed["network."+n.Name].Body.Attributes["subnet"].Expr.Range(), "Subnets overlap",
				"The subnet %s of network %q lies in %s of network %q. A machine could not tell them apart.",
				n.Subnet, n.Name, widest.Subnet, widest.Name)
			continue
		}
		widest = n
	}
}

// nics reads the network cards of a machine.
func (l *loader) nics(a *arguments, b block, networks map[string]*labs.Network) []labs.NIC {
	var out []labs.NIC
	seen := map[string]bool{}
	for _, c := range l.inside(b, "nic") {
		if !l.labelled(c, "machine.nic") {
			continue
		}
		if !c.made {
			l.fits(c.p, "machine.nic", c.Block)
		}
		name, at, ok := l.cardNetwork(a, c)
		if !ok {
			continue
		}
		net, ok := networks[name]
		switch {
		case !ok:
			l.fail(c.p, at, "Unknown network", "The lab has no network %q.%s", name, didYouMean(name, slices.Sorted(maps.Keys(networks))))
		case seen[name]:
			l.fail(c.p, at, "Network attached twice",
				"%s is on network %q already. Windows answers on one of two cards of one subnet, and nobody can say on which.", b.p.addr, name)
			continue
		}
		seen[name] = true
		out = append(out, l.nic(a.inner(c, "nic."+name+"."), c, name, net))
	}
	if len(out) > mostNICs {
		l.fail(b.p, b.DefRange(), "Too many network cards", "%s has %d network cards, and the most is %d.", b.p.addr, len(out), mostNICs)
	}
	return out
}

// nicNetwork is the whole name of the network that a card is on; false when it
// cannot be told, which is not reported here.
func (l *loader) nicNetwork(c block) (string, bool) {
	if len(c.Labels) > 0 {
		return c.Labels[0], true
	}
	a := c.Body.Attributes["network"]
	if a == nil {
		return "", false
	}
	v, _ := l.eval(c.p, c.scope(), a.Expr).UnmarkDeep()
	r, ok := refIn(v)
	return r.name, ok && r.kind == "network"
}

// cardNetwork is nicNetwork with complaints, and with where it is written.
func (l *loader) cardNetwork(a *arguments, c block) (name string, at hcl.Range, ok bool) {
	attr := c.Body.Attributes["network"]
	switch {
	case len(c.Labels) > 0 && attr != nil:
		l.fail(c.p, attr.NameRange, "Network named twice", "A card is on one network. Write nic \"NETWORK\" { … }, or network = network.NAME in it.")
		return "", at, false
	case len(c.Labels) > 0:
		return c.Labels[0], c.labelRange(0), true
	case attr == nil:
		l.fail(c.p, c.DefRange(), "Card on no network", "Say which network the card is on: nic \"NETWORK\" { … }, or network = network.NAME in it.")
		return "", at, false
	}
	f, ok := a.inner(c, "nic.").require("network")
	if !ok {
		return "", at, false
	}
	name, ok = f.reference("network")
	return name, attr.Expr.Range(), ok
}

// mostNICs is how many cards the machine's PCI bus is planned for.
const mostNICs = 8

// nic reads one network card; net is nil when its network is unknown.
func (l *loader) nic(a *arguments, c block, name string, net *labs.Network) labs.NIC {
	n := labs.NIC{Network: name, Range: rangeOf(c.DefRange())}
	var subnet netip.Prefix
	if net != nil {
		subnet = net.Subnet
	}
	if f, ok := a.require("address"); ok {
		n.Address = f.host(subnet, name)
	}
	if f, ok := a.get("gateway"); ok {
		n.Gateway = f.host(subnet, name)
		if n.Gateway.IsValid() && n.Gateway == n.Address {
			f.fail("Gateway to itself", "%s is the address of this very card. Leave the gateway out: a lab's network leads nowhere.", n.Gateway)
		}
	}
	if f, ok := a.get("dns"); ok {
		n.DNS = f.servers()
	}
	return n
}

// servers are the addresses of DNS servers.
func (f found) servers() []netip.Addr {
	if f.value.Type().IsPrimitiveType() {
		f.wrong("a list of addresses, in [ ]")
		return nil
	}
	list, _ := f.elements()
	var out []netip.Addr
	for _, e := range list {
		addr, ok := e.address()
		switch {
		case !ok:
		case slices.Contains(out, addr):
			e.fail("Named twice", "%s is in the list already.", addr)
		default:
			out = append(out, addr)
		}
	}
	return out
}

// address is the value as an IPv4 address.
func (f found) address() (netip.Addr, bool) {
	if r, ok := refIn(f.value); ok && r.kind == "machine" {
		f.fail("Wrong type of argument", "%q takes an address, not a machine. Write machine.%s.address.", f.name, r.name)
		return netip.Addr{}, false
	}
	s, ok := f.raw("an address such as \"10.20.0.10\"")
	if !ok {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || !addr.Is4() {
		f.fail("Not an address", "%q is not an IPv4 address such as \"10.20.0.10\".", s)
		return netip.Addr{}, false
	}
	return addr, true
}

// host is the value as an address that a machine in subnet can have.
func (f found) host(subnet netip.Prefix, network string) netip.Addr {
	addr, ok := f.address()
	if !ok || !subnet.IsValid() {
		return addr
	}
	switch {
	case subnet.Contains(addr) && addr != subnet.Addr() && addr != nth(subnet, int64(1)<<(32-subnet.Bits())-1):
		return addr
	case !subnet.Contains(addr):
		f.fail("Address outside its subnet", "%s is not in %s, the subnet of network %q.", addr, subnet, network)
	case addr == subnet.Addr():
		f.fail("Address that no machine can have", "%s is the number of the subnet %s itself. The first address is %s.", addr, subnet, nth(subnet, 1))
	default:
		f.fail("Address that no machine can have", "%s is the broadcast address of the subnet %s: every machine would listen to it.", addr, subnet)
	}
	return netip.Addr{}
}
