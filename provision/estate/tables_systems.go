package estate

import (
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Windows is a version of Windows: windows.csv, oldest first.
type Windows struct {
	OS   labs.OS `csv:"os"`
	Name string  `csv:"name"`
	// Version is NT's own: 5.2.3790.
	Version Build `csv:"version"`
	// Archs are the architectures of its servers, with blanks between.
	Archs string `csv:"archs"`
	// ServicePack is the last one.
	ServicePack int `csv:"service_pack"`
	// Schema is objectVersion of CN=Schema of a forest that it founds or
	// prepares; 0 for one without Active Directory.
	Schema int `csv:"schema"`
	// Lowest is the lowest functional level of a domain, and LowestForest of a
	// forest, that its domain controllers can serve in.
	Lowest       Level `csv:"lowest_domain"`
	LowestForest Level `csv:"lowest_forest"`
	// Highest is the highest functional level that it knows.
	Highest Level `csv:"highest"`
	// DFSR says that it replicates SYSVOL by DFSR only.
	DFSR bool `csv:"needs_dfsr"`
	// SelfPrepares says that promotion runs adprep by itself.
	SelfPrepares bool   `csv:"self_prepares"`
	Released     string `csv:"released"`
	Origin
}

// Has says whether there are servers of an architecture.
func (w Windows) Has(a labs.Arch) bool { return slices.Contains(strings.Fields(w.Archs), string(a)) }

//nolint:gochecknoglobals // tables, read at first use
var windows = table[Windows]("windows")

// AllWindows lists the versions of Windows, oldest first.
func AllWindows() []Windows { return windows() }

// WindowsOf finds a version of Windows.
func WindowsOf(os labs.OS) (Windows, bool) {
	return pick(windows(), func(w Windows) bool { return w.OS == os })
}

// olderWindows says that a is an older Windows than b; what is no Windows is
// older than none, and none is older than it.
func olderWindows(a, b labs.OS) bool {
	x, y := windowsIndex(a), windowsIndex(b)
	return x >= 0 && y >= 0 && x < y
}

func windowsIndex(os labs.OS) int {
	return slices.IndexFunc(windows(), func(w Windows) bool { return w.OS == os })
}

// AdprepDisc is what prepares a directory for domain controllers of a Windows:
// adprep.csv.
type AdprepDisc struct {
	OS     labs.OS `csv:"os"`
	Schema int     `csv:"schema"`
	// Folder is on the disc, Program in it; ProgramX86 is for a domain
	// controller of 32 bit, and empty where none can run it.
	Folder     string `csv:"folder"`
	Program    string `csv:"program"`
	ProgramX86 string `csv:"program_x86"`
	// LowestDomain and LowestForest are the lowest functional levels that such a
	// domain controller joins.
	LowestDomain Level `csv:"lowest_domain"`
	LowestForest Level `csv:"lowest_forest"`
	// SelfPrepares says that promotion runs it.
	SelfPrepares bool `csv:"self_prepares"`
	Origin
}

// levelOSRow is a functional level and the Windows that can serve in it:
// levels.csv.
type levelOSRow struct {
	Level  int     `csv:"level"`
	Name   Level   `csv:"name"`
	Oldest labs.OS `csv:"oldest_controller"`
	Newest labs.OS `csv:"newest_controller"`
	Origin
}

// upgradeRow is an upgrade of Windows in place: windows-upgrades.csv.
type upgradeRow struct {
	// From and To are versions of Windows, or "*" for every one.
	From labs.OS `csv:"from"`
	To   labs.OS `csv:"to"`
	// Under is the version of Exchange on the machine, or "-".
	Under   string         `csv:"under"`
	Verdict upgradeVerdict `csv:"verdict"`
	// ServicePack is what From must have at least.
	ServicePack int `csv:"service_pack"`
	Origin
}

// upgradeVerdict says what becomes of an upgrade in place.
type upgradeVerdict string

// What becomes of an upgrade in place.
const (
	upgradeAllowed upgradeVerdict = "allowed"
	upgradeRefused upgradeVerdict = "refused"
	upgradeWarned  upgradeVerdict = "warned"
)

// tombstoneRow is the tombstone lifetime of a new forest: tombstones.csv.
type tombstoneRow struct {
	OS labs.OS `csv:"os"`
	// ServicePack is the one that it begins with.
	ServicePack int `csv:"service_pack"`
	Days        int `csv:"days"`
	Origin
}

//nolint:gochecknoglobals // tables, read at first use
var (
	adpreps    = table[AdprepDisc]("adprep")
	levelsOS   = table[levelOSRow]("levels")
	upgrades   = table[upgradeRow]("windows-upgrades")
	tombstones = table[tombstoneRow]("tombstones")
)

// AdprepOf is what is on the disc of a Windows to prepare a directory with;
// there is nothing on those of NT 4.0 and Windows 2000.
func AdprepOf(os labs.OS) (AdprepDisc, bool) {
	return pick(adpreps(), func(row AdprepDisc) bool { return row.OS == os })
}

// oldestController is the oldest Windows whose domain controllers can serve in
// a functional level.
func oldestController(l Level) labs.OS { return levelOS(l).Oldest }

// newestController is the newest one.
func newestController(l Level) labs.OS { return levelOS(l).Newest }

func levelOS(l Level) levelOSRow {
	row, _ := pick(levelsOS(), func(row levelOSRow) bool { return row.Name == l })
	return row
}

// windowsUpgrade is the row on an upgrade of Windows in place under a version
// of Exchange, or none. Where there is no row, it cannot be done.
func windowsUpgrade(from, to labs.OS, under string) (upgradeRow, bool) {
	fits := func(product string) (upgradeRow, bool) {
		return pick(upgrades(), func(row upgradeRow) bool {
			return row.Under == product && (row.From == from || row.From == "*") && (row.To == to || row.To == "*")
		})
	}
	plain, possible := fits("-")
	if under == "" {
		return plain, possible
	}
	row, ok := fits(under)
	return row, ok && (possible || row.Verdict == upgradeRefused)
}

// tombstoneOf is the tombstone lifetime, in days, of a forest that is founded
// on a Windows; an unknown service pack counts as none.
func tombstoneOf(os labs.OS, servicePack int) int {
	days := 60 // where the attribute is not set (KB924890)
	for _, row := range tombstones() {
		if row.OS == os && row.ServicePack <= max(servicePack, 0) {
			days = row.Days
		}
	}
	return days
}
