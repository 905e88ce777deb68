package estate

import (
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
)

// knownOS says that a table may name a Windows; "*" and "" where they may stand.
func knownOS(os labs.OS, also ...labs.OS) bool {
	return windowsIndex(os) >= 0 || slices.Contains(also, os)
}

func TestSystemsThatTablesNameExist(t *testing.T) {
	bad := func(table string, os labs.OS) { t.Errorf("table %s names %q, which is no Windows", table, os) }
	for _, r := range hosts() {
		w, ok := WindowsOf(r.OS)
		from, known := FindRelease(r.From)
		if !ok || !w.Has(r.Arch) || r.ServicePack > w.ServicePack || !known || from.Product != r.Product {
			t.Errorf("exchange-windows: %s from %s on %s for %s with service pack %d", r.Product, r.From, r.OS, r.Arch, r.ServicePack)
		}
	}
	for _, r := range controllers() {
		w, ok := WindowsOf(r.Least)
		if !ok || r.LeastServicePack > w.ServicePack || olderWindows(r.Most, r.Least) || !knownOS(r.Most) || !knownOS(r.Perhaps, "") {
			t.Errorf("controllers: %s to %s, %s SP%d to %s, perhaps %s", r.From, r.To, r.Least, r.LeastServicePack, r.Most, r.Perhaps)
		}
		if r.Perhaps != "" && !olderWindows(r.Most, r.Perhaps) {
			t.Errorf("controllers: %s to %s: perhaps %s is not above %s", r.From, r.To, r.Perhaps, r.Most)
		}
		if r.Scope != siteControllers && r.Scope != forestControllers {
			t.Errorf("controllers: %s to %s: no scope is called %q", r.From, r.To, r.Scope)
		}
	}
	for _, r := range components() {
		if !knownOS(r.OS) {
			bad("exchange-components", r.OS)
		}
		if productIndex(r.Product) < 0 || !slices.Contains([]componentVerdict{componentNeeded, componentForbidden, componentBrought, componentBeside}, r.Verdict) {
			t.Errorf("exchange-components: %s %s %s", r.Product, r.Component, r.Verdict)
		}
		if !slices.ContainsFunc(hosts(), func(h hostRow) bool { return h.Product == r.Product && h.OS == r.OS }) {
			t.Errorf("exchange-components: %s stands on no %s", r.Product, r.OS)
		}
	}
	for _, r := range limits() {
		if w, ok := WindowsOf(r.OS); !ok || !w.Has(r.Arch) {
			bad("windows-limits", r.OS)
		}
	}
	for _, r := range upgrades() {
		if !knownOS(r.From, "*") || !knownOS(r.To, "*") || r.From != "*" && !olderWindows(r.From, r.To) {
			t.Errorf("windows-upgrades: %s to %s", r.From, r.To)
		}
		if r.Under != "-" && productIndex(r.Under) < 0 || !slices.Contains([]upgradeVerdict{upgradeAllowed, upgradeRefused, upgradeWarned}, r.Verdict) {
			t.Errorf("windows-upgrades: under %s: %s", r.Under, r.Verdict)
		}
	}
}

func TestWindowsAreInOrderAndAgreeWithTheOtherTables(t *testing.T) {
	for i, w := range windows() {
		if i > 0 && w.Version.Less(windows()[i-1].Version) {
			t.Errorf("%s is not in its place", w.OS)
		}
		if i > 0 && (w.Schema < windows()[i-1].Schema || w.Highest < windows()[i-1].Highest) {
			t.Errorf("%s has a lower schema or level than the Windows before it", w.OS)
		}
		for arch := range strings.FieldsSeq(w.Archs) {
			if _, ok := limitsOf(w.OS, "standard", labs.Arch(arch)); !ok {
				t.Errorf("nothing is known of the limits of %s for %s", w.OS, arch)
			}
		}
		disc, ok := AdprepOf(w.OS)
		if ok != (w.Schema > 13) {
			t.Errorf("%s: adprep %v", w.OS, ok)
		}
		if ok && (disc.Schema != w.Schema || disc.LowestDomain != w.Lowest || disc.LowestForest != w.LowestForest || disc.SelfPrepares != w.SelfPrepares) {
			t.Errorf("windows and adprep differ on %s: %v, %v", w.OS, w, disc)
		}
		if w.Schema > 0 && !slices.ContainsFunc(tombstones(), func(r tombstoneRow) bool { return r.OS == w.OS && r.ServicePack == 0 }) {
			t.Errorf("%s: no tombstone lifetime without a service pack", w.OS)
		}
	}
}

// A Windows serves in a level exactly where both tables say so.
func TestLevelsAndWindowsAgree(t *testing.T) {
	names := allLevels()
	if len(names) != len(levelsOS()) {
		t.Errorf("%d levels have a name, and %d a row", len(names), len(levelsOS()))
	}
	for _, row := range levelsOS() {
		if int(row.Name) != row.Level {
			t.Errorf("level %d is called %s", row.Level, row.Name)
		}
		for _, w := range windows() {
			if w.Schema == 0 || row.Name == Level2003Interim {
				continue
			}
			serves := w.Lowest <= row.Name && row.Name <= w.Highest
			within := !olderWindows(w.OS, row.Oldest) && !olderWindows(row.Newest, w.OS)
			if serves != within {
				t.Errorf("%s at level %s: windows.csv says %v, levels.csv %v", w.OS, row.Name, serves, within)
			}
		}
	}
	for _, row := range levelsAsked() {
		if row.Most < row.Forest || row.Domain < row.Forest || row.Perhaps != Level2000 && row.Perhaps <= row.Most {
			t.Errorf("exchange-levels: %s to %s: %s, %s, %s, %s", row.From, row.To, row.Forest, row.Domain, row.Most, row.Perhaps)
		}
	}
	for _, r := range releases() {
		dc, ok := controllersFor(r)
		level, _ := levelsFor(r)
		if ok && olderWindows(dc.Least, oldestController(level.Forest)) {
			t.Errorf("%s bears domain controllers of %s, which cannot serve at %s", r.ID, dc.Least, level.Forest)
		}
		if ok && r == lastRelease(r.Product) && olderWindows(dc.Most, oldestController(level.Most)) {
			t.Errorf("%s bears the level %s, and no domain controller above %s", r.ID, level.Most, dc.Most)
		}
	}
}

func TestHostsFitTheirProducts(t *testing.T) {
	for _, p := range products() {
		for _, row := range hosts() {
			if row.Product == p.ID && (row.Arch != p.Arch) != row.LabOnly {
				t.Errorf("%s on %s for %s: lab only is %v", p.ID, row.OS, row.Arch, row.LabOnly)
			}
		}
	}
	for _, c := range []struct {
		release string
		os      labs.OS
		want    bool
		// sure says that the answer can block.
		sure bool
	}{
		{"exchange-2013-cu3", labs.Windows2012R2, false, true},
		{"exchange-2013-sp1", labs.Windows2012R2, true, true},
		{"exchange-2016-cu2", labs.Windows2016, false, true},
		{"exchange-2019-cu11", labs.Windows2022, false, false},
		{"exchange-2019-cu15", labs.Windows2025, true, false},
		{"exchange-2016-cu23", labs.Windows2019, false, true},
		{"exchange-2010-sp3", labs.Windows2012R2, true, false},
	} {
		r, _ := FindRelease(c.release)
		row, ok := mayStandOn(r, &Machine{OS: c.os, Arch: labs.X64})
		if ok != c.want || (row.Confidence == Sure) != c.sure {
			t.Errorf("%s on %s: %v, %s", c.release, c.os, ok, row.Confidence)
		}
	}
}
