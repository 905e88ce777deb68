package estate

import (
	"maps"
	"slices"
)

func (s PublicFolders) do(e *Estate) []Problem {
	to, f, problems := e.serving(s.Machine, "on", "public folders")
	if to == nil {
		return problems
	}
	if !slices.Contains(to.Roles, MailboxRole) {
		return append(problems, breaks("DH-EX-NO-STORE", "on", words{"machine": s.Machine, "product": to.Product}))
	}
	if s.From == "" {
		problems = append(problems, twoKinds(to, f)...)
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
	problems = append(problems, e.mayLoseFolders(from, to, f, say)...)
	if storeFolders(from) && !storeFolders(to) {
		problems = append(problems, mayMigrate(from, to, f, say)...)
		for _, old := range f.Exchange.Servers {
			if storeFolders(old) { // the batch takes the whole hierarchy
				e.editServer(f, old.Machine).PublicFolders = false
			}
		}
	}
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
		if s, _, _ = e.Server(s.Machine); s.Machine == machine || !s.PublicFolders {
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

// storeFolders says that a server keeps public folders in stores of their own, as
// Exchange 2010 and earlier do, and not in mailboxes.
func storeFolders(s *Server) bool { return olderProduct(serverProduct(s), "exchange-2013") }

// twoKinds asks whether public folder mailboxes would stand beside stores.
func twoKinds(to *Server, f *Forest) []Problem {
	for _, s := range f.Exchange.Servers {
		if !storeFolders(to) && storeFolders(s) && s.PublicFolders {
			say := words{"machine": to.Machine, "product": to.Product, "from": s.Machine, "old": s.Product}
			return []Problem{breaks("DH-EX-FOLDERS-BOTH", "on", say)}
		}
	}
	return nil
}

// mayMigrate asks what the migration from public folder stores to the public
// folder mailboxes of 2013 and later demands. The batch takes the folders of
// every older server.
func mayMigrate(from, to *Server, f *Forest, say words) []Problem {
	var problems []Problem
	once := map[string]bool{}
	breaking := func(rule string, more words, remedy ...Step) {
		if !once[rule] {
			said := maps.Clone(say)
			maps.Copy(said, more)
			problems = append(problems, breaks(rule, "from", said, remedy...))
		}
		once[rule] = true
	}
	for _, s := range append([]*Server{from}, f.Exchange.Servers...) {
		if !storeFolders(s) {
			if s.PublicFolders {
				breaking("DH-EX-FOLDERS-BOTH", words{"machine": s.Machine, "product": s.Product})
			}
			continue
		}
		if now, floor := folderFloor(s); now.Build.Less(floor.Build) && (s.PublicFolders || s == from) {
			breaking("DH-EX-FOLDERS-RU8", words{"from": s.Machine, "server": now.Name, "floor": floor.Name}, ExchangeUpdate{Machine: s.Machine, Release: floor.ID})
		}
		if s.Mailboxes {
			breaking("DH-EX-FOLDERS-FIRST", words{"users": s.Machine}, MoveMailboxes{Machine: to.Machine, From: s.Machine})
		}
		if s.System {
			breaking("DH-EX-FOLDERS-SYSTEM", words{"holder": s.Machine}, MoveMailboxes{Machine: to.Machine, From: s.Machine})
		}
	}
	if now, floor := folderFloor(to); now.Build.Less(floor.Build) {
		problems = append(problems, breaks("DH-EX-FOLDERS-CU7", "on", words{"machine": to.Machine, "server": now.Name, "floor": floor.Name, "old": from.Product},
			ExchangeUpdate{Machine: to.Machine, Release: floor.ID}))
	}
	return problems
}

// folderFloor is the level of a server, and the lowest of its version that takes
// part in a migration of public folders.
func folderFloor(s *Server) (now, floor Release) {
	now, _ = FindRelease(s.Release)
	floor, _ = FindRelease(map[string]string{
		"exchange-2007": "exchange-2007-sp3-ru15", "exchange-2010": "exchange-2010-sp3-ru8", "exchange-2013": "exchange-2013-cu7",
	}[serverProduct(s)])
	return now, floor
}
