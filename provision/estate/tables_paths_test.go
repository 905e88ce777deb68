package estate

import (
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
)

// lives says that some release of the newer product stands beside the older.
func lives(older, newer string) bool {
	return slices.ContainsFunc(releases(), func(r Release) bool {
		row, ok := coexistence(r, older)
		return r.Product == newer && ok && row.Floor != refused
	})
}

// A way for mailboxes exists exactly where both versions can stand in one
// organization.
func TestMovesAndCoexistenceAgree(t *testing.T) {
	for _, older := range products() {
		for _, newer := range products() {
			if !olderProduct(older.ID, newer.ID) {
				continue
			}
			if row, ok := moveBetween(older.ID, newer.ID); (ok && row.Move) != lives(older.ID, newer.ID) {
				t.Errorf("%s to %s: moves %v, coexists %v", older.ID, newer.ID, ok, lives(older.ID, newer.ID))
			}
		}
		if _, ok := moveBetween(older.ID, older.ID); !ok {
			t.Errorf("%s: no way between two of its servers", older.ID)
		}
	}
}

// hops lists the products on the shortest ways from one to another, the first
// left out.
func hops(from, to string) int {
	distance := map[string]int{from: 0}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, p := range products() {
			if _, seen := distance[p.ID]; seen || !olderProduct(queue[0], p.ID) || !lives(queue[0], p.ID) {
				continue
			}
			distance[p.ID] = distance[queue[0]] + 1
			queue = append(queue, p.ID)
		}
	}
	return distance[to]
}

// The ways that Microsoft's documentation of the readiness checks gives, with
// the last hop to SE after it.
func TestShortestPaths(t *testing.T) {
	for start, ways := range map[string][]string{
		"2000": {"2007 2013", "2007 2013 2016", "2007 2013 2019", "2007 2013 2019 se"},
		"2003": {"2010 2013", "2010 2016", "2010 2016 2019", "2010 2016 se"},
		"2007": {"2013", "2013 2016", "2013 2019", "2013 2019 se"},
		"2010": {"2013", "2016", "2016 2019", "2016 se"},
	} {
		for _, way := range ways {
			at, steps := "exchange-"+start, strings.Fields(way)
			for _, step := range steps {
				next := "exchange-" + step
				if row, ok := moveBetween(at, next); !ok || !row.Move || !lives(at, next) {
					t.Errorf("from %s by %s: there is no way from %s to %s", start, way, at, next)
				}
				at = next
			}
			if got := hops("exchange-"+start, at); got != len(steps) {
				t.Errorf("from %s to %s: %d hops by %s, and a way has %d", start, at, len(steps), way, got)
			}
		}
	}
	for _, no := range [][2]string{{"2000", "2010"}, {"2003", "2013"}, {"2007", "2016"}, {"2010", "2019"}, {"2013", "se"}} {
		if _, ok := moveBetween("exchange-"+no[0], "exchange-"+no[1]); ok {
			t.Errorf("there is a way from %s to %s", no[0], no[1])
		}
	}
	for _, p := range products() {
		for _, q := range products() {
			row, _ := moveBetween(p.ID, q.ID)
			floor, known := FindRelease(row.InPlaceFrom)
			if row.InPlace != known || known && floor.Product != p.ID {
				t.Errorf("%s to %s in place from %q", p.ID, q.ID, row.InPlaceFrom)
			}
		}
	}
}

// allowed intersects what several releases allow of domain controllers and
// forests.
func allowed(t *testing.T, ids ...string) (oldest, newest labs.OS, low, high Level) {
	t.Helper()
	low, high = Level2000, Level2025
	oldest, newest = labs.Windows2000, labs.Windows2025
	for _, id := range ids {
		r, ok := FindRelease(id)
		if !ok {
			t.Fatalf("no release %s", id)
		}
		dc, _ := controllersFor(r)
		level, _ := levelsFor(r)
		if olderWindows(oldest, dc.Least) {
			oldest = dc.Least
		}
		if olderWindows(dc.Most, newest) {
			newest = dc.Most
		}
		low, high = max(low, level.Forest), min(high, level.Most)
	}
	return oldest, newest, low, high
}

// The stages of a migration from 2003 by 2010 and 2016 to SE, and what the
// directory may be in each.
func TestTimelineOfTheDirectory(t *testing.T) {
	for _, stage := range []struct {
		name, releases string
		oldest, newest labs.OS
		low, high      Level
	}{
		{"A", "exchange-2003-sp2", labs.Windows2000, labs.Windows2008, Level2000, Level2003},
		{"B", "exchange-2003-sp2 exchange-2010-sp3-ru11", labs.Windows2003, labs.Windows2008, Level2003, Level2003},
		{"C", "exchange-2010-sp3-ru11", labs.Windows2003, labs.Windows2012R2, Level2003, Level2012R2},
		{"C with RU22", "exchange-2010-sp3-ru22", labs.Windows2003, labs.Windows2016, Level2003, Level2016},
		{"D", "exchange-2010-sp3-ru11 exchange-2016-cu23", labs.Windows2008R2, labs.Windows2012R2, Level2008R2, Level2012R2},
		{"D with RU22", "exchange-2010-sp3-ru22 exchange-2016-cu23", labs.Windows2008R2, labs.Windows2016, Level2008R2, Level2016},
		{"E", "exchange-2016-cu23", labs.Windows2008R2, labs.Windows2019, Level2008R2, Level2016},
		{"F", "exchange-2016-cu23 exchange-2019-cu14", labs.Windows2012R2, labs.Windows2019, Level2012R2, Level2016},
		{"F to SE", "exchange-2016-cu23 exchange-se", labs.Windows2012R2, labs.Windows2019, Level2012R2, Level2016},
		{"G", "exchange-se", labs.Windows2012R2, labs.Windows2025, Level2012R2, Level2016},
	} {
		oldest, newest, low, high := allowed(t, strings.Fields(stage.releases)...)
		if oldest != stage.oldest || newest != stage.newest || low != stage.low || high != stage.high {
			t.Errorf("stage %s: domain controllers %s to %s at %s to %s, want %s to %s at %s to %s", stage.name,
				oldest, newest, low, high, stage.oldest, stage.newest, stage.low, stage.high)
		}
	}
}

// What a version can still live with, in the words of the readiness checks.
func TestTheLastThatEachOneLivesWith(t *testing.T) {
	for older, last := range map[string]string{
		"exchange-5.5": "exchange-2003", "exchange-2000": "exchange-2007", "exchange-2003": "exchange-2010", "exchange-2007": "exchange-2013",
		"exchange-2010": "exchange-2016", "exchange-2013": "exchange-2019-cu14", "exchange-2016": "exchange-se", "exchange-2019": "exchange-se",
	} {
		var got Release
		for _, r := range releases() {
			if row, ok := coexistence(r, older); ok && row.Floor != refused {
				got = r
			}
		}
		if got.ID != last && got.Product != last {
			t.Errorf("the last that %s lives with is %s, want %s", older, got.ID, last)
		}
	}
}
