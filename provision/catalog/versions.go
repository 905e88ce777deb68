package catalog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// query is one look into the directory: ldifde writes it into File.TXT. Where
// Attribute is given, the script goes on looking until it is Least or more;
// where Text is given, until it is there; where Without is, until no object has
// that name.
type query struct {
	File, Server, Base, Scope, Filter, Attributes string
	Attribute, Text, Without                      string
	Least                                         int
}

// versions gathers the numbers that setup leaves in the directory, to be read
// on every domain controller that must have them. A step has done its work when
// the last one has.
type versions struct {
	queries []query
	proofs  []Proof
}

// controller is a domain controller, by its full name.
type controller struct{ name, domain string }

// controllers are all domain controllers of the forest, that of the machine's
// domain which is asked first at the front.
func (x exchange) controllers() []controller {
	list := []controller{{x.at.controller, x.at.domain.Name}}
	for _, d := range x.at.forest.Domains {
		for _, name := range d.Controllers {
			if m, ok := x.p.call.Lab.Machine(name); ok {
				if full := fqdn(m.Computer, d.Name); full != x.at.controller {
					list = append(list, controller{full, d.Name})
				}
			}
		}
	}
	return list
}

// add reads an attribute on a domain controller. The first reading of a number
// has its bare name, those of other controllers say whose they are.
func (v *versions) add(name string, q query, read func(name, file, attribute string, least int) Proof) {
	name, q = v.named(name, q)
	v.proofs = append(v.proofs, read(name, q.File, q.Attribute, q.Least))
}

// named gives a query and its proof names of their own.
func (v *versions) named(name string, q query) (string, query) {
	n := 1
	for _, other := range v.queries {
		if other.stem() == q.File {
			n++
		}
	}
	if n > 1 {
		q.File += fmt.Sprint(n)
		name += "@" + q.Server
	}
	v.queries = append(v.queries, q)
	return name, q
}

// mode reads that an organization is in native mode.
func (v *versions) mode(q query) {
	name, q := v.named("exchange.organization.mode", q)
	v.proofs = append(v.proofs, exactValue(name, q.File, "msExchMixedMode", "FALSE", "native"))
}

// exactValue is a value of the directory, and the word for it.
func exactValue(name, file, attribute, want, word string) Proof {
	expect := attribute + " " + want
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, where, err := valuesOf(lines, attribute)
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		if !strings.EqualFold(values[0], want) {
			return "", fmt.Errorf("expected %s, and read %q from %s", expect, clip(values[0]), where)
		}
		return word, nil
	}}
}

// stem is the file's name without its number.
func (q query) stem() string {
	end := len(q.File)
	for end > 0 && q.File[end-1] >= '0' && q.File[end-1] <= '9' {
		end--
	}
	return q.File[:end]
}

// schema reads rangeUpper on every domain controller of the forest.
func (v *versions) schema(x exchange, r estate.Release) {
	if r.Schema == 0 {
		return
	}
	for _, c := range x.controllers() {
		v.add("exchange.schema.rangeUpper", query{
			File: "SCHEMA", Server: c.name, Base: "CN=ms-Exch-Schema-Version-Pt,CN=Schema,CN=Configuration," + domainDN(x.at.forest.Root),
			Scope: "base", Attributes: "rangeUpper", Attribute: "rangeUpper", Least: r.Schema,
		}, atLeast)
	}
}

// organization reads objectVersion of the organization on every domain
// controller of the forest. Exchange 2000 has none.
func (v *versions) organization(x exchange, r estate.Release) {
	if r.Organization == 0 {
		return
	}
	for _, c := range x.controllers() {
		v.add("exchange.organization.objectVersion", query{
			File: "ORG", Server: c.name, Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + domainDN(x.at.forest.Root),
			Scope: "onelevel", Filter: "(objectClass=msExchOrganizationContainer)", Attributes: "cn,objectVersion",
			Attribute: "objectVersion", Least: r.Organization,
		}, atLeast)
	}
}

// founded reads the organization, where it has no version to read.
func (v *versions) founded(x exchange) {
	v.queries = append(v.queries, query{
		File: "ORG", Server: x.at.controller, Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + domainDN(x.at.forest.Root),
		Scope: "onelevel", Filter: "(objectClass=msExchOrganizationContainer)", Attributes: "cn",
	})
}

// domain reads objectVersion of a domain's Exchange objects on each of its
// domain controllers.
func (v *versions) domain(x exchange, domain string, r estate.Release) {
	if r.Domain == 0 {
		return
	}
	for _, c := range x.controllers() {
		if c.domain != domain {
			continue
		}
		v.add("exchange.domain.objectVersion", query{
			File: "DOMAIN", Server: c.name, Base: "CN=Microsoft Exchange System Objects," + domainDN(domain),
			Scope: "base", Attributes: "objectVersion", Attribute: "objectVersion", Least: r.Domain,
		}, atLeast)
	}
}

// into gives the queries to the step's scripts.
func (v *versions) into(x exchange) {
	x.values["queries"], x.values["tries"] = v.queries, v.tries()
}

// tries is how often to look. Where all stands on one domain controller nothing
// need travel, and one look is enough.
func (v *versions) tries() int {
	for _, q := range v.queries {
		if q.Server != v.queries[0].Server {
			return replicationTries
		}
	}
	return 1
}

// replicationTries are looks with three seconds between: domain controllers of
// one site replicate within minutes, those of two every 15 minutes at best.
const replicationTries = 1200

// domainsOf are the DNS names that a step is told, or all domains of the
// forest.
func domainsOf(x exchange, step *labs.Step) []string {
	if list := step.Texts("domains"); len(list) > 0 {
		return list
	}
	var all []string
	for _, d := range x.at.forest.Domains {
		all = append(all, d.Name)
	}
	return all
}

// server reads a server's object, and holds its build to the release.
func (v *versions) server(x exchange, m *labs.Machine, r estate.Release) {
	q := query{
		File: "SERVER", Server: x.at.controller, Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + domainDN(x.at.forest.Root),
		Scope: "subtree", Filter: fmt.Sprintf("(&(objectClass=msExchExchangeServer)(cn=%s))", x.p.word("on", m.Computer)),
		Attributes: "cn,serialNumber,versionNumber",
	}
	if x.p.call.Step.Flag("front_end") {
		q.Attributes += ",serverRole"
	}
	if since(r, "exchange-2007") {
		q.Attributes += ",msExchCurrentServerRoles"
	}
	v.queries = append(v.queries, q)
	v.proofs = append(v.proofs, called("exchange.server", "SERVER", m.Computer), built("exchange.server.build", "SERVER", level(r).Build))
}

// gone reads the server objects of the forest beside the organization, which is
// always there: a machine's own must not be among them.
func (v *versions) gone(x exchange, m *labs.Machine) {
	for _, c := range x.controllers() {
		name, q := v.named("exchange.server.gone", query{
			File: "SERVERS", Server: c.name, Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + domainDN(x.at.forest.Root),
			Scope: "subtree", Filter: "(|(objectClass=msExchOrganizationContainer)(objectClass=msExchExchangeServer))", Attributes: "cn",
			Without: string(x.p.word("on", m.Computer)),
		})
		v.proofs = append(v.proofs, absent(name, q.File, m.Computer))
	}
}

// absent is a directory without an object of a name, as far as the file was
// written at all.
func absent(name, file, computer string) Proof {
	expect := "no server " + computer
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, _, err := valuesOf(lines, "cn")
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		for _, cn := range values {
			if strings.EqualFold(cn, computer) {
				return "", fmt.Errorf("expected %s, and the directory has it still", expect)
			}
		}
		return "gone", nil
	}}
}

// level is the release that the directory tells apart: update rollups and
// other patches change the programs and not the server's object.
func level(r estate.Release) estate.Release {
	for _, mark := range []string{"-ru", "-kb"} {
		if id, _, ok := strings.Cut(r.ID, mark); ok {
			if base, ok := estate.FindRelease(id); ok {
				return base
			}
		}
	}
	return r
}

// serial is a server object's serialNumber: "Version 6.5 (Build 7638.2:
// Service Pack 2)", "Version 15.1 (Build 32507.6)".
var serial = regexp.MustCompile(`^Version (\d+)\.(\d+) \(Build (\d+)\.(\d+)`)

// readSerial reads a build. From Exchange 2007 on the directory counts builds
// from 30000.
func readSerial(text string) (estate.Build, bool) {
	m := serial.FindStringSubmatch(text)
	if m == nil {
		return estate.Build{}, false
	}
	var b estate.Build
	for i := range b {
		n, err := strconv.Atoi(m[i+1])
		if err != nil {
			return b, false
		}
		b[i] = n
	}
	if b[0] >= 8 && b[2] >= 30000 {
		b[2] -= 30000
	}
	return b, true
}

// built is a server of a build or of a later one.
func built(name, file string, least estate.Build) Proof {
	expect := fmt.Sprintf("build %s or later", least)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, where, err := valuesOf(lines, "serialNumber")
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		b, ok := readSerial(values[0])
		if !ok {
			return "", fmt.Errorf("expected %s, and read serialNumber %q from %s", expect, clip(values[0]), where)
		}
		if b.Less(least) {
			return "", fmt.Errorf("expected %s, and read %s from %s", expect, b, where)
		}
		return b.String(), nil
	}}
}
