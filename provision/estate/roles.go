package estate

import "slices"

func (s MoveRoles) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	d, f, problems := e.controls(m)
	if f == nil {
		return problems
	}
	held := heldBy(m.Name, d, f)
	var wanted []string
	for _, role := range s.Roles {
		if !slices.Contains(held, role) {
			wanted = append(wanted, role)
		}
	}
	say := words{"machine": m.Name, "domain": d.Name, "forest": f.Root, "roles": and(s.Roles)}
	if len(wanted) == 0 {
		return []Problem{breaks("DH-AD-ROLES-TWICE", "roles", say)}
	}
	if slices.Contains(wanted, InfrastructureRole) && e.blind(m, d, f) {
		problems = append(problems, breaks("DH-AD-INFRASTRUCTURE-CATALOG", "roles", say))
	}
	f = e.editForest(f.Root)
	d = f.domain(d.Name)
	for _, role := range wanted {
		e.hand(role, m.Name, d, f)
	}
	return problems
}

// blind says that an infrastructure master on m sees no reference that grows
// stale: m is a global catalog, which holds every object anyway, and other
// controllers of its domain are none.
func (e *Estate) blind(m *Machine, d *Domain, f *Forest) bool {
	return m.Catalog && len(f.Domains) > 1 && slices.ContainsFunc(e.controllersOf(d), func(o *Machine) bool { return !o.Catalog })
}

// heldBy lists the operations master roles that a machine holds in a domain and
// its forest.
func heldBy(machine string, d *Domain, f *Forest) []string {
	held := forestRoles(machine, f)
	for _, r := range []struct{ role, holder string }{{PDCRole, d.PDC}, {RIDRole, d.RID}, {InfrastructureRole, d.Infrastructure}} {
		if r.holder == machine {
			held = append(held, r.role)
		}
	}
	return held
}

// forestRoles lists the forest's roles that a machine holds.
func forestRoles(machine string, f *Forest) []string {
	var held []string
	if f.SchemaMaster == machine {
		held = append(held, SchemaRole)
	}
	if f.NamingMaster == machine {
		held = append(held, NamingRole)
	}
	return held
}

// hand gives a role of an edited forest or domain to a machine.
func (e *Estate) hand(role, machine string, d *Domain, f *Forest) {
	where, what, holder := d.Name, "", (*string)(nil)
	switch role {
	case SchemaRole:
		where, what, holder = f.Root, "schema master", &f.SchemaMaster
	case NamingRole:
		where, what, holder = f.Root, "domain naming master", &f.NamingMaster
	case PDCRole:
		what, holder = "PDC emulator", &d.PDC
	case RIDRole:
		what, holder = "RID master", &d.RID
	case InfrastructureRole:
		what, holder = "infrastructure master", &d.Infrastructure
	default:
		return
	}
	e.say("%s: %s %s → %s", where, what, *holder, machine)
	*holder = machine
}
