package estate

import (
	"time"

	"github.com/doublehop/doublehop/labs"
)

// memoryRow is the memory that Exchange asks for: exchange-memory.csv.
type memoryRow struct {
	Product string `csv:"product"`
	Least   Bytes  `csv:"least"`
	Advised Bytes  `csv:"advised"`
	Origin
}

// editionRow is what an edition of Exchange holds: exchange-editions.csv.
type editionRow struct {
	// From and To are levels of one product, both included.
	From string `csv:"from"`
	To   string `csv:"to"`
	// Edition is "standard" or "enterprise".
	Edition string `csv:"edition"`
	// Groups are storage groups, Databases what can be mounted of all of them.
	Groups    int `csv:"groups"`
	Databases int `csv:"databases"`
	// Soft is the size of a database that the registry can raise, Hard the one
	// that nothing can; 0 for none.
	Soft Bytes `csv:"soft"`
	Hard Bytes `csv:"hard"`
	// Clusters says which it can form, "none" for none.
	Clusters string `csv:"clusters"`
	Origin
}

// SetupProgram is how Setup of a level of Exchange is started:
// exchange-setup.csv.
type SetupProgram struct {
	// From and To are levels of one product, both included.
	From string `csv:"from"`
	To   string `csv:"to"`
	// Program is its path on the disc; Accept the switch that accepts the
	// licence, empty where there is none.
	Program string `csv:"program"`
	Accept  string `csv:"accept"`
	Origin
}

// limitRow is what an edition of Windows can use: windows-limits.csv.
type limitRow struct {
	OS      labs.OS   `csv:"os"`
	Edition string    `csv:"edition"`
	Arch    labs.Arch `csv:"arch"`
	Memory  Bytes     `csv:"memory"`
	// CPUs are sockets.
	CPUs int `csv:"cpus"`
	Origin
}

// clockRow is how long something lasts: clocks.csv.
type clockRow struct {
	Name     string        `csv:"name"`
	Duration time.Duration `csv:"duration"`
	Origin
}

// The names of clocks.csv.
const (
	clockKerberos        = "kerberos-skew"
	clockMachinePassword = "machine-password"
	clockUserPassword    = "user-password"
	clockEvaluation      = "evaluation"
	clockActivation      = "activation-grace"
	clockW32Time         = "w32time-max"
	clockCertificate2007 = "certificate-exchange-2007"
	clockCertificate2010 = "certificate-exchange-2010"
)

//nolint:gochecknoglobals // tables, read at first use
var (
	memories      = table[memoryRow]("exchange-memory")
	editions      = table[editionRow]("exchange-editions")
	setupPrograms = table[SetupProgram]("exchange-setup")
	limits        = table[limitRow]("windows-limits")
	clocks        = table[clockRow]("clocks")
)

// memoryOf is what a product asks for.
func memoryOf(product string) (memoryRow, bool) {
	return pick(memories(), func(row memoryRow) bool { return row.Product == product })
}

// editionOf is what an edition of a release holds.
func editionOf(r Release, edition string) (editionRow, bool) {
	return pick(editions(), func(row editionRow) bool { return row.Edition == edition && within(r, row.From, row.To) })
}

// SetupProgramOf is how Setup of a release is started; nothing is known of
// Exchange 5.5.
func SetupProgramOf(r Release) (SetupProgram, bool) {
	return pick(setupPrograms(), func(row SetupProgram) bool { return within(r, row.From, row.To) })
}

// limitsOf is what an edition of Windows can use. Where nobody told the
// edition, it is what the widest one can use: more than that is wasted for
// certain.
func limitsOf(os labs.OS, edition string, arch labs.Arch) (limitRow, bool) {
	var widest limitRow
	for _, row := range limits() {
		switch {
		case row.OS != os || row.Arch != arch:
		case row.Edition == edition:
			return row, true
		case edition == "" && row.Memory >= widest.Memory:
			widest = row
		}
	}
	return widest, widest.OS != ""
}

// clockOf is a row of clocks.csv by its name.
func clockOf(name string) clockRow {
	row, ok := pick(clocks(), func(row clockRow) bool { return row.Name == name })
	if !ok {
		panic("estate: no clock " + name)
	}
	return row
}
