package estate

import (
	"github.com/doublehop/doublehop/labs"
)

// hostRow says that a version of Exchange may stand on a Windows:
// exchange-windows.csv. One whose confidence is [Weak] permits what sources
// disagree about.
type hostRow struct {
	Product string `csv:"product"`
	// From is the level of Exchange, ServicePack that of Windows, to begin with.
	From        string    `csv:"from"`
	OS          labs.OS   `csv:"os"`
	Arch        labs.Arch `csv:"arch"`
	ServicePack int       `csv:"service_pack"`
	// LabOnly says that nobody supports it in production.
	LabOnly bool `csv:"lab_only"`
	Origin
}

// controllerRow says which domain controllers levels of Exchange can work
// with: controllers.csv.
type controllerRow struct {
	// From and To are levels of one product, both included.
	From             string  `csv:"from"`
	To               string  `csv:"to"`
	Least            labs.OS `csv:"least_os"`
	LeastServicePack int     `csv:"least_service_pack"`
	Most             labs.OS `csv:"most_os"`
	// Perhaps is the newest that some source allows, or whose refusal has one
	// source only; empty when Most is certain.
	Perhaps labs.OS `csv:"perhaps_os"`
	// Scope is siteControllers or forestControllers.
	Scope controllerScope `csv:"scope"`
	Origin
}

// controllerScope says which domain controllers a row speaks of.
type controllerScope string

// Which domain controllers a row speaks of.
const (
	// siteControllers are those of Exchange's site, and the schema master.
	siteControllers controllerScope = "site"
	// forestControllers are all of the forest.
	forestControllers controllerScope = "forest"
)

// levelRow says at which functional levels Exchange works: exchange-levels.csv.
type levelRow struct {
	// From and To are levels of one product, both included.
	From string `csv:"from"`
	To   string `csv:"to"`
	// Forest and Domain are the least; Domain is of every domain.
	Forest Level `csv:"forest"`
	Domain Level `csv:"domain"`
	Most   Level `csv:"most"`
	// Perhaps is the highest that some source allows, or that none forbids for
	// certain; [Level2000] when Most is certain.
	Perhaps Level `csv:"perhaps"`
	Origin
}

// coexistRow says what servers of an older version must have reached when a
// newer one comes: coexistence.csv.
type coexistRow struct {
	// Installing and Until are levels of the newer product, both included; an
	// empty Until is its last.
	Installing string `csv:"installing"`
	Until      string `csv:"until"`
	Older      string `csv:"older"`
	// Floor is a level of Older, or refused.
	Floor string `csv:"floor"`
	Origin
}

// refused is the floor of what cannot live together.
const refused = "refused"

// moveRow says how mailboxes come from one version to another: moves.csv.
type moveRow struct {
	From string `csv:"from"`
	To   string `csv:"to"`
	// InPlace says that Setup upgrades a server of From, from the level
	// InPlaceFrom on.
	InPlace     bool   `csv:"in_place"`
	InPlaceFrom string `csv:"in_place_from"`
	Move        bool   `csv:"move"`
	Tool        string `csv:"tool"`
	// Mode is "offline" or "online".
	Mode string `csv:"mode"`
	Origin
}

// jumpRow says which updates cannot be made at once, since .NET Framework has to
// change on the way: exchange-jumps.csv.
type jumpRow struct {
	// Reaches is the level from which on an update is too far for a server below
	// Stop: it has to stop there.
	Reaches string `csv:"reaches"`
	Stop    string `csv:"stop"`
	// Next is the version of .NET Framework that Stop lets come.
	Next string `csv:"next"`
	Origin
}

// componentRow says what Exchange needs of Windows: exchange-components.csv.
type componentRow struct {
	Product   string           `csv:"product"`
	OS        labs.OS          `csv:"os"`
	Component string           `csv:"component"`
	Verdict   componentVerdict `csv:"verdict"`
	Origin
}

// componentVerdict says what Setup makes of a part of Windows.
type componentVerdict string

// What Setup makes of a part of Windows.
const (
	componentNeeded    componentVerdict = "needed"
	componentForbidden componentVerdict = "forbidden"
	// componentBrought is put there by Setup.
	componentBrought componentVerdict = "brought"
	// componentBeside comes from a package of its own, which the model does not
	// follow.
	componentBeside componentVerdict = "beside"
)

//nolint:gochecknoglobals // tables, read at first use
var (
	hosts       = table[hostRow]("exchange-windows")
	controllers = table[controllerRow]("controllers")
	levelsAsked = table[levelRow]("exchange-levels")
	coexisting  = table[coexistRow]("coexistence")
	moves       = table[moveRow]("moves")
	components  = table[componentRow]("exchange-components")
	jumps       = table[jumpRow]("exchange-jumps")
)

// mayStandOn finds the row of the newest level, up to r, that may stand on a
// machine's Windows. Where there is none, its row says how sure the refusal
// is: it is of the first level that may stand there, or names no level.
func mayStandOn(r Release, m *Machine) (hostRow, bool) {
	found, later, ok := hostRow{}, hostRow{}, false
	for _, row := range hosts() {
		if row.Product != r.Product || row.OS != m.OS || row.Arch != m.Arch {
			continue
		}
		switch from, _ := FindRelease(row.From); {
		case !r.Build.Less(from.Build):
			found, ok = row, true
		case later.From == "":
			later = row
		}
	}
	switch {
	case ok:
		return found, true
	case later.From != "":
		return later, false
	}
	// What the list of supported systems does not name is not supported.
	return hostRow{Product: r.Product, OS: m.OS, Arch: m.Arch, Origin: Origin{Source: "X1", Confidence: Sure}}, false
}

// hostsOf lists what a release may stand on, in the order of the table.
func hostsOf(r Release) []hostRow {
	var list []hostRow
	for _, row := range hosts() {
		if from, _ := FindRelease(row.From); row.Product == r.Product && !r.Build.Less(from.Build) {
			list = append(list, row)
		}
	}
	return list
}

// controllersFor is the row on a release's domain controllers; there is none
// for Exchange 5.5.
func controllersFor(r Release) (controllerRow, bool) {
	return pick(controllers(), func(row controllerRow) bool { return within(r, row.From, row.To) })
}

// levelsFor is the row on a release's functional levels; there is none for
// Exchange 5.5.
func levelsFor(r Release) (levelRow, bool) {
	return pick(levelsAsked(), func(row levelRow) bool { return within(r, row.From, row.To) })
}

// coexistence is the row on servers of an older product in the organization
// that r comes to. There is none for r's own product and for newer ones.
func coexistence(r Release, older string) (coexistRow, bool) {
	return pick(coexisting(), func(row coexistRow) bool {
		return row.Older == older && within(r, row.Installing, row.Until)
	})
}

// moveBetween is the row on the way from one product to another; where there
// is none, no way exists.
func moveBetween(from, to string) (moveRow, bool) {
	return pick(moves(), func(row moveRow) bool { return row.From == from && row.To == to })
}

// componentsFor lists what a product asks of the parts of a Windows.
func componentsFor(product string, os labs.OS) []componentRow {
	var list []componentRow
	for _, row := range components() {
		if row.Product == product && row.OS == os {
			list = append(list, row)
		}
	}
	return list
}
