package estate

import (
	"slices"
	"strings"
)

// Fact names something that one step makes and another needs: a planner orders
// the steps of a stage by them.
type Fact string

// FactInstalled is made by the installation of a machine.
func FactInstalled(machine string) Fact { return fact("installed", machine) }

// FactDomain is made by the promotion of a domain's first controller.
func FactDomain(domain string) Fact { return fact("domain", domain) }

// FactMember is made when a machine joins a domain.
func FactMember(machine string) Fact { return fact("member", machine) }

// FactForestPrep is made by Exchange's ForestPrep; forest is its root domain.
func FactForestPrep(forest string) Fact { return fact("forestprep", forest) }

// FactDomainPrep is made by Exchange's DomainPrep.
func FactDomainPrep(domain string) Fact { return fact("domainprep", domain) }

// FactOrganization is made by the first Exchange server of a forest.
func FactOrganization(forest string) Fact { return fact("exchange-org", forest) }

// FactExchange is made by the installation of Exchange on a machine.
func FactExchange(machine string) Fact { return fact("exchange", machine) }

func fact(kind, name string) Fact { return Fact(kind + ":" + strings.ToLower(name)) }

// FactMailboxes is made when mailboxes or mail come to the server on a machine.
func FactMailboxes(machine string) Fact { return fact("mailboxes", machine) }

// FactFolders is made when public folders come to the server on a machine.
func FactFolders(machine string) Fact { return fact("public-folders", machine) }

// FactEmptied is made when what lives on a machine's server was moved away.
func FactEmptied(machine string) Fact { return fact("emptied", machine) }

// FactNativeMode is made when a forest's organization leaves mixed mode.
func FactNativeMode(forest string) Fact { return fact("native-mode", forest) }

// FactLegacyPermissions is made by setup /PrepareLegacyExchangePermissions of a
// product, such as "exchange-2010".
func FactLegacyPermissions(forest, product string) Fact {
	return fact("legacy-permissions", forest+"/"+product)
}

// FactSchema is made by setup /PrepareSchema of a product.
func FactSchema(forest, product string) Fact { return fact("exchange-schema", forest+"/"+product) }

// FactPrepared is made by setup /PrepareAD of a product.
func FactPrepared(forest, product string) Fact { return fact("exchange-ad", forest+"/"+product) }

// FactPreparedDomain is made by setup /PrepareDomain of a product.
func FactPreparedDomain(domain, product string) Fact {
	return fact("exchange-domain", domain+"/"+product)
}

// FactController is made by the promotion of a machine.
func FactController(machine string) Fact { return fact("controller", machine) }

// FactUpgraded is made when a machine gets another Windows or service pack.
func FactUpgraded(machine string) Fact { return fact("upgraded", machine) }

// FactStep is made by one step of a stage on one machine, where only the order
// in which steps are written says what comes first.
func FactStep(stage, step, machine string) Fact { return fact("step", stage+"/"+step+"/"+machine) }

// Has says whether the estate holds what a fact names. Facts that only say that
// a step was done, such as [FactStep], [FactUpgraded] and [FactEmptied], leave
// nothing by which they could be known.
func (e *Estate) Has(f Fact) bool {
	for _, m := range e.Machines {
		if f == FactInstalled(m.Name) || m.Domain != "" && f == FactMember(m.Name) || m.Controller && f == FactController(m.Name) {
			return true
		}
	}
	return slices.ContainsFunc(e.Forests, func(forest *Forest) bool { return slices.Contains(forest.facts(), f) })
}

// facts are those that hold in a forest.
func (f *Forest) facts() []Fact {
	var list []Fact
	for _, d := range f.Domains {
		list = append(list, FactDomain(d.Name))
		if d.Prepared > 0 {
			list = append(list, FactDomainPrep(d.Name))
		}
	}
	if f.Exchange == nil {
		return list
	}
	list = append(list, FactForestPrep(f.Root))
	for _, product := range f.Exchange.Prepared {
		list = append(list, FactSchema(f.Root, product))
		if f.Exchange.Version > 0 {
			list = append(list, FactPrepared(f.Root, product))
		}
	}
	if f.Exchange.Mode == Native {
		list = append(list, FactNativeMode(f.Root))
	}
	for _, s := range f.Exchange.Servers {
		list = append(list, FactExchange(s.Machine), FactOrganization(f.Root))
		if s.Mailboxes {
			list = append(list, FactMailboxes(s.Machine))
		}
		if s.PublicFolders {
			list = append(list, FactFolders(s.Machine))
		}
	}
	return list
}
