package estate

import "slices"

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
	problems = append(problems, e.mayRemove(server, f, say)...)
	o := e.editForest(f.Root).Exchange
	o.Servers = slices.DeleteFunc(o.Servers, func(x *Server) bool { return x.Machine == s.Machine })
	e.say("%s: %s removed", s.Machine, server.Product)
	return problems
}

// leaves asks whether a server is empty when it goes.
func leaves(server, heir *Server, say words) []Problem {
	var problems []Problem
	if server.Mailboxes {
		var remedy []Step
		if heir != nil {
			remedy = []Step{MoveMailboxes{Machine: heir.Machine, From: server.Machine}}
		}
		problems = append(problems, breaks("DH-EX-REMOVE-MAILBOXES", "on", say, remedy...))
	}
	if server.PublicFolders {
		var remedy []Step
		if heir != nil {
			remedy = []Step{PublicFolders{Machine: heir.Machine, From: server.Machine}}
		}
		problems = append(problems, breaks("DH-EX-REMOVE-FOLDERS", "on", say, remedy...))
	}
	return problems
}

// mayRemove asks what the organization loses with a server.
func (e *Estate) mayRemove(server *Server, f *Forest, say words) []Problem {
	var problems []Problem
	if server.System {
		problems = append(problems, e.leavesSystem(server, f, say)...)
	}
	others := slices.DeleteFunc(slices.Clone(f.Exchange.Servers), func(s *Server) bool { return s.Machine == server.Machine })
	if len(others) == 0 {
		return append(problems, breaks("DH-EX-REMOVE-LAST", "on", say))
	}
	problems = append(problems, leavesRoles(server, others, say)...)
	if !olderProduct(serverProduct(server), "exchange-2007") {
		return problems
	}
	left := &Organization{Servers: others}
	m, _ := e.Machine(server.Machine)
	switch {
	case len(left.old()) > 0 && server.First:
		problems = append(problems, breaks("DH-EX-REMOVE-FIRST", "on", say))
	case len(left.old()) == 0 && !m.Vouched("legacy-cleared"):
		problems = append(problems, breaks("DH-EX-REMOVE-LAST-2003", "on", say))
	}
	return problems
}

// leavesSystem asks where the arbitration mailboxes go. There is nowhere to go
// from the last server of Exchange 2010 or later.
func (e *Estate) leavesSystem(server *Server, f *Forest, say words) []Problem {
	heir := e.heir(f, server)
	if heir == nil {
		return nil
	}
	say["heir"] = heir.Machine
	return []Problem{breaks("DH-EX-REMOVE-SYSTEM", "on", say, MoveMailboxes{Machine: heir.Machine, From: server.Machine})}
}

// leavesRoles asks whether the servers with mailboxes of a version keep the
// other roles that they need.
func leavesRoles(server *Server, others []*Server, say words) []Problem {
	product := serverProduct(server)
	after := &Forest{Exchange: &Organization{Servers: others}}
	for _, s := range others {
		if serverProduct(s) != product || !slices.Contains(s.Roles, MailboxRole) {
			continue
		}
		if missing := lacking(after, product, s.Roles); !olderProduct(product, "exchange-2007") && len(missing) > 0 {
			say["missing"], say["left"] = and(missing), s.Machine
			return []Problem{breaks("DH-EX-REMOVE-ROLES", "on", say)}
		}
	}
	return nil
}
