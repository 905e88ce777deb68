package estate_test

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
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

func install(m *labs.Machine) verb {
	return func(e *estate.Estate) []estate.Problem { return e.Install(m) }
}

func promote(machine, domain, netbios string) verb {
	return func(e *estate.Estate) []estate.Problem {
		return e.Promote(estate.Promotion{Machine: machine, Domain: domain, NetBIOS: netbios})
	}
}

func join(machine string) verb {
	return func(e *estate.Estate) []estate.Problem { return e.Join(machine, "contoso.test") }
}

func forestprep(machine string) verb {
	return func(e *estate.Estate) []estate.Problem { return e.PrepareForest(machine, estate.Exchange2003()) }
}

func domainprep(machine string) verb {
	return func(e *estate.Estate) []estate.Problem { return e.PrepareDomain(machine, estate.Exchange2003()) }
}

func setup(machine, organization string) verb {
	return func(e *estate.Estate) []estate.Problem {
		return e.InstallExchange(estate.Setup{Machine: machine, Organization: organization, Exchange: estate.Exchange2003()})
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
	} {
		if !e.Has(f) {
			t.Errorf("the estate lacks %s", f)
		}
		if estate.New().Has(f) {
			t.Errorf("the empty estate has %s", f)
		}
	}
}

// TestRules breaks every rule once. Each case ends with the verb that breaks it.
func TestRules(t *testing.T) {
	t.Parallel()
	founded := []verb{install(dc()), install(ex()), promote("dc01", "contoso.test", "CONTOSO")}
	joined := append(founded[:3:3], join("ex01"))
	ready := append(joined[:4:4], forestprep("dc01"), domainprep("dc01"))
	namesake := machine("ex02", "10.0.0.30", "")
	namesake.Computer = "EX01"
	contoso := machine("contoso", "10.0.0.31", "")
	old := machine("old", "10.0.0.32", "")
	old.OS = labs.Windows2000
	bare := machine("bare", "10.0.0.33", "10.0.0.10", "iis", "smtp")
	far := ex()
	far.NICs[0].Network = "branch"
	unbroken := rules(t)
	defer func() {
		for rule := range unbroken {
			t.Errorf("no case breaks the rule %s", rule)
		}
	}()
	for _, c := range []struct {
		name  string
		verbs []verb
		want  []string
	}{
		{"a step before any install", []verb{func(e *estate.Estate) []estate.Problem { return e.Use("dc01") }}, []string{"DH-WIN-NOT-INSTALLED"}},
		{"promotion before any install", []verb{promote("dc01", "contoso.test", "CONTOSO")}, []string{"DH-WIN-NOT-INSTALLED"}},
		{"join before any install", append(founded[:1:1], join("ex01")), []string{"DH-WIN-NOT-INSTALLED"}},
		{"ForestPrep before any install", []verb{forestprep("dc01")}, []string{"DH-WIN-NOT-INSTALLED"}},
		{"DomainPrep before any install", []verb{domainprep("dc01")}, []string{"DH-WIN-NOT-INSTALLED"}},
		{"setup before any install", []verb{setup("ex01", "Contoso")}, []string{"DH-WIN-NOT-INSTALLED"}},
		{"installed twice", []verb{install(dc()), install(dc())}, []string{"DH-WIN-INSTALLED-TWICE"}},
		{"two computers of one name", []verb{install(ex()), install(namesake)}, []string{"DH-WIN-NAME-CLASH"}},
		{"a computer named as a domain", append(founded[:3:3], install(contoso)), []string{"DH-AD-NETBIOS-CLASH"}},
		{"a domain named as a computer", []verb{install(dc()), install(contoso), promote("dc01", "contoso.test", "CONTOSO")}, []string{"DH-AD-NETBIOS-CLASH"}},
		{"promoted twice", append(founded[:3:3], promote("dc01", "fabrikam.test", "FABRIKAM")), []string{"DH-AD-PROMOTED-TWICE"}},
		{"a member promoted", append(joined[:4:4], promote("ex01", "fabrikam.test", "FABRIKAM")), []string{"DH-AD-MEMBER-PROMOTED"}},
		{"the same domain twice", append(founded[:3:3], promote("ex01", "contoso.test", "OTHER")), []string{"DH-AD-DOMAIN-EXISTS"}},
		{"the same NetBIOS name twice", append(founded[:3:3], promote("ex01", "contoso.example", "contoso")), []string{"DH-AD-NETBIOS-CLASH"}},
		{"a level that Windows 2000 lacks", []verb{install(old), func(e *estate.Estate) []estate.Problem {
			return e.Promote(estate.Promotion{Machine: "old", Domain: "contoso.test", NetBIOS: "CONTOSO", Level: estate.Level2003})
		}}, []string{"DH-AD-LEVEL-OS"}},
		{"join without a domain", append(founded[:2:2], join("ex01")), []string{"DH-AD-NO-DOMAIN"}},
		{"joined twice", append(joined[:4:4], join("ex01")), []string{"DH-AD-JOINED-TWICE"}},
		{"a domain controller joins", append(founded[:3:3], join("dc01")), []string{"DH-AD-CONTROLLER-JOINS"}},
		{"join with no DNS", append(founded[:3:3], install(machine("m", "10.0.0.40", "")), join("m")), []string{"DH-AD-DNS"}},
		{"join with other DNS", append(founded[:3:3], install(machine("m", "10.0.0.40", "10.0.0.99")), join("m")), []string{"DH-AD-DNS"}},
		{"join across networks", []verb{install(dc()), install(far), promote("dc01", "contoso.test", "CONTOSO"), join("ex01")}, []string{"DH-AD-DNS"}},
		{"ForestPrep in a workgroup", append(founded[:2:2], forestprep("dc01")), []string{"DH-EX-NO-FOREST"}},
		{"ForestPrep twice", append(ready[:6:6], forestprep("dc01")), []string{"DH-EX-FORESTPREP-TWICE"}},
		{"ForestPrep in a child domain", append(joined[:4:4], func(e *estate.Estate) []estate.Problem {
			e.Forests[0].Domains = append(e.Forests[0].Domains, &estate.Domain{Name: "sales.contoso.test", NetBIOS: "SALES", Controllers: []string{"ex01"}})
			e.Machines[1].Domain = "sales.contoso.test"
			return nil
		}, forestprep("ex01")), []string{"DH-EX-FORESTPREP-DOMAIN"}},
		{"DomainPrep in a workgroup", append(founded[:2:2], domainprep("dc01")), []string{"DH-EX-NO-FOREST"}},
		{"DomainPrep without ForestPrep", append(founded[:3:3], domainprep("dc01")), []string{"DH-EX-NO-FORESTPREP"}},
		{"DomainPrep twice", append(ready[:6:6], domainprep("ex01")), []string{"DH-EX-DOMAINPREP-TWICE"}},
		{"setup in a workgroup", append(founded[:2:2], setup("ex01", "Contoso")), []string{"DH-EX-NO-FOREST"}},
		{"setup without any prep", append(joined[:4:4], setup("ex01", "Contoso")), []string{"DH-EX-NO-FORESTPREP", "DH-EX-NO-DOMAINPREP"}},
		{"setup without DomainPrep", append(ready[:5:5], setup("ex01", "Contoso")), []string{"DH-EX-NO-DOMAINPREP"}},
		{"setup without components", append(ready[:6:6], install(bare), join("bare"), setup("bare", "Contoso")), []string{"DH-E2003-COMPONENTS"}},
		{"setup twice", append(ready[:6:6], setup("ex01", "Contoso"), setup("ex01", "Contoso")), []string{"DH-EX-TWICE"}},
		{"another organization", append(ready[:6:6], setup("ex01", "Contoso"), setup("dc01", "Fabrikam")), []string{"DH-E2003-COMPONENTS", "DH-EX-ON-CONTROLLER", "DH-EX-ORGANIZATION"}},
		{"promotion of an Exchange server", append(ready[:6:6], setup("ex01", "Contoso"), promote("ex01", "x.test", "X")), []string{"DH-EX-DCPROMO", "DH-AD-MEMBER-PROMOTED"}},
		{"64-bit Windows", append(ready[:6:6], func(e *estate.Estate) []estate.Problem { e.Machines[1].Arch = "x64"; return nil }, setup("ex01", "Contoso")), []string{"DH-E2003-X64"}},
		{"Windows 2000 SP2", append(ready[:6:6], func(e *estate.Estate) []estate.Problem {
			e.Machines[1].OS, e.Machines[1].ServicePack = labs.Windows2000, 2
			return nil
		}, setup("ex01", "Contoso")), []string{"DH-E2003-W2K-SP"}},
	} {
		for _, rule := range c.want {
			delete(unbroken, rule)
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := estate.New()
			last := len(c.verbs) - 1
			for _, v := range c.verbs[:last] {
				if problems := v(e); len(problems) > 0 {
					t.Fatalf("before the last step: %s", problems[0].Detail)
				}
			}
			var got []string
			for _, p := range c.verbs[last](e) {
				got = append(got, p.Rule)
				if !strings.HasSuffix(strings.TrimSpace(p.Detail), ".") && !strings.Contains(p.Detail, "\n\n  ") {
					t.Errorf("%s: the detail is no full sentence: %q", p.Rule, p.Detail)
				}
				if strings.Contains(p.Detail, "%!") {
					t.Errorf("%s: the detail is malformed: %q", p.Rule, p.Detail)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

// rules are the names of all rules in the source.
func rules(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source: %v", err)
	}
	found := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\("(DH-[A-Z0-9-]+)"`).FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
		}
	}
	return found
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
	if problems := again.InstallExchange(estate.Setup{Machine: "ex01", Organization: "Contoso", Exchange: estate.Exchange2003()}); len(problems) != 1 {
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
