package estate

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/jszwec/csvutil"

	"github.com/doublehop/doublehop/labs"
)

// The tables are what is known of Microsoft's products, one file each, in a
// form that a spreadsheet opens. Lines that begin with # are comments. A row
// names the source that it was read in, by its key in sources.csv, and how sure
// it is.
//
//go:embed tables/*.csv
var tableFiles embed.FS

// Confidence says how sure a row of a table or a rule is.
type Confidence string

// How sure a fact is. Only what is [Sure] may block a step; the rest warns.
const (
	// Sure: a document of Microsoft's was read, or two independent sources agree.
	Sure Confidence = "H"
	// Fair: one secondary source, or only a part of Microsoft's text was seen.
	Fair Confidence = "M"
	// Weak: sources contradict each other.
	Weak Confidence = "L"
	// Remembered with high, middle and low confidence, and not confirmed.
	RememberedHigh   Confidence = "mem-H"
	RememberedMiddle Confidence = "mem-M"
	RememberedLow    Confidence = "mem-L"
)

// Origin is where a row was read. Every table has its columns.
type Origin struct {
	// Source is one or more keys of sources.csv, with blanks between.
	Source     string     `csv:"source"`
	Confidence Confidence `csv:"confidence"`
}

// Citation is a row of sources.csv: what a source key stands for.
type Citation struct {
	Key   string `csv:"key"`
	Title string `csv:"title"`
}

// table reads a table once, at the first use. The files are part of the
// program: one that cannot be read is a mistake of its makers, which a test
// finds.
func table[Row any](name string) func() []Row {
	return sync.OnceValue(func() []Row {
		text, err := tableFiles.ReadFile("tables/" + name + ".csv")
		if err != nil {
			panic(err)
		}
		rows, err := readTable[Row](text)
		if err != nil {
			panic(fmt.Sprintf("table %s: %v", name, err))
		}
		return rows
	})
}

func readTable[Row any](text []byte) ([]Row, error) {
	lines := csv.NewReader(bytes.NewReader(text))
	lines.Comment, lines.TrimLeadingSpace = '#', true
	decoder, err := csvutil.NewDecoder(lines)
	if err != nil {
		return nil, err
	}
	decoder.DisallowMissingColumns = true
	decoder.Map = func(field, _ string, _ any) string { return strings.TrimSpace(field) }
	var rows []Row
	for {
		var row Row
		switch err := decoder.Decode(&row); {
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, row)
	}
}

// Release is one level of one version of Exchange: exchange-releases.csv.
type Release struct {
	// ID is "exchange-2003-sp2"; Product "exchange-2003"; Name "Exchange 2003 SP2".
	ID      string `csv:"id"`
	Product string `csv:"product"`
	Name    string `csv:"name"`
	Build   Build  `csv:"build"`
	// Schema is rangeUpper of ms-Exch-Schema-Version-Pt, Organization
	// objectVersion of the organization, Domain objectVersion of CN=Microsoft
	// Exchange System Objects, each after this release's own preparation; 0
	// where it has none.
	Schema       int `csv:"range_upper"`
	Organization int `csv:"organization"`
	Domain       int `csv:"domain"`
	Origin
}

// Product is a version of Exchange: exchange-products.csv, oldest first.
type Product struct {
	ID   string `csv:"id"`
	Name string `csv:"name"`
	// Arch is what its servers need: "x86" or "x64".
	Arch labs.Arch `csv:"arch"`
	// Released and SupportEnded are days: "2003-09-28"; SupportEnded is empty
	// while it is supported.
	Released     string `csv:"released"`
	SupportEnded string `csv:"support_ended"`
	// Servicing is "service-pack", "rollup" or "cumulative".
	Servicing string `csv:"servicing"`
	Origin
}

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
var (
	releases  = table[Release]("exchange-releases")
	products  = table[Product]("exchange-products")
	windows   = table[Windows]("windows")
	citations = table[Citation]("sources")
)

// Releases lists every known release of Exchange, oldest first.
func Releases() []Release { return releases() }

// Products lists the versions of Exchange, oldest first.
func Products() []Product { return products() }

// AllWindows lists the versions of Windows, oldest first.
func AllWindows() []Windows { return windows() }

// Sources lists what the source keys of tables and rules stand for.
func Sources() []Citation { return citations() }

// FindRelease finds a release by its id; the bare name of a product is its
// first release.
func FindRelease(id string) (Release, bool) {
	for _, r := range releases() {
		if r.ID == id || r.Product == id {
			return r, true
		}
	}
	return Release{}, false
}

// FindProduct finds a version of Exchange by its id.
func FindProduct(id string) (Product, bool) {
	return pick(products(), func(p Product) bool { return p.ID == id })
}

// WindowsOf finds a version of Windows.
func WindowsOf(os labs.OS) (Windows, bool) {
	return pick(windows(), func(w Windows) bool { return w.OS == os })
}

func pick[T any](list []T, fits func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}
