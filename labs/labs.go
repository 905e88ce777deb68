// Package labs holds the nouns: what a folder of lab files describes. It is
// plain data that every other room reads and none changes.
//
// A Lab from hcl/labfile is complete and checked: every reference is to
// something that exists, every size and address is sane, and each value
// remembers where it was written, so that a failure in minute forty can point
// at its line.
//
// Floor 0. It knows no file format, no hypervisor and no guest.
package labs

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Lab is what a folder of lab files describes.
type Lab struct {
	Name, Description string
	// Folder is the directory the files were read from; relative paths start there.
	Folder string
	// Connect is the hypervisor that the lab file asks for; empty when it does not.
	Connect  string
	Clock    Clock
	Secrets  []*Secret
	Media    []*Media
	Networks []*Network
	Machines []*Machine
	// Stages stand parents first; siblings in the order written.
	Stages []*Stage
	Range  Range
}

// Clock is what the guests believe the time is.
type Clock struct {
	// Start is the instant at first power-on, UTC; zero follows the host.
	Start time.Time
	Range Range
}

// Media is a disc image that the user owns.
type Media struct {
	Name string
	// Path is absolute, or relative to the lab's folder.
	Path string
	// SHA256 pins the content, in lower-case hex; empty when it is not pinned.
	SHA256 string
	// Product says what the disc holds, as far as the lab file tells:
	// "exchange-2010-sp3", "windows-2003-sp2"; empty when it does not.
	Product string
	Range   Range
	// PathRange is where the path is written.
	PathRange Range
}

// Network is one sealed network.
type Network struct {
	Name   string
	Subnet netip.Prefix
	Range  Range
}

// OS is a guest operating system as the lab file names it.
type OS string

// The operating systems that a lab file may name. Windows 2003 R2 is Windows
// 2003 SP1 or SP2 with a second disc (KB912945).
const (
	WindowsNT4    OS = "windows-nt4"
	Windows2000   OS = "windows-2000"
	Windows2003   OS = "windows-2003"
	Windows2003R2 OS = "windows-2003r2"
	Windows2008   OS = "windows-2008"
	Windows2008R2 OS = "windows-2008r2"
	Windows2012   OS = "windows-2012"
	Windows2012R2 OS = "windows-2012r2"
	Windows2016   OS = "windows-2016"
	Windows2019   OS = "windows-2019"
	Windows2022   OS = "windows-2022"
	Windows2025   OS = "windows-2025"
)

// Arch is a processor architecture.
type Arch string

// The architectures that a guest's Windows can have.
const (
	X86 Arch = "x86"
	X64 Arch = "x64"
)

// UnknownServicePack is the service pack of a disc that nobody has read.
const UnknownServicePack = -1

// Machine is one machine of a lab.
type Machine struct {
	// Name is the block's label: "dc01".
	Name string
	// Computer is the Windows computer name, at most 15 characters, upper case.
	Computer string
	OS       OS
	// Arch is of the Windows on InstallFrom.
	Arch Arch
	// Edition is "standard", "enterprise", "datacenter", "web", as far as the
	// lab file tells; empty when it does not.
	Edition string
	// Image is the name or number of an image of INSTALL.WIM, where the usual
	// one of the edition is not wanted; Language that of the disc: "de-DE".
	Image, Language string
	// ServicePack is the one on the disc, or [UnknownServicePack].
	ServicePack int
	// ClockSkew is how far the machine's clock is ahead of the lab's when it
	// starts; behind when it is negative.
	ClockSkew time.Duration
	// Memory is in bytes, a whole number of MiB.
	Memory uint64
	CPUs   int
	// InstallFrom is the name of the media with the operating system.
	InstallFrom string
	// ProductKey and AdminPassword are names of secrets; ProductKey may be empty.
	ProductKey, AdminPassword string
	// Components are optional parts of Windows: "iis", "smtp", "nntp", "aspnet", "dns".
	Components []string
	// TimeZone is Windows' index of a time zone; 85 is GMT.
	TimeZone int
	// Licenses is the number of "per server" licences; 0 means per seat.
	Licenses int
	// Owner and Organization are what Setup registers the machine to.
	Owner, Organization string
	Disks               []Disk
	NICs                []NIC
	Range               Range
	// Attributes are the ranges of the arguments' values, by name: "memory",
	// "disk.system.size", "nic.corp.address".
	Attributes map[string]Range
}

// Attribute is where an argument is written, or the machine's own range when
// it was left out.
func (m *Machine) Attribute(name string) Range {
	if r, ok := m.Attributes[name]; ok {
		return r
	}
	return m.Range
}

// Disk is a hard disk of a machine; the first is the system disk.
type Disk struct {
	Name string
	// Size is in bytes, as the guest sees it.
	Size  uint64
	Range Range
}

// NIC is a network card of a machine, with a static address.
type NIC struct {
	// Network is the name of a network of the lab.
	Network string
	Address netip.Addr
	// Gateway and DNS may be empty.
	Gateway netip.Addr
	DNS     []netip.Addr
	Range   Range
}

// Stage is a list of steps that ends in a checkpoint.
type Stage struct {
	Name, Description string
	// After is the name of the parent stage; empty for the root.
	After string
	// Clock is the lab's time when the stage begins, UTC; zero goes on from the
	// stage before.
	Clock time.Time
	// Warm says that the checkpoint holds the machines' memory, too.
	Warm  bool
	Steps []*Step
	Range Range
	// Attributes are the ranges of the arguments, by name.
	Attributes map[string]Range
}

// Attribute is where an argument is written, or the stage's own range when it
// was left out.
func (s *Stage) Attribute(name string) Range {
	if r, ok := s.Attributes[name]; ok {
		return r
	}
	return s.Range
}

// Step is one thing done to one or more machines.
type Step struct {
	// Kind is the entry of the catalogue: "install", "promote".
	Kind string
	// Name is unique in its stage: the kind, or the kind and a number, or what
	// the second label says.
	Name string
	// On are the names of the machines, in the order written.
	On []string
	// After are names of steps of the same stage that come first.
	After []string
	// Args are the arguments, by name, complete with defaults.
	Args map[string]Value
	// Sensitive are the names of arguments whose values are shown to nobody.
	Sensitive []string
	// Allow are the ids of rules that the author silences on this step, and
	// Because is the reason given.
	Allow   []string
	Because string
	// Check says that the step only looks: a `check` block.
	Check bool
	Range Range
	// Attributes are the ranges of the arguments, by name.
	Attributes map[string]Range
}

// Attribute is where an argument is written, or the step's own range when it
// was left out.
func (s *Step) Attribute(name string) Range {
	if r, ok := s.Attributes[name]; ok {
		return r
	}
	return s.Range
}

// Machine finds a machine by name.
func (l *Lab) Machine(name string) (*Machine, bool) {
	return find(l.Machines, name, func(m *Machine) string { return m.Name })
}

// Medium finds a media by name.
func (l *Lab) Medium(name string) (*Media, bool) {
	return find(l.Media, name, func(m *Media) string { return m.Name })
}

// Network finds a network by name.
func (l *Lab) Network(name string) (*Network, bool) {
	return find(l.Networks, name, func(n *Network) string { return n.Name })
}

// Secret finds a secret by name.
func (l *Lab) Secret(name string) (*Secret, bool) {
	return find(l.Secrets, name, func(s *Secret) string { return s.Name })
}

// Stage finds a stage by name.
func (l *Lab) Stage(name string) (*Stage, bool) {
	return find(l.Stages, name, func(s *Stage) string { return s.Name })
}

// Path lists the stages from the root to name, both included. It is empty
// when there is no such stage.
func (l *Lab) Path(name string) []*Stage {
	byName := make(map[string]*Stage, len(l.Stages))
	for _, s := range l.Stages {
		byName[s.Name] = s
	}
	var path []*Stage
	for s := byName[name]; s != nil && len(path) < len(l.Stages); s = byName[s.After] {
		path = append(path, s)
	}
	slices.Reverse(path)
	return path
}

func find[T any](list []*T, name string, of func(*T) string) (*T, bool) {
	for _, item := range list {
		if of(item) == name {
			return item, true
		}
	}
	return nil, false
}

// Address is how an object of a lab is called in messages: "machine.dc01".
func Address(kind, name string) string { return fmt.Sprintf("%s.%s", kind, name) }
