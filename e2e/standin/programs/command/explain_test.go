package command_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// explains is what Doublehop makes of the output of a step's job: the catalogue's
// own reader of logs.
func explains(t *testing.T, kind, media string) func(output []string) string {
	t.Helper()
	entry, ok := catalog.Find(kind)
	if !ok {
		t.Fatalf("no step %q", kind)
	}
	arguments := map[string]labs.Value{"media": labs.MediaRef(media)}
	for _, a := range entry.Schema().Args {
		if a.Default != nil {
			arguments[a.Name] = a.Default
		}
	}
	m := &labs.Machine{
		Name: "new", Computer: "NEW", OS: labs.Windows2008R2, AdminPassword: "administrator", InstallFrom: "windows",
		NICs: []labs.NIC{{Network: "corp", Address: netip.MustParseAddr("10.20.0.10")}},
	}
	step := &labs.Step{Kind: kind, Name: kind, On: []string{"new"}, Args: arguments}
	stage := &labs.Stage{Name: "all", Steps: []*labs.Step{step}}
	lab := &labs.Lab{
		Name: "corp", Machines: []*labs.Machine{m}, Stages: []*labs.Stage{stage}, Media: []*labs.Media{{Name: media, Product: media}},
		Networks: []*labs.Network{{Name: "corp", Subnet: netip.MustParsePrefix("10.20.0.0/24")}},
	}
	world := estate.New()
	world.Machines = []*estate.Machine{{Name: "new", Computer: "NEW", OS: labs.Windows2008R2, Domain: "contoso.test"}}
	world.Forests = []*estate.Forest{{
		Root: "contoso.test", Domains: []*estate.Domain{{Name: "contoso.test", NetBIOS: "CONTOSO", Controllers: []string{"new"}}},
		Exchange: &estate.Organization{Name: "Contoso"},
	}}
	work, diags := entry.Work(catalog.Call{Lab: lab, Stage: stage, Step: step, Machine: m, Estate: world, Secret: func(string) (labs.SecretValue, error) { return labs.NewSecretValue("x"), nil }})
	if diags.Fatal() || work.Explain == nil {
		t.Fatalf("%s: %v", kind, diags)
	}
	return work.Explain
}

// why is what Doublehop says of the runs that setup logged.
func (b *box) why(kind, media, log string) string {
	b.t.Helper()
	unix, err := b.guest.Machine.Unix(`C:`, log)
	check(b.t, err)
	text, err := os.ReadFile(unix)
	check(b.t, err)
	return explains(b.t, kind, media)(strings.Split(string(text), "\r\n"))
}

// forget moves a log aside, as the catalogue's jobs do before each run.
func (b *box) forget(log string) {
	b.t.Helper()
	unix, err := b.guest.Machine.Unix(`C:`, log)
	check(b.t, err)
	check(b.t, os.RemoveAll(unix))
}

// refuses wants setup of Exchange 2010 or later to fail and Doublehop to say why.
func (b *box) refuses(line, why string) {
	b.t.Helper()
	b.forget(`C:\ExchangeSetupLogs\ExchangeSetup.log`)
	b.run(1, line)
	if got := b.why("prepare_schema", "exchange-2010-sp3", `C:\ExchangeSetupLogs\ExchangeSetup.log`); !strings.Contains(got, why) {
		b.t.Errorf("%s: Doublehop says %q, without %q", line, got, why)
	}
}

func TestDoublehopSaysWhyEarlierSetupFails(t *testing.T) {
	l := &lan{t: t}
	l.controller()
	ex := l.member()
	refuses := func(line, why string) {
		t.Helper()
		ex.forget(`C:\Exchange Server Setup Progress.log`)
		ex.run(1, line)
		if got := ex.why("forestprep", "exchange-2003", `C:\Exchange Server Setup Progress.log`); !strings.Contains(got, why) {
			t.Errorf("%s: Doublehop says %q, without %q", line, got, why)
		}
	}
	refuses(setup+"/DomainPrep", "run ForestPrep first")
	refuses(setup+`/UnattendFile C:\EX.INI`, "run ForestPrep first")
	ex.run(0, setup+"/ForestPrep")
	refuses(setup+`/UnattendFile C:\EX.INI`, "run DomainPrep first")
	ex.run(0, setup+"/DomainPrep")
	ex.file(`C:\BAD.INI`, strings.Replace(exchangeINI, "Contoso", "Con/toso", 1))
	refuses(setup+`/UnattendFile C:\BAD.INI`, "is not valid")
	for _, component := range []string{"iis_common", "iis_www", "iis_smtp", "iis_nntp", "aspnet"} {
		kept := ex.guest.Machine.State.Components
		ex.guest.Machine.State.Components = without(kept, component)
		refuses(setup+`/UnattendFile C:\EX.INI`, "is not installed on this computer")
		ex.guest.Machine.State.Components = kept
	}
	l.cut = true
	refuses(setup+`/UnattendFile C:\EX.INI`, "could not contact a domain controller")
	l.cut = false
	admins := l.members("Domain Admins")
	l.set("CN=Domain Admins,CN=Users,DC=contoso,DC=test", "member", "CN=nobody,DC=contoso,DC=test")
	refuses(setup+`/UnattendFile C:\EX.INI`, "must be a member of the group")
	l.set("CN=Domain Admins,CN=Users,DC=contoso,DC=test", "member", admins[0])
	ex.run(0, setup+`/UnattendFile C:\EX.INI`)
}

func without(all []string, one string) []string {
	var kept []string
	for _, a := range all {
		if a != one {
			kept = append(kept, a)
		}
	}
	return kept
}
