package answer

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Setup is what Setup of Windows is told about a machine.
type Setup struct {
	OS labs.OS
	// Arch, Edition, Image and Language are for Windows 2008 and later. Edition
	// is "standard", "datacenter", "enterprise" (2008 and 2008 R2), empty for
	// the first; Image the number or name of an image of INSTALL.WIM, where the
	// usual one of the edition is not wanted; Language that of the disc,
	// "en-US" when it is empty.
	Arch                     labs.Arch
	Edition, Image, Language string
	// Computer is the computer name, at most 15 characters.
	Computer string
	// Owner and Organization are what Windows is registered to.
	Owner, Organization string
	// ProductKey may be empty for media that asks for none.
	ProductKey labs.SecretValue
	// AdminPassword must not be empty: autologon does not work without
	// (KB221477).
	AdminPassword labs.SecretValue
	// TimeZone is Windows' index of a time zone; 85 is GMT.
	TimeZone int
	// Licenses is the number of "per server" licences; 0 means per seat.
	Licenses int
	// Components are the lab's names of optional parts: "iis", "smtp", "nntp",
	// "aspnet", "dns".
	Components []string
	// Adapters are the network cards; none leaves Windows to its own defaults.
	Adapters []Adapter
	// Origin is the machine's block.
	Origin Origin
}

// Adapter is a network card with a static address.
type Adapter struct {
	// MAC tells several cards apart: "52:54:00:12:34:56". The only card of a
	// machine needs none.
	MAC string
	// Address is the address with the network's length: 10.20.0.10/24.
	Address netip.Prefix
	// Gateway and DNS may be empty.
	Gateway netip.Addr
	DNS     []netip.Addr
}

// ForMachine fills a Setup from a machine of a lab and its secrets. mac names
// the address of each card; it may be nil for a machine with one.
func ForMachine(lab *labs.Lab, m *labs.Machine, key, password labs.SecretValue, mac func(nic int) string) Setup {
	s := Setup{
		OS: m.OS, Arch: m.Arch, Edition: m.Edition, Image: m.Image, Language: m.Language,
		Computer: m.Computer, Owner: m.Owner, Organization: m.Organization,
		ProductKey: key, AdminPassword: password, TimeZone: m.TimeZone, Licenses: m.Licenses,
		Components: m.Components,
		Origin:     Origin{Addr: labs.Address("machine", m.Name), At: m.Attribute},
	}
	for i, nic := range m.NICs {
		a := Adapter{Address: netip.PrefixFrom(nic.Address, 0), Gateway: nic.Gateway, DNS: nic.DNS}
		if n, ok := lab.Network(nic.Network); ok {
			a.Address = netip.PrefixFrom(nic.Address, n.Subnet.Bits())
		}
		if mac != nil {
			a.MAC = mac(i)
		}
		s.Adapters = append(s.Adapters, a)
	}
	return s
}

// StartCommand is what the first logon runs: the one GuiRunOnce entry. Its
// script lies on the same floppy as the answer file.
const StartCommand = `cmd /c A:\START.CMD`

// Winnt writes WINNT.SIF: the answer file that Setup, started from its CD,
// looks for in the root of A:. With it Setup erases the first disk, installs
// on it with no question asked, logs on as Administrator and runs
// [StartCommand]. Diagnostics that are not fatal come with a file.
func Winnt(s Setup) (File, labs.Diagnostics) {
	diags := s.check()
	var entries []entry
	os := firstDisc(s.OS)
	for _, r := range winntRows() {
		if len(r.only) > 0 && !slices.Contains(r.only, os) {
			continue
		}
		for _, v := range r.values(&s) {
			entries = append(entries, entry{r.section, v.key, v.value})
		}
	}
	entries = append(entries, s.network()...)
	file, more := write("WINNT.SIF", entries, s.Origin)
	return finish(file, append(diags, more...))
}

// check looks at what the characters of a value do not tell.
func (s *Setup) check() labs.Diagnostics {
	var diags labs.Diagnostics
	add := func(argument, summary, format string, args ...any) {
		diags = append(diags, s.Origin.complaint(argument, summary, fmt.Sprintf(format, args...)))
	}
	if !slices.Contains([]labs.OS{labs.Windows2000, labs.Windows2003, labs.Windows2003R2}, s.OS) {
		add("os", "No answer file for this system", "WINNT.SIF answers Setup of windows-2000 and windows-2003, not of %q.", s.OS)
		return diags
	}
	diags = append(diags, s.checkCommon()...)
	if s.ProductKey.Empty() && s.OS != labs.Windows2000 {
		d := s.Origin.complaint("product_key", "Product key missing",
			"Setup of Windows Server 2003 waits at its key page when it is given none, unless the media brings one (KB250985). Set product_key.")
		d.Severity = labs.Warning
		diags = append(diags, d)
	}
	if s.TimeZone < 0 || s.TimeZone > 999 {
		add("time_zone", "Invalid time zone", "%d is no index of a time zone of Windows; 85 is GMT.", s.TimeZone)
	}
	if s.Licenses < 0 || s.Licenses > 9999 {
		add("licenses", "Invalid number of licences",
			"Setup takes 1 to 9999 per-server licences, not %d. Leave licenses out for licences per seat.", s.Licenses)
	}
	return append(append(diags, s.checkComponents()...), s.checkAdapters()...)
}

// checkCommon looks at what no Windows takes.
func (s *Setup) checkCommon() labs.Diagnostics {
	var diags labs.Diagnostics
	add := func(argument, summary, format string, args ...any) {
		diags = append(diags, s.Origin.complaint(argument, summary, fmt.Sprintf(format, args...)))
	}
	if why := labs.ComputerProblem(s.Computer); why != "" {
		add("computer_name", "Invalid computer name", "%s", why)
	}
	switch {
	case s.AdminPassword.Empty():
		add("admin_password", "Administrator password missing",
			"Setup cannot log on by itself with an empty password, so the machine would wait at its first logon. Set admin_password.")
	case s.AdminPassword.Reveal() == "*":
		add("admin_password", "Administrator password missing",
			"Setup takes the password * for an empty one. Choose another secret for admin_password.")
	}
	if s.Owner == "" {
		add("owner", "Owner missing", "Setup waits at its name page when no owner is given. Set owner.")
	}
	return diags
}

func (s *Setup) checkAdapters() labs.Diagnostics {
	var diags labs.Diagnostics
	add := func(summary, format string, args ...any) {
		diags = append(diags, s.Origin.complaint("nic", summary, fmt.Sprintf(format, args...)))
	}
	macs := map[string]bool{}
	for _, a := range s.Adapters {
		if !a.Address.IsValid() || !a.Address.Addr().Is4() || a.Address.Bits() < 1 || a.Address.Bits() > 30 {
			add("Invalid address", "%s is no IPv4 address with a network of 1 to 30 bits, which is what Setup can give a card.", a.Address)
		}
		for _, other := range append([]netip.Addr{a.Gateway}, a.DNS...) {
			if other.IsValid() && !other.Is4() {
				add("Invalid address", "%s is not IPv4. Setup of Windows 2000 and 2003 takes IPv4 addresses only.", other)
			}
		}
		if a.Gateway.IsValid() && a.Address.IsValid() && !a.Address.Masked().Contains(a.Gateway) {
			add("Gateway outside the network", "The gateway %s is not in the network of %s, so Windows cannot reach it.", a.Gateway, a.Address)
		}
		if len(a.DNS) > 6 {
			add("Too many DNS servers", "The card %s has %d DNS servers; 6 fit on a line that is known to be safe.", a.Address, len(a.DNS))
		}
		mac, err := net.ParseMAC(a.MAC)
		switch {
		case len(s.Adapters) == 1:
		case err != nil || len(mac) != 6:
			add("Card cannot be told apart", "%q is no MAC address, and a machine with several cards needs one for each.", a.MAC)
		case macs[mac.String()]:
			add("Card cannot be told apart", "The MAC address %s is there twice.", mac)
		default:
			macs[mac.String()] = true
		}
	}
	return diags
}

// network is the chain of sections that gives each card its address (TechNet
// cc773207, cc773380; for cards told apart by MAC address KB229762).
func (s *Setup) network() []entry {
	if len(s.Adapters) == 0 {
		return []entry{{"Networking", "InstallDefaultComponents", literal("Yes")}}
	}
	entries := []entry{{"Networking", "InstallDefaultComponents", literal("No")}}
	var sections []string
	for i := range s.Adapters {
		id := fmt.Sprintf("Adapter%02d", i+1)
		entries = append(entries, entry{"NetAdapters", id, literal("params." + id)})
		sections = append(sections, "params.MS_TCPIP."+id)
	}
	for i, a := range s.Adapters {
		section := fmt.Sprintf("params.Adapter%02d", i+1)
		if len(s.Adapters) == 1 {
			entries = append(entries, entry{section, "InfID", phrase("*")})
			continue
		}
		entries = append(entries, entry{section, "NetCardAddress", literal("0x" + bareMAC(a.MAC))})
	}
	entries = append(entries,
		entry{"NetClients", "MS_MSClient", literal("params.MS_MSClient")},
		entry{"params.MS_MSClient", "", value{}},
		entry{"NetServices", "MS_SERVER", literal("params.MS_SERVER")},
		entry{"params.MS_SERVER", "", value{}},
		entry{"NetProtocols", "MS_TCPIP", literal("params.MS_TCPIP")},
		entry{"params.MS_TCPIP", "DNS", literal("Yes")},
		entry{"params.MS_TCPIP", "UseDomainNameDevolution", literal("No")},
		entry{"params.MS_TCPIP", "AdapterSections", literal(strings.Join(sections, ","))},
	)
	for i, a := range s.Adapters {
		entries = append(entries, a.entries(fmt.Sprintf("Adapter%02d", i+1))...)
	}
	return entries
}

func bareMAC(mac string) string {
	return strings.ToUpper(strings.NewReplacer(":", "", "-", "").Replace(mac))
}

func (a Adapter) entries(id string) []entry {
	section := "params.MS_TCPIP." + id
	entries := []entry{
		{section, "SpecificTo", literal(id)},
		{section, "DHCP", literal("No")},
		{section, "IPAddress", literal(a.Address.Addr().String())},
		{section, "SubnetMask", literal(net.IP(net.CIDRMask(max(a.Address.Bits(), 0), 32)).String())},
	}
	if a.Gateway.IsValid() {
		entries = append(entries, entry{section, "DefaultGateway", literal(a.Gateway.String())})
	}
	if len(a.DNS) > 0 {
		var servers []string
		for _, d := range a.DNS {
			servers = append(servers, d.String())
		}
		entries = append(entries, entry{section, "DNSServerSearchOrder", literal(strings.Join(servers, ","))})
	}
	return append(entries,
		entry{section, "WINS", literal("No")},
		entry{section, "NetBIOSOptions", literal("0")})
}

func number(n int) value { return literal(strconv.Itoa(n)) }
