package estate

import (
	"slices"
	"strings"
)

// MayRevert asks whether some machines may go back to a checkpoint of theirs
// while the others stay. Machines of one forest may only do so together: a
// domain controller that goes back alone breaks the forest without a word.
func (e *Estate) MayRevert(machines []string) []Problem {
	var problems []Problem
	for _, f := range e.Forests {
		var back, stay []*Machine
		for _, m := range e.Machines {
			switch _, home, ok := e.Domain(m.Domain); {
			case !ok || home != f:
			case slices.Contains(machines, m.Name):
				back = append(back, m)
			default:
				stay = append(stay, m)
			}
		}
		if len(back) > 0 && len(stay) > 0 {
			problems = append(problems, breaks("DH-AD-PARTIAL-REVERT", "", words{
				"back": and(quotedAll(namesOf(back))), "stay": and(quotedAll(namesOf(stay))), "forest": f.Root, "harm": e.harm(back, stay),
			}))
		}
	}
	return problems
}

// harm says what breaks when some machines of a forest go back.
func (e *Estate) harm(back, stay []*Machine) string {
	var harms []string
	controls := func(m *Machine) bool { return m.Controller }
	backControls, stayControls := slices.ContainsFunc(back, controls), slices.ContainsFunc(stay, controls)
	if backControls && stayControls {
		harms = append(harms, "A domain controller that goes back gives out update sequence numbers again that its partners have seen, and they drop what it changes without a word (USN rollback). Accounts, passwords, operations masters and RID pools then differ between domain controllers.")
	}
	if backControls != stayControls || !backControls {
		harms = append(harms, "Members and domain controllers then remember different passwords for the members' accounts, so that their secure channel breaks.")
	}
	if e.splitsExchange(back, stay) {
		harms = append(harms, "Exchange keeps its configuration in the directory and its mail on its servers, and the two no longer fit.")
	}
	return strings.Join(harms, " ")
}

// splitsExchange says that an Exchange server and the directory that it is
// configured in would be of different times.
func (e *Estate) splitsExchange(back, stay []*Machine) bool {
	runs := func(m *Machine) bool { _, _, ok := e.Server(m.Name); return ok }
	return slices.ContainsFunc(back, runs) || slices.ContainsFunc(stay, runs)
}
