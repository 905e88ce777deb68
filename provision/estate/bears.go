package estate

import (
	"github.com/doublehop/doublehop/labs"
)

// bearsController asks whether the Exchange servers of a forest work with a new
// domain controller's Windows.
func (e *Estate) bearsController(m *Machine, os labs.OS, f *Forest, attr string) []Problem {
	var problems []Problem
	for _, s := range oneOfEach(f) {
		r, _ := FindRelease(s.Release)
		row, ok := controllersFor(r)
		if !ok || !beyond(row, os) {
			continue
		}
		say := words{
			"machine": m.Name, "os": windowsName(os), "forest": f.Root, "product": r.Name, "server": s.Machine,
			"least": windowsName(row.Least), "most": windowsName(row.Most),
		}
		if row.Perhaps != "" && !olderWindows(os, row.Least) && !olderWindows(row.Perhaps, os) {
			problems = append(problems, breaks("DH-AD-DC-EXCHANGE-DISPUTED", attr, say))
			continue
		}
		fits := func(later Release) bool {
			row, ok := controllersFor(later)
			return ok && !beyond(row, os)
		}
		problems = append(problems, breaks("DH-AD-DC-EXCHANGE", attr, say, updateUntil(f, s, r, fits)...).as(row.Origin))
	}
	return problems
}

// beyond says that a Windows is newer than the domain controllers that a row
// allows, or older where it speaks of every one in the forest.
func beyond(row controllerRow, os labs.OS) bool {
	return olderWindows(row.Most, servicePackOf(os)) || row.Scope == forestControllers && olderWindows(os, row.Least)
}

// bearsLevel asks whether the Exchange servers of a forest work at a functional
// level that it, or a domain of it, is to have.
func (e *Estate) bearsLevel(f *Forest, level Level, what string) []Problem {
	var problems []Problem
	for _, s := range oneOfEach(f) {
		r, _ := FindRelease(s.Release)
		row, ok := levelsFor(r)
		if !ok || level <= row.Most {
			continue
		}
		say := words{"what": what, "level": level.String(), "product": r.Name, "server": s.Machine, "most": row.Most.String()}
		if level <= row.Perhaps {
			problems = append(problems, breaks("DH-AD-LEVEL-EXCHANGE-DISPUTED", "level", say))
			continue
		}
		fits := func(later Release) bool {
			row, ok := levelsFor(later)
			return ok && level <= row.Most
		}
		problems = append(problems, breaks("DH-AD-LEVEL-EXCHANGE", "level", say, updateUntil(f, s, r, fits)...).as(row.Origin))
	}
	return problems
}

// oneOfEach lists the first Exchange server of each release in a forest.
func oneOfEach(f *Forest) []*Server {
	if f.Exchange == nil {
		return nil
	}
	var list []*Server
	for _, s := range f.Exchange.Servers {
		if _, seen := first(list, func(o *Server) bool { return o.Release == s.Release }); !seen {
			list = append(list, s)
		}
	}
	return list
}

// updateUntil brings every server of s's release to the first later one of the
// product that fits; none where no update helps.
func updateUntil(f *Forest, s *Server, r Release, fits func(Release) bool) []Step {
	for _, later := range releases() {
		if later.Product != r.Product || !r.Build.Less(later.Build) || !fits(later) {
			continue
		}
		var steps []Step
		for _, o := range f.Exchange.Servers {
			if o.Release == s.Release {
				steps = append(steps, ExchangeUpdate{Machine: o.Machine, Release: later.ID})
			}
		}
		return steps
	}
	return nil
}
