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
	// instead says for a disc of another version what to use.
	instead string
}

// early is Exchange 2000 and 2003.
func early() span {
	return span{"exchange-2000", "exchange-2003", "exchange-2003", "Exchange 2007 and later are prepared with prepare_schema, prepare_ad and prepare_domain, and installed with exchange_install."}
}

// recent is Exchange 2007 and later.
func recent() span {
	return span{"exchange-2007", "exchange-se", "", "Exchange 2000 and 2003 are prepared with forestprep and domainprep, and installed with exchange_setup."}
}

// bridging is the two versions that know Exchange 2003.
func bridging() span {
	return span{"exchange-2007", "exchange-2010", "", "Only Exchange 2007 and 2010 live beside Exchange 2003, and need it."}
}

// every is all versions that use Active Directory.
func every() span {
	return span{"exchange-2000", "exchange-se", "", "No step handles that version."}
}

// covers says whether a product lies in the span.
func (s span) covers(product string) bool {
	at := func(id string) int {
		return slices.IndexFunc(estate.Products(), func(p estate.Product) bool { return p.ID == id })
	}
	here := at(product)
	return here >= 0 && here >= at(s.first) && here <= at(s.last)
}

// releaseOf is the release of Exchange on the disc that an argument names. It
// is false where the lab file does not tell, or tells of something that the
// step is not for; [pen.release] then complains.
func releaseOf(c Call, arg string, s span) (estate.Release, bool) {
	id := s.otherwise
	if m, ok := c.Lab.Medium(c.Step.Text(arg)); ok && m.Product != "" {
		id = m.Product
	}
	r, ok := estate.FindRelease(id)
	return r, ok && s.covers(r.Product)
}

// release is [releaseOf] with the complaint.
func (p *pen) release(arg string, s span) (estate.Release, bool) {
	r, ok := releaseOf(p.call, arg, s)
	if ok {
		return r, true
	}
	name := p.call.Step.Text(arg)
	m, found := p.call.Lab.Medium(name)
	if !found {
		return r, false // the lab file's reader has complained
	}
	known, isRelease := estate.FindRelease(m.Product)
	switch {
	case m.Product == "":
		p.complain(arg, "Release of the disc unknown", fmt.Sprintf(
			"The step %s does different things for different releases of Exchange, and media %q does not say which one it holds. Say so in its block, such as:\n\n  product = %q",
			p.call.Step.Kind, name, example(s)))
	case !isRelease:
		p.complain(arg, "Unknown release of Exchange", fmt.Sprintf(
			"Media %q holds %q, which is no known release of Exchange. Names of releases are such as %q.%s", name, m.Product, example(s), nearest(m.Product)))
	default:
		p.complain(arg, "Disc of another version", fmt.Sprintf(
			"The step %s is not for %s, which media %q holds. %s", p.call.Step.Kind, known.Name, name, s.instead))
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
