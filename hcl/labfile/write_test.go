package labfile_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

func draft() labs.Draft {
	dc := &labs.Machine{
		Name: "dc01", OS: labs.Windows2003, Arch: labs.X86, Memory: labs.GiB, CPUs: 1, InstallFrom: "windows-2003", ProductKey: "windows_2003_key",
		AdminPassword: "administrator", Components: []string{"dns"}, Disks: []labs.Disk{{Name: "system", Size: 16 * labs.GiB}},
		NICs: []labs.NIC{{Network: "corp", Address: netip.MustParseAddr("10.20.0.10")}},
	}
	ex := *dc
	ex.Name, ex.Components = "ex03", []string{"iis", "smtp", "nntp", "aspnet"}
	ex.NICs = []labs.NIC{{Network: "corp", Address: netip.MustParseAddr("10.20.0.20"), DNS: []netip.Addr{netip.MustParseAddr("10.20.0.10")}}}
	return labs.Draft{
		Name: "way", Description: `A "way" of ${two} machines`, Discs: "./discs", Clock: time.Date(2006, 3, 1, 8, 0, 0, 0, time.UTC),
		Comment: []string{"A lab that a program wrote, with a sentence that is so long that it has to go on in the next line of the comment.", "Run:\n\n    doublehop up"},
		Secrets: []labs.DraftSecret{{Name: "administrator"}, {Name: "windows_2003_key", Env: "LAB_WINDOWS_2003_KEY"}},
		Media:   []labs.DraftMedia{{Name: "windows-2003", File: "windows-2003.iso"}, {Name: "exchange-2003", File: "exchange-2003.iso"}},
		Networks: []*labs.Network{{
			Name: "corp", Subnet: netip.MustParsePrefix("10.20.0.0/24"),
		}},
		Machines: []labs.DraftMachine{{Machine: dc, Comment: "The first domain controller."}, {Machine: &ex}},
		Stages: []labs.DraftStage{
			{Name: "windows", Steps: []labs.DraftStep{{Kind: "install", On: []string{"dc01", "ex03"}}}},
			{Name: "forest", After: "windows", Description: "A domain", Comment: []string{"No step takes this back."}, Steps: []labs.DraftStep{
				{Kind: "promote", On: []string{"dc01"}, Args: []labs.DraftArg{{Name: "domain", Value: "contoso.test"}}, Comment: "DH-AD-NO-DOMAIN"},
				{Kind: "run", Name: "one", On: []string{"dc01"}, Args: []labs.DraftArg{{Name: "command", Value: "net share"}, {Name: "expect_code", Value: 0}, {Name: "reboot", Value: true}, {Name: "limit", Value: time.Minute}}},
				{Kind: "run", Name: "two", On: []string{"ex03"}, After: []string{"one"}, Args: []labs.DraftArg{{Name: "command", Value: "net share"}}},
				{Kind: "join", On: []string{"ex03"}, Args: []labs.DraftArg{{Name: "domain", Value: "contoso.test"}, {Name: "password", Value: labs.SecretRef("administrator")}}},
				{Kind: "forestprep", On: []string{"dc01"}, Args: []labs.DraftArg{{Name: "media", Value: labs.MediaRef("exchange-2003")}}},
				{Kind: "check", Check: true, Name: "shares", On: []string{"dc01"}, Args: []labs.DraftArg{{Name: "share", Value: []string{"SYSVOL", "NETLOGON"}}}},
			}},
		},
	}
}

// What is written is formatted, and loads into what the draft says.
func TestWrite(t *testing.T) {
	t.Parallel()
	text := labfile.Write(draft())
	golden := filepath.Join("testdata", "write", "way.lab.hcl")
	if *update {
		if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Fatalf("written (-want +got):\n%s", diff)
	}
	if clean, list := labfile.Format(golden, text); len(list) > 0 || string(clean) != string(text) {
		t.Errorf("it is not formatted:\n%s\n%v", cmp.Diff(string(text), string(clean)), list)
	}
	lab, _, list := labfile.Load(golden, labfile.Options{Schemas: catalog.Schemas()})
	if list.Fatal() {
		t.Fatalf("it does not load: %v", list)
	}
	if lab.Description != draft().Description || !lab.Clock.Start.Equal(draft().Clock) {
		t.Errorf("the lab is %q, from %v on", lab.Description, lab.Clock.Start)
	}
	forest, _ := lab.Stage("forest")
	if len(lab.Machines) != 2 || len(forest.Steps) != 6 {
		t.Fatalf("%d machines, %d steps of the forest", len(lab.Machines), len(forest.Steps))
	}
	if got := forest.Steps[2]; got.Name != "two" || len(got.After) != 1 || got.After[0] != "one" {
		t.Errorf("the second command is %q after %v", got.Name, got.After)
	}
	if got := lab.Machines[1].NICs[0].DNS; len(got) != 1 || got[0] != lab.Machines[0].NICs[0].Address {
		t.Errorf("ex03 asks %v for names", got)
	}
}
