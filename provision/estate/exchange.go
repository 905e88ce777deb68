package estate

import (
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Exchange is a version of Exchange as the directory shows it.
type Exchange struct {
	// Product is "Exchange 2003", Build "6.5.6944".
	Product, Build string
	// Schema is rangeUpper of ms-Exch-Schema-Version-Pt after ForestPrep.
	Schema int
	// Organization is objectVersion of the organization after ForestPrep.
	Organization int
	// Domain is objectVersion of CN=Microsoft Exchange System Objects after
	// DomainPrep.
	Domain int
}

// Exchange2003 is Exchange 2003 as its disc installs it. Its service packs
// change the build and none of the other numbers.
func Exchange2003() Exchange {
	return Exchange{Product: "Exchange 2003", Build: "6.5.6944", Schema: 6870, Organization: 6903, Domain: 6936}
}

// PrepareForest is setup /ForestPrep, run on a machine of the forest.
func (e *Estate) PrepareForest(machine string, x Exchange) []Problem {
	m, problems := e.installed(machine)
	if m == nil {
		return problems
	}
	_, f, ok := e.Domain(m.Domain)
	if !ok {
		return []Problem{noForest(m.Name, x, "ForestPrep")}
	}
	switch {
	case !same(m.Domain, f.Root):
		problems = append(problems, block("DH-EX-FORESTPREP-DOMAIN", "on", "ForestPrep away from the schema master",
			"Machine %q belongs to %s. ForestPrep must run in the domain of the schema master, which is %s. Run it on a machine of that domain.",
			m.Name, m.Domain, f.Root))
	case f.Exchange != nil && f.Exchange.Schema >= x.Schema:
		return []Problem{warn("DH-EX-FORESTPREP-TWICE", "", "Forest prepared already",
			"The forest of %s was prepared for Exchange before (schema %d). This step changes nothing; it can be removed.",
			f.Root, f.Exchange.Schema)}
	}
	f = e.editForest(f.Root)
	f.organize()
	f.Exchange.Schema, f.Exchange.Version = x.Schema, x.Organization
	e.sayForGood("%s: Exchange schema %d", f.Root, x.Schema)
	e.sayForGood("%s: Exchange organization version %d", f.Root, x.Organization)
	return problems
}

func noForest(machine string, x Exchange, what string) Problem {
	return block("DH-EX-NO-FOREST", "on", "Machine is in no domain",
		"Machine %q stands in a workgroup when %s of %s is to run on it. Run it on a domain controller, or let the machine join the domain first:\n\n  step \"join\" {\n    on     = machine.%s\n    domain = \"DOMAIN\"\n  }",
		machine, what, x.Product, machine)
}

// PrepareDomain is setup /DomainPrep, run on a machine of the domain.
func (e *Estate) PrepareDomain(machine string, x Exchange) []Problem {
	m, problems := e.installed(machine)
	if m == nil {
		return problems
	}
	d, f, ok := e.Domain(m.Domain)
	if !ok {
		return []Problem{noForest(m.Name, x, "DomainPrep")}
	}
	if f.Exchange == nil || f.Exchange.Schema < x.Schema {
		problems = append(problems, block("DH-EX-NO-FORESTPREP", "", "Forest not prepared for Exchange",
			"The forest of %s has not had ForestPrep of %s when DomainPrep is to run. Put this before it:\n\n  step \"forestprep\" {\n    on    = machine.%s\n    media = media.NAME\n  }",
			f.Root, x.Product, m.Name))
	}
	if d.Prepared >= x.Domain {
		return append(problems, warn("DH-EX-DOMAINPREP-TWICE", "", "Domain prepared already",
			"The domain %s was prepared for Exchange before (%d). This step changes nothing; it can be removed.", d.Name, d.Prepared))
	}
	e.editForest(f.Root).domain(d.Name).Prepared = x.Domain
	e.sayForGood("%s: domain prepared for Exchange, version %d", d.Name, x.Domain)
	return problems
}

// Setup installs Exchange on a machine.
type Setup struct {
	Machine string
	// Organization is the organization's name.
	Organization string
	Exchange     Exchange
}

// InstallExchange is setup on a member of a prepared domain.
func (e *Estate) InstallExchange(s Setup) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	if server, _, ok := e.Server(s.Machine); ok {
		return []Problem{block("DH-EX-TWICE", "on", "Exchange installed twice",
			"Machine %q runs %s already. Remove this step.", m.Name, server.Product)}
	}
	problems = append(problems, mayRun(m, s.Exchange)...)
	d, f, ok := e.Domain(m.Domain)
	if !ok {
		return append(problems, noForest(m.Name, s.Exchange, "setup"))
	}
	problems = append(problems, prepared(m, d, f, s)...)
	f = e.editForest(f.Root)
	f.organize()
	if f.Exchange.Name == "" {
		f.Exchange.Name = s.Organization
		e.say("%s: Exchange organization %s, %s mode", f.Root, s.Organization, f.Exchange.Mode)
	}
	e.say("%s: %s, build %s", m.Name, s.Exchange.Product, s.Exchange.Build)
	f.Exchange.Servers = append(f.Exchange.Servers, &Server{
		Machine: m.Name, Computer: m.Computer, Product: s.Exchange.Product, Build: s.Exchange.Build,
	})
	return problems
}

// organize makes room for what is known of Exchange.
func (f *Forest) organize() {
	if f.Exchange == nil {
		f.Exchange = &Organization{Mode: Mixed}
	}
}

// mayRun asks whether the machine itself can run Exchange 2003.
func mayRun(m *Machine, x Exchange) []Problem {
	problems := mayHold(m, "exchange-2003", nil)
	if m.Arch == labs.X64 {
		problems = append(problems, block("DH-E2003-X64", "on", "Exchange 2003 on 64-bit Windows",
			"Machine %q runs 64-bit Windows. %s needs 32-bit Windows, because it installs a 32-bit file system driver. Install the machine from a 32-bit disc.",
			m.Name, x.Product))
	}
	if m.OS == labs.Windows2000 && m.ServicePack != UnknownServicePack && m.ServicePack < 3 {
		problems = append(problems, block("DH-E2003-W2K-SP", "on", "Windows 2000 service pack too old",
			"Machine %q has service pack %d. %s needs service pack 3 or later on Windows 2000.", m.Name, m.ServicePack, x.Product))
	}
	var missing []string
	for _, c := range parts(m.OS) {
		if !m.Has(c) {
			missing = append(missing, c)
		}
	}
	if len(missing) > 0 {
		problems = append(problems, block("DH-E2003-COMPONENTS", "on", "Windows components missing",
			"Machine %q lacks %s, which Setup of %s demands. Add to the machine:\n\n  components = [%s]",
			m.Name, and(missing), x.Product, quoted(append(slices.Clone(m.Components), missing...))))
	}
	if m.Controller {
		problems = append(problems, warn("DH-EX-ON-CONTROLLER", "on", "Exchange on a domain controller",
			"Machine %q is a domain controller. Exchange runs on one, and its makers advise against it: the machine can then never be demoted, and restarts slowly.",
			m.Name))
	}
	return problems
}

// parts are the Windows components that Setup of Exchange 2003 demands. On
// Windows 2000 it brings ASP.NET itself.
func parts(os labs.OS) []string {
	if os == labs.Windows2000 {
		return []string{"iis", "smtp", "nntp"}
	}
	return []string{"iis", "smtp", "nntp", "aspnet"}
}

// prepared asks whether forest and domain expect the server.
func prepared(m *Machine, d *Domain, f *Forest, s Setup) []Problem {
	var problems []Problem
	if f.Exchange == nil || f.Exchange.Schema < s.Exchange.Schema {
		problems = append(problems, block("DH-EX-NO-FORESTPREP", "", "Forest not prepared for Exchange",
			"The forest of %s has not had ForestPrep of %s when setup is to run on machine %q. Run it first, in a stage of its own: a change of the schema has no undo but a checkpoint.\n\n  step \"forestprep\" {\n    on    = machine.%s\n    media = media.NAME\n  }",
			f.Root, s.Exchange.Product, m.Name, d.Controllers[0]))
	}
	if d.Prepared < s.Exchange.Domain {
		problems = append(problems, block("DH-EX-NO-DOMAINPREP", "", "Domain not prepared for Exchange",
			"The domain %s has not had DomainPrep of %s when setup is to run on machine %q. Put this after ForestPrep:\n\n  step \"domainprep\" {\n    on    = machine.%s\n    media = media.NAME\n  }",
			d.Name, s.Exchange.Product, m.Name, d.Controllers[0]))
	}
	if f.Exchange != nil && f.Exchange.Name != "" && !same(f.Exchange.Name, s.Organization) {
		problems = append(problems, block("DH-EX-ORGANIZATION", "organization", "Another organization exists",
			"The forest of %s has the Exchange organization %q. A forest holds one; setup joins it and cannot found %q. Use the same name.",
			f.Root, f.Exchange.Name, s.Organization))
	}
	return problems
}

func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func quoted(words []string) string { return `"` + strings.Join(words, `", "`) + `"` }
