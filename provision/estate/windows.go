package estate

import (
	"slices"
	"strconv"

	"github.com/doublehop/doublehop/labs"
)

func (s Install) do(e *Estate) []Problem {
	m := s.Machine
	if _, ok := e.Machine(m.Name); ok {
		return []Problem{breaks("DH-WIN-INSTALLED-TWICE", "on", words{"machine": m.Name})}
	}
	problems := append(e.named(m), mayUse(m)...)
	installed := &Machine{
		Name: m.Name, Computer: m.Computer, OS: m.OS, ServicePack: m.ServicePack, Arch: m.Arch, Edition: m.Edition,
		Memory: m.Memory, CPUs: m.CPUs, Skew: m.ClockSkew, Installed: e.Clock, Components: slices.Sorted(slices.Values(m.Components)),
	}
	for _, n := range m.NICs {
		installed.NICs = append(installed.NICs, NIC{Network: n.Network, Address: n.Address, DNS: slices.Clone(n.DNS)})
	}
	e.Machines = append(e.Machines, installed)
	e.say("%s: %s", m.Name, m.OS)
	return problems
}

// named asks whether a machine's computer name is free.
func (e *Estate) named(m *labs.Machine) []Problem {
	var problems []Problem
	for _, other := range e.Machines {
		if same(other.Computer, m.Computer) {
			problems = append(problems, breaks("DH-WIN-NAME-CLASH", "on", words{"machine": m.Name, "computer": m.Computer, "other": other.Name}))
		}
	}
	for _, f := range e.Forests {
		for _, d := range f.Domains {
			if same(d.NetBIOS, m.Computer) {
				problems = append(problems, nameIsDomain(m.Name, m.Computer, d.Name, "on"))
			}
		}
	}
	return problems
}

func nameIsDomain(machine, computer, domain, attr string) Problem {
	return breaks("DH-AD-NETBIOS-CLASH", attr, words{"what": "Machine \"" + machine + "\"", "name": computer, "domain": domain})
}

// installed finds a machine, or says that it has no operating system.
func (e *Estate) installed(machine string) (*Machine, []Problem) {
	if m, ok := e.Machine(machine); ok {
		return m, nil
	}
	return nil, []Problem{breaks("DH-WIN-NOT-INSTALLED", "on", words{"machine": machine})}
}

func (s Use) do(e *Estate) []Problem { return e.use(s.Machine) }

func (e *Estate) use(machine string) []Problem {
	_, problems := e.installed(machine)
	return problems
}

func (s Reboot) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m != nil && m.Vouched("reboot-pending") {
		e.editMachine(m.Name).withdraw("reboot-pending")
		e.say("%s: restarted", m.Name)
	}
	return problems
}

func (s AddComponents) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	var added []string
	for _, c := range s.Components {
		if !m.Has(c) && !slices.Contains(added, c) {
			added = append(added, c)
		}
	}
	if len(added) == 0 {
		return problems
	}
	m = e.editMachine(m.Name)
	m.Components = append(m.Components, added...)
	slices.Sort(m.Components)
	e.say("%s: %s", m.Name, and(added))
	return problems
}

func (s ServicePack) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	w, known := WindowsOf(m.OS)
	say := words{
		"machine": m.Name, "os": windowsName(m.OS), "other": windowsName(s.OS), "now": strconv.Itoa(m.ServicePack),
		"level": strconv.Itoa(s.Level), "there": "service packs up to " + strconv.Itoa(w.ServicePack),
	}
	switch {
	case servicePackOf(s.OS) != servicePackOf(m.OS):
		return append(problems, breaks("DH-WIN-SP-OS", "media", say))
	case known && (s.Level < 1 || s.Level > w.ServicePack):
		if w.ServicePack == 0 {
			say["there"] = "none"
		}
		return append(problems, breaks("DH-WIN-SP-NONE", "media", say).as(w.Origin))
	case m.ServicePack == s.Level:
		return append(problems, breaks("DH-WIN-SP-TWICE", "media", say))
	case m.ServicePack > s.Level:
		return append(problems, breaks("DH-WIN-SP-OLD", "media", say))
	}
	e.editMachine(m.Name).ServicePack = s.Level
	e.say("%s: service pack %d", m.Name, s.Level)
	return problems
}

// servicePackOf is the Windows whose service packs a Windows takes: Windows
// 2003 R2 is Windows 2003 with a second disc and takes the same.
func servicePackOf(os labs.OS) labs.OS {
	if os == labs.Windows2003R2 {
		return labs.Windows2003
	}
	return os
}

// windowsName is a Windows' name for people; its id where no table has it.
func windowsName(os labs.OS) string {
	if w, ok := WindowsOf(os); ok {
		return w.Name
	}
	return string(os)
}
