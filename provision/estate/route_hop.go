package estate

import (
	"slices"

	"github.com/doublehop/doublehop/labs"
)

// begin builds the world that a request starts in.
func (w *walk) begin() *stuck {
	w.phase, w.given = PhaseStart, true
	if failed := w.beginForest(); failed != nil {
		return failed
	}
	if failed := w.beginExchange(); failed != nil {
		return failed
	}
	server := serverName(w.wish.from.Product)
	if w.wish.from.Product != word55 { // its author vouches for all of it
		if failed := w.all([]Step{CreateMailboxes{server}, PublicFolders{Machine: server}}); failed != nil {
			return failed
		}
	}
	if w.wish.mode == Native && w.mixed() {
		if failed := w.achieve(NativeMode{server}); failed != nil {
			return failed
		}
	}
	w.given, w.newcomer = false, ""
	return nil
}

func (w *walk) mixed() bool {
	return slices.ContainsFunc(w.estate.Forests, func(f *Forest) bool { return f.Exchange != nil && f.Exchange.Mode == Mixed })
}

func (w *walk) beginForest() *stuck {
	for i, on := range w.wish.controllers {
		r := w.newController(on)
		w.pending = []*recruit{r}
		p := Promote{Machine: r.name, Role: ReplicaController, Domain: routeDomain}
		if i == 0 {
			p = Promote{Machine: r.name, Role: FirstController, Domain: routeDomain, NetBIOS: routeNetBIOS, Level: w.wish.level}
		}
		if failed := w.achieve(p); failed != nil {
			return failed
		}
	}
	return nil
}

// beginExchange installs the server of the start, from the last disc up to the
// release that is asked for.
func (w *walk) beginExchange() *stuck {
	from := w.wish.from
	disc := discFor(from)
	name := serverName(from.Product)
	w.pending, w.newcomer = []*recruit{newServer(name, from, w.wish.server)}, name
	var steps []Step
	switch {
	case from.Product == word55:
		return w.beginWith55(name, from)
	case knowsModes(from.Product):
		steps = []Step{ForestPrep{name, disc.ID}, DomainPrep{name, disc.ID}, ExchangeSetup{Machine: name, Release: disc.ID, Organization: routeOrganization}}
	default:
		steps = []Step{
			PrepareSchema{name, disc.ID},
			PrepareAD{name, disc.ID, routeOrganization},
			ExchangeInstall{Machine: name, Release: disc.ID},
		}
	}
	if disc.ID != from.ID {
		steps = append(steps, ExchangeUpdate{name, from.ID})
	}
	return w.all(steps)
}

func (w *walk) beginWith55(name string, from Release) *stuck {
	word := word55
	if sp3, ok := FindRelease(word55SP3); ok && !from.Build.Less(sp3.Build) {
		word = word55SP3
	}
	return w.achieve(Establish{Machine: name, Facts: []string{word}})
}

// discFor is the newest release, up to r, that a disc installs from nothing.
func discFor(r Release) Release {
	best, _ := FindRelease(r.Product)
	for _, other := range Releases() {
		if other.Product == r.Product && onDisc(other) && !r.Build.Less(other.Build) && best.Build.Less(other.Build) {
			best = other
		}
	}
	return best
}

// edge is one change of product.
type edge struct {
	to      string
	inPlace bool
	row     moveRow
}

// hop takes an edge: to release r, on a new machine with the Windows on, or in
// place.
func (w *walk) hop(e edge, r Release, on standing) *stuck {
	old := w.oldServer()
	w.target = r
	defer func() { w.target, w.pending, w.newcomer = Release{}, nil, "" }()
	if e.inPlace {
		return w.upgradeInPlace(old, r)
	}
	name := serverName(r.Product)
	w.pending, w.newcomer = []*recruit{newServer(name, r, on)}, name
	if failed := w.prepare(name, old, r); failed != nil {
		return failed
	}
	w.phase = PhaseMove
	if failed := w.all([]Step{MoveMailboxes{name, old.Machine}, PublicFolders{name, old.Machine}}); failed != nil {
		return failed
	}
	if w.wish.keepOld && r.Product == w.wish.to.Product {
		return nil
	}
	w.phase = PhaseRemove
	return w.achieve(ExchangeRemove{old.Machine, old.Release})
}

// oldServer is the server with the mailboxes.
func (w *walk) oldServer() *Server {
	for _, f := range w.estate.Forests {
		if f.Exchange == nil {
			continue
		}
		for _, s := range f.Exchange.Servers {
			if s.Mailboxes {
				return s
			}
		}
	}
	for _, m := range w.estate.Machines {
		if s := m.server55(); s != nil {
			return s
		}
	}
	return &Server{}
}

// prepare prepares the directory for r, and installs it.
func (w *walk) prepare(name string, old *Server, r Release) *stuck {
	w.phase = PhasePrepare
	var steps []Step
	if now, ok := FindRelease(old.Release); ok && now.Product != word55 {
		// First, so that domain controllers may have what the update allows.
		if row, ok := coexistence(r, now.Product); ok && row.Floor != refused {
			if floor, ok := FindRelease(row.Floor); ok && now.Build.Less(floor.Build) {
				steps = append(steps, ExchangeUpdate{old.Machine, floor.ID})
			}
		}
	}
	install := Step(ExchangeInstall{Machine: name, Release: r.ID, RoutingServer: w.routingServer(old, r)})
	if knowsModes(r.Product) {
		steps = append(steps, ForestPrep{name, r.ID}, DomainPrep{name, r.ID})
		install = ExchangeSetup{Machine: name, Release: r.ID, Organization: routeOrganization}
	} else {
		steps = append(steps, PrepareSchema{name, r.ID}, PrepareAD{Machine: name, Release: r.ID})
	}
	if failed := w.all(steps); failed != nil {
		return failed
	}
	w.phase = PhaseInstall
	return w.achieve(install)
}

// routingServer is the older server that the first server of Exchange 2007 or
// 2010 makes a routing group connector to.
func (w *walk) routingServer(old *Server, r Release) string {
	if from, ok := FindRelease(old.Release); ok && knowsModes(from.Product) && (r.Product == "exchange-2007" || r.Product == "exchange-2010") {
		return old.Machine
	}
	return ""
}

func (w *walk) upgradeInPlace(old *Server, r Release) *stuck {
	w.phase = PhasePrepare
	if knowsModes(r.Product) {
		if failed := w.all([]Step{ForestPrep{old.Machine, r.ID}, DomainPrep{old.Machine, r.ID}}); failed != nil {
			return failed
		}
		w.phase = PhaseInstall
		return w.achieve(ExchangeSetup{Machine: old.Machine, Release: r.ID, Organization: routeOrganization})
	}
	steps := []Step{PrepareSchema{old.Machine, r.ID}, PrepareAD{Machine: old.Machine, Release: r.ID}}
	if failed := w.all(steps); failed != nil {
		return failed
	}
	w.phase = PhaseInstall
	return w.achieve(ExchangeInstall{Machine: old.Machine, Release: r.ID})
}

// finish does what the request wants beyond the version: the last update, and
// the Windows of the servers.
func (w *walk) finish() *stuck {
	w.phase = PhaseFinish
	server := w.oldServer()
	release, _ := FindRelease(server.Release)
	if to := w.wish.to; release.Product == to.Product && release.Build.Less(to.Build) {
		before := *w
		if failed := w.achieve(ExchangeUpdate{server.Machine, to.ID}); failed != nil {
			if !w.wish.anyTo {
				return failed
			}
			*w = before
		}
	}
	if after := w.wish.serverAfter; after != "" {
		if failed := w.raiseWindows(server.Machine, after); failed != nil {
			return failed
		}
	}
	if after := w.wish.controllersAfter; after != "" {
		return w.raiseControllers(after)
	}
	return nil
}

// raiseWindows upgrades the Windows of a machine where it is older.
func (w *walk) raiseWindows(name string, after labs.OS) *stuck {
	m, ok := w.estate.Machine(name)
	if !ok || !olderWindows(m.OS, after) {
		return nil
	}
	windows, _ := WindowsOf(after)
	return w.achieve(UpgradeWindows{name, after, windows.ServicePack})
}

// raiseControllers upgrades or replaces every domain controller whose Windows
// is older.
func (w *walk) raiseControllers(after labs.OS) *stuck {
	for _, name := range w.controllers() {
		m, ok := w.estate.Machine(name)
		if !ok || !olderWindows(m.OS, after) {
			continue
		}
		before := *w
		failed := w.raiseWindows(name, after)
		if failed == nil {
			continue
		}
		*w = before
		if w.achieve(Demote{Machine: name}) != nil {
			return failed
		}
	}
	return nil
}

func (w *walk) controllers() []string {
	var list []string
	for _, f := range w.estate.Forests {
		for _, d := range f.Domains {
			list = append(list, d.Controllers...)
		}
	}
	return list
}
