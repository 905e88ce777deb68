package estate_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

var addr = netip.MustParseAddr

func machine(name, address, dns string, components ...string) *labs.Machine {
	m := &labs.Machine{
		Name: name, Computer: strings.ToUpper(name), OS: labs.Windows2003, Arch: labs.X86, ServicePack: labs.UnknownServicePack, Components: components,
		NICs: []labs.NIC{{Network: "corp", Address: addr(address)}},
	}
	if dns != "" {
		m.NICs[0].DNS = []netip.Addr{addr(dns)}
	}
	return m
}

func dc() *labs.Machine { return machine("dc01", "10.0.0.10", "") }

func ex() *labs.Machine {
	return machine("ex01", "10.0.0.20", "10.0.0.10", "smtp", "iis", "aspnet", "nntp")
}

// verb is a step on an estate.
type verb func(e *estate.Estate) []estate.Problem

func do(s estate.Step) verb { return func(e *estate.Estate) []estate.Problem { return e.Do(s) } }

// edit changes the model without a step.
func edit(change func(e *estate.Estate)) verb {
	return func(e *estate.Estate) []estate.Problem { change(e); return nil }
}

func install(m *labs.Machine) verb { return do(estate.Install{Machine: m}) }

func promote(machine, domain, netbios string) verb {
	return do(estate.Promote{Machine: machine, Role: estate.FirstController, Domain: domain, NetBIOS: netbios})
}

func join(machine string) verb { return do(estate.Join{Machine: machine, Domain: "contoso.test"}) }

func forestprep(machine string) verb {
	return func(e *estate.Estate) []estate.Problem {
		return e.Do(estate.ForestPrep{Machine: machine, Release: "exchange-2003"})
	}
}

func domainprep(machine string) verb {
	return func(e *estate.Estate) []estate.Problem {
		return e.Do(estate.DomainPrep{Machine: machine, Release: "exchange-2003"})
	}
}

func setup(machine, organization string) verb {
	return func(e *estate.Estate) []estate.Problem {
		return e.Do(estate.ExchangeSetup{Machine: machine, Release: "exchange-2003", Organization: organization})
	}
}

// demo is the way of the demo lab.
func demo() []verb {
	return []verb{
		install(dc()), install(ex()), promote("dc01", "contoso.test", "CONTOSO"), join("ex01"),
		forestprep("dc01"), domainprep("dc01"), setup("ex01", "Contoso"),
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	e := estate.New()
	var told []string
	for i, v := range demo() {
		before := e.Summary()
		if e.Joined() != (i > 2) {
			t.Errorf("step %d: Joined is %v", i, e.Joined())
		}
		for _, p := range v(e) {
			t.Errorf("step %d: %s: %s", i, p.Rule, p.Detail)
		}
		told = append(told, strings.Join(e.Changes(before), "; "))
	}
	want := []string{
		"dc01: windows-2003", "ex01: windows-2003",
		"dc01: domain controller of contoso.test; contoso.test: schema 30; contoso.test: forest level 2000",
		"ex01: member of contoso.test",
		"contoso.test: Exchange schema 6870; contoso.test: Exchange organization version 6903",
		"contoso.test: domain prepared for Exchange, version 6936",
		"contoso.test: Exchange organization Contoso, mixed mode; ex01: Exchange 2003, build 6.5.6944",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	for _, f := range []estate.Fact{
		estate.FactInstalled("dc01"), estate.FactDomain("Contoso.Test"), estate.FactMember("ex01"), estate.FactForestPrep("contoso.test"),
		estate.FactDomainPrep("contoso.test"), estate.FactOrganization("contoso.test"), estate.FactExchange("ex01"),
		estate.FactController("dc01"), estate.FactSchema("contoso.test", "exchange-2003"), estate.FactPrepared("contoso.test", "exchange-2003"), estate.FactFolders("ex01"),
	} {
		if !e.Has(f) {
			t.Errorf("the estate lacks %s", f)
		}
		if estate.New().Has(f) {
			t.Errorf("the empty estate has %s", f)
		}
	}
}

// exchangeCases are the rules of Exchange.
func exchangeCases() []ruleCase {
	founded := []verb{install(dc()), install(ex()), promote("dc01", "contoso.test", "CONTOSO")}
	joined := append(founded[:3:3], join("ex01"))
	ready := append(joined[:4:4], forestprep("dc01"), domainprep("dc01"))
	bare := machine("bare", "10.0.0.33", "10.0.0.10", "iis", "smtp")
	return []ruleCase{
		{name: "ForestPrep before any install", verbs: []verb{forestprep("dc01")}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "DomainPrep before any install", verbs: []verb{domainprep("dc01")}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "setup before any install", verbs: []verb{setup("ex01", "Contoso")}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "ForestPrep in a workgroup", verbs: append(founded[:2:2], forestprep("dc01")), want: []string{"DH-EX-NO-FOREST"}},
		{name: "ForestPrep twice", verbs: append(ready[:6:6], forestprep("dc01")), want: []string{"DH-EX-FORESTPREP-TWICE"}},
		{name: "ForestPrep in a child domain", verbs: append(joined[:4:4], func(e *estate.Estate) []estate.Problem {
			e.Forests[0].Domains = append(e.Forests[0].Domains, &estate.Domain{Name: "sales.contoso.test", NetBIOS: "SALES", Controllers: []string{"ex01"}})
			e.Machines[1].Domain = "sales.contoso.test"
			return nil
		}, forestprep("ex01")), want: []string{"DH-EX-FORESTPREP-DOMAIN"}},
		{name: "DomainPrep in a workgroup", verbs: append(founded[:2:2], domainprep("dc01")), want: []string{"DH-EX-NO-FOREST"}},
		{name: "DomainPrep without ForestPrep", verbs: append(founded[:3:3], domainprep("dc01")), want: []string{"DH-EX-NO-FORESTPREP"}},
		{name: "DomainPrep twice", verbs: append(ready[:6:6], domainprep("ex01")), want: []string{"DH-EX-DOMAINPREP-TWICE"}},
		{name: "setup in a workgroup", verbs: append(founded[:2:2], setup("ex01", "Contoso")), want: []string{"DH-EX-NO-FOREST"}},
		{name: "setup without any prep", verbs: append(joined[:4:4], setup("ex01", "Contoso")), want: []string{"DH-EX-NO-FORESTPREP", "DH-EX-NO-DOMAINPREP"}},
		{name: "setup without DomainPrep", verbs: append(ready[:5:5], setup("ex01", "Contoso")), want: []string{"DH-EX-NO-DOMAINPREP"}},
		{name: "setup without components", verbs: append(ready[:6:6], install(bare), join("bare"), setup("bare", "Contoso")), want: []string{"DH-E2003-COMPONENTS"}},
		{name: "setup twice", verbs: append(ready[:6:6], setup("ex01", "Contoso"), setup("ex01", "Contoso")), want: []string{"DH-EX-TWICE"}},
		{name: "another organization", verbs: append(ready[:6:6], setup("ex01", "Contoso"), setup("dc01", "Fabrikam")), want: []string{"DH-E2003-COMPONENTS", "DH-EX-ON-CONTROLLER", "DH-EX-ORGANIZATION"}},
		{name: "64-bit Windows", verbs: append(ready[:6:6], func(e *estate.Estate) []estate.Problem { e.Machines[1].Arch = "x64"; return nil }, setup("ex01", "Contoso")), want: []string{"DH-E2003-X64"}},
		{name: "Windows 2000 SP2", verbs: append(ready[:6:6], func(e *estate.Estate) []estate.Problem {
			e.Machines[1].OS, e.Machines[1].ServicePack = labs.Windows2000, 2
			return nil
		}, setup("ex01", "Contoso")), want: []string{"DH-E2003-W2K-SP"}},
		{name: "setup where all is ready", verbs: append(ready[:6:6], setup("ex01", "Contoso")), keeps: "DH-E2003-X64"},
	}
}

// TestOneMistakeIsReportedOnce holds that a step which breaks a rule still
// changes the estate, so that those after it do not complain too.
func TestOneMistakeIsReportedOnce(t *testing.T) {
	t.Parallel()
	e := estate.New()
	var got []string
	for _, v := range []verb{
		install(dc()), install(machine("ex01", "10.0.0.20", "10.0.0.99", "iis", "smtp", "nntp", "aspnet")),
		promote("dc01", "contoso.test", "CONTOSO"), join("ex01"), forestprep("dc01"), domainprep("dc01"), setup("ex01", "Contoso"),
	} {
		for _, p := range v(e) {
			got = append(got, p.Rule)
		}
	}
	if diff := cmp.Diff([]string{"DH-AD-DNS"}, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestCloneSharesNothingThatChanges(t *testing.T) {
	t.Parallel()
	verbs := demo()
	for cut := range verbs {
		e := estate.New()
		for _, v := range verbs[:cut] {
			v(e)
		}
		before, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		at := e.Summary()
		branch := e.Clone()
		for _, v := range verbs[cut:] {
			v(branch)
		}
		after, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if string(before) != string(after) || len(e.Changes(at)) != 0 {
			t.Errorf("cut %d: the branch changed what it was cloned from\n%s\n%s", cut, before, after)
		}
		if len(branch.Changes(at)) == 0 {
			t.Errorf("cut %d: the branch tells no changes", cut)
		}
	}
}

func TestJSONKeepsEverything(t *testing.T) {
	t.Parallel()
	e := estate.New()
	for _, v := range demo() {
		v(e)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	again := estate.New()
	if err := json.Unmarshal(text, again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, again, cmpopts.IgnoreUnexported(estate.Estate{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("after JSON (-want +got):\n%s", diff)
	}
	if problems := again.Do(estate.ExchangeSetup{Machine: "ex01", Release: "exchange-2003", Organization: "Contoso"}); len(problems) != 1 {
		t.Errorf("an estate from a manifest is not understood: %v", problems)
	}
}

func BenchmarkClone(b *testing.B) {
	e := estate.New()
	for range 300 {
		e.Machines = append(e.Machines, &estate.Machine{Name: "m", Computer: "M"})
	}
	for b.Loop() {
		_ = e.Clone()
	}
}
