package estate

import (
	"slices"
	"sync"
)

// Change is one change of version, from one product to a newer one.
type Change struct {
	From, To Product
	// InPlace says that Setup upgrades a server, Move that mailboxes can be
	// moved: with Tool, in Mode. Neither: Rules forbid it.
	InPlace, Move bool
	Tool, Mode    string
	Rules         []Rule
}

// Changes lists every change from a product to a newer one.
func Changes() []Change { return slices.Clone(changes()) }

//nolint:gochecknoglobals // a table, made at first use
var changes = sync.OnceValue(func() []Change {
	var list []Change
	for _, from := range Products() {
		for _, to := range Products() {
			if !olderProduct(from.ID, to.ID) {
				continue
			}
			c := Change{From: from, To: to}
			if row, ok := moveBetween(from.ID, to.ID); ok {
				c.InPlace, c.Move, c.Tool, c.Mode = row.InPlace, row.Move, row.Tool, row.Mode
			} else {
				c.Rules = forbids(from, to)
			}
			list = append(list, c)
		}
	}
	return list
})

// forbids are the rules that forbid a change of version: the two cannot live
// together, or nothing moves mailboxes from one to the other.
func forbids(from, to Product) []Rule {
	if from.ID == word55 {
		return []Rule{mustRule("DH-EX-E55")}
	}
	if row, ok := coexistence(newestDisc(to.ID), from.ID); ok && row.Floor == refused {
		return []Rule{mustRule("DH-EX-COEXIST")}
	}
	return []Rule{mustRule("DH-EX-NO-MOVE")}
}

// forbiddenOn lists the shorter ways than a way that rules forbid: from any of
// its versions to one that is not the next.
func forbiddenOn(way Route, w *wish) []Change {
	var list []Change
	on := []string{w.from.Product}
	for _, h := range way.Hops {
		on = append(on, h.To.Product)
	}
	for _, c := range changes() {
		for i, from := range on {
			for j, to := range on {
				if j > i+1 && c.From.ID == from && c.To.ID == to && len(c.Rules) > 0 {
					list = append(list, c)
				}
			}
		}
	}
	return list
}
