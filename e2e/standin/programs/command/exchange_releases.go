package command

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// release is one Exchange as it lies on a disc, with the numbers that it leaves
// in a directory (Microsoft's build numbers, and "Exchange Active Directory versions").
type release struct {
	id     string // as on the disc
	year   int    // 2000, 2003, 2010, 2013, 2016
	build  string // of setup, as its log says
	serial string // the server's serialNumber
	number string // its versionNumber
	// schema, org and domain are rangeUpper and the two objectVersions; Exchange
	// 2000 gives its organization none.
	schema, org, domain string
	// patch says that the disc brings a server up to date and installs none.
	patch bool
	// kit are the components of Windows that a server needs, with their names in setup's words.
	kit [][2]string
}

func iis() [][2]string {
	return [][2]string{
		{"iis_common", "Internet Information Services"},
		{"iis_www", "World Wide Web service"},
		{"iis_smtp", "SMTP service"},
		{"iis_nntp", "NNTP service"},
	}
}

// releases are those that discs here may hold.
func releases() []release {
	net := append(iis(), [2]string{"aspnet", "ASP.NET"})
	return []release{
		{id: "exchange-2000", year: 2000, build: "4417", serial: "Version 6.0 (Build 4417.5)", number: "4417", schema: "4397", domain: "4406", kit: iis()},
		{id: "exchange-2000-sp3", year: 2000, build: "6249", serial: "Version 6.0 (Build 6249.4: Service Pack 3)", number: "6249", schema: "4397", domain: "4406", patch: true},
		{id: "exchange-2003", year: 2003, build: "6944", serial: "Version 6.5 (Build 6944.4)", number: "6944", schema: "6870", org: "6903", domain: "6936", kit: net},
		{id: "exchange-2003-sp2", year: 2003, build: "7638", serial: "Version 6.5 (Build 7638.2: Service Pack 2)", number: "7638", schema: "6870", org: "6903", domain: "6936", patch: true},
		{id: "exchange-2010-sp3", year: 2010, build: "14.3.123.4", serial: "Version 14.3 (Build 30123.4)", number: "1941962875", schema: "14734", org: "14322", domain: "13040"},
		{id: "exchange-2010-sp3-ru8", year: 2010, build: "14.3.224.2", serial: "Version 14.3 (Build 30123.4)", patch: true},
		{id: "exchange-2010-sp3-ru11", year: 2010, build: "14.3.266.2", serial: "Version 14.3 (Build 30123.4)", patch: true},
		{id: "exchange-2013-cu23", year: 2013, build: "15.0.1497.2", serial: "Version 15.0 (Build 31497.2)", number: "1941997017", schema: "15312", org: "16133", domain: "13237"},
		{id: "exchange-2016-cu23", year: 2016, build: "15.1.2507.6", serial: "Version 15.1 (Build 32507.6)", number: "1942063563", schema: "15334", org: "16223", domain: "13243"},
	}
}

// packs are the service packs of Windows that a release needs at least, by the
// Windows (Exchange 2003 Deployment Guide; release notes of its Service Pack 2).
func packs() map[string]map[string]int {
	return map[string]map[string]int{
		"exchange-2000":     {machine.Windows2000: 1},
		"exchange-2003":     {machine.Windows2000: 3},
		"exchange-2003-sp2": {machine.Windows2000: 4, machine.Windows2003: 1},
	}
}

// packWanting names the service pack of Windows that the machine lacks for a release, in a list; nil for none.
func (c *call) packWanting(r release) []string {
	least := packs()[r.id][c.Machine.Windows]
	if have := c.Machine.ServicePack(); have < least {
		w, _ := directory.WindowsNamed(c.Machine.Windows)
		return []string{fmt.Sprintf("%s Service Pack %d or later is required, and this computer has Service Pack %d", w.Title, least, have)}
	}
	return nil
}

// discMark is the file at the root of a stand-in Exchange disc that names its release in its first line.
const discMark = `\EXCHANGE.ID`

// releaseOf finds a release by its name.
func releaseOf(id string) (release, bool) {
	at := slices.IndexFunc(releases(), func(r release) bool { return r.id == id })
	if at < 0 {
		return release{}, false
	}
	return releases()[at], true
}

// disc is the release on the disc that the running program lies on. A disc
// without the mark is that of Exchange 2003.
func (c *call) disc() (release, bool) {
	path, err := c.Machine.Unix(c.request.Folder, c.request.Module[:min(2, len(c.request.Module))]+discMark)
	if err != nil {
		return release{}, false
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return releaseOf("exchange-2003")
	}
	id, _, _ := strings.Cut(string(text), "\n")
	return releaseOf(strings.TrimSpace(id))
}

// installed is the Exchange that stands on the machine.
func (c *call) installed() (release, bool) { return releaseOf(c.Machine.Exchange) }

// atLeast compares two numbers of the directory; nothing is less than any.
func atLeast(have, least string) bool {
	return least == "" || len(have) > len(least) || len(have) == len(least) && have >= least
}
