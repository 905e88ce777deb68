package estate

import "slices"

// Exchange 5.5 has a directory of its own, and Active Directory hears of it
// through a connector at most. What the model knows of it is what the author of
// a lab vouches for: that it stands on a machine, with everything a first server
// has.
const (
	word55    = "exchange-5.5"
	word55SP3 = "exchange-5.5-sp3"
	// moved55 and folders55 are kept beside those words once mailboxes and public
	// folders have gone elsewhere.
	moved55   = "exchange-5.5-without-mailboxes"
	folders55 = "exchange-5.5-without-folders"
)

// server55 is Exchange 5.5 on a machine, as the other versions' servers are
// described; nil where there is none.
func (m *Machine) server55() *Server {
	if len(m.Established) == 0 {
		return nil
	}
	id := word55SP3
	switch {
	case m.Vouched(word55SP3):
	case m.Vouched(word55):
		id = word55
	default:
		return nil
	}
	r, _ := FindRelease(id)
	p, _ := FindProduct(r.Product)
	return &Server{
		Machine: m.Name, Computer: m.Computer, Product: p.Name, Build: r.Build.String(), Release: r.ID, Roles: []string{MailboxRole},
		Mailboxes: !m.Vouched(moved55), PublicFolders: !m.Vouched(folders55),
	}
}

// empty55 says that something of Exchange 5.5 has gone elsewhere; it does
// nothing for a server of another version.
func (e *Estate) empty55(machine, word string) {
	if m, ok := e.Machine(machine); ok && m.server55() != nil {
		m = e.editMachine(machine)
		m.Established = append(m.Established, word)
		slices.Sort(m.Established)
	}
}

// end55 takes Exchange 5.5 off a machine: it was removed, or became another
// version.
func (e *Estate) end55(machine string) {
	e.editMachine(machine).withdraw(word55, word55SP3, moved55, folders55)
}

// remove55 is the removal of Exchange 5.5.
func (e *Estate) remove55(server *Server, f *Forest, say words) []Problem {
	var heir *Server
	if f.Exchange != nil {
		heir = e.heir(f, server)
	}
	problems := leaves(server, heir, say)
	e.end55(server.Machine)
	e.say("%s: %s removed", server.Machine, server.Product)
	return problems
}

// joined55 says that some machine of a forest has the Active Directory
// Connector.
func (e *Estate) joined55(f *Forest) bool {
	return slices.ContainsFunc(e.Machines, func(m *Machine) bool {
		_, home, ok := e.Domain(m.Domain)
		return ok && same(home.Root, f.Root) && m.Connector != ""
	})
}
