package estate

import "slices"

func (s ExchangeUpdate) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	r, unknown := release(s.Release, s.Machine)
	if unknown != nil {
		return append(problems, unknown...)
	}
	server, f, ok := e.Server(m.Name)
	if !ok {
		return append(problems, breaks("DH-EX-NO-SERVER", "on", words{"machine": m.Name, "what": "the update to " + r.Name}))
	}
	now, _ := FindRelease(server.Release)
	say := words{"machine": m.Name, "server": now.Name, "product": r.Name, "build": now.Build.String()}
	switch {
	case now.Product != r.Product:
		return append(problems, breaks("DH-EX-UPDATE-PRODUCT", "media", say, becomes(server, now, r, f)...))
	case r.Build.Less(now.Build):
		return append(problems, breaks("DH-EX-UPDATE-OLDER", "media", say))
	case r.Build == now.Build:
		return append(problems, breaks("DH-EX-UPDATE-TWICE", "media", say))
	}
	problems = append(problems, mayStay(m, now, r)...)
	problems = append(problems, restarted(m, r)...)
	problems = append(problems, mayJump(m, now, r)...)
	problems = append(problems, e.mayExtend(m, f, r)...)
	if slices.Contains(server.Roles, EdgeTransportRole) {
		problems = append(problems, breaks("DH-EX-EDGE-SUBSCRIPTION", "on", say))
	}
	problems = append(problems, e.mayMeetControllers(f, r, "media")...)
	problems = append(problems, e.mayWorkAt(f, r, "media")...)
	problems = append(problems, e.mayCoexist(f, r, "media")...)
	e.setRelease(f, m.Name, r)
	return problems
}

// becomes is the upgrade in place to the version of an update, where there is one.
func becomes(server *Server, now, r Release, f *Forest) []Step {
	row, ok := moveBetween(now.Product, r.Product)
	switch {
	case !ok || !row.InPlace:
		return nil
	case olderProduct(r.Product, "exchange-2007"):
		return []Step{ExchangeSetup{Machine: server.Machine, Release: r.Product, Organization: f.Exchange.Name, FrontEnd: slices.Contains(server.Roles, FrontEndRole)}}
	}
	return []Step{ExchangeInstall{Machine: server.Machine, Release: r.Product}}
}

// mayStay is [mayHost] for an update: what was wrong with the level before was
// said of that one.
func mayStay(m *Machine, now, r Release) []Problem {
	after := mayHost(m, r)
	if len(after) == 0 {
		return nil
	}
	before := mayHost(m, now)
	return slices.DeleteFunc(after, func(p Problem) bool {
		return slices.ContainsFunc(before, func(known Problem) bool { return known.Rule == p.Rule })
	})
}

// mayJump asks whether an update leaps over a level at which .NET Framework has
// to change.
func mayJump(m *Machine, now, r Release) []Problem {
	for _, row := range jumps() {
		stop, ok := FindRelease(row.Stop)
		to, known := FindRelease(row.Reaches)
		if !ok || !known || stop.Product != r.Product || !now.Build.Less(stop.Build) || r.Build.Less(to.Build) {
			continue
		}
		return []Problem{breaks("DH-EX-DOTNET-LADDER", "media",
			words{"machine": m.Name, "server": now.Name, "product": r.Name, "stop": stop.Name, "next": row.Next},
			ExchangeUpdate{Machine: m.Name, Release: stop.ID}).as(row.Origin)}
	}
	return nil
}

// setRelease brings a server to another level, and the directory with it.
func (e *Estate) setRelease(f *Forest, machine string, r Release) {
	e.extendFor(f, r)
	e.stampOrganization(f, r)
	if m, ok := e.Machine(machine); ok {
		if d, _, ok := e.Domain(m.Domain); ok && d.Prepared < r.Domain {
			e.prepareDomain(f, d.Name, r)
		}
	}
	p, _ := FindProduct(r.Product)
	for _, s := range e.editForest(f.Root).Exchange.Servers {
		if s.Machine != machine {
			continue
		}
		was, _ := FindRelease(s.Release)
		s.Release, s.Product, s.Build = r.ID, p.Name, r.Build.String()
		if was.Product != r.Product {
			e.sayForGood("%s: %s → %s, build %s", machine, was.Name, r.Name, r.Build)
		} else {
			e.say("%s: %s → %s, build %s", machine, was.Name, r.Name, r.Build)
		}
	}
}
