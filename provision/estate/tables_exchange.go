package estate

import (
	"slices"
	"sync"

	"github.com/doublehop/doublehop/labs"
)

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

//nolint:gochecknoglobals // tables, read at first use
var (
	releases = table[Release]("exchange-releases")
	products = table[Product]("exchange-products")

	releasesByID = sync.OnceValue(func() map[string]Release {
		byID := make(map[string]Release, len(releases()))
		for _, r := range releases() {
			byID[r.ID] = r
		}
		return byID
	})
)

// Releases lists every known release of Exchange, oldest first.
func Releases() []Release { return releases() }

// Products lists the versions of Exchange, oldest first.
func Products() []Product { return products() }

// FindRelease finds a release by its id; the bare name of a product is its
// first release.
func FindRelease(id string) (Release, bool) {
	r, ok := releasesByID()[id]
	return r, ok
}

// FindProduct finds a version of Exchange by its id.
func FindProduct(id string) (Product, bool) {
	return pick(products(), func(p Product) bool { return p.ID == id })
}

// lastRelease is the newest release of a product.
func lastRelease(product string) Release {
	var last Release
	for _, r := range releases() {
		if r.Product == product {
			last = r
		}
	}
	return last
}

// olderProduct says that a is an older version of Exchange than b; what is no
// version is older than none, and none is older than it.
func olderProduct(a, b string) bool {
	x, y := productIndex(a), productIndex(b)
	return x >= 0 && y >= 0 && x < y
}

func productIndex(id string) int {
	return slices.IndexFunc(products(), func(p Product) bool { return p.ID == id })
}

// within says that a release lies between two of its own product, both
// included; without the second up to the product's last.
func within(r Release, from, to string) bool {
	first, ok := FindRelease(from)
	if !ok || first.Product != r.Product || r.Build.Less(first.Build) {
		return false
	}
	last, ok := FindRelease(to)
	return !ok || !last.Build.Less(r.Build)
}
