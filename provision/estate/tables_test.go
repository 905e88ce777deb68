package estate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
)

// span is a range of levels of one product, as several tables have it.
type span struct {
	table, from, to string
	// key tells ranges apart that may overlap, of one product.
	key string
}

func spans() []span {
	var all []span
	for _, r := range controllers() {
		all = append(all, span{"controllers", r.From, r.To, ""})
	}
	for _, r := range levelsAsked() {
		all = append(all, span{"exchange-levels", r.From, r.To, ""})
	}
	for _, r := range setupPrograms() {
		all = append(all, span{"exchange-setup", r.From, r.To, ""})
	}
	for _, r := range editions() {
		all = append(all, span{"exchange-editions", r.From, r.To, r.Edition})
	}
	for _, r := range coexisting() {
		all = append(all, span{"coexistence", r.Installing, r.Until, r.Older})
	}
	return all
}

// origins lists where every row of every table comes from.
func origins() map[string][]Origin {
	of := map[string][]Origin{}
	add := func(table string, row Origin) { of[table] = append(of[table], row) }
	collect(add, "exchange-releases", releases(), func(r Release) Origin { return r.Origin })
	collect(add, "exchange-products", products(), func(r Product) Origin { return r.Origin })
	collect(add, "windows", windows(), func(r Windows) Origin { return r.Origin })
	collect(add, "exchange-windows", hosts(), func(r hostRow) Origin { return r.Origin })
	collect(add, "controllers", controllers(), func(r controllerRow) Origin { return r.Origin })
	collect(add, "exchange-levels", levelsAsked(), func(r levelRow) Origin { return r.Origin })
	collect(add, "coexistence", coexisting(), func(r coexistRow) Origin { return r.Origin })
	collect(add, "moves", moves(), func(r moveRow) Origin { return r.Origin })
	collect(add, "exchange-components", components(), func(r componentRow) Origin { return r.Origin })
	collect(add, "exchange-memory", memories(), func(r memoryRow) Origin { return r.Origin })
	collect(add, "exchange-editions", editions(), func(r editionRow) Origin { return r.Origin })
	collect(add, "exchange-setup", setupPrograms(), func(r SetupProgram) Origin { return r.Origin })
	collect(add, "windows-limits", limits(), func(r limitRow) Origin { return r.Origin })
	collect(add, "exchange-jumps", jumps(), func(r jumpRow) Origin { return r.Origin })
	collect(add, "clocks", clocks(), func(r clockRow) Origin { return r.Origin })
	collect(add, "adprep", adpreps(), func(r AdprepDisc) Origin { return r.Origin })
	collect(add, "levels", levelsOS(), func(r levelOSRow) Origin { return r.Origin })
	collect(add, "windows-upgrades", upgrades(), func(r upgradeRow) Origin { return r.Origin })
	collect(add, "tombstones", tombstones(), func(r tombstoneRow) Origin { return r.Origin })
	return of
}

func collect[Row any](add func(string, Origin), table string, rows []Row, origin func(Row) Origin) {
	for _, r := range rows {
		add(table, origin(r))
	}
}

func TestEveryTableIsReadAndSaysWhereItWasRead(t *testing.T) {
	of := origins()
	files, err := tableFiles.ReadDir("tables")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".csv")
		if name != "sources" && len(of[name]) == 0 {
			t.Errorf("table %s has no rows, or no test reads it", name)
		}
	}
	for table, rows := range of {
		for i, row := range rows {
			if why := badOrigin(row); why != "" {
				t.Errorf("table %s, row %d: %s", table, i+1, why)
			}
		}
	}
}

// badOrigin says what is wrong with the origin of a row or a rule.
func badOrigin(o Origin) string {
	if !slices.Contains([]Confidence{Sure, Fair, Weak, RememberedHigh, RememberedMiddle, RememberedLow}, o.Confidence) {
		return fmt.Sprintf("no confidence is called %q", o.Confidence)
	}
	keys := strings.Fields(o.Source)
	if len(keys) == 0 {
		return "no source is named"
	}
	for _, key := range keys {
		if !slices.ContainsFunc(Sources(), func(c Citation) bool { return c.Key == key }) {
			return fmt.Sprintf("no source is called %q", key)
		}
	}
	if o.Confidence == Sure && slices.Equal(keys, []string{"mem"}) {
		return "what was only remembered is not sure"
	}
	return ""
}

func TestSourcesAreNamedOnceAndCitedInFull(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Sources() {
		if seen[c.Key] || !strings.HasSuffix(c.Title, ".") || len(c.Title) < 20 {
			t.Errorf("source %q is there twice, or its citation is no sentence: %s", c.Key, c.Title)
		}
		seen[c.Key] = true
	}
}

func TestReleasesAreInOrder(t *testing.T) {
	at := -1
	for i, r := range releases() {
		p := productIndex(r.Product)
		if p < at || p > at+1 {
			t.Errorf("%s: its product %q is unknown, or not in its place", r.ID, r.Product)
		}
		if p > at && r.ID != r.Product {
			t.Errorf("%s: the first release of %s should bear its name", r.ID, r.Product)
		}
		if i > 0 && p == at {
			before := releases()[i-1]
			if !before.Build.Less(r.Build) {
				t.Errorf("%s is not newer than %s", r.ID, before.ID)
			}
			if r.Schema < before.Schema || r.Organization < before.Organization || r.Domain < before.Domain {
				t.Errorf("%s lowers what %s leaves in the directory", r.ID, before.ID)
			}
		}
		if !strings.HasPrefix(r.ID, r.Product) || r.Name == "" {
			t.Errorf("%s: the id should begin with %s, and have a name", r.ID, r.Product)
		}
		at = p
	}
	if at != len(products())-1 {
		t.Errorf("the last product with releases is %d of %d", at+1, len(products()))
	}
	if got := lastRelease("exchange-2010").ID; got != "exchange-2010-sp3-ru32" {
		t.Errorf("the last release of Exchange 2010 is %s", got)
	}
}

func TestRangesOfLevelsFitTogether(t *testing.T) {
	for _, s := range spans() {
		from, ok := FindRelease(s.from)
		if !ok {
			t.Errorf("%s: no release is called %q", s.table, s.from)
		}
		if to, ok := FindRelease(s.to); s.to != "" && (!ok || to.Product != from.Product || to.Build.Less(from.Build)) {
			t.Errorf("%s: %q does not end what %q begins", s.table, s.to, s.from)
		}
	}
	for i, a := range spans() {
		for _, b := range spans()[i+1:] {
			if a.table != b.table || a.key != b.key {
				continue
			}
			first, _ := FindRelease(a.from)
			second, _ := FindRelease(b.from)
			if within(first, b.from, b.to) || within(second, a.from, a.to) {
				t.Errorf("%s: the range from %s meets the one from %s (%s)", a.table, a.from, b.from, a.key)
			}
		}
	}
}

func TestJumpsStopOnTheirWay(t *testing.T) {
	for _, row := range jumps() {
		stop, ok := FindRelease(row.Stop)
		to, known := FindRelease(row.Reaches)
		if !ok || !known || stop.Product != to.Product || !stop.Build.Less(to.Build) || row.Next == "" {
			t.Errorf("nobody stops at %q on the way to %q for .NET %q", row.Stop, row.Reaches, row.Next)
		}
	}
}

func TestEveryReleaseHasItsRows(t *testing.T) {
	for _, r := range releases() {
		_, dc := controllersFor(r)
		_, level := levelsFor(r)
		_, setup := SetupProgramOf(r)
		if old := r.Product == "exchange-5.5"; dc == old || level == old || setup == old {
			t.Errorf("%s: controllers %v, levels %v, setup %v", r.ID, dc, level, setup)
		}
		for _, edition := range []string{"standard", "enterprise"} {
			if _, ok := editionOf(r, edition); !ok {
				t.Errorf("%s: nothing is known of the edition %s", r.ID, edition)
			}
		}
		if len(hostsOf(r)) == 0 {
			t.Errorf("%s may stand on no Windows", r.ID)
		}
		if _, ok := memoryOf(r.Product); !ok {
			t.Errorf("%s: nothing is known of its memory", r.Product)
		}
		for _, older := range products() {
			row, ok := coexistence(r, older.ID)
			if ok != olderProduct(older.ID, r.Product) {
				t.Errorf("%s beside %s: row %v, want %v", r.ID, older.ID, ok, !ok)
			}
			floor, known := FindRelease(row.Floor)
			if ok && row.Floor != refused && (!known || floor.Product != older.ID) {
				t.Errorf("%s beside %s: the floor %q is none of its levels", r.ID, older.ID, row.Floor)
			}
		}
	}
}

func TestAccessorsAnswer(t *testing.T) {
	if _, ok := mayStandOn(lastRelease("exchange-2003"), &Machine{OS: labs.Windows2003, Arch: labs.X64}); ok {
		t.Error("Exchange 2003 on 64-bit Windows is allowed")
	}
	if row, ok := windowsUpgrade(labs.Windows2000, labs.Windows2003, "exchange-2000"); !ok || row.Verdict != upgradeRefused {
		t.Errorf("Windows 2000 under Exchange 2000: %v %v", row, ok)
	}
	if row, ok := windowsUpgrade(labs.Windows2000, labs.Windows2003, ""); !ok || row.Verdict != upgradeAllowed {
		t.Errorf("Windows 2000 to 2003: %v %v", row, ok)
	}
	if row, ok := windowsUpgrade(labs.Windows2000, labs.Windows2003, "exchange-2003"); !ok || row.Verdict != upgradeAllowed {
		t.Errorf("Windows 2000 under Exchange 2003: %v %v", row, ok)
	}
	if row, ok := windowsUpgrade(labs.Windows2008R2, labs.Windows2012, "exchange-2010"); !ok || row.Verdict != upgradeRefused {
		t.Errorf("Windows 2008 R2 under Exchange 2010: %v %v", row, ok)
	}
	if row, ok := windowsUpgrade(labs.Windows2019, labs.Windows2025, "exchange-2019"); !ok || row.Verdict != upgradeWarned {
		t.Errorf("Windows 2019 under Exchange 2019: %v %v", row, ok)
	}
	if _, ok := windowsUpgrade(labs.Windows2000, labs.Windows2016, ""); ok {
		t.Error("Windows 2000 becomes 2016")
	}
	for pack, days := range map[int]int{UnknownServicePack: 60, 0: 60, 1: 180, 2: 180} {
		if got := tombstoneOf(labs.Windows2003, pack); got != days {
			t.Errorf("tombstone of Windows 2003 SP%d: %d days", pack, got)
		}
	}
	if row, ok := limitsOf(labs.Windows2003, "standard", labs.X86); !ok || row.Memory.String() != "4GiB" {
		t.Errorf("limits of Windows 2003 Standard: %v", row)
	}
	if row, ok := limitsOf(labs.Windows2003, "", labs.X86); !ok || row.Memory.String() != "64GiB" {
		t.Errorf("limits of some Windows 2003: %v", row)
	}
	if row, ok := moveBetween("exchange-2019", "exchange-se"); !ok || !row.InPlace {
		t.Errorf("2019 to SE: %v", row)
	}
	if row, ok := AdprepOf(labs.Windows2003); !ok || row.Schema != 30 {
		t.Errorf("adprep of Windows 2003: %v", row)
	}
	if got := oldestController(Level2008R2); got != labs.Windows2008R2 {
		t.Errorf("the oldest domain controller at 2008R2 is %s", got)
	}
	if got := newestController(Level2000); got != labs.Windows2008R2 {
		t.Errorf("the newest domain controller at 2000 is %s", got)
	}
	if got := clockOf(clockKerberos).Duration.Minutes(); got != 5 {
		t.Errorf("Kerberos bears %v minutes", got)
	}
	if got := componentsFor("exchange-2003", labs.Windows2003); len(got) != 4 {
		t.Errorf("Exchange 2003 asks of Windows 2003: %v", got)
	}
}

func TestTablesThatMakeNoSense(t *testing.T) {
	type row struct {
		Level Level `csv:"level"`
		Size  Bytes `csv:"size"`
		clockRow
	}
	const head = "level,size,name,duration,source,confidence\n"
	rows, err := readTable[row]([]byte(head + "# a comment\n2008R2, 512MiB,x,720h,mem,mem-H\n,0,y,5m,mem,H\n"))
	if err != nil || len(rows) != 2 || rows[0].Level != Level2008R2 || rows[0].Size.String() != "512MiB" || rows[1].Size.String() != "0" || rows[1].Level != Level2000 {
		t.Errorf("read %v, error %v", rows, err)
	}
	for what, text := range map[string]string{
		"no such level":        head + "2009,0,x,5m,mem,H\n",
		"a size without unit":  head + "2003,512,x,5m,mem,H\n",
		"a size that is none":  head + "2003,manyMiB,x,5m,mem,H\n",
		"a duration in words":  head + "2003,0,x,long,mem,H\n",
		"a column too many":    head + "2003,0,x,5m,mem,H,more\n",
		"a column is missing":  "level,size,name,duration,source\n2003,0,x,5m,mem\n",
		"nothing, not a head":  "",
		"a quote that is open": head + "\"2003,0,x,5m,mem,H\n",
	} {
		if rows, err := readTable[row]([]byte(text)); err == nil {
			t.Errorf("%s is read as %v", what, rows)
		}
	}
}

func TestConfidencesHaveAMeaning(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range []Confidence{Sure, Fair, Weak, RememberedHigh, RememberedMiddle, RememberedLow, "none"} {
		if text := c.Meaning(); seen[text] || !strings.HasSuffix(text, ".") {
			t.Errorf("%s means %q", c, text)
		}
		seen[c.Meaning()] = true
	}
}
