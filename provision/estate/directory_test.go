package estate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

func ahead(d time.Duration) func(*labs.Machine) { return func(m *labs.Machine) { m.ClockSkew = d } }

// joinCases are the rules of becoming a member.
func joinCases() []ruleCase {
	founded := []verb{install(dc()), install(ex()), promote("dc01", "contoso.test", "CONTOSO")}
	joined := then(founded, join("ex01"))
	far := ex()
	far.NICs[0].Network = "branch"
	late := func(skew time.Duration) []verb {
		return then(forest(labs.Windows2003, ahead(4*time.Minute)), install(box("ex01", labs.Windows2003, ahead(skew))), join("ex01"))
	}
	return []ruleCase{
		{name: "join before any install", verbs: append(founded[:1:1], join("ex01")), want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "join without a domain", verbs: append(founded[:2:2], join("ex01")), want: []string{"DH-AD-NO-DOMAIN"}},
		{name: "join", verbs: joined, keeps: "DH-AD-NO-DOMAIN DH-AD-JOINED-TWICE DH-AD-CONTROLLER-JOINS DH-AD-DNS DH-AD-CLOCK-SKEW"},
		{name: "joined twice", verbs: then(joined, join("ex01")), want: []string{"DH-AD-JOINED-TWICE"}},
		{name: "a domain controller joins", verbs: then(founded, join("dc01")), want: []string{"DH-AD-CONTROLLER-JOINS"}},
		{name: "join with no DNS", verbs: then(founded, install(machine("m", "10.0.0.40", "")), join("m")), want: []string{"DH-AD-DNS"}},
		{name: "join with other DNS", verbs: then(founded, install(machine("m", "10.0.0.40", "10.0.0.99")), join("m")), want: []string{"DH-AD-DNS"}},
		{name: "join across networks", verbs: []verb{install(dc()), install(far), promote("dc01", "contoso.test", "CONTOSO"), join("ex01")}, want: []string{"DH-AD-DNS"}},
		{name: "join with a clock 6 minutes behind", verbs: late(-2 * time.Minute), want: []string{"DH-AD-CLOCK-SKEW"}},
		{name: "join with a clock 5 minutes ahead", verbs: late(9 * time.Minute), keeps: "DH-AD-CLOCK-SKEW"},
	}
}

// promoteCases are the rules of becoming a domain controller.
func promoteCases() []ruleCase {
	w2k3 := forest(labs.Windows2003)
	w2k := forest(labs.Windows2000, sp(4))
	native := then(w2k3, raise("dc01", estate.DomainScope, estate.Level2000))
	at2003 := then(native, raise("dc01", estate.ForestScope, estate.Level2003))
	at2008 := forest(labs.Windows2008)
	at2008 = then(at2008, raise("dc01", estate.ForestScope, estate.Level2008))
	joined := then(w2k3, install(ex()), join("ex01"))
	contoso := machine("contoso", "10.0.0.31", "")
	web := func(m *labs.Machine) { m.Edition = "web" }
	level := func(m string, l estate.Level) verb {
		return do(estate.Promote{Machine: m, Role: estate.FirstController, Domain: "contoso.test", NetBIOS: "CONTOSO", Level: l})
	}
	return []ruleCase{
		{name: "promotion before any install", verbs: []verb{promote("dc01", "contoso.test", "CONTOSO")}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "a computer named as a domain", verbs: then(w2k3, install(contoso)), want: []string{"DH-AD-NETBIOS-CLASH"}},
		{name: "a domain named as a computer", verbs: []verb{install(dc()), install(contoso), promote("dc01", "contoso.test", "CONTOSO")}, want: []string{"DH-AD-NETBIOS-CLASH"}},
		{name: "the same NetBIOS name twice", verbs: then(w2k3, install(ex()), promote("ex01", "contoso.example", "contoso")), want: []string{"DH-AD-NETBIOS-CLASH"}},
		{name: "the same domain twice", verbs: then(w2k3, install(ex()), promote("ex01", "contoso.test", "OTHER")), want: []string{"DH-AD-DOMAIN-EXISTS"}},
		{name: "a second forest", verbs: then(w2k3, install(ex()), promote("ex01", "fabrikam.test", "FABRIKAM")), keeps: "DH-AD-DOMAIN-EXISTS DH-AD-MEMBER-PROMOTED DH-AD-PROMOTED-TWICE DH-EX-DCPROMO DH-AD-NO-DIRECTORY"},
		{name: "promoted twice", verbs: then(w2k3, promote("dc01", "fabrikam.test", "FABRIKAM")), want: []string{"DH-AD-PROMOTED-TWICE"}},
		{name: "a member founds a forest", verbs: then(joined, promote("ex01", "fabrikam.test", "FABRIKAM")), want: []string{"DH-AD-MEMBER-PROMOTED"}},
		{name: "a member becomes its domain's controller", verbs: then(joined, replica("ex01")), keeps: "DH-AD-MEMBER-PROMOTED"},
		{name: "a member founds a domain below its own", verbs: then(joined, child("ex01", "sales.contoso.test")), keeps: "DH-AD-MEMBER-PROMOTED DH-AD-CHILD-NAME"},
		{name: "promotion of an Exchange server", verbs: then(joined, exchange("ex01", "exchange-2003"), replica("ex01")), want: []string{"DH-EX-DCPROMO"}},
		{name: "promotion of NT 4.0", verbs: []verb{install(box("dc01", labs.WindowsNT4)), promote("dc01", "contoso.test", "CONTOSO")}, want: []string{"DH-AD-NO-DIRECTORY"}},
		{name: "promotion of the Web Edition", verbs: forest(labs.Windows2003, web), want: []string{"DH-AD-NO-DIRECTORY"}},
		{name: "a child of nobody", verbs: []verb{install(dc()), child("dc01", "sales.contoso.test")}, want: []string{"DH-AD-NO-DOMAIN"}},
		{name: "a replica of nothing", verbs: []verb{install(dc()), replica("dc01")}, want: []string{"DH-AD-NO-DOMAIN"}},
		{name: "a child elsewhere", verbs: then(w2k3, install(ex()), child("ex01", "sales.fabrikam.test")), want: []string{"DH-AD-CHILD-NAME"}},
		{name: "a child two labels below", verbs: then(w2k3, install(ex()), child("ex01", "a.b.contoso.test")), want: []string{"DH-AD-CHILD-NAME"}},
		{name: "a child that is there", verbs: then(w2k3, install(ex()), child("ex01", "contoso.test")), want: []string{"DH-AD-DOMAIN-EXISTS"}},
		{name: "a replica without DNS", verbs: then(w2k3, added("dc02", labs.Windows2003, asks("10.0.0.77"))...), want: []string{"DH-AD-DNS"}},
		{name: "a replica an hour behind", verbs: then(w2k3, added("dc02", labs.Windows2003, ahead(-time.Hour))...), want: []string{"DH-AD-CLOCK-SKEW"}},

		{name: "a level that Windows 2000 lacks", verbs: []verb{install(box("dc01", labs.Windows2000)), level("dc01", estate.Level2003)}, want: []string{"DH-AD-LEVEL-OS"}},
		{name: "a level that Windows 2003 knows", verbs: []verb{install(dc()), level("dc01", estate.Level2003)}, keeps: "DH-AD-LEVEL-OS"},
		{name: "a level that Windows 2019 has forgotten", verbs: []verb{install(box("dc01", labs.Windows2019)), level("dc01", estate.Level2003)}, want: []string{"DH-AD-LEVEL-LOW"}},
		{name: "no level on Windows 2019", verbs: forest(labs.Windows2019), keeps: "DH-AD-LEVEL-LOW"},
		{name: "a Windows 2000 replica at level 2003", verbs: then(at2003, added("dc02", labs.Windows2000)...), want: []string{"DH-AD-LEVEL-OS"}},
		{name: "a Windows 2000 replica at domain level 2003", verbs: then(w2k3, slices.Concat([]verb{raise("dc01", estate.DomainScope, estate.Level2003)}, added("dc02", labs.Windows2000))...), want: []string{"DH-AD-LEVEL-OS"}},
		{name: "a Windows 2012 replica at level 2000", verbs: then(native, added("dc02", labs.Windows2012)...), want: []string{"DH-AD-LEVEL-LOW"}},
		{name: "a Windows 2012 replica at level 2003", verbs: then(at2003, added("dc02", labs.Windows2012)...), keeps: "DH-AD-LEVEL-LOW DH-AD-ADPREP-FOREST DH-AD-ADPREP-DOMAIN DH-AD-FRS"},
		{name: "a Windows 2008 replica in mixed mode", verbs: then(w2k3, slices.Concat([]verb{adprep("dc01", estate.ForestScope, labs.Windows2008), adprep("dc01", estate.DomainScope, labs.Windows2008)}, added("dc02", labs.Windows2008))...), want: []string{"DH-AD-MIXED-MODE"}},
		{name: "a Windows 2008 replica in native mode", verbs: then(native, slices.Concat(prepped(labs.Windows2008), added("dc02", labs.Windows2008))...), keeps: "DH-AD-MIXED-MODE DH-AD-LEVEL-OS"},
		{name: "a Windows 2019 replica beside FRS", verbs: then(at2008, added("dc02", labs.Windows2019)...), want: []string{"DH-AD-FRS"}},
		{name: "a Windows 2019 replica beside DFSR", verbs: then(at2008, slices.Concat([]verb{establish("dc01", "sysvol-dfsr")}, added("dc02", labs.Windows2019))...), keeps: "DH-AD-FRS"},
		{name: "a Windows 2025 replica below level 2016", verbs: then(at2008, slices.Concat([]verb{establish("dc01", "sysvol-dfsr")}, added("dc02", labs.Windows2025))...), want: []string{"DH-AD-LEVEL-LOW"}},
		{name: "2012 R2 beside 2003", verbs: then(at2003, added("dc02", labs.Windows2012R2)...), want: []string{"DH-AD-2003-WITH-2012R2"}},
		{name: "2012 R2 beside 2008", verbs: then(at2008, added("dc02", labs.Windows2012R2)...), keeps: "DH-AD-2003-WITH-2012R2"},
		{name: "SYSVOL on DFSR at level 2003", verbs: then(at2003, establish("dc01", "sysvol-dfsr")), want: []string{"DH-AD-DFSR-LEVEL"}},
		{name: "SYSVOL on DFSR at level 2008", verbs: then(at2008, establish("dc01", "sysvol-dfsr")), keeps: "DH-AD-DFSR-LEVEL"},
		{name: "mangled attributes mended", verbs: then(w2k, edit(func(e *estate.Estate) { e.Forests[0].Mangled = true }), establish("dc01", "inetorgperson-fixed")), keeps: "DH-AD-NO-FOREST"},
		{name: "SYSVOL in a workgroup", verbs: []verb{install(dc()), establish("dc01", "sysvol-dfsr")}, want: []string{"DH-AD-NO-FOREST"}},

		{name: "a Windows 2003 replica of 2000", verbs: then(w2k, added("dc02", labs.Windows2003)...), want: []string{"DH-AD-ADPREP-FOREST"}},
		{name: "a Windows 2003 replica in an unprepared domain", verbs: then(w2k, slices.Concat([]verb{adprep("dc01", estate.ForestScope, labs.Windows2003)}, added("dc02", labs.Windows2003))...), want: []string{"DH-AD-ADPREP-DOMAIN"}},
		{name: "a Windows 2003 replica in a prepared domain", verbs: then(w2k, slices.Concat(prepped(labs.Windows2003), added("dc02", labs.Windows2003))...), keeps: "DH-AD-ADPREP-FOREST DH-AD-ADPREP-DOMAIN"},
		{name: "a Windows 2003 child of 2000", verbs: then(w2k, install(box("dc02", labs.Windows2003)), child("dc02", "sales.contoso.test")), want: []string{"DH-AD-ADPREP-FOREST"}},
		{name: "a domain controller upgraded without adprep", verbs: then(w2k, upgrade("dc01", labs.Windows2003)), want: []string{"DH-AD-ADPREP-FOREST"}},
		{name: "a domain controller upgraded to 2012, which prepares nothing", verbs: then(at2008, slices.Concat(added("dc02", labs.Windows2008, x64), []verb{upgrade("dc02", labs.Windows2012)})...), want: []string{"DH-AD-ADPREP-FOREST"}},
		{name: "a domain controller upgraded after adprep", verbs: then(w2k, slices.Concat(prepped(labs.Windows2003), []verb{upgrade("dc01", labs.Windows2003)})...), keeps: "DH-AD-ADPREP-FOREST DH-AD-ADPREP-DOMAIN"},
	}
}

// bearingCases are the rules of what Exchange thinks of its directory.
func bearingCases() []ruleCase {
	// at is a forest at a level, with a release of Exchange on a member.
	at := func(level estate.Level, os labs.OS, release string) []verb {
		return []verb{
			install(box("dc01", os)), do(estate.Promote{Machine: "dc01", Role: estate.FirstController, Domain: "contoso.test", NetBIOS: "CONTOSO", Level: level}),
			install(box("ex01", labs.Windows2008R2)), join("ex01"), exchange("ex01", release),
		}
	}
	in2008r2 := func(release string) []verb { return at(estate.Level2008R2, labs.Windows2008R2, release) }
	dfsr := establish("dc01", "sysvol-dfsr")
	return []ruleCase{
		{name: "Windows 2016 beside Exchange 2010 SP3 RU5", verbs: then(in2008r2("exchange-2010-sp3-ru5"), added("dc02", labs.Windows2016)...), want: []string{"DH-AD-DC-EXCHANGE"}},
		{name: "Windows 2016 beside Exchange 2010 SP3 RU22", verbs: then(in2008r2("exchange-2010-sp3-ru22"), added("dc02", labs.Windows2016)...), keeps: "DH-AD-DC-EXCHANGE DH-AD-DC-EXCHANGE-DISPUTED"},
		{name: "Windows 2012 beside Exchange 2003", verbs: then(at(estate.Level2003, labs.Windows2008R2, "exchange-2003-sp2"), added("dc02", labs.Windows2012)...), want: []string{"DH-AD-DC-EXCHANGE"}},
		{name: "Windows 2003 R2 beside Exchange 2003", verbs: then(at(estate.Level2003, labs.Windows2003, "exchange-2003"), adprep("dc01", estate.ForestScope, labs.Windows2003R2), adprep("dc01", estate.DomainScope, labs.Windows2003R2), install(box("dc02", labs.Windows2003R2)), replica("dc02")), keeps: "DH-AD-DC-EXCHANGE"},
		{name: "Windows 2008 R2 beside Exchange 2003", verbs: then(at(estate.Level2003, labs.Windows2008R2, "exchange-2003-sp2"), added("dc02", labs.Windows2008R2)...), want: []string{"DH-AD-DC-EXCHANGE-DISPUTED"}},
		{name: "Windows 2008 beside Exchange 2019", verbs: then(at(estate.Level2008, labs.Windows2008R2, "exchange-2019"), added("dc02", labs.Windows2008)...), want: []string{"DH-AD-DC-EXCHANGE"}},
		{name: "a domain controller upgraded to Windows 2012 beside Exchange 2010", verbs: then(at(estate.Level2003, labs.Windows2008R2, "exchange-2010"), append(prepped(labs.Windows2012), upgrade("dc01", labs.Windows2012))...), want: []string{"DH-AD-DC-EXCHANGE"}},
		{name: "level 2012 under Exchange 2010 SP3", verbs: then(at(estate.Level2008R2, labs.Windows2012, "exchange-2010"), raise("dc01", estate.DomainScope, estate.Level2012)), want: []string{"DH-AD-LEVEL-EXCHANGE-DISPUTED"}},
		{name: "level 2016 under Exchange 2010 SP3", verbs: then(at(estate.Level2008R2, labs.Windows2016, "exchange-2010-sp3"), raise("dc01", estate.ForestScope, estate.Level2016)), want: []string{"DH-AD-LEVEL-EXCHANGE"}},
		{name: "level 2016 under Exchange 2010 SP3 RU22", verbs: then(at(estate.Level2008R2, labs.Windows2016, "exchange-2010-sp3-ru22"), raise("dc01", estate.ForestScope, estate.Level2016)), keeps: "DH-AD-LEVEL-EXCHANGE DH-AD-LEVEL-EXCHANGE-DISPUTED"},
		{name: "Windows 2019 beside Exchange 2016 CU23", verbs: then(in2008r2("exchange-2016-cu23"), dfsr, install(box("dc02", labs.Windows2019)), replica("dc02")), keeps: "DH-AD-DC-EXCHANGE"},
	}
}

// adprepCases are the rules of preparing forests and domains.
func adprepCases() []ruleCase {
	w2k := forest(labs.Windows2000, sp(4))
	two := then(w2k, added("dc02", labs.Windows2000, sp(4))...)
	ex2000 := then(w2k, install(box("ex01", labs.Windows2000, sp(4))), join("ex01"), exchange("ex01", "exchange-2000-sp3"))
	forest2003, domain2003 := adprep("dc01", estate.ForestScope, labs.Windows2003), adprep("dc01", estate.DomainScope, labs.Windows2003)
	at2003 := then(forest(labs.Windows2003, x64), raise("dc01", estate.DomainScope, estate.Level2003), raise("dc01", estate.ForestScope, estate.Level2003))
	return []ruleCase{
		{name: "adprep before any install", verbs: []verb{forest2003}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "adprep in a workgroup", verbs: []verb{install(dc()), forest2003}, want: []string{"DH-AD-NO-FOREST"}},
		{name: "adprep from a Windows 2000 disc", verbs: then(w2k, adprep("dc01", estate.ForestScope, labs.Windows2000)), want: []string{"DH-AD-ADPREP-DISC"}},
		{name: "adprep", verbs: then(w2k, forest2003), keeps: "DH-AD-NO-FOREST DH-AD-ADPREP-DISC DH-AD-ADPREP-MASTER DH-AD-ADPREP-TWICE DH-AD-ADPREP-W2K-SP DH-AD-MANGLED"},
		{name: "adprep of the domain", verbs: then(w2k, forest2003, domain2003), keeps: "DH-AD-ADPREP-FOREST DH-AD-ADPREP-MASTER DH-AD-ADPREP-TWICE"},
		{name: "the domain first", verbs: then(w2k, domain2003), want: []string{"DH-AD-ADPREP-FOREST"}},
		{name: "policies before the domain", verbs: then(w2k, forest2003, adprep("dc01", estate.PolicyScope, labs.Windows2003)), want: []string{"DH-AD-ADPREP-DOMAIN"}},
		{name: "policies", verbs: then(w2k, forest2003, domain2003, adprep("dc01", estate.PolicyScope, labs.Windows2003)), keeps: "DH-AD-ADPREP-DOMAIN"},
		{name: "read-only domain controllers before the forest", verbs: then(w2k, adprep("dc01", estate.RODCScope, labs.Windows2008)), want: []string{"DH-AD-ADPREP-FOREST"}},
		{name: "the forest twice", verbs: then(w2k, forest2003, forest2003), want: []string{"DH-AD-ADPREP-TWICE"}},
		{name: "the domain twice", verbs: then(w2k, forest2003, domain2003, domain2003), want: []string{"DH-AD-ADPREP-TWICE"}},
		{name: "the forest away from its master", verbs: then(two, adprep("dc02", estate.ForestScope, labs.Windows2003)), want: []string{"DH-AD-ADPREP-MASTER"}},
		{name: "the domain away from its master", verbs: then(two, forest2003, adprep("dc02", estate.DomainScope, labs.Windows2003)), want: []string{"DH-AD-ADPREP-MASTER"}},
		{name: "on a member", verbs: then(w2k, install(box("ex01", labs.Windows2000)), join("ex01"), adprep("ex01", estate.ForestScope, labs.Windows2003)), want: []string{"DH-AD-ADPREP-MASTER"}},
		{name: "adprep of 2012 on 2003", verbs: then(at2003, adprep("dc01", estate.ForestScope, labs.Windows2012)), want: []string{"DH-AD-ADPREP-HOST"}},
		{name: "adprep of 2012 on a 2008 R2 member", verbs: then(at2003, install(box("ex01", labs.Windows2008R2)), join("ex01"), adprep("ex01", estate.ForestScope, labs.Windows2012)), keeps: "DH-AD-ADPREP-HOST DH-AD-ADPREP-MASTER"},
		{name: "service pack 2 of Windows 2000", verbs: then(two, edit(func(e *estate.Estate) { e.Machines[1].ServicePack = 2 }), forest2003), want: []string{"DH-AD-ADPREP-W2K-SP"}},
		{name: "adprep of 2008 in mixed mode", verbs: then(w2k, adprep("dc01", estate.ForestScope, labs.Windows2008), adprep("dc01", estate.DomainScope, labs.Windows2008)), want: []string{"DH-AD-MIXED-MODE"}},
		{name: "Exchange 2000 in the schema", verbs: then(ex2000, forest2003), want: []string{"DH-AD-MANGLED"}},
		{name: "Exchange 2000, and the import before", verbs: then(ex2000, establish("dc01", "inetorgperson-prevented"), forest2003), keeps: "DH-AD-MANGLED"},
		{name: "ForestPrep of 2003 before", verbs: then(ex2000, edit(func(e *estate.Estate) { e.Forests[0].Exchange.Schema = 6870 }), forest2003), keeps: "DH-AD-MANGLED"},
	}
}

// levelCases are the rules of functional levels and roles.
func levelCases() []ruleCase {
	w2k3 := forest(labs.Windows2003)
	w2k := forest(labs.Windows2000, sp(4))
	old := then(w2k3, edit(func(e *estate.Estate) { e.Forests[0].Domains[0].Native = true }), install(box("dc02", labs.Windows2000)), replica("dc02"))
	domain2003, forest2003 := raise("dc01", estate.DomainScope, estate.Level2003), raise("dc01", estate.ForestScope, estate.Level2003)
	native := raise("dc01", estate.DomainScope, estate.Level2000)
	adc := then(w2k3, native, establish("dc01", "connector-2000"))
	two := then(w2k3, added("dc02", labs.Windows2003)...)
	kids := then(two, install(box("dc03", labs.Windows2003)), child("dc03", "sales.contoso.test"))
	return []ruleCase{
		{name: "a level before any install", verbs: []verb{domain2003}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "a level on a member", verbs: then(w2k3, install(ex()), join("ex01"), raise("ex01", estate.DomainScope, estate.Level2003)), want: []string{"DH-AD-NOT-CONTROLLER"}},
		{name: "a domain's level", verbs: then(w2k3, domain2003), keeps: "DH-AD-NOT-CONTROLLER DH-AD-LEVEL-CONTROLLERS DH-AD-LEVEL-LOWERED DH-AD-LEVEL-TWICE"},
		{name: "a domain's native mode", verbs: then(w2k, native), keeps: "DH-AD-LEVEL-TWICE"},
		{name: "a domain's native mode twice", verbs: then(w2k, native, native), want: []string{"DH-AD-LEVEL-TWICE"}},
		{name: "a domain's level twice", verbs: then(w2k3, domain2003, domain2003), want: []string{"DH-AD-LEVEL-TWICE"}},
		{name: "a forest's level twice", verbs: then(w2k3, domain2003, forest2003, forest2003), want: []string{"DH-AD-LEVEL-TWICE"}},
		{name: "a domain's level lowered", verbs: then(w2k3, domain2003, native), want: []string{"DH-AD-LEVEL-LOWERED"}},
		{name: "a forest's level lowered", verbs: then(w2k3, domain2003, forest2003, raise("dc01", estate.ForestScope, estate.Level2000)), want: []string{"DH-AD-LEVEL-LOWERED"}},
		{name: "a Windows 2000 controller in the domain", verbs: then(old, domain2003), want: []string{"DH-AD-LEVEL-CONTROLLERS"}},
		{name: "a Windows 2000 controller in the forest", verbs: then(old, forest2003), want: []string{"DH-AD-LEVEL-CONTROLLERS"}},
		{name: "the only controller on Windows 2000", verbs: then(w2k, domain2003), want: []string{"DH-AD-LEVEL-CONTROLLERS"}},
		{name: "the only controller, which nothing upgrades so far", verbs: then(w2k, raise("dc01", estate.DomainScope, estate.Level2016)), want: []string{"DH-AD-LEVEL-CONTROLLERS"}},
		{name: "a domain in mixed mode", verbs: then(w2k3, forest2003), want: []string{"DH-AD-FOREST-MIXED"}},
		{name: "a domain in native mode", verbs: then(w2k3, native, forest2003), keeps: "DH-AD-FOREST-MIXED DH-AD-LEVEL-CONTROLLERS DH-AD-CONNECTOR-2000"},
		{name: "the connector of Exchange 2000", verbs: then(adc, forest2003), want: []string{"DH-AD-CONNECTOR-2000"}},
		{name: "the connector of Exchange 2003", verbs: then(adc, establish("dc01", "connector-2003"), forest2003), keeps: "DH-AD-CONNECTOR-2000"},
		{name: "the connector of Exchange 2000, late", verbs: then(w2k3, native, forest2003, establish("dc01", "connector-2000")), want: []string{"DH-AD-CONNECTOR-2000"}},
		{name: "roles before any install", verbs: []verb{roles("dc02", estate.PDCRole)}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "roles of a member", verbs: then(w2k3, install(ex()), join("ex01"), roles("ex01", estate.PDCRole)), want: []string{"DH-AD-NOT-CONTROLLER"}},
		{name: "roles that are there", verbs: then(two, roles("dc01", estate.PDCRole, estate.SchemaRole)), want: []string{"DH-AD-ROLES-TWICE"}},
		{name: "roles that are elsewhere", verbs: then(two, roles("dc02", estate.PDCRole, estate.SchemaRole)), keeps: "DH-AD-ROLES-TWICE"},
		{name: "the infrastructure on a catalog", verbs: then(kids, roles("dc02", estate.InfrastructureRole), roles("dc01", estate.InfrastructureRole)), want: []string{"DH-AD-INFRASTRUCTURE-CATALOG"}},
		{name: "the infrastructure beside the catalog", verbs: then(kids, roles("dc02", estate.InfrastructureRole)), keeps: "DH-AD-INFRASTRUCTURE-CATALOG"},
		{name: "a role that nobody knows", verbs: then(w2k3, roles("dc01", "king")), keeps: "DH-AD-ROLES-TWICE"},
		{name: "a catalog on a member", verbs: then(w2k3, install(ex()), join("ex01"), establish("ex01", "global-catalog")), want: []string{"DH-AD-NOT-CONTROLLER"}},
	}
}

// demoteCases are the rules of ceasing to be a domain controller.
func demoteCases() []ruleCase {
	w2k3 := forest(labs.Windows2003)
	two := then(w2k3, slices.Concat(added("dc02", labs.Windows2003), []verb{establish("dc02", "global-catalog"), asking("dc01", "10.0.0.11")})...)
	all := roles("dc02", estate.SchemaRole, estate.NamingRole, estate.PDCRole, estate.RIDRole, estate.InfrastructureRole)
	free := then(two, all)
	sales := then(w2k3, install(box("dc03", labs.Windows2003)), child("dc03", "sales.contoso.test"))
	member := install(box("ex01", labs.Windows2003, asks("10.0.0.12")))
	joins := do(estate.Join{Machine: "ex01", Domain: "sales.contoso.test"})
	return []ruleCase{
		{name: "demotion before any install", verbs: []verb{demote("dc01")}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "demotion of a member", verbs: then(w2k3, install(ex()), join("ex01"), demote("ex01")), want: []string{"DH-AD-NOT-CONTROLLER"}},
		{name: "demotion of one among two", verbs: then(free, demote("dc01")), keeps: "DH-AD-DEMOTE-LAST DH-AD-DEMOTE-ROLES DH-AD-ONLY-CATALOG DH-AD-DEMOTE-DNS DH-EX-DCPROMO"},
		{name: "demotion of the last one", verbs: then(w2k3, demote("dc01")), want: []string{"DH-AD-DEMOTE-LAST"}},
		{name: "demotion as the last one", verbs: then(w2k3, demoteLast("dc01")), keeps: "DH-AD-DEMOTE-LAST DH-AD-DEMOTE-NOT-LAST DH-AD-DEMOTE-PARENT DH-AD-DEMOTE-FOREST-ROLES DH-AD-DEMOTE-MEMBERS DH-EX-DOMAIN-ENDS"},
		{name: "demotion as the last one of two", verbs: then(free, demoteLast("dc01")), want: []string{"DH-AD-DEMOTE-NOT-LAST"}},
		{name: "demotion of the parent", verbs: then(sales, demoteLast("dc01")), want: []string{"DH-AD-DEMOTE-PARENT"}},
		{name: "demotion of a child", verbs: then(sales, demoteLast("dc03")), keeps: "DH-AD-DEMOTE-PARENT DH-AD-DEMOTE-FOREST-ROLES"},
		{name: "demotion of a child with a role of the forest", verbs: then(sales, roles("dc03", estate.SchemaRole), demoteLast("dc03")), want: []string{"DH-AD-DEMOTE-FOREST-ROLES"}},
		{name: "demotion of a child with a member", verbs: then(sales, member, joins, demoteLast("dc03")), want: []string{"DH-AD-DEMOTE-MEMBERS"}},
		{name: "demotion of a child with an Exchange server", verbs: then(sales, member, joins, exchange("ex01", "exchange-2003"), demoteLast("dc03")), want: []string{"DH-EX-DOMAIN-ENDS"}},
		{name: "demotion of a holder of roles", verbs: then(two, demote("dc01")), want: []string{"DH-AD-DEMOTE-ROLES"}},
		{name: "demotion of the only catalog", verbs: then(w2k3, slices.Concat(added("dc02", labs.Windows2003), []verb{all, asking("dc01", "10.0.0.11"), demote("dc01")})...), want: []string{"DH-AD-ONLY-CATALOG"}},
		{name: "demotion of what was a member's DNS server", verbs: then(free, install(ex()), join("ex01"), asking("ex01", "10.0.0.11"), demote("dc01")), keeps: "DH-AD-DEMOTE-DNS DH-AD-DNS"},
		{name: "a member that asks nobody", verbs: then(free, install(ex()), join("ex01"), asking("ex01", "10.0.0.77")), want: []string{"DH-AD-DNS"}},
		{name: "demotion of what asks itself for names", verbs: then(free, asking("dc01", "10.0.0.10"), demote("dc01")), want: []string{"DH-AD-DEMOTE-DNS"}},
		{name: "demotion of a member's DNS server", verbs: then(free, install(ex()), join("ex01"), demote("dc01")), want: []string{"DH-AD-DEMOTE-DNS"}},
		{name: "demotion of an Exchange server", verbs: then(free, exchange("dc01", "exchange-2003"), demote("dc01")), want: []string{"DH-EX-DCPROMO"}},
		{name: "a part of a forest reverted", verbs: then(two, revert("dc01")), want: []string{"DH-AD-PARTIAL-REVERT"}},
		{name: "a whole forest reverted", verbs: then(two, install(ex()), revert("dc02", "dc01")), keeps: "DH-AD-PARTIAL-REVERT"},
		{name: "a machine in no forest reverted", verbs: then(two, install(ex()), revert("ex01")), keeps: "DH-AD-PARTIAL-REVERT"},
	}
}

func revert(machines ...string) verb {
	return func(e *estate.Estate) []estate.Problem { return e.MayRevert(machines) }
}

// TestForestGrows holds what the steps of a directory do to it.
func TestForestGrows(t *testing.T) {
	t.Parallel()
	e := estate.New()
	told := func(verbs ...verb) []string {
		t.Helper()
		before := e.Summary()
		for _, v := range verbs {
			for _, p := range v(e) {
				t.Errorf("%s: %s", p.Rule, p.Detail)
			}
		}
		return e.Changes(before)
	}
	for _, c := range []struct {
		verbs []verb
		want  []string
	}{
		{forest(labs.Windows2000, sp(4)), []string{
			"dc01: windows-2000", "dc01: domain controller of contoso.test", "contoso.test: schema 13", "contoso.test: forest level 2000",
		}},
		{prepped(labs.Windows2003), []string{"contoso.test: schema 13 → 30", "contoso.test: domain prepared for Windows Server 2003"}},
		{added("dc02", labs.Windows2003, sp(2)), []string{"dc02: windows-2003", "dc02: domain controller of contoso.test"}},
		{[]verb{establish("dc02", "global-catalog"), roles("dc02", estate.SchemaRole, estate.NamingRole, estate.PDCRole, estate.RIDRole, estate.InfrastructureRole)}, []string{
			"dc02: global catalog", "contoso.test: schema master dc01 → dc02", "contoso.test: domain naming master dc01 → dc02",
			"contoso.test: PDC emulator dc01 → dc02", "contoso.test: RID master dc01 → dc02", "contoso.test: infrastructure master dc01 → dc02",
		}},
		{[]verb{asking("dc01", "10.0.0.11"), demote("dc01")}, []string{"dc01: asks 10.0.0.11 for names", "dc01: member of contoso.test, no longer its domain controller"}},
		{[]verb{raise("dc02", estate.DomainScope, estate.Level2000), raise("dc02", estate.ForestScope, estate.Level2003)}, []string{
			"contoso.test: native mode", "contoso.test: domain level 2000 → 2003", "contoso.test: forest level 2000 → 2003",
		}},
		{added("dc03", labs.Windows2012, asks("10.0.0.11")), []string{
			"dc03: windows-2012", "contoso.test: schema 30 → 56", "contoso.test: domain prepared for Windows Server 2012",
			"dc03: domain controller of contoso.test", "dc03: global catalog",
		}},
		{[]verb{install(box("ex01", labs.Windows2008R2, asks("10.0.0.12"))), child("ex01", "sales.contoso.test")}, []string{
			"ex01: windows-2008r2", "ex01: domain controller of sales.contoso.test", "sales.contoso.test: domain of the forest of contoso.test, level 2003",
		}},
	} {
		if diff := cmp.Diff(c.want, told(c.verbs...)); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	}
	want := &estate.Forest{
		Root: "contoso.test", Schema: 56, Level: estate.Level2003, SchemaMaster: "dc02", NamingMaster: "dc02", Tombstone: 60,
		Domains: []*estate.Domain{
			{Name: "contoso.test", NetBIOS: "CONTOSO", Level: estate.Level2003, Native: true, Controllers: []string{"dc02", "dc03"}, PDC: "dc02", RID: "dc02", Infrastructure: "dc02", Schema: 56},
			{Name: "sales.contoso.test", NetBIOS: "SALES", Level: estate.Level2003, Controllers: []string{"ex01"}, PDC: "ex01", RID: "ex01", Infrastructure: "ex01", Schema: 47},
		},
	}
	if diff := cmp.Diff(want, e.Forests[0]); diff != "" {
		t.Errorf("forest (-want +got):\n%s", diff)
	}
	for _, fact := range []estate.Fact{estate.FactController("dc03"), estate.FactDomain("sales.contoso.test"), estate.FactMember("dc01")} {
		if !e.Has(fact) {
			t.Errorf("the estate lacks %s", fact)
		}
	}
	good := []string{"contoso.test: native mode", "contoso.test: forest level 2000 → 2003", "contoso.test: schema 13 → 30"}
	for _, s := range good {
		if !slices.Contains(e.NoReturn(0), s) {
			t.Errorf("a way back is claimed from %q", s)
		}
	}
}

// TestForestEnds holds that nothing is left of a forest that ends.
func TestForestEnds(t *testing.T) {
	t.Parallel()
	e := estate.New()
	for _, v := range then(forest(labs.Windows2003), install(box("dc03", labs.Windows2003)), child("dc03", "sales.contoso.test"), demoteLast("dc03"), demoteLast("dc01")) {
		for _, p := range v(e) {
			t.Errorf("%s: %s", p.Rule, p.Detail)
		}
	}
	if e.Joined() || slices.ContainsFunc(e.Machines, func(m *estate.Machine) bool { return m.Domain != "" || m.Controller || m.Catalog }) {
		t.Errorf("something is left: %+v %+v", e.Forests, e.Machines)
	}
}

// TestNewForests holds what a forest is by the Windows that it is founded on.
func TestNewForests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		os            labs.OS
		pack          int
		schema, days  int
		level         estate.Level
		native, dfsr  bool
		promotedLevel estate.Level
	}{
		{os: labs.Windows2000, pack: 4, schema: 13, days: 60},
		{os: labs.Windows2003, pack: 0, schema: 30, days: 60},
		{os: labs.Windows2003, pack: labs.UnknownServicePack, schema: 30, days: 60},
		{os: labs.Windows2003, pack: 1, schema: 30, days: 180},
		{os: labs.Windows2003R2, pack: 2, schema: 31, days: 60},
		{os: labs.Windows2008, schema: 44, days: 180, native: true},
		{os: labs.Windows2012R2, schema: 69, days: 180, level: estate.Level2003},
		{os: labs.Windows2012R2, schema: 69, days: 180, level: estate.Level2012, promotedLevel: estate.Level2012, dfsr: true},
		{os: labs.Windows2022, schema: 88, days: 180, level: estate.Level2008, dfsr: true},
	} {
		e := estate.New()
		install(box("dc01", c.os, sp(c.pack)))(e)
		for _, p := range e.Do(estate.Promote{Machine: "dc01", Role: estate.FirstController, Domain: "contoso.test", NetBIOS: "CONTOSO", Level: c.promotedLevel}) {
			t.Errorf("%s: %s: %s", c.os, p.Rule, p.Detail)
		}
		want := &estate.Forest{
			Root: "contoso.test", Schema: c.schema, Level: c.level, SchemaMaster: "dc01", NamingMaster: "dc01", Tombstone: c.days, DFSR: c.dfsr,
			Domains: []*estate.Domain{{
				Name: "contoso.test", NetBIOS: "CONTOSO", Level: c.level, Native: c.native, Schema: c.schema,
				Controllers: []string{"dc01"}, PDC: "dc01", RID: "dc01", Infrastructure: "dc01",
			}},
		}
		if diff := cmp.Diff(want, e.Forests[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.os, diff)
		}
		if m, _ := e.Machine("dc01"); !m.Catalog || !m.Controller {
			t.Errorf("%s: the first domain controller is none, or no global catalog", c.os)
		}
	}
}

// TestRemediesLead holds that the steps which a problem proposes make the step
// legal: done before it, in order, each breaking nothing.
func TestRemediesLead(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(windowsCases(), joinCases(), promoteCases(), bearingCases(), adprepCases(), levelCases(), demoteCases()) {
		if len(c.want) == 0 {
			continue
		}
		e := estate.New()
		last := len(c.verbs) - 1
		for _, v := range c.verbs[:last] {
			v(e)
		}
		for _, p := range c.verbs[last](e.Clone()) {
			if len(p.Remedy) == 0 || !p.Blocks() {
				continue
			}
			cured := e.Clone()
			if !follow(t, cured, p.Remedy, 5) {
				t.Errorf("%s: %s: the remedy is stuck", c.name, p.Rule)
			}
			for _, again := range c.verbs[last](cured) {
				if again.Rule == p.Rule {
					t.Errorf("%s: %s is broken even so: %s", c.name, p.Rule, again.Detail)
				}
			}
		}
	}
}

// follow does steps, after the remedies of what they break themselves.
func follow(t *testing.T, e *estate.Estate, steps []estate.Step, depth int) bool {
	t.Helper()
	for _, s := range steps {
		for _, p := range e.Clone().Do(s) {
			if !p.Blocks() || strings.HasPrefix(p.Rule, "DH-E") || strings.HasSuffix(p.Rule, "-EXCHANGE") {
				continue
			}
			if depth == 0 || len(p.Remedy) == 0 || !follow(t, e, p.Remedy, depth-1) {
				t.Logf("%s: %s", p.Rule, p.Detail)
				return false
			}
		}
		e.Do(s)
	}
	return true
}
