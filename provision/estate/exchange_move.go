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
	system := from.System && !olderProduct(serverProduct(to), "exchange-2010")
	if !from.Mailboxes && !system {
		return append(problems, breaks("DH-EX-NO-MAILBOXES", "from", say))
	}
	problems = append(problems, e.mayPull(from, to, f, row, say)...)
	problems = append(problems, e.mayTake(to, f)...)
	if system {
		e.takeSystem(f, s.Machine)
	}
	if !from.Mailboxes {
		return problems
	}
	e.editServer(f, s.From).Mailboxes = false
	e.empty55(s.From, moved55)
	e.editServer(f, s.Machine).Mailboxes = true
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
	if holder := f.system(); !from.System && holder != nil && serverProduct(holder) == was && olderProduct(was, is) {
		say["holder"] = holder.Machine
		problems = append(problems, breaks("DH-EX-ARBITRATION", "from", say, MoveMailboxes{Machine: to.Machine, From: holder.Machine}))
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

// system is the server that the arbitration mailboxes live on; nil when there is
// none of Exchange 2010 or later.
func (f *Forest) system() *Server {
	if f.Exchange == nil {
		return nil
	}
	if i := slices.IndexFunc(f.Exchange.Servers, func(s *Server) bool { return s.System }); i >= 0 {
		return f.Exchange.Servers[i]
	}
	return nil
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

// wordSystem is vouched for of a machine that has the arbitration mailboxes.
const wordSystem = "arbitration-moved"
