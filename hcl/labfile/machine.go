package labfile

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// The limits of the emulated hardware: two hard disks beside two CD drives on
// IDE, and disks that a master boot record can describe.
const (
	mostDisks   = 2
	largestDisk = 2 * labs.TiB
	lba28Disk   = 128 * labs.GiB
	mostCPUs    = 32
)

// machine reads a machine block.
func (l *loader) machine(b block, networks map[string]*labs.Network) *labs.Machine {
	a := l.arguments(b)
	m := &labs.Machine{
		Name: b.name, ServicePack: labs.UnknownServicePack, CPUs: 1, TimeZone: 85, Licenses: 5, Owner: "Doublehop", Organization: "Doublehop",
		Range: rangeOf(b.DefRange()), Attributes: a.ranges,
	}
	sys := a.system(m)
	a.release(m)
	a.computer(b, m)
	a.memory(sys, m)
	if f, ok := a.get("cpus"); ok {
		n, _ := f.number(1, mostCPUs)
		m.CPUs = int(n)
	}
	if f, ok := a.require("install_from"); ok {
		m.InstallFrom, _ = f.reference("media")
	}
	if f, ok := a.get("product_key"); ok {
		m.ProductKey, _ = f.secret()
	}
	if f, ok := a.require("admin_password"); ok {
		m.AdminPassword, _ = f.secret()
	}
	if f, ok := a.get("components"); ok {
		m.Components = f.components(sys)
	}
	a.registration(m)
	m.Disks = l.disks(a, b, sys)
	m.NICs = l.nics(a, b, networks)
	return m
}

// system reads the name of the operating system and its architecture; zero when
// they are unknown.
func (a *arguments) system(m *labs.Machine) system {
	f, ok := a.require("os")
	if !ok {
		return system{}
	}
	s, ok := f.raw("the name of an operating system")
	if !ok {
		return system{}
	}
	if labs.OS(s) == labs.WindowsNT4 {
		f.fail("System that cannot be installed", "Setup of Windows NT 4.0 takes no answers from a floppy when it starts from its CD, so nobody could install it without a hand on the keyboard. The oldest system that can be installed is windows-2000.")
		return system{}
	}
	known := systemsOf(s)
	if len(known) == 0 {
		f.fail("Unknown operating system", "%q cannot be installed.%s", s, didYouMean(s, systemNames()))
		return system{}
	}
	m.OS, m.Arch = known[0].OS, known[0].Arch
	return a.architecture(m, known)
}

// architecture chooses among the systems of one name.
func (a *arguments) architecture(m *labs.Machine, known []system) system {
	f, ok := a.get("arch")
	if !ok {
		return known[0]
	}
	s, ok := f.raw("x86 or x64")
	if !ok {
		return known[0]
	}
	var names []string
	for _, sys := range known {
		if string(sys.Arch) == s {
			m.Arch = sys.Arch
			return sys
		}
		names = append(names, string(sys.Arch))
	}
	f.fail("No such architecture", "%s is there for %s, and not for %q.", known[0].Title, strings.Join(names, " and "), s)
	return known[0]
}

// release reads what the lab file says of the disc: edition, service pack,
// language, and the image to take from it.
func (a *arguments) release(m *labs.Machine) {
	if f, ok := a.get("edition"); ok {
		m.Edition, _ = f.word(strings.Fields("standard enterprise datacenter web advanced-server small-business")...)
	}
	if f, ok := a.get("service_pack"); ok {
		if n, ok := f.number(0, 6); ok {
			m.ServicePack = int(n)
			if w, known := estate.WindowsOf(m.OS); known && m.ServicePack > w.ServicePack {
				f.fail("No such service pack", "%s has %d service packs, and no number %d.", w.Name, w.ServicePack, n)
			}
		}
	}
	if f, ok := a.get("language"); ok {
		s, ok := f.raw("a language such as \"en-US\"")
		if ok && !languageTag.MatchString(s) {
			f.fail("Not a language", "%q is no language as Windows writes them, such as \"en-US\" or \"de-DE\".", s)
		}
		m.Language = s
	}
	if f, ok := a.get("image"); ok {
		m.Image, _ = f.text(labs.TextProblem)
	}
	if f, ok := a.get("clock_skew"); ok {
		m.ClockSkew, _ = f.skew()
	}
}

// languageTag is a language as Windows' answer files write it.
var languageTag = regexp.MustCompile(`^[a-z]{2}-[A-Z]{2}$`)

// longestSkew bounds how far a machine's clock can be off.
const longestSkew = 10 * 365 * 24 * time.Hour

// skew is a length of time before or after the lab's own.
func (f found) skew() (time.Duration, bool) {
	s, ok := f.raw("a duration such as \"7m\" or \"-7m\"")
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	if err != nil || d.Abs() > longestSkew {
		f.fail("Not a duration", "%q is not a length of time such as \"7m\", \"-90s\" or \"48h\", of ten years at most.", s)
		return 0, false
	}
	return d, true
}

// word is the value as one of a few words.
func (f found) word(words ...string) (string, bool) {
	s, ok := f.raw("a word")
	if !ok {
		return "", false
	}
	if !slices.Contains(words, s) {
		f.fail("Unknown word", "%q is no value of %q.%s", s, f.name, didYouMean(s, words))
		return "", false
	}
	return s, true
}

// computer reads the computer name, which is the machine's own name in capitals
// unless it is written.
func (a *arguments) computer(b block, m *labs.Machine) {
	m.Computer = strings.ToUpper(b.name)
	if f, ok := a.get("computer_name"); ok {
		s, ok := f.raw("a computer name")
		if !ok {
			return
		}
		m.Computer = strings.ToUpper(s)
		if p := labs.ComputerProblem(s); p != "" {
			f.fail("Bad computer name", "%s", p)
		}
		return
	}
	if p := labs.ComputerProblem(m.Computer); p != "" && labs.NameProblem(b.name) == "" {
		a.l.fail(b.p, b.labelRange(0), "Bad computer name",
			"The computer is named after its machine. %s Write computer_name = \"…\" to give it another name.", p)
	}
}

// memory reads the memory's size.
func (a *arguments) memory(sys system, m *labs.Machine) {
	f, ok := a.require("memory")
	if !ok {
		return
	}
	n, ok := f.size()
	if !ok {
		return
	}
	m.Memory = n
	if n%labs.MiB != 0 {
		f.fail("Memory not in whole MiB", "%s is not a whole number of MiB; %s is near.", labs.FormatSize(n), labs.FormatSize(max(n/labs.MiB, 1)*labs.MiB))
		return
	}
	switch {
	case sys.OS == "":
	case n < sys.Least:
		f.fail("Machine memory too small", "%s has %s. %s does not install with less than %s.", a.p.addr, labs.FormatSize(n), sys.Title, labs.FormatSize(sys.Least))
	case n > sys.Most:
		f.fail("Machine memory too large", "%s has %s. No edition of %s uses more than %s.", a.p.addr, labs.FormatSize(n), sys.Title, labs.FormatSize(sys.Most))
	}
}

// components are optional parts of Windows.
func (f found) components(sys system) []string {
	list, ok := f.elements()
	if !ok {
		return nil
	}
	all := allComponents()
	var out []string
	for _, e := range list {
		s, ok := e.raw("the name of a component")
		switch {
		case !ok:
		case slices.Contains(out, s):
			e.fail("Named twice", "%q is in the list already.", s)
		case slices.Contains(strings.Fields(sys.Components), s), sys.OS == "" && slices.Contains(all, s):
			out = append(out, s)
		case slices.Contains(all, s):
			e.fail("Component that the system lacks", "%s has no component %q.", sys.Title, s)
		default:
			e.fail("Unknown component", "Windows has no component that is called %q here.%s", s, didYouMean(s, all))
		}
	}
	return out
}

// registration reads what Setup registers the machine to, its licences and its
// time zone.
func (a *arguments) registration(m *labs.Machine) {
	if f, ok := a.get("owner"); ok {
		m.Owner = f.registered()
	}
	if f, ok := a.get("organization"); ok {
		m.Organization = f.registered()
	}
	if f, ok := a.get("time_zone"); ok {
		n, _ := f.number(0, 300)
		m.TimeZone = int(n)
	}
	if f, ok := a.get("licenses"); ok {
		n, ok := f.number(0, 9999)
		if m.Licenses = int(n); ok && n > 0 && n < 5 {
			f.fail("Number out of range", "Windows is licensed per server from 5 connections on; %d is fewer. Write 0 for licences per seat.", n)
		}
	}
}

// registered is text that Setup stores. It must not be empty: Setup would ask.
func (f found) registered() string {
	s, ok := f.text(labs.TextProblem)
	if ok && s == "" {
		f.fail("Text that cannot be carried", "%q is empty, and Setup would stop to ask for it.", f.name)
	}
	return s
}

// disks reads the hard disks of a machine.
func (l *loader) disks(a *arguments, b block, sys system) []labs.Disk {
	var out []labs.Disk
	for _, c := range l.inside(b, "disk") {
		p := c.p
		if !l.labelled(c, "machine.disk") {
			continue
		}
		if !c.made {
			l.fits(p, "machine.disk", c.Block)
		}
		d := labs.Disk{Name: c.Labels[0], Range: rangeOf(c.DefRange())}
		if problem := labs.NameProblem(d.Name); problem != "" {
			l.fail(p, c.labelRange(0), "Bad name", "A disk %q: %s", d.Name, problem)
		}
		if slices.ContainsFunc(out, func(o labs.Disk) bool { return o.Name == d.Name }) {
			l.fail(p, c.labelRange(0), "Duplicate name", "%s has a disk %q already.", b.p.addr, d.Name)
		}
		if f, ok := a.inner(c, "disk."+d.Name+".").require("size"); ok {
			d.Size = f.disk(sys, len(out) == 0)
		}
		if len(out) == mostDisks {
			l.fail(p, c.DefRange(), "Too many disks", "%s has more than %d disks. Two CD drives share the IDE cables with them, and Windows of that age has no other driver in the box.", b.p.addr, mostDisks)
		}
		out = append(out, d)
	}
	if l.lacks(b, "disk") {
		l.fail(b.p, b.DefRange(), "Machine without a disk", "%s needs a disk to be installed on: disk \"system\" { size = \"16GiB\" }.", b.p.addr)
	}
	return out
}

// disk is the value as the size of a hard disk.
func (f found) disk(sys system, first bool) uint64 {
	n, ok := f.size()
	switch {
	case !ok:
	case n%labs.MiB != 0 || n == 0:
		f.fail("Disk size not in whole MiB", "%s is not a whole number of MiB; %s is near.", labs.FormatSize(n), labs.FormatSize((n/labs.MiB+1)*labs.MiB))
	case n > largestDisk:
		f.fail("Disk too large", "%s is more than the %s that the partition table of such a disk can describe.", labs.FormatSize(n), labs.FormatSize(largestDisk))
	case first && sys.OS != "" && n < sys.Disk:
		f.fail("System disk too small", "%s does not install on %s; Setup asks for %d MB at least.", sys.Title, labs.FormatSize(n), sys.Disk/1_000_000)
	case n > lba28Disk && sys.LBA28:
		f.warn("Disk larger than the system reaches",
			"%s reaches the first 128 GiB of an IDE disk only, until it has Service Pack 3 and EnableBigLba is set (KB305098); writing beyond destroys data.", sys.Title)
	}
	return n
}

// clashes reports machines that cannot be on one network together.
func (l *loader) clashes(machines []*labs.Machine) {
	computers := map[string]string{}
	hosts := map[netip.Addr]string{}
	for _, m := range machines {
		if other, twice := computers[m.Computer]; twice && other != m.Name {
			l.fail(l.placeOf("machine", m.Name), hclRange(m.Attribute("computer_name")), "Computer name used twice",
				"%s and %s are both called %q, and the second would not start on the network.", l.placeOf("machine", other).addr, l.placeOf("machine", m.Name).addr, m.Computer)
		}
		computers[m.Computer] = m.Name
		for _, n := range m.NICs {
			if !n.Address.IsValid() {
				continue
			}
			name := l.placeOf("machine", m.Name).addr
			if other, twice := hosts[n.Address]; twice && other != name {
				l.fail(l.placeOf("machine", m.Name), hclRange(m.Attribute("nic."+n.Network+".address")), "Address used twice",
					"%s has the address %s already.", other, n.Address)
			}
			hosts[n.Address] = name
		}
	}
	l.reachable(machines, hosts)
}

// reachable warns of addresses at which nobody will answer.
func (l *loader) reachable(machines []*labs.Machine, hosts map[netip.Addr]string) {
	for _, m := range machines {
		p := l.placeOf("machine", m.Name)
		b := l.placed["machine."+m.Name]
		if l.lacks(b, "nic") {
			l.warn(p, hclRange(m.Range), "Machine without a network", "%s has no nic block: no other machine can reach it.", p.addr)
		}
		for _, n := range m.NICs {
			p := place{p.addr, hclRange(n.Range)}
			for _, addr := range n.DNS {
				if hosts[addr] == "" {
					l.warn(p, hclRange(m.Attribute("nic."+n.Network+".dns")), "DNS server that is not there",
						"No machine of the lab has the address %s, and nothing outside the lab can be reached.", addr)
				}
			}
			if n.Gateway.IsValid() && hosts[n.Gateway] == "" {
				l.warn(p, hclRange(m.Attribute("nic."+n.Network+".gateway")), "Gateway that is not there",
					"No machine of the lab has the address %s, and a lab's network has no other router.", n.Gateway)
			}
		}
	}
}
