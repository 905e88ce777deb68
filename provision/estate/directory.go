package estate

import (
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// SchemaOf is the version of the Active Directory schema that a system brings
// (objectVersion of CN=Schema): 13 with Windows 2000, 30 with 2003 (KB325379).
func SchemaOf(os labs.OS) int {
	w, _ := WindowsOf(os)
	return w.Schema
}

func (s Join) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	say := words{"machine": m.Name, "domain": m.Domain}
	switch {
	case m.Controller:
		return []Problem{breaks("DH-AD-CONTROLLER-JOINS", "on", say)}
	case m.Domain != "":
		return []Problem{breaks("DH-AD-JOINED-TWICE", "on", say)}
	}
	d, _, ok := e.Domain(s.Domain)
	if !ok {
		return []Problem{noDomain(m.Name, s.Domain, "domain")}
	}
	problems = append(problems, e.reaches(m, d)...)
	e.editMachine(m.Name).Domain = d.Name
	e.follow(m.Name, d)
	e.say("%s: member of %s", m.Name, d.Name)
	return problems
}

func noDomain(machine, domain, attr string) Problem {
	return breaks("DH-AD-NO-DOMAIN", attr, words{"machine": machine, "domain": domain})
}

// reaches asks whether a machine finds a domain's controllers, and whether
// Kerberos takes the time of one for the other's.
func (e *Estate) reaches(m *Machine, d *Domain) []Problem {
	var problems []Problem
	if !e.finds(m, d) {
		problems = append(problems, breaks("DH-AD-DNS", "on", words{"machine": m.Name, "domain": d.Name, "controller": d.Controllers[0]}))
	}
	return append(problems, e.inTime(m, d)...)
}

// finds says whether m asks one of d's domain controllers for names: the
// locator finds a domain by its SRV records, which the sealed network has
// nowhere else.
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

// controls finds the domain that a machine is a controller of; it says so when
// it is none.
func (e *Estate) controls(m *Machine) (*Domain, *Forest, []Problem) {
	if d, f, ok := e.Domain(m.Domain); ok && m.Controller {
		return d, f, nil
	}
	return nil, nil, []Problem{breaks("DH-AD-NOT-CONTROLLER", "on", words{"machine": m.Name})}
}

// controllers are the domain controllers of a forest, domain by domain.
func (e *Estate) controllers(f *Forest) []*Machine {
	var list []*Machine
	for _, d := range f.Domains {
		list = append(list, e.controllersOf(d)...)
	}
	return list
}

// controllersOf are the domain controllers of a domain, the first one first.
func (e *Estate) controllersOf(d *Domain) []*Machine {
	var list []*Machine
	for _, name := range d.Controllers {
		if m, ok := e.Machine(name); ok {
			list = append(list, m)
		}
	}
	return list
}

// schemaMaster is the holder of the role; the founder where a manifest of an
// earlier version names none.
func (f *Forest) schemaMaster() string { return orFirst(f.SchemaMaster, f.Domains[0]) }

func (d *Domain) pdc() string { return orFirst(d.PDC, d) }

func (d *Domain) infrastructure() string { return orFirst(d.Infrastructure, d) }

func orFirst(holder string, d *Domain) string {
	if holder == "" && len(d.Controllers) > 0 {
		return d.Controllers[0]
	}
	return holder
}

// below says that a domain's name stands under another one.
func below(name, parent string) bool {
	return strings.HasSuffix(strings.ToLower(name), "."+strings.ToLower(parent))
}

func namesOf(list []*Machine) []string {
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}
