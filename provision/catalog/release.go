package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// mediaArg is the argument that names an Exchange disc.
func mediaArg(doc string) labs.Arg {
	return labs.Arg{
		Name: "media", Type: labs.MediaType, Required: true,
		Doc: doc + " It is in the machine's drive during the step; its media block says with product which release it holds.",
	}
}

// span is the versions of Exchange that a step is for.
type span struct {
	// first and last are products: "exchange-2007".
	first, last string
	// otherwise is the release of a disc that does not say what it holds; empty
	// where it must.
	otherwise string
}

// early is Exchange 2000 and 2003.
func early() span {
	return span{"exchange-2000", "exchange-2003", "exchange-2003"}
}

// recent is Exchange 2007 and later.
func recent() span {
	return span{"exchange-2007", "exchange-se", ""}
}

// bridging is the two versions that know Exchange 2003.
func bridging() span {
	return span{"exchange-2007", "exchange-2010", ""}
}

// every is all versions that use Active Directory.
func every() span {
	return span{"exchange-2000", "exchange-se", ""}
}

// covers says whether a product lies in the span.
func (s span) covers(product string) bool {
	at := func(id string) int {
		return slices.IndexFunc(estate.Products(), func(p estate.Product) bool { return p.ID == id })
	}
	here := at(product)
	return here >= 0 && here >= at(s.first) && here <= at(s.last)
}

// heldBy is the release of Exchange on the disc that the step names. It is
// false where the lab file does not tell, of which [pen.release] complains.
func heldBy(c Call, s span) (estate.Release, bool) {
	id := s.otherwise
	if m, ok := c.Lab.Medium(c.Step.Text("media")); ok && m.Product != "" {
		id = m.Product
	}
	return estate.FindRelease(id)
}

// releaseOf is [heldBy] for a step that is for such a release. Where it is not,
// the step's rules say so.
func releaseOf(c Call, s span) (estate.Release, bool) {
	r, ok := heldBy(c, s)
	return r, ok && s.covers(r.Product)
}

// release is [releaseOf], and complains of a disc of which nobody knows what it
// holds.
func (p *pen) release(s span) (estate.Release, bool) {
	r, known := heldBy(p.call, s)
	if known {
		return r, s.covers(r.Product)
	}
	name := p.call.Step.Text("media")
	m, found := p.call.Lab.Medium(name)
	switch {
	case !found: // the lab file's reader has complained
	case m.Product == "":
		p.complain("media", "Release of the disc unknown", fmt.Sprintf(
			"The step %s does different things for different releases of Exchange, and media %q does not say which one it holds. Say so in its block, such as:\n\n  product = %q",
			p.call.Step.Kind, name, example(s)))
	default:
		p.complain("media", "Unknown release of Exchange", fmt.Sprintf(
			"Media %q holds %q, which is no known release of Exchange. Names of releases are such as %q.%s", name, m.Product, example(s), nearest(m.Product)))
	}
	return r, false
}

// example is a release that the span covers.
func example(s span) string {
	for _, r := range slices.Backward(estate.Releases()) {
		if s.covers(r.Product) {
			return r.ID
		}
	}
	return s.first
}

// nearest suggests releases of a product that is written, or near it.
func nearest(id string) string {
	product := id
	if parts := strings.SplitN(id, "-", 3); len(parts) > 2 {
		product = parts[0] + "-" + parts[1]
	}
	var known []string
	for _, r := range estate.Releases() {
		if r.Product == product {
			known = append(known, r.ID)
		}
	}
	if len(known) == 0 {
		return ""
	}
	return " Known are " + strings.Join(known, ", ") + "."
}

// installedOn is the release of Exchange that stands on a machine.
func installedOn(c Call, machine string) (estate.Release, bool) {
	server, _, ok := c.Estate.Server(machine)
	if !ok {
		return estate.Release{}, false
	}
	if r, ok := estate.FindRelease(server.Release); ok {
		return r, true
	}
	for _, p := range estate.Products() {
		if p.Name == server.Product {
			return estate.FindRelease(p.ID)
		}
	}
	return estate.Release{}, false
}

// since says whether a release is of a product or of a later one.
func since(r estate.Release, product string) bool {
	return span{first: product, last: "exchange-se"}.covers(r.Product)
}
