package winnt

import (
	"net/netip"
	"regexp"
	"strings"
)

// cardAddress is how KB229762 has a card named by its address.
var cardAddress = regexp.MustCompile(`^0x[0-9A-Fa-f]{12}$`)

// network follows the chain of sections that configures the cards (TechNet
// cc773207, cc773380): [Networking], [NetAdapters], [NetProtocols], and the
// section of each card under TCP/IP.
func (s *session) network() *Question {
	if !s.Has("Networking") {
		return unnetworked("[Networking] is missing.")
	}
	if s.Is("Networking", "InstallDefaultComponents", "Yes") && !s.Has("NetProtocols") {
		s.answers.Adapters = []Adapter{{DHCP: true}}
		return nil
	}
	for _, part := range []string{"NetAdapters", "NetClients", "NetServices", "NetProtocols"} {
		for _, line := range s.Lines(part) {
			if line.Key == "" || !s.Has(line.Values[0]) {
				return unnetworked("[%s] %s names the section [%s], which is missing.", part, line.Key, line.Values[0])
			}
		}
	}
	tcpip, ok := s.Value("NetProtocols", "MS_TCPIP")
	if !ok {
		return unnetworked("[NetProtocols] has no MS_TCPIP.")
	}
	sections := s.Values(tcpip, "AdapterSections")
	if len(sections) == 0 {
		return unnetworked("[%s] has no AdapterSections.", tcpip)
	}
	for _, section := range sections {
		if q := s.adapter(section); q != nil {
			return q
		}
	}
	return nil
}

func unnetworked(because string, args ...any) *Question {
	return stop("Networking Settings", "Choose whether to use typical or custom settings.", because, args...)
}

func (s *session) adapter(section string) *Question {
	if !s.Has(section) {
		return unnetworked("The section [%s] of AdapterSections is missing.", section)
	}
	name, _ := s.Value(section, "SpecificTo")
	params, ok := s.Value("NetAdapters", name)
	if !ok {
		return unnetworked("[%s] SpecificTo %q is not in [NetAdapters].", section, name)
	}
	var a Adapter
	id, hasID := s.Value(params, "InfID")
	mac, hasMAC := s.Value(params, "NetCardAddress")
	switch {
	case hasMAC && !cardAddress.MatchString(mac):
		return unnetworked("[%s] NetCardAddress %q is not 0x and 12 hexadecimal digits.", params, mac)
	case !hasMAC && !hasID:
		return unnetworked("[%s] has neither InfID nor NetCardAddress.", params)
	case !hasMAC && id != "*" && !strings.EqualFold(id, `pci\ven_10ec&dev_8139`):
		return unnetworked("[%s] InfID %q is not a card of this machine.", params, id)
	}
	a.MAC = strings.ToLower(strings.TrimPrefix(mac, "0x"))
	if !s.Is(section, "DHCP", "No") {
		a.DHCP = true
		s.answers.Adapters = append(s.answers.Adapters, a)
		return nil
	}
	return s.static(section, a)
}

func (s *session) static(section string, a Adapter) *Question {
	address, _ := s.Value(section, "IPAddress")
	mask, _ := s.Value(section, "SubnetMask")
	ip, err := netip.ParseAddr(address)
	bits, ok := maskBits(mask)
	if err != nil || !ip.Is4() || !ok {
		return unnetworked("[%s] IPAddress %q with SubnetMask %q is not an address.", section, address, mask)
	}
	a.Address = netip.PrefixFrom(ip, bits)
	if text, ok := s.Value(section, "DefaultGateway"); ok && text != "" {
		if a.Gateway, err = netip.ParseAddr(text); err != nil || !a.Address.Contains(a.Gateway) {
			return unnetworked("[%s] DefaultGateway %q is not in the network of %s.", section, text, a.Address)
		}
	}
	for _, text := range s.Values(section, "DNSServerSearchOrder") {
		server, err := netip.ParseAddr(text)
		if err != nil || !server.Is4() {
			return unnetworked("[%s] DNSServerSearchOrder %q is not an address.", section, text)
		}
		a.DNS = append(a.DNS, server)
	}
	s.answers.Adapters = append(s.answers.Adapters, a)
	return nil
}

// maskBits counts the bits of a mask such as 255.255.255.0.
func maskBits(mask string) (int, bool) {
	a, err := netip.ParseAddr(mask)
	if err != nil || !a.Is4() {
		return 0, false
	}
	b := a.As4()
	whole := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	bits := 0
	for whole&0x80000000 != 0 {
		whole <<= 1
		bits++
	}
	return bits, whole == 0 && bits > 0
}
