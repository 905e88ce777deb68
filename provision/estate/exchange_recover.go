package estate

import "slices"

func (s MountStore) do(e *Estate) []Problem {
	server, f, problems := e.serving(s.Machine, "on", "the mounting of a store")
	if server == nil {
		return problems
	}
	product := serverProduct(server)
	from, known := FindProduct(s.Product)
	say := words{"machine": s.Machine, "product": server.Product, "store": from.Name}
	if !slices.Contains(server.Roles, MailboxRole) {
		return append(problems, breaks("DH-EX-NO-STORE", "on", say))
	}
	if known && from.ID != product {
		problems = append(problems, breaks("DH-EX-STORE-VERSION", "on", say))
	}
	if s.Recovery && olderProduct(product, "exchange-2003") {
		problems = append(problems, breaks("DH-EX-RECOVERY-GROUP", "on", say))
	}
	if !s.Recovery {
		problems = append(problems, e.mayTake(server, f)...)
	}
	if !s.Recovery && !server.Mailboxes {
		e.editServer(f, s.Machine).Mailboxes = true
		e.say("%s: mailboxes of a store from elsewhere", s.Machine)
	}
	return problems
}

func (s DisasterRecovery) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	r, unknown := release(s.Release, s.Machine)
	if unknown != nil {
		return append(problems, unknown...)
	}
	_, f, astray := e.inForest(m, "disaster recovery of "+r.Name)
	if f == nil {
		return append(problems, astray...)
	}
	var lost *Server
	if f.Exchange != nil {
		lost, _ = first(f.Exchange.Servers, func(x *Server) bool { return same(x.Computer, m.Computer) })
	}
	say := words{"machine": m.Name, "computer": m.Computer, "product": r.Name}
	if lost == nil {
		return append(problems, breaks("DH-EX-RECOVERY-NONE", "on", say))
	}
	problems = append(problems, e.mayRecover(m, lost, r, say)...)
	problems = append(problems, mayHost(m, r)...)
	problems = append(problems, hasParts(m, r)...)
	server := e.editServer(f, lost.Machine)
	server.Machine, server.Release, server.Build = m.Name, r.ID, r.Build.String()
	e.editMachine(m.Name).withdraw(wordLost)
	e.say("%s: %s in the place of the lost %s", m.Name, r.Name, m.Computer)
	return problems
}

// wordLost is vouched for of a machine that Exchange was taken off.
const wordLost = "exchange-lost"

// mayRecover asks whether a machine can take the place of a lost server: with
// the same version, at its level from 2013 on, and on the same Windows.
func (e *Estate) mayRecover(m *Machine, lost *Server, r Release, say words) []Problem {
	now, _ := FindRelease(lost.Release)
	say["server"] = now.Name
	if lost.Machine == m.Name {
		if m.Vouched(wordLost) {
			return mayRebuild(now, r, say)
		}
		return append([]Problem{breaks("DH-EX-RECOVERY-ALIVE", "on", say)}, mayRebuild(now, r, say)...)
	}
	problems := mayRebuild(now, r, say)
	if was, ok := e.Machine(lost.Machine); ok && servicePackOf(was.OS) != servicePackOf(m.OS) {
		say["was"], say["os"] = windowsName(was.OS), windowsName(m.OS)
		p := breaks("DH-EX-RECOVERY-WINDOWS", "on", say)
		if olderProduct(r.Product, "exchange-2013") {
			p = p.as(Origin{Confidence: Fair})
		}
		problems = append(problems, p)
	}
	return problems
}

// mayRebuild asks whether Setup of a release rebuilds a server of a level.
func mayRebuild(now, r Release, say words) []Problem {
	switch {
	case now.Product != r.Product:
		return []Problem{breaks("DH-EX-RECOVERY-VERSION", "media", say)}
	case !olderProduct(r.Product, "exchange-2013") && r.Build.Less(now.Build):
		return []Problem{breaks("DH-EX-RECOVERY-LEVEL", "media", say)}
	}
	return nil
}
