package estate_test

import (
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// ruleCase is a way to a step that breaks rules, or just keeps them.
type ruleCase struct {
	name string
	// verbs end with the step in question; what comes before it works.
	verbs []verb
	// want are the rules that it breaks, in order; keeps are rules that it comes
	// near, with blanks between.
	want  []string
	keeps string
}

// TestRules breaks every rule once, and keeps it once.
func TestRules(t *testing.T) {
	t.Parallel()
	unbroken, unkept := rules(t), map[string]bool{}
	for _, r := range estate.Rules() {
		unkept[r.ID] = true
	}
	for _, c := range slices.Concat(exchangeCases(), windowsCases(), joinCases(), promoteCases(), bearingCases(), adprepCases(), levelCases(), demoteCases(), timeCases(), limitCases()) {
		for _, rule := range c.want {
			delete(unbroken, rule)
		}
		for rule := range strings.FieldsSeq(c.keeps) {
			if _, known := estate.FindRule(rule); !known {
				t.Errorf("%s: no rule is called %s", c.name, rule)
			}
			delete(unkept, rule)
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
	// Exchange's rules are broken and kept by the lab files of provision/plan.
	maps.DeleteFunc(unbroken, func(rule string, _ bool) bool { return ofExchange(rule) })
	maps.DeleteFunc(unkept, func(rule string, _ bool) bool { return ofExchange(rule) })
	for rule := range unbroken {
		t.Errorf("no case breaks the rule %s", rule)
	}
	for rule := range unkept {
		t.Errorf("no case keeps the rule %s", rule)
	}
}

func ofExchange(id string) bool {
	rule, _ := estate.FindRule(id)
	return strings.HasPrefix(rule.Theme, "exchange-")
}

func (c ruleCase) run(t *testing.T) {
	e := estate.New()
	last := len(c.verbs) - 1
	for i, v := range c.verbs[:last] {
		for _, p := range v(e) {
			if p.Blocks() {
				t.Fatalf("step %d of %d: %s: %s", i+1, last+1, p.Rule, p.Detail)
			}
		}
	}
	var got []string
	for _, p := range c.verbs[last](e) {
		got = append(got, p.Rule)
		wellSaid(t, p)
	}
	if diff := cmp.Diff(c.want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	for rule := range strings.FieldsSeq(c.keeps) {
		if slices.Contains(got, rule) {
			t.Errorf("the rule %s is broken", rule)
		}
	}
}

// wellSaid holds a problem's prose to full sentences without holes.
func wellSaid(t *testing.T, p estate.Problem) {
	t.Helper()
	if !strings.HasSuffix(strings.TrimSpace(p.Detail), ".") && !strings.Contains(p.Detail, "\n\n  ") {
		t.Errorf("%s: the detail is no full sentence: %q", p.Rule, p.Detail)
	}
	text, _, _ := strings.Cut(p.Detail, "\n")
	if strings.Contains(text, "%!") || strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") || strings.Contains(text, `""`) {
		t.Errorf("%s: the detail is malformed: %q", p.Rule, p.Detail)
	}
}

// rules are the names of all rules in the source and in the files.
func rules(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source: %v", err)
	}
	found := map[string]bool{}
	for _, r := range estate.Rules() {
		found[r.ID] = true
	}
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

// box is a machine of its own with a Windows; all but dc01 ask dc01 for names.
func box(name string, os labs.OS, change ...func(*labs.Machine)) *labs.Machine {
	address := map[string]string{"dc01": "10.0.0.10", "dc02": "10.0.0.11", "dc03": "10.0.0.12", "ex01": "10.0.0.20", "ex02": "10.0.0.21"}[name]
	m := machine(name, address, "10.0.0.10")
	if m.OS = os; name == "dc01" {
		m.NICs[0].DNS = nil
	}
	if w, _ := estate.WindowsOf(os); !w.Has(labs.X86) {
		m.Arch = labs.X64
	}
	for _, c := range change {
		c(m)
	}
	return m
}

func sp(level int) func(*labs.Machine) { return func(m *labs.Machine) { m.ServicePack = level } }

func x64(m *labs.Machine) { m.Arch = labs.X64 }

func asks(address string) func(*labs.Machine) {
	return func(m *labs.Machine) { m.NICs[0].DNS = []netip.Addr{addr(address)} }
}

// forest is contoso.test, founded on dc01 with a Windows.
func forest(os labs.OS, change ...func(*labs.Machine)) []verb {
	return []verb{install(box("dc01", os, change...)), promote("dc01", "contoso.test", "CONTOSO")}
}

// then is a way that goes on.
func then(way []verb, more ...verb) []verb { return slices.Concat(way, more) }

func replica(machine string) verb {
	return do(estate.Promote{Machine: machine, Role: estate.ReplicaController, Domain: "contoso.test"})
}

func child(machine, domain string) verb {
	return do(estate.Promote{Machine: machine, Role: estate.ChildController, Domain: domain, Parent: "contoso.test", NetBIOS: "SALES"})
}

// added is a further domain controller of contoso.test.
func added(name string, os labs.OS, change ...func(*labs.Machine)) []verb {
	return []verb{install(box(name, os, change...)), replica(name)}
}

func adprep(machine string, scope estate.Scope, os labs.OS) verb {
	return do(estate.Adprep{Machine: machine, Scope: scope, OS: os})
}

// prepped is adprep of forest and domain on dc01.
func prepped(os labs.OS) []verb {
	return []verb{adprep("dc01", estate.ForestScope, os), adprep("dc01", estate.DomainScope, os)}
}

func raise(machine string, scope estate.Scope, level estate.Level) verb {
	return do(estate.RaiseLevel{Machine: machine, Scope: scope, Level: level})
}

func upgrade(machine string, os labs.OS) verb {
	return do(estate.UpgradeWindows{Machine: machine, OS: os, ServicePack: labs.UnknownServicePack})
}

func establish(machine string, facts ...string) verb {
	return do(estate.Establish{Machine: machine, Facts: facts})
}

func roles(machine string, roles ...string) verb {
	return do(estate.MoveRoles{Machine: machine, Roles: roles})
}

func demote(machine string) verb { return do(estate.Demote{Machine: machine}) }

func demoteLast(machine string) verb { return do(estate.Demote{Machine: machine, Last: true}) }

// exchange is a server of a version of Exchange, however it came there.
func exchange(machine, release string) verb {
	return edit(func(e *estate.Estate) {
		r, _ := estate.FindRelease(release)
		f := e.Forests[0]
		if f.Exchange == nil {
			f.Exchange = &estate.Organization{Name: "Contoso", Mode: estate.Mixed, Schema: r.Schema}
		}
		m, _ := e.Machine(machine)
		f.Exchange.Servers = append(f.Exchange.Servers, &estate.Server{
			Machine: machine, Computer: m.Computer, Product: r.Name, Build: r.Build.String(), Release: r.ID,
		})
	})
}

func asking(machine string, servers ...string) verb {
	list := make([]netip.Addr, len(servers))
	for i, s := range servers {
		list[i] = netip.MustParseAddr(s)
	}
	return do(estate.NameServers{Machine: machine, Servers: list})
}
