package answer

import (
	"encoding/xml"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// UnattendName is the long name under which Setup of Windows 2008 and later
// looks for its answers in the root of every removable drive.
const UnattendName = "Autounattend.xml"

// generation is what Setup of a version of Windows does otherwise than the
// others.
type generation struct {
	os labs.OS
	// full and core are the numbers of the images of the Standard edition in
	// INSTALL.WIM, with the desktop and without. The other editions follow in
	// the order of editions, each with both.
	full, core int
	editions   []string
	// welcome says that Initial Configuration Tasks would open at the logon, and
	// not only Server Manager.
	welcome bool
	// location says that the first logon asks for the kind of network.
	location bool
	source   string
}

// generations are the versions that are installed with Autounattend.xml.
func generations() []generation {
	server, early := []string{"standard", "datacenter"}, []string{"standard", "enterprise", "datacenter"}
	return []generation{
		{labs.Windows2008, 1, 2, early, true, true, "from memory of the disc's image list"},
		{labs.Windows2008R2, 1, 2, early, true, true, "dockur/windows installs image 1; the others from memory"},
		{labs.Windows2012, 2, 1, server, false, true, "from memory of the disc's image list"},
		{labs.Windows2012R2, 2, 1, server, false, true, "dockur/windows installs image 2; the others from memory"},
		{labs.Windows2016, 2, 1, server, false, false, "from memory of the disc's image list"},
		{labs.Windows2019, 2, 1, server, false, false, "from memory of the disc's image list"},
		{labs.Windows2022, 2, 1, server, false, false, "from memory of the disc's image list"},
		{labs.Windows2025, 2, 1, server, false, false, "from memory of the disc's image list"},
	}
}

func generationOf(os labs.OS) (generation, bool) {
	list := generations()
	i := slices.IndexFunc(list, func(g generation) bool { return g.os == os })
	if i < 0 {
		return generation{}, false
	}
	return list[i], true
}

// image is the number of an edition's image with the desktop: Exchange 2013 and
// 2016 need it, and the runner's helpers want a window to stand in.
func (g generation) image(edition string) (int, bool) {
	i := max(slices.Index(g.editions, edition), 0)
	return g.full + 2*i, edition == "" || slices.Contains(g.editions, edition)
}

// ImageNumber is the number of the image of INSTALL.WIM that [Unattend] asks for
// where the lab file names none. It is false for a Windows without images.
func ImageNumber(os labs.OS, edition string) (int, bool) {
	g, ok := generationOf(os)
	if !ok {
		return 0, false
	}
	n, _ := g.image(edition)
	return n, true
}

// Unattend writes Autounattend.xml for Windows 2008 and later: Setup, started
// from its DVD, makes the first disk one partition, installs on it with no
// question asked, logs on as Administrator and runs [StartCommand]. Its keys
// are those of Microsoft's Unattended Windows Setup Reference; every one is a
// child of a component of Windows in one of three passes.
func Unattend(s Setup) (File, labs.Diagnostics) {
	diags := s.checkUnattend()
	if diags.Fatal() {
		return File{}, diags
	}
	g, _ := generationOf(s.OS)
	arch := "amd64"
	if s.Arch == labs.X86 {
		arch = "x86"
	}
	root := element{name: "unattend", attrs: []string{"xmlns", "urn:schemas-microsoft-com:unattend"}, children: []element{
		s.pass("windowsPE", arch, s.localeIn("Microsoft-Windows-International-Core-WinPE", true), s.setup(g)),
		s.pass("specialize", arch, s.identity(), s.addresses(), s.resolvers(), firewallOff(), noWizards(g.welcome), serverManager()),
		s.pass("oobeSystem", arch, s.localeIn("Microsoft-Windows-International-Core", false), s.firstLogon(g)),
	}}
	return finish(File{UnattendName, root.document(false), root.document(true)}, diags)
}

// checkUnattend looks at what would make Setup stop, or Windows refuse.
func (s *Setup) checkUnattend() labs.Diagnostics {
	diags := s.checkCommon()
	add := func(argument, summary, format string, args ...any) {
		diags = append(diags, s.Origin.complaint(argument, summary, fmt.Sprintf(format, args...)))
	}
	g, ok := generationOf(s.OS)
	if !ok {
		add("os", "No answer file for this system", "Autounattend.xml answers Setup of Windows 2008 and later, not of %q.", s.OS)
		return diags
	}
	if s.Arch == labs.X86 && s.OS != labs.Windows2008 {
		add("arch", "No such Windows", "There is no 32-bit %s; 2008 was the last one.", s.OS)
	}
	if _, ok := g.image(s.Edition); !ok && s.Image == "" {
		add("edition", "Unknown edition", "The disc of %s has no edition %q that is known here: %s. Choose one of them, or set image to the name or number that the disc's INSTALL.WIM has for it.",
			s.OS, s.Edition, strings.Join(g.editions, ", "))
	}
	if _, ok := zoneName(s.TimeZone); !ok {
		add("time_zone", "Invalid time zone", "%d is no index of a time zone that Windows 2008 and later know by name; 85 is GMT.", s.TimeZone)
	}
	if len(s.Components) > 0 {
		add("components", "Component not in the box", "Setup of %s adds no components by its answer file. Take them out of the machine, and add them in a step after its installation:\n\n    step \"components\" { add = [\"%s\"] }",
			s.OS, strings.Join(s.Components, `", "`))
	}
	for _, v := range []struct{ argument, text string }{
		{"owner", s.Owner},
		{"organization", s.Organization},
		{"image", s.Image},
		{"admin_password", s.AdminPassword.Reveal()},
		{"product_key", s.ProductKey.Reveal()},
	} {
		if strings.ContainsFunc(v.text, func(r rune) bool { return r < ' ' || r > '~' }) {
			add(v.argument, "Value cannot be written into an answer file",
				"The value of %s has a character that is not plain ASCII, and what a guest is given is.", v.argument)
		}
	}
	for _, a := range s.Adapters {
		if a.MAC == "" && len(s.Adapters) > 0 {
			add("nic", "Network card without an address", "Setup of %s finds a network card by its hardware address, and none is known.", s.OS)
		}
	}
	return diags
}

// element is an element of the file.
type element struct {
	name     string
	attrs    []string // name, value, name, value
	text     string
	secret   bool
	children []element
}

func el(name string, children ...element) element { return element{name: name, children: children} }
func leaf(name, text string) element              { return element{name: name, text: text} }
func hidden(name, text string) element            { return element{name: name, text: text, secret: true} }

// item is an element of a list, which each Windows wants to be told to add.
func item(name string, children ...element) element {
	e := el(name, children...)
	e.attrs = []string{"wcm:action", "add"}
	return e
}

// document is the whole file, indented, with CRLF line ends.
func (e element) document(masked bool) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n")
	e.write(&b, 0, masked)
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

func (e element) write(b *strings.Builder, depth int, masked bool) {
	indent := strings.Repeat("  ", depth)
	b.WriteString(indent + "<" + e.name)
	for i := 0; i < len(e.attrs); i += 2 {
		b.WriteString(" " + e.attrs[i] + `="` + escaped(e.attrs[i+1]) + `"`)
	}
	if len(e.children) == 0 {
		text := e.text
		if masked && e.secret {
			text = mask
		}
		b.WriteString(">" + escaped(text) + "</" + e.name + ">\n")
		return
	}
	b.WriteString(">\n")
	for _, c := range e.children {
		c.write(b, depth+1, masked)
	}
	b.WriteString(indent + "</" + e.name + ">\n")
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}

// pass is one run of Setup over components; those without content are left out.
func (s *Setup) pass(name, arch string, components ...element) element {
	pass := element{name: "settings", attrs: []string{"pass", name}}
	for _, c := range components {
		if len(c.children) == 0 {
			continue
		}
		c.attrs = []string{
			"name", c.name, "processorArchitecture", arch, "publicKeyToken", "31bf3856ad364e35",
			"language", "neutral", "versionScope", "nonSxS",
			"xmlns:wcm", "http://schemas.microsoft.com/WMIConfig/2002/State",
		}
		c.name = "component"
		pass.children = append(pass.children, c)
	}
	return pass
}

// localeIn answers the pages of language and keyboard.
func (s *Setup) localeIn(component string, setup bool) element {
	language := s.language()
	c := el(component)
	if setup {
		c.children = append(c.children, el("SetupUILanguage", leaf("UILanguage", language)))
	}
	c.children = append(c.children, leaf("InputLocale", language), leaf("SystemLocale", language), leaf("UILanguage", language), leaf("UserLocale", language))
	return c
}

func (s *Setup) language() string {
	if s.Language == "" {
		return "en-US"
	}
	return s.Language
}

// setup answers the pages before the copying: disk, edition, licence, key. One
// partition serves on a machine with a BIOS; there is none "System Reserved".
func (s *Setup) setup(g generation) element {
	image := item("MetaData", leaf("Key", "/IMAGE/INDEX"), leaf("Value", s.Image))
	switch _, err := strconv.Atoi(s.Image); {
	case s.Image == "":
		number, _ := g.image(s.Edition)
		image.children[1].text = strconv.Itoa(number)
	case err != nil:
		image.children[0].text = "/IMAGE/NAME"
	}
	user := el("UserData", leaf("AcceptEula", "true"), leaf("FullName", s.Owner), leaf("Organization", s.Organization))
	if !s.ProductKey.Empty() {
		user.children = append(user.children, el("ProductKey", hidden("Key", s.ProductKey.Reveal()), leaf("WillShowUI", "OnError")))
	}
	return el("Microsoft-Windows-Setup",
		el("DiskConfiguration",
			leaf("WillShowUI", "OnError"),
			item("Disk",
				leaf("DiskID", "0"), leaf("WillWipeDisk", "true"),
				el("CreatePartitions", item("CreatePartition", leaf("Order", "1"), leaf("Type", "Primary"), leaf("Extend", "true"))),
				el("ModifyPartitions", item("ModifyPartition",
					leaf("Order", "1"), leaf("PartitionID", "1"), leaf("Active", "true"), leaf("Format", "NTFS"), leaf("Label", "System"), leaf("Letter", "C"),
				)),
			),
		),
		el("ImageInstall", el("OSImage",
			el("InstallFrom", image), el("InstallTo", leaf("DiskID", "0"), leaf("PartitionID", "1")), leaf("WillShowUI", "OnError"),
		)),
		user,
		el("DynamicUpdate", leaf("Enable", "false"), leaf("WillShowUI", "OnError")),
	)
}

// identity names the computer.
func (s *Setup) identity() element {
	zone, _ := zoneName(s.TimeZone)
	return el("Microsoft-Windows-Shell-Setup",
		leaf("ComputerName", s.Computer), leaf("RegisteredOrganization", s.Organization), leaf("RegisteredOwner", s.Owner), leaf("TimeZone", zone))
}

// addresses gives every card its static address. Windows knows a card by its
// hardware address, written with hyphens.
func (s *Setup) addresses() element {
	list := el("Interfaces")
	for _, a := range s.Adapters {
		card := item("Interface",
			el("Ipv4Settings", leaf("DhcpEnabled", "false")),
			leaf("Identifier", identifier(a.MAC)),
			el("UnicastIpAddresses", numbered(1, a.Address.String())),
		)
		if a.Gateway.IsValid() {
			card.children = append(card.children, el("Routes", item("Route",
				leaf("Identifier", "0"), leaf("Prefix", netip.PrefixFrom(netip.IPv4Unspecified(), 0).String()), leaf("NextHopAddress", a.Gateway.String()))))
		}
		list.children = append(list.children, card)
	}
	if len(list.children) == 0 {
		return element{}
	}
	return el("Microsoft-Windows-TCPIP", list)
}

// resolvers says whom each card asks for names.
func (s *Setup) resolvers() element {
	list := el("Interfaces")
	for _, a := range s.Adapters {
		if len(a.DNS) == 0 {
			continue
		}
		order := el("DNSServerSearchOrder")
		for i, server := range a.DNS {
			order.children = append(order.children, numbered(i+1, server.String()))
		}
		list.children = append(list.children, item("Interface", leaf("Identifier", identifier(a.MAC)), order))
	}
	if len(list.children) == 0 {
		return element{}
	}
	return el("Microsoft-Windows-DNS-Client", list)
}

func identifier(mac string) string { return strings.ToUpper(strings.ReplaceAll(mac, ":", "-")) }

func numbered(n int, text string) element {
	e := leaf("IpAddress", text)
	e.attrs = []string{"wcm:action", "add", "wcm:keyValue", strconv.Itoa(n)}
	return e
}

// firewallOff opens the guest to the lab, which nothing reaches from outside:
// as Windows 2003 is installed by WINNT.SIF.
func firewallOff() element {
	return el("Networking-MPSSVC-Svc",
		leaf("DomainProfile_EnableFirewall", "false"), leaf("PrivateProfile_EnableFirewall", "false"), leaf("PublicProfile_EnableFirewall", "false"))
}

// noWizards keeps Initial Configuration Tasks closed, where there is one.
func noWizards(welcome bool) element {
	if !welcome {
		return element{}
	}
	return el("Microsoft-Windows-OutOfBoxExperience", leaf("DoNotOpenInitialConfigurationTasksAtLogon", "true"))
}

func serverManager() element {
	return el("Microsoft-Windows-ServerManager-SvrMgrNc", leaf("DoNotOpenServerManagerAtLogon", "true"))
}

// firstLogon logs on once, and runs what keeps itself alive from then on.
func (s *Setup) firstLogon(g generation) element {
	oobe := el("OOBE", leaf("HideEULAPage", "true"), leaf("ProtectYourPC", "3"))
	if g.location {
		oobe.children = []element{leaf("HideEULAPage", "true"), leaf("NetworkLocation", "Work"), leaf("ProtectYourPC", "3")}
	}
	password := []element{hidden("Value", s.AdminPassword.Reveal()), leaf("PlainText", "true")}
	return el("Microsoft-Windows-Shell-Setup",
		el("AutoLogon", leaf("Enabled", "true"), leaf("LogonCount", "1"), leaf("Username", "Administrator"), el("Password", password...)),
		el("FirstLogonCommands", item("SynchronousCommand",
			leaf("CommandLine", StartCommand), leaf("Description", "Doublehop"), leaf("Order", "1"))),
		oobe,
		el("UserAccounts", el("AdministratorPassword", password...)),
	)
}
