package estate

import (
	"slices"

	"github.com/doublehop/doublehop/labs"
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
	problems = append(problems, e.mayTake(server, f)...)
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
	problems = append(problems, e.mayPull(from, to, f, row, say)...)
	problems = append(problems, e.mayTake(to, f)...)
	e.editServer(f, s.From).Mailboxes = false
	e.empty55(s.From, moved55)
	e.editServer(f, s.Machine).Mailboxes = true
	if from.System && !olderProduct(serverProduct(to), "exchange-2013") {
		e.takeSystem(f, s.Machine)
	}
	e.say("mailboxes: %s → %s, %s (%s)", s.From, s.Machine, row.Mode, row.Tool)
	return problems
}

// mayPull asks what a move between two versions demands.
func (e *Estate) mayPull(from, to *Server, f *Forest, row moveRow, say words) []Problem {
	was, is := serverProduct(from), serverProduct(to)
	if olderProduct(is, was) {
		say["tool"] = row.Tool
		return []Problem{breaks("DH-EX-MOVE-BACK", "on", say).as(row.Origin)}
	}
	var problems []Problem
	if was == "exchange-2010" && olderProduct(was, is) && f.systemOn(was) {
		problems = append(problems, breaks("DH-EX-ARBITRATION", "from", say, moveArbitration(to)))
	}
	if olderProduct(was, "exchange-2007") && !olderProduct(is, "exchange-2007") {
		for _, front := range f.Exchange.old() {
			if slices.Contains(front.Roles, FrontEndRole) {
				problems = append(problems, breaks("DH-EX-FRONT-END-LATER", "from", words{"machine": to.Machine, "product": to.Product, "front": front.Machine, "old": front.Product}))
			}
		}
	}
	return problems
}

// mayTake asks whether mailboxes can live on a server: the other roles that they
// need are there, and Exchange 2003 has a service pack where Windows is newer
// than it.
func (e *Estate) mayTake(s *Server, f *Forest) []Problem {
	var problems []Problem
	product := serverProduct(s)
	if missing := lacking(f, product, s.Roles); !olderProduct(product, "exchange-2007") && len(missing) > 0 {
		problems = append(problems, breaks("DH-EX-ROLES", "on", words{"machine": s.Machine, "product": s.Product, "missing": and(missing)}))
	}
	m, ok := e.Machine(s.Machine)
	if ok && s.Release == "exchange-2003" && is2003(m.OS) && (m.OS == labs.Windows2003R2 || m.ServicePack > 0) {
		last := lastRelease(product)
		problems = append(problems, breaks("DH-E2003-W2K3-SP1", "on", words{"machine": s.Machine, "os": windowsName(m.OS), "last": last.Name},
			ExchangeUpdate{Machine: s.Machine, Release: last.ID}))
	}
	return problems
}

// systemOn says whether the arbitration mailboxes live on a server of a version.
func (f *Forest) systemOn(product string) bool {
	return f.Exchange != nil && slices.ContainsFunc(f.Exchange.Servers, func(s *Server) bool { return s.System && serverProduct(s) == product })
}

// takeSystem brings the arbitration mailboxes to a server, wherever they are.
func (e *Estate) takeSystem(f *Forest, machine string) {
	f = e.editForest(f.Root)
	if f.Exchange == nil {
		return
	}
	for _, s := range f.Exchange.Servers {
		if s.Machine != machine && s.System {
			e.say("arbitration mailboxes: %s → %s", s.Machine, machine)
		}
		s.System = s.Machine == machine
	}
}

// moveArbitration moves the mailboxes of the system itself to a server, by the
// shell of its version.
func moveArbitration(to *Server) Step {
	snapIn := "Microsoft.Exchange.Management.PowerShell.SnapIn"
	if serverProduct(to) == "exchange-2010" {
		snapIn = "Microsoft.Exchange.Management.PowerShell.E2010"
	}
	return Establish{Machine: to.Machine, Facts: []string{wordSystem}, Commands: []string{
		`powershell -NonInteractive -Command "Add-PSSnapin ` + snapIn + `; ` +
			`Get-Mailbox -Arbitration | New-MoveRequest -TargetDatabase (Get-MailboxDatabase -Server ` + to.Computer + ` | Select-Object -First 1)"`,
	}}
}

// wordSystem is vouched for of a machine that has the arbitration mailboxes.
const wordSystem = "arbitration-moved"

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
	problems = append(problems, e.mayLoseFolders(from, to, f, say)...)
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

// mayLoseFolders warns of users whose mailboxes are still on Exchange 2000 and
// 2003 when the last replicas leave it: Outlook Web Access shows them no public
// folder that only a newer version holds.
func (e *Estate) mayLoseFolders(from, to *Server, f *Forest, say words) []Problem {
	if !olderProduct(serverProduct(from), "exchange-2007") || olderProduct(serverProduct(to), "exchange-2007") {
		return nil
	}
	for _, s := range f.Exchange.old() {
		if s.Mailboxes {
			say["users"] = s.Machine
			return []Problem{breaks("DH-EX-FOLDERS-OLD-USERS", "from", say, MoveMailboxes{Machine: to.Machine, From: s.Machine})}
		}
	}
	return nil
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
