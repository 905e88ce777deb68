package estate

import (
	"github.com/doublehop/doublehop/labs"
)

// SchemaOf is the version of the Active Directory schema that a system brings
// (objectVersion of CN=Schema): 13 with Windows 2000, 30 with 2003 (KB325379).
func SchemaOf(os labs.OS) int {
	if os == labs.Windows2000 {
		return 13
	}
	return 30
}

// Promotion makes a machine the first domain controller of a new forest.
type Promotion struct {
	Machine string
	// Domain is the new domain's DNS name, NetBIOS its short one.
	Domain, NetBIOS string
	// Level is the functional level of forest and domain.
	Level Level
}

// Promote makes a forest.
func (e *Estate) Promote(p Promotion) []Problem {
	m, problems := e.installed(p.Machine)
	if m == nil {
		return problems
	}
	if problems = e.mayPromote(m, p); len(problems) > 0 && m.Domain != "" {
		return problems
	}
	problems = append(problems, e.mayName(p)...)
	if _, _, ok := e.Domain(p.Domain); ok {
		return problems
	}
	m = e.editMachine(m.Name)
	m.Domain, m.Controller = p.Domain, true
	e.Forests = append(e.Forests, &Forest{
		Root: p.Domain, Schema: SchemaOf(m.OS), Level: p.Level,
		Domains: []*Domain{{Name: p.Domain, NetBIOS: p.NetBIOS, Level: p.Level, Controllers: []string{m.Name}}},
	})
	e.say("%s: domain controller of %s", m.Name, p.Domain)
	e.say("%s: schema %d", p.Domain, SchemaOf(m.OS))
	e.say("%s: forest level %s", p.Domain, p.Level)
	return problems
}

// mayPromote asks whether the machine can become a domain controller.
func (e *Estate) mayPromote(m *Machine, p Promotion) []Problem {
	var problems []Problem
	if s, _, ok := e.Server(m.Name); ok {
		problems = append(problems, block("DH-EX-DCPROMO", "on", "Promotion of an Exchange server",
			"Machine %q runs %s. A server may not become a domain controller after Exchange was installed on it: its services and permissions break. Promote it before Exchange, or use another machine.",
			m.Name, s.Product))
	}
	switch {
	case m.Controller:
		problems = append(problems, block("DH-AD-PROMOTED-TWICE", "on", "Machine promoted twice",
			"Machine %q is a domain controller of %s already. A domain controller serves one domain. Remove this step, or name a machine that is no domain controller.",
			m.Name, m.Domain))
	case m.Domain != "":
		problems = append(problems, block("DH-AD-MEMBER-PROMOTED", "on", "Promotion of a domain member",
			"Machine %q is a member of %s when it is to found the forest of %s. Promote a machine that stands in a workgroup, before any join.",
			m.Name, m.Domain, p.Domain))
	}
	if m.OS == labs.Windows2000 && p.Level > Level2000 {
		problems = append(problems, block("DH-AD-LEVEL-OS", "forest_level", "Functional level too new for the system",
			"Machine %q runs Windows 2000, which knows the functional level 2000 only. Leave forest_level out, or promote a Windows 2003 machine.",
			m.Name))
	}
	return problems
}

// mayName asks whether the names of a new domain are free.
func (e *Estate) mayName(p Promotion) []Problem {
	var problems []Problem
	for _, f := range e.Forests {
		for _, d := range f.Domains {
			switch {
			case same(d.Name, p.Domain):
				problems = append(problems, block("DH-AD-DOMAIN-EXISTS", "domain", "Domain exists already",
					"The domain %s was founded by machine %q. This step founds a new forest and cannot add a domain controller to one that exists. Remove it, or found another domain.",
					d.Name, d.Controllers[0]))
			case same(d.NetBIOS, p.NetBIOS):
				problems = append(problems, block("DH-AD-NETBIOS-CLASH", "netbios", "NetBIOS name taken",
					"The domain %s has the NetBIOS name %s already. Give %s another one with netbios.",
					d.Name, d.NetBIOS, p.Domain))
			}
		}
	}
	for _, m := range e.Machines {
		if same(m.Computer, p.NetBIOS) {
			problem := nameIsDomain(m.Name, m.Computer, &Domain{Name: p.Domain})
			problem.Attr = "netbios"
			problems = append(problems, problem)
		}
	}
	return problems
}

// Join makes a machine a member of a domain.
func (e *Estate) Join(machine, domain string) []Problem {
	m, problems := e.installed(machine)
	if m == nil {
		return problems
	}
	if m.Controller {
		return []Problem{block("DH-AD-CONTROLLER-JOINS", "on", "Domain controller cannot join",
			"Machine %q is a domain controller of %s. A domain controller belongs to its own domain and cannot join another. Remove this step.",
			m.Name, m.Domain)}
	}
	if m.Domain != "" {
		return []Problem{block("DH-AD-JOINED-TWICE", "on", "Machine joined twice",
			"Machine %q is a member of %s already. Remove this step.", m.Name, m.Domain)}
	}
	d, _, ok := e.Domain(domain)
	if !ok {
		return []Problem{block("DH-AD-NO-DOMAIN", "domain", "No such domain",
			"No domain %s exists when machine %q is to join it. Found it in an earlier stage or in this one:\n\n  step \"promote\" {\n    on     = machine.NAME\n    domain = %q\n  }",
			domain, m.Name, domain)}
	}
	problems = append(problems, e.asks(m, d)...)
	e.editMachine(m.Name).Domain = d.Name
	e.say("%s: member of %s", m.Name, d.Name)
	return problems
}

// asks holds that m asks one of d's domain controllers for names: the locator
// finds a domain by its SRV records, which the sealed network has nowhere else.
func (e *Estate) asks(m *Machine, d *Domain) []Problem {
	if e.finds(m, d) {
		return nil
	}
	return []Problem{block("DH-AD-DNS", "on", "Machine cannot find the domain",
		"Machine %q asks no domain controller of %s for names, so it cannot find the domain. On a network that both share, put the domain controller's address first:\n\n  nic \"NETWORK\" { dns = [machine.%s.address] }",
		m.Name, d.Name, d.Controllers[0])}
}

func (e *Estate) finds(m *Machine, d *Domain) bool {
	for _, name := range d.Controllers {
		controller, ok := e.Machine(name)
		if !ok {
			continue
		}
		for _, near := range m.NICs {
			for _, far := range controller.NICs {
				if near.Network == far.Network && len(near.DNS) > 0 && near.DNS[0] == far.Address {
					return true
				}
			}
		}
	}
	return false
}
