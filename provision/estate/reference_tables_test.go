package estate

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/labs"
)

func TestReferenceOfTables(t *testing.T) { page(t, "tables.md", tablesPage()) }

func tablesPage() []byte {
	var b bytes.Buffer
	b.WriteString("# What works with what\n\nMade from `provision/estate/tables` by `go test ./provision/estate -run TestReference -update`; do not edit. The files\n" +
		"open in a spreadsheet, and hold comments that this page leaves out.\n\n" +
		"The last columns say where a row was read ([sources](#sources)) and how sure it is:\n\n")
	for _, c := range []Confidence{Sure, Fair, Weak, RememberedHigh, RememberedMiddle, RememberedLow} {
		fmt.Fprintf(&b, "- %s: %s\n", c, c.Meaning())
	}
	for _, write := range []func(*bytes.Buffer){
		hostsSection, controllersSection, levelsSection, coexistenceSection, movesSection, jumpsSection, productsSection,
		componentsSection, editionsSection, setupSection, windowsSection, upgradesSection, limitsSection, clocksSection, releasesSection, sourcesSection,
	} {
		write(&b)
	}
	return b.Bytes()
}

// grid writes a section with a table; a row's cells follow the head's.
func grid(b *bytes.Buffer, title, text string, head []string, rows [][]string) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", title, text)
	lines(b, head, rows)
}

// lines writes a table.
func lines(b *bytes.Buffer, head []string, rows [][]string) {
	b.WriteString("\n")
	for i, row := range append([][]string{head}, rows...) {
		for _, cell := range row {
			b.WriteString(strings.TrimRight("| "+cell, " ") + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			fmt.Fprintf(b, "|%s\n", strings.Repeat("---|", len(head)))
		}
	}
}

// each makes rows of a table's rows, with their origins at the end.
func each[Row any](list []Row, cells func(Row) []string, origin func(Row) Origin) [][]string {
	var rows [][]string
	for _, r := range list {
		o := origin(r)
		rows = append(rows, append(cells(r), o.Source, string(o.Confidence)))
	}
	return rows
}

// levelsOf names a range of levels: "Exchange 2016 CU3 to CU6". Of versions
// that have rollups not every one is a row, so the next row's name tells the end:
// "Exchange 2010 SP3 RU5, before SP3 RU22".
func levelsOf(from, to string) string {
	a, _ := FindRelease(from)
	z, known := FindRelease(to)
	p, _ := FindProduct(a.Product)
	all := a.ID == a.Product
	if !known || z == lastRelease(a.Product) {
		if all {
			return p.Name
		}
		return a.Name + " and later"
	}
	name := a.Name
	if all {
		name += " RTM"
	}
	switch {
	case p.Servicing == "rollup":
		next := releases()[slices.Index(releases(), z)+1]
		return name + ", before" + strings.TrimPrefix(next.Name, p.Name)
	case a == z:
		return name
	}
	return name + " to" + strings.TrimPrefix(z.Name, p.Name)
}

func productName(id string) string {
	p, _ := FindProduct(id)
	return cmp.Or(p.Name, id)
}

func systemName(os labs.OS) string {
	if os == "*" {
		return "every Windows"
	}
	w, _ := WindowsOf(os)
	return cmp.Or(w.Name, string(os))
}

func pack(name string, servicePack int) string {
	if servicePack == 0 {
		return name
	}
	return fmt.Sprintf("%s SP%d", name, servicePack)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func hostsSection(b *bytes.Buffer) {
	head := []string{"Windows"}
	for _, p := range products() {
		head = append(head, strings.TrimPrefix(p.Name, "Exchange "))
	}
	var rows [][]string
	for _, w := range windows() {
		for arch := range strings.FieldsSeq(w.Archs) {
			row, some := []string{w.Name + ", " + arch}, false
			for _, p := range products() {
				cell := hostCell(p, w.OS, labs.Arch(arch))
				row, some = append(row, cell), some || cell != ""
			}
			if some {
				rows = append(rows, row)
			}
		}
	}
	grid(b, "Windows under Exchange", "From which level of Exchange on, with which service pack of Windows. An empty cell is not supported.", head, rows)
	lines(b, []string{"Exchange", "Windows", "source", "sure"}, each(hosts(), func(r hostRow) []string {
		return []string{levelsOf(r.From, ""), pack(systemName(r.OS), r.ServicePack) + ", " + string(r.Arch)}
	}, func(r hostRow) Origin { return r.Origin }))
}

func hostCell(p Product, os labs.OS, arch labs.Arch) string {
	var cells []string
	for _, r := range hosts() {
		if r.Product != p.ID || r.OS != os || r.Arch != arch {
			continue
		}
		var parts []string
		if from, _ := FindRelease(r.From); from.ID != p.ID {
			parts = append(parts, "from"+strings.TrimPrefix(from.Name, p.Name))
		}
		if r.ServicePack > 0 {
			parts = append(parts, fmt.Sprintf("on SP%d", r.ServicePack))
		}
		if r.LabOnly {
			parts = append(parts, "lab only")
		}
		cell := cmp.Or(strings.Join(parts, " "), "yes")
		if r.Confidence != Sure {
			cell += " (" + string(r.Confidence) + ")"
		}
		cells = append(cells, cell)
	}
	return strings.Join(cells, "; ")
}

func controllersSection(b *bytes.Buffer) {
	grid(b, "Domain controllers beside Exchange",
		"\"Perhaps\": sources disagree, or only one was found; a warning says so. Scope \"site\" is the site of Exchange and the\nschema master, \"forest\" all of it. Windows 2003 R2 counts as 2003. A read-only domain controller never counts.",
		[]string{"Exchange", "oldest", "newest", "perhaps", "scope", "source", "sure"},
		each(controllers(), func(r controllerRow) []string {
			perhaps := ""
			if r.Perhaps != "" {
				perhaps = systemName(r.Perhaps)
			}
			return []string{levelsOf(r.From, r.To), pack(systemName(r.Least), r.LeastServicePack), systemName(r.Most), perhaps, string(r.Scope)}
		}, func(r controllerRow) Origin { return r.Origin }))
}

func levelsSection(b *bytes.Buffer) {
	grid(b, "Functional levels under Exchange", "The least of the forest and of every domain, and the highest.",
		[]string{"Exchange", "forest", "domains", "highest", "perhaps", "source", "sure"},
		each(levelsAsked(), func(r levelRow) []string {
			perhaps := ""
			if r.Perhaps != Level2000 {
				perhaps = r.Perhaps.String()
			}
			return []string{levelsOf(r.From, r.To), r.Forest.String(), r.Domain.String(), r.Most.String(), perhaps}
		}, func(r levelRow) Origin { return r.Origin }))
	grid(b, "Functional levels and Windows", "Which domain controllers serve in a level; msDS-Behavior-Version counts them so.",
		[]string{"level", "name", "oldest", "newest", "source", "sure"},
		each(levelsOS(), func(r levelOSRow) []string {
			return []string{fmt.Sprint(r.Level), r.Name.String(), systemName(r.Oldest), systemName(r.Newest)}
		}, func(r levelOSRow) Origin { return r.Origin }))
}

func coexistenceSection(b *bytes.Buffer) {
	grid(b, "Exchange beside older Exchange", "What every server of the older version must have reached when the newer comes, Edge servers too.",
		[]string{"installing", "beside", "at least", "source", "sure"},
		each(coexisting(), func(r coexistRow) []string {
			floor, known := FindRelease(r.Floor)
			text := "refused"
			if known {
				text = floor.Name
			}
			return []string{levelsOf(r.Installing, r.Until), productName(r.Older), text}
		}, func(r coexistRow) Origin { return r.Origin }))
}

func movesSection(b *bytes.Buffer) {
	grid(b, "Mailboxes from one version to another", "The newer version's tool moves them, and the newer server pulls. What is not listed has no way.",
		[]string{"from", "to", "in place", "mailboxes by", "mode", "source", "sure"},
		each(moves(), func(r moveRow) []string {
			place := ""
			if from, ok := FindRelease(r.InPlaceFrom); ok {
				place = "from " + from.Name
			}
			return []string{productName(r.From), productName(r.To), place, r.Tool, r.Mode}
		}, func(r moveRow) Origin { return r.Origin }))
}

func jumpsSection(b *bytes.Buffer) {
	grid(b, "Updates that stop on the way", "Setup of the later level asks for a .NET Framework that a server below the stop does not bear.",
		[]string{"to", "stops at", "for .NET Framework", "source", "sure"},
		each(jumps(), func(r jumpRow) []string {
			to, _ := FindRelease(r.Reaches)
			stop, _ := FindRelease(r.Stop)
			return []string{to.Name + " and later", stop.Name, r.Next}
		}, func(r jumpRow) Origin { return r.Origin }))
}

func productsSection(b *bytes.Buffer) {
	grid(b, "Versions of Exchange", "Memory is that of a server with mailboxes, at least and advised.",
		[]string{"version", "servers", "released", "supported until", "servicing", "memory", "advised", "source", "sure"},
		each(products(), func(p Product) []string {
			m, _ := memoryOf(p.ID)
			return []string{p.Name, string(p.Arch), p.Released, p.SupportEnded, p.Servicing, m.Least.String(), m.Advised.String()}
		}, func(p Product) Origin { return p.Origin }))
}

func componentsSection(b *bytes.Buffer) {
	var rows [][]string
	for _, r := range components() {
		o := []string{productName(r.Product), systemName(r.OS), string(r.Verdict), r.Component, r.Source, string(r.Confidence)}
		if last := len(rows) - 1; last >= 0 && slices.Equal(rows[last][:3], o[:3]) && slices.Equal(rows[last][4:], o[4:]) {
			rows[last][3] += ", " + r.Component
			continue
		}
		rows = append(rows, o)
	}
	grid(b, "Parts of Windows", "needed: Setup refuses without; forbidden: Setup refuses with; brought: Setup puts it there; beside: from another package.",
		[]string{"Exchange", "Windows", "", "parts", "source", "sure"}, rows)
}

func editionsSection(b *bytes.Buffer) {
	size := func(s Bytes) string { return strings.TrimPrefix(s.String(), "0") }
	grid(b, "Editions of Exchange", "Storage groups, databases that can be mounted, and the size at which a database is taken down: softly (the registry\nraises it) and for good.",
		[]string{"Exchange", "edition", "groups", "databases", "soft", "hard", "clusters", "source", "sure"},
		each(editions(), func(r editionRow) []string {
			groups := ""
			if r.Groups > 0 {
				groups = fmt.Sprint(r.Groups)
			}
			return []string{levelsOf(r.From, r.To), r.Edition, groups, fmt.Sprint(r.Databases), size(r.Soft), size(r.Hard), r.Clusters}
		}, func(r editionRow) Origin { return r.Origin }))
}

func setupSection(b *bytes.Buffer) {
	grid(b, "Setup", "The program on the disc, and the switch that accepts the licence.",
		[]string{"Exchange", "program", "licence", "source", "sure"},
		each(setupPrograms(), func(r SetupProgram) []string {
			accept := ""
			if r.Accept != "" {
				accept = "`" + r.Accept + "`"
			}
			return []string{levelsOf(r.From, r.To), "`" + r.Program + "`", accept}
		}, func(r SetupProgram) Origin { return r.Origin }))
}

func windowsSection(b *bytes.Buffer) {
	grid(b, "Versions of Windows", "Levels are those that its domain controllers can serve in, lowest and highest; schema is objectVersion; days are the\ntombstone lifetime of a forest that is founded on it without a service pack.",
		[]string{"Windows", "version", "servers", "last SP", "schema", "forest", "highest", "DFSR only", "days", "source", "sure"},
		each(windows(), func(w Windows) []string {
			if w.Schema == 0 {
				return []string{w.Name, w.Version.String(), w.Archs, fmt.Sprint(w.ServicePack), "", "", "", "", ""}
			}
			return []string{
				w.Name, w.Version.String(), w.Archs, fmt.Sprint(w.ServicePack), fmt.Sprint(w.Schema), w.LowestForest.String(), w.Highest.String(),
				yes(w.DFSR), fmt.Sprint(tombstoneOf(w.OS, 0)),
			}
		}, func(w Windows) Origin { return w.Origin }))
	grid(b, "adprep", "Where it lies on the disc; promotion of Windows 2012 and later runs it by itself.",
		[]string{"domain controllers with", "schema", "folder", "program", "on 32 bit", "by itself", "source", "sure"},
		each(adpreps(), func(r AdprepDisc) []string {
			return []string{systemName(r.OS), fmt.Sprint(r.Schema), "`" + r.Folder + "`", r.Program, r.ProgramX86, yes(r.SelfPrepares)}
		}, func(r AdprepDisc) Origin { return r.Origin }))
}

func upgradesSection(b *bytes.Buffer) {
	grid(b, "Upgrades of Windows in place", "The first row that fits counts, with at least that service pack; what has none cannot be done.",
		[]string{"from", "to", "under", "", "from service pack", "source", "sure"},
		each(upgrades(), func(r upgradeRow) []string {
			under, pack := productName(r.Under), ""
			if r.Under == "-" {
				under = ""
			}
			if r.ServicePack > 0 {
				pack = fmt.Sprint(r.ServicePack)
			}
			return []string{systemName(r.From), systemName(r.To), under, string(r.Verdict), pack}
		}, func(r upgradeRow) Origin { return r.Origin }))
}

func limitsSection(b *bytes.Buffer) {
	grid(b, "Editions of Windows", "The memory and the processors (sockets) that one uses at most.",
		[]string{"Windows", "edition", "servers", "memory", "processors", "source", "sure"},
		each(limits(), func(r limitRow) []string {
			return []string{systemName(r.OS), r.Edition, string(r.Arch), r.Memory.String(), fmt.Sprint(r.CPUs)}
		}, func(r limitRow) Origin { return r.Origin }))
}

func clocksSection(b *bytes.Buffer) {
	grid(b, "Clocks", "How long things last.", []string{"what", "how long", "source", "sure"},
		each(clocks(), func(r clockRow) []string {
			if r.Duration%(24*time.Hour) == 0 {
				return []string{r.Name, fmt.Sprintf("%d days", r.Duration/(24*time.Hour))}
			}
			return []string{r.Name, fmt.Sprintf("%d minutes", r.Duration/time.Minute)}
		}, func(r clockRow) Origin { return r.Origin }))
	grid(b, "Tombstone lifetimes", "By the Windows that the forest was founded on; where the attribute is not set, it is 60 days.",
		[]string{"Windows", "days", "source", "sure"},
		each(tombstones(), func(r tombstoneRow) []string {
			return []string{pack(systemName(r.OS), r.ServicePack), fmt.Sprint(r.Days)}
		}, func(r tombstoneRow) Origin { return r.Origin }))
}

func releasesSection(b *bytes.Buffer) {
	number := func(n int) string { return strings.TrimPrefix(fmt.Sprint(n), "0") }
	grid(b, "Levels of Exchange", "The three numbers are rangeUpper of the schema and objectVersion of the organization and of CN=Microsoft Exchange\nSystem Objects. Ask for \"at least\", and for all three.",
		[]string{"level", "in lab files", "build", "rangeUpper", "organization", "domain", "source", "sure"},
		each(releases(), func(r Release) []string {
			return []string{r.Name, "`" + r.ID + "`", r.Build.String(), number(r.Schema), number(r.Organization), number(r.Domain)}
		}, func(r Release) Origin { return r.Origin }))
}

func sourcesSection(b *bytes.Buffer) {
	b.WriteString("\n## Sources\n\n| key | |\n|---|---|\n")
	for _, c := range Sources() {
		fmt.Fprintf(b, "| %s | %s |\n", c.Key, c.Title)
	}
}
