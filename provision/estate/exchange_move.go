package estate

import (
	"slices"
)

// serving finds the Exchange server on a machine; it says so when there is none.
func (e *Estate) serving(machine, attr, what string) (*Server, *Forest, []Problem) {
	m, problems := e.installed(machine)
	if m == nil {
		return nil, nil, problems
	}
	if s := m.server55(); s != nil {
		if _, f, ok := e.Domain(m.Domain); ok {
			return s, f, problems
		}
	}
	s, f, ok := e.Server(machine)
	if !ok {
		return nil, nil, append(problems, breaks("DH-EX-NO-SERVER", attr, words{"machine": machine, "what": what}))
	}
	return s, f, problems
}

// editServer puts a copy of a server in its place and gives it for changing.
func (e *Estate) editServer(f *Forest, machine string) *Server {
	if f = e.editForest(f.Root); f.Exchange != nil {
		for _, s := range f.Exchange.Servers {
			if s.Machine == machine {
				return s
			}
		}
	}
	return &Server{}
}

func (s CreateMailboxes) do(e *Estate) []Problem {
	server, f, problems := e.serving(s.Machine, "on", "the making of mailboxes")
	if server == nil {
		return problems
	}
	if !slices.Contains(server.Roles, MailboxRole) {
		return append(problems, breaks("DH-EX-NO-STORE", "on", words{"machine": s.Machine, "product": server.Product}))
	}
	if !server.Mailboxes {
		e.editServer(f, s.Machine).Mailboxes = true
		e.say("%s: mailboxes", s.Machine)
	}
	return problems
}

func (s MoveMailboxes) do(e *Estate) []Problem {
	to, f, problems := e.serving(s.Machine, "on", "the move of mailboxes")
	if to == nil {
		return problems
	}
	from, other, more := e.serving(s.From, "from", "the move of mailboxes")
	if from == nil {
		return append(problems, more...)
	}
	say := words{"machine": s.Machine, "from": s.From, "product": to.Product, "old": from.Product}
	if !same(f.Root, other.Root) {
		return append(problems, breaks("DH-EX-MOVE-FOREST", "from", say))
	}
	if !slices.Contains(to.Roles, MailboxRole) {
		return append(problems, breaks("DH-EX-NO-STORE", "on", say))
	}
	row, ok := moveBetween(serverProduct(from), serverProduct(to))
	if !ok || !row.Move {
		say["way"] = wayBetween(serverProduct(from), serverProduct(to))
		return append(problems, breaks("DH-EX-NO-MOVE", "from", say))
	}
	if !from.Mailboxes {
		return append(problems, breaks("DH-EX-NO-MAILBOXES", "from", say))
	}
	m, _ := e.Machine(s.Machine)
	if serverProduct(from) == "exchange-2010" && olderProduct("exchange-2010", serverProduct(to)) && !m.Vouched("arbitration-moved") {
		problems = append(problems, breaks("DH-EX-ARBITRATION", "from", say, moveArbitration(m)))
	}
	e.editServer(f, s.From).Mailboxes = false
	e.empty55(s.From, moved55)
	e.editServer(f, s.Machine).Mailboxes = true
	e.say("mailboxes: %s → %s", s.From, s.Machine)
	return problems
}

// moveArbitration moves the mailboxes of the system itself to a server.
func moveArbitration(m *Machine) Step {
	return Establish{Machine: m.Name, Facts: []string{"arbitration-moved"}, Commands: []string{
		`powershell -NonInteractive -Command "Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn; ` +
			`Get-Mailbox -Arbitration | New-MoveRequest -TargetDatabase (Get-MailboxDatabase -Server ` + m.Computer + ` | Select-Object -First 1)"`,
	}}
}

func (s PublicFolders) do(e *Estate) []Problem {
	to, f, problems := e.serving(s.Machine, "on", "public folders")
	if to == nil {
		return problems
	}
	if !slices.Contains(to.Roles, MailboxRole) {
		return append(problems, breaks("DH-EX-NO-STORE", "on", words{"machine": s.Machine, "product": to.Product}))
	}
	if s.From == "" {
		if !to.PublicFolders {
			e.editServer(f, s.Machine).PublicFolders = true
			e.say("%s: public folders", s.Machine)
		}
		return problems
	}
	from, _, more := e.serving(s.From, "from", "the move of public folders")
	if from == nil {
		return append(problems, more...)
	}
	say := words{"machine": s.Machine, "from": s.From, "product": to.Product, "old": from.Product}
	row, ok := moveBetween(serverProduct(from), serverProduct(to))
	if !ok || !row.Move {
		say["way"] = wayBetween(serverProduct(from), serverProduct(to))
		return append(problems, breaks("DH-EX-NO-MOVE", "from", say))
	}
	if !from.PublicFolders {
		return append(problems, breaks("DH-EX-NO-FOLDERS", "from", say))
	}
	problems = append(problems, modernFolders(from, to, say)...)
	e.editServer(f, s.From).PublicFolders = false
	e.empty55(s.From, folders55)
	e.editServer(f, s.Machine).PublicFolders = true
	e.say("public folders: %s → %s", s.From, s.Machine)
	return problems
}

// migrateFolders moves the public folders of all other servers of the
// organization to the one on a machine.
func (e *Estate) migrateFolders(machine, attr string) []Problem {
	server, f, problems := e.serving(machine, "on", "the migration of public folders")
	if server == nil {
		return problems
	}
	for _, s := range f.Exchange.Servers {
		if s.Machine == machine || !s.PublicFolders {
			continue
		}
		for _, p := range (PublicFolders{Machine: machine, From: s.Machine}).do(e) {
			p.Attr = attr
			problems = append(problems, p)
		}
	}
	return problems
}

// modernFolders asks what the migration from public folder stores to the public
// folder mailboxes of 2013 and later demands.
func modernFolders(from, to *Server, say words) []Problem {
	if !olderProduct(serverProduct(from), "exchange-2013") || olderProduct(serverProduct(to), "exchange-2013") {
		return nil
	}
	var problems []Problem
	now, _ := FindRelease(from.Release)
	if floor, ok := FindRelease("exchange-2010-sp3-ru8"); ok && now.Product == floor.Product && now.Build.Less(floor.Build) {
		say["floor"], say["server"] = floor.Name, now.Name
		problems = append(problems, breaks("DH-EX-FOLDERS-RU8", "from", say, ExchangeUpdate{Machine: from.Machine, Release: floor.ID}))
	}
	if from.Mailboxes {
		problems = append(problems, breaks("DH-EX-FOLDERS-FIRST", "from", say, MoveMailboxes{Machine: to.Machine, From: from.Machine}))
	}
	return problems
}

func (s ExchangeRemove) do(e *Estate) []Problem {
	server, f, problems := e.serving(s.Machine, "on", "the removal of Exchange")
	if server == nil {
		return problems
	}
	say := words{"machine": s.Machine, "product": server.Product, "forest": f.Root}
	if serverProduct(server) == word55 {
		return append(problems, e.remove55(server, f, say)...)
	}
	problems = append(problems, leaves(server, e.heir(f, server), say)...)
	if len(f.Exchange.Servers) == 1 {
		problems = append(problems, breaks("DH-EX-REMOVE-LAST", "on", say))
	}
	o := e.editForest(f.Root).Exchange
	o.Servers = slices.DeleteFunc(o.Servers, func(x *Server) bool { return x.Machine == s.Machine })
	e.say("%s: %s removed", s.Machine, server.Product)
	return problems
}

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
	now, _ := FindRelease(lost.Release)
	if now.Product != r.Product {
		say["server"] = now.Name
		problems = append(problems, breaks("DH-EX-RECOVERY-VERSION", "media", say))
	}
	problems = append(problems, mayHost(m, r)...)
	problems = append(problems, hasParts(m, r)...)
	server := e.editServer(f, lost.Machine)
	server.Machine, server.Release, server.Build = m.Name, r.ID, r.Build.String()
	e.say("%s: %s in the place of the lost %s", m.Name, r.Name, m.Computer)
	return problems
}
