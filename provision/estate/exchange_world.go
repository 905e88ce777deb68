package estate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// release finds what a step installs or prepares; it says so where nobody knows
// it.
func release(id, machine string) (Release, []Problem) {
	if r, ok := FindRelease(id); ok {
		return r, nil
	}
	return Release{}, []Problem{breaks("DH-EX-NO-RELEASE", "media", words{"machine": machine, "release": orNothing(id)})}
}

func orNothing(id string) string {
	if id == "" {
		return "nothing that is known"
	}
	return id
}

// inForest finds the domain and forest of a machine on which Exchange's Setup
// is to run.
func (e *Estate) inForest(m *Machine, what string) (*Domain, *Forest, []Problem) {
	if d, f, ok := e.Domain(m.Domain); ok {
		return d, f, nil
	}
	return nil, nil, []Problem{breaks("DH-EX-NO-FOREST", "on", words{"machine": m.Name, "what": what})}
}

// mayHost asks whether Exchange may stand on a machine's Windows.
func mayHost(m *Machine, r Release) []Problem {
	row, ok := mayStandOn(r, m)
	enough := m.ServicePack == UnknownServicePack || m.ServicePack >= row.ServicePack
	if ok && enough && !row.LabOnly && row.Confidence != Weak {
		return nil
	}
	p, _ := FindProduct(r.Product)
	say := words{
		"machine": m.Name, "product": r.Name, "os": windowsName(m.OS), "arch": string(m.Arch), "hosts": hostNames(r), "now": strconv.Itoa(m.ServicePack),
	}
	switch {
	case ok && !enough:
		say["least"] = strconv.Itoa(row.ServicePack)
		w, _ := WindowsOf(m.OS)
		pack := ServicePack{Machine: m.Name, OS: servicePackOf(m.OS), Level: w.ServicePack}
		if r.Product == "exchange-2003" && m.OS == labs.Windows2000 {
			return []Problem{breaks("DH-E2003-W2K-SP", "on", say, pack)}
		}
		return []Problem{breaks("DH-EX-HOST-SP", "on", say, pack).as(row.Origin)}
	case ok && row.LabOnly:
		return []Problem{breaks("DH-E2007-LAB-ONLY", "on", say)}
	case ok:
		return []Problem{breaks("DH-EX-HOST-DISPUTED", "on", say)}
	case p.Arch == labs.X86 && m.Arch == labs.X64:
		return []Problem{breaks("DH-E2003-X64", "on", say)}
	case p.Arch == labs.X64 && m.Arch == labs.X86:
		return []Problem{breaks("DH-EX-X86", "on", say)}
	case r.Product == "exchange-2000" && !olderWindows(m.OS, labs.Windows2003):
		return []Problem{breaks("DH-E2000-W2K3", "on", say)}
	}
	say["instead"] = "a machine with one of these"
	if from, known := FindRelease(row.From); known {
		say["instead"] = from.Name + " or later, which runs here, or a machine with one of these"
	}
	refusal := breaks("DH-EX-HOST", "on", say)
	if row.Source != "" {
		refusal = refusal.as(row.Origin)
	}
	return []Problem{refusal}
}

// hostNames lists in words what a release may stand on.
func hostNames(r Release) string {
	var names []string
	for _, row := range hostsOf(r) {
		if name := windowsName(row.OS); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "no Windows that is known here"
	}
	return and(names)
}

// hasParts asks for the parts of Windows that Setup demands or refuses.
func hasParts(m *Machine, r Release) []Problem {
	var missing, forbidden []string
	sure := Origin{Confidence: Sure}
	for _, row := range componentsFor(r.Product, m.OS) {
		switch {
		case row.Verdict == componentNeeded && !m.Has(row.Component):
			missing = append(missing, row.Component)
			if row.Confidence != Sure {
				sure = row.Origin
			}
		case row.Verdict == componentForbidden && m.Has(row.Component):
			forbidden = append(forbidden, row.Component)
		}
	}
	var problems []Problem
	if len(missing) > 0 {
		problems = append(problems, breaks("DH-E2003-COMPONENTS", "on", words{
			"machine": m.Name, "product": r.Name, "missing": and(missing), "components": quoted(append(slices.Clone(m.Components), missing...)),
		}, AddComponents{Machine: m.Name, Components: missing}).as(sure))
	}
	if len(forbidden) > 0 {
		problems = append(problems, breaks("DH-EX-COMPONENTS-FORBIDDEN", "on", words{"machine": m.Name, "product": r.Name, "forbidden": and(forbidden)}))
	}
	return problems
}

// mayCoexist asks whether a release can be in an organization with the servers
// that are there.
func (e *Estate) mayCoexist(f *Forest, r Release, attr string) []Problem {
	problems := e.beside55(f, r, attr)
	if f.Exchange == nil {
		return problems
	}
	for _, s := range f.Exchange.Servers {
		row, ok := coexistence(r, serverProduct(s))
		if !ok {
			continue
		}
		now, _ := FindRelease(s.Release)
		say := words{"machine": s.Machine, "server": now.Name, "product": r.Name}
		if row.Floor == refused {
			say["way"] = wayAround(now.Product, r)
			problems = append(problems, breaks("DH-EX-COEXIST", attr, say, e.retire(f, s, r)...).as(row.Origin))
			continue
		}
		floor, _ := FindRelease(row.Floor)
		if now.Build.Less(floor.Build) {
			say["floor"] = floor.Name
			problems = append(problems, breaks("DH-EX-COEXIST-LEVEL", attr, say, ExchangeUpdate{Machine: s.Machine, Release: floor.ID}).as(row.Origin))
		}
	}
	return problems
}

// wayAround says in words what helps where a version cannot live with a level of
// a newer one: another level of that one, or a version in between.
func wayAround(older string, r Release) string {
	var before, after Release
	for _, other := range releases() {
		row, ok := coexistence(other, older)
		if other.Product != r.Product || !ok || row.Floor == refused {
			continue
		}
		switch {
		case other.Build.Less(r.Build):
			before = other
		case after.ID == "":
			after = other
		}
	}
	switch {
	case after.ID != "":
		return "use " + after.Name + " or later, which can"
	case before.ID != "":
		return "use " + before.Name + ", the last level that can, until the older version is removed"
	}
	return "remove the older one first. " + wayBetween(older, r.Product)
}

// wayBetween says in words how mailboxes get from a version to one that it
// cannot live with.
func wayBetween(from, to string) string {
	a, _ := FindProduct(from)
	b, _ := FindProduct(to)
	for _, via := range slices.Backward(products()) {
		if !olderProduct(from, via.ID) || !olderProduct(via.ID, to) {
			continue
		}
		last := lastRelease(via.ID)
		first, okFirst := coexistence(last, from)
		then, okThen := coexistence(lastRelease(to), via.ID)
		_, in := moveBetween(from, via.ID)
		_, out := moveBetween(via.ID, to)
		if in && out && okFirst && okThen && first.Floor != refused && then.Floor != refused {
			return "Here the mailboxes of " + a.Name + " go to " + via.Name + ", " + a.Name + " is removed, and then " + b.Name + " comes"
		}
	}
	return "There is no single version that both can live with; `doublehop route` finds the way over several"
}

// retire is what takes a server away that a release cannot live with, where
// another server of the organization can take over from it.
func (e *Estate) retire(f *Forest, old *Server, r Release) []Step {
	heir := e.heir(f, old)
	if heir == nil {
		return nil
	}
	if row, ok := coexistence(r, serverProduct(heir)); ok && row.Floor == refused {
		return nil
	}
	var steps []Step
	if old.Mailboxes || old.System {
		steps = append(steps, MoveMailboxes{Machine: heir.Machine, From: old.Machine})
	}
	if old.PublicFolders {
		steps = append(steps, PublicFolders{Machine: heir.Machine, From: old.Machine})
	}
	return append(steps, ExchangeRemove{Machine: old.Machine, Release: old.Release})
}

// heir is the newest server that can take over what another one holds.
func (e *Estate) heir(f *Forest, old *Server) *Server {
	var best *Server
	for _, s := range f.Exchange.Servers {
		row, ok := moveBetween(serverProduct(old), serverProduct(s))
		if s.Machine == old.Machine || !ok || !row.Move || !slices.Contains(s.Roles, MailboxRole) || olderProduct(serverProduct(s), serverProduct(old)) {
			continue
		}
		if best == nil || olderProduct(serverProduct(best), serverProduct(s)) {
			best = s
		}
	}
	return best
}

// beside55 asks about Exchange 5.5 and the connector that joins its directory to
// Active Directory.
func (e *Estate) beside55(f *Forest, r Release, attr string) []Problem {
	var problems []Problem
	for _, m := range e.Machines {
		say := words{"machine": m.Name, "product": r.Name}
		late := !olderProduct(r.Product, "exchange-2007")
		switch {
		case late && m.server55() != nil:
			problems = append(problems, breaks("DH-EX-E55", attr, say, ExchangeRemove{Machine: m.Name, Release: m.server55().Release}))
		case m.Vouched(word55):
			problems = append(problems, breaks("DH-E2003-E55-SP", attr, say, Establish{Machine: m.Name, Facts: []string{word55SP3}}))
		}
		if !late && m.server55() != nil && !e.joined55(f) {
			connector := "connector" + strings.TrimPrefix(r.Product, "exchange")
			problems = append(problems, breaks("DH-E2003-E55-CONNECTOR", attr, say, Establish{Machine: f.schemaMaster(), Facts: []string{connector}}))
		}
		_, home, joined := e.Domain(m.Domain)
		if m.Connector == "" || !joined || !same(home.Root, f.Root) {
			continue
		}
		say["connector"] = "Exchange " + strings.TrimPrefix(m.Connector, "exchange-")
		switch {
		case late:
			problems = append(problems, breaks("DH-EX-CONNECTOR", attr, say, Establish{Machine: m.Name, Facts: []string{"no-connector"}}))
		case r.Product == "exchange-2003" && m.Connector == "exchange-2000":
			problems = append(problems, breaks("DH-E2003-CONNECTOR", attr, say, e.newConnector(m)...))
		}
	}
	return problems
}

// mustBeNative asks for native mode, which Exchange 2007 and later want.
func mustBeNative(f *Forest, r Release, attr string) []Problem {
	if f.Exchange == nil || f.Exchange.Mode != Mixed || olderProduct(r.Product, "exchange-2007") || !f.Exchange.legacy() {
		return nil
	}
	return []Problem{breaks("DH-EX-MIXED-MODE", attr, words{"forest": f.Root, "product": r.Name}, NativeMode{Machine: f.schemaMaster()})}
}

// legacy says that the organization is from Exchange 2000 or 2003, or still has
// a server of theirs: only such a one has a mode and groups of its own.
func (o *Organization) legacy() bool {
	return slices.ContainsFunc(o.Prepared, func(p string) bool { return olderProduct(p, "exchange-2007") }) ||
		slices.ContainsFunc(o.Servers, func(s *Server) bool { return olderProduct(serverProduct(s), "exchange-2007") })
}

// old lists the servers of Exchange 2000 and 2003.
func (o *Organization) old() []*Server {
	var list []*Server
	for _, s := range o.Servers {
		if olderProduct(serverProduct(s), "exchange-2007") {
			list = append(list, s)
		}
	}
	return list
}
