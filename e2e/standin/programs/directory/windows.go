package directory

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Windows is what a version of Windows brings to a directory.
type Windows struct {
	// Name is as in machine.txt: "2000", "2003", "2008r2", "2012r2", "2016".
	Name string
	// Title and Version are operatingSystem and operatingSystemVersion of a computer's account.
	Title, Version string
	// Schema is the objectVersion of a new forest's schema, and what adprep from its disc leaves.
	Schema int
	// Level is the msDS-Behavior-Version of its domain controllers, and the highest that they serve in.
	Level int
	// Lowest is the lowest functional level of a domain and a forest that it joins as a domain controller.
	Lowest int
	// ForestRevision and DomainRevision are what adprep notes: below CN=Windows2003Update up to
	// Windows 2003, below CN=ActiveDirectoryUpdate after it.
	ForestRevision, DomainRevision int
	// Prepares says that a promotion runs adprep by itself.
	Prepares bool
}

// versions are those that the stand-in knows, the oldest first: numbers of the
// schema and of adprep as in Microsoft's pages on forest-wide and domain-wide updates.
func versions() []Windows {
	return []Windows{
		{"2000", "Windows 2000 Server", "5.0 (2195)", 13, 0, 0, 0, 0, false},
		{"2003", "Windows Server 2003", "5.2 (3790)", SchemaVersion2003, 2, 0, 9, 8, false},
		{"2008", "Windows Server 2008 Standard", "6.0 (6002)", 44, 3, 0, 2, 3, false},
		{"2008r2", "Windows Server 2008 R2 Standard", "6.1 (7601)", 47, 4, 0, 5, 5, false},
		{"2012", "Windows Server 2012 Standard", "6.2 (9200)", 56, 5, 2, 11, 9, true},
		{"2012r2", "Windows Server 2012 R2 Standard", "6.3 (9600)", 69, 6, 2, 15, 10, true},
		{"2016", "Windows Server 2016 Standard", "10.0 (14393)", 87, 7, 2, 16, 15, true},
	}
}

// WindowsNamed finds a version by its name, without regard to case, also after "windows-"; "" is 2003.
func WindowsNamed(name string) (Windows, bool) {
	name = strings.TrimPrefix(strings.ToLower(name), "windows-")
	if name == "" {
		name = "2003"
	}
	at := slices.IndexFunc(versions(), func(w Windows) bool { return w.Name == name })
	if at < 0 {
		return Windows{}, false
	}
	return versions()[at], true
}

// WindowsOfSchema finds the version whose adprep leaves a schema.
func WindowsOfSchema(schema int) (Windows, bool) {
	at := slices.IndexFunc(versions(), func(w Windows) bool { return w.Schema == schema })
	if at < 0 {
		return Windows{}, false
	}
	return versions()[at], true
}

// Updates is the name of the container in which adprep notes what it did.
func (w Windows) Updates() string {
	if w.Level > 2 {
		return "CN=ActiveDirectoryUpdate"
	}
	return "CN=Windows2003Update"
}

var schemaFile = regexp.MustCompile(`(?i)^sch(\d+)\.ld[f_]$`)

// SchemaOfFiles is the version to which the files beside an adprep extend a
// schema: that of the highest schNN.ldf; 0 where there is none.
func SchemaOfFiles(names []string) int {
	highest := 0
	for _, name := range names {
		if m := schemaFile.FindStringSubmatch(name); m != nil {
			n, _ := strconv.Atoi(m[1])
			highest = max(highest, n)
		}
	}
	return highest
}

// levelNames are the functional levels' names.
func levelNames() map[int]string {
	return map[int]string{
		0: "Windows 2000", 1: "Windows Server 2003 interim", 2: "Windows Server 2003", 3: "Windows Server 2008",
		4: "Windows Server 2008 R2", 5: "Windows Server 2012", 6: "Windows Server 2012 R2", 7: "Windows Server 2016",
	}
}

// LevelName is the name of a functional level.
func LevelName(level int) string { return levelNames()[level] }
