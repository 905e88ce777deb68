package estate_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// windowsCases are the rules of one machine's Windows.
func windowsCases() []ruleCase {
	member := then(forest(labs.Windows2000, sp(4)), install(box("ex01", labs.Windows2000, sp(4))), join("ex01"))
	ex2000 := then(member, exchange("ex01", "exchange-2000-sp3"))
	namesake := machine("ex02", "10.0.0.30", "")
	namesake.Computer = "EX01"
	pack := func(os labs.OS, level int) verb { return do(estate.ServicePack{Machine: "dc01", OS: os, Level: level}) }
	w2k := []verb{install(box("dc01", labs.Windows2000, sp(2)))}
	nt4 := func(level int) []verb { return []verb{install(box("dc01", labs.WindowsNT4, sp(level)))} }
	return []ruleCase{
		{name: "a step before any install", verbs: []verb{do(estate.Use{Machine: "dc01"})}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "a restart before any install", verbs: []verb{do(estate.Reboot{Machine: "dc01"})}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "components before any install", verbs: []verb{do(estate.AddComponents{Machine: "dc01"})}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "a service pack before any install", verbs: []verb{pack(labs.Windows2000, 4)}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "an upgrade before any install", verbs: []verb{upgrade("dc01", labs.Windows2003)}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "vouching before any install", verbs: []verb{establish("dc01", "renamed")}, want: []string{"DH-WIN-NOT-INSTALLED"}},
		{name: "a step after the install", verbs: []verb{install(dc()), do(estate.Use{Machine: "dc01"})}, keeps: "DH-WIN-NOT-INSTALLED"},
		{name: "installed twice", verbs: []verb{install(dc()), install(dc())}, want: []string{"DH-WIN-INSTALLED-TWICE"}},
		{name: "two machines", verbs: []verb{install(dc()), install(ex())}, keeps: "DH-WIN-INSTALLED-TWICE DH-WIN-NAME-CLASH DH-AD-NETBIOS-CLASH"},
		{name: "two computers of one name", verbs: []verb{install(ex()), install(namesake)}, want: []string{"DH-WIN-NAME-CLASH"}},

		{name: "a service pack of 2003 on 2000", verbs: then(w2k, pack(labs.Windows2003, 2)), want: []string{"DH-WIN-SP-OS"}},
		{name: "a service pack of 2003 on its R2", verbs: []verb{install(box("dc01", labs.Windows2003R2, sp(1))), pack(labs.Windows2003, 2)}, keeps: "DH-WIN-SP-OS"},
		{name: "an older service pack", verbs: then(w2k, pack(labs.Windows2000, 1)), want: []string{"DH-WIN-SP-OLD"}},
		{name: "the same service pack", verbs: then(w2k, pack(labs.Windows2000, 2)), want: []string{"DH-WIN-SP-TWICE"}},
		{name: "a service pack that was never made", verbs: then(w2k, pack(labs.Windows2000, 5)), want: []string{"DH-WIN-SP-NONE"}},
		{name: "a disc of the first release", verbs: then(w2k, pack(labs.Windows2000, 0)), want: []string{"DH-WIN-SP-NONE"}},
		{name: "a service pack of Windows 2012", verbs: []verb{install(box("dc01", labs.Windows2012)), pack(labs.Windows2012, 1)}, want: []string{"DH-WIN-SP-NONE"}},
		{name: "a newer service pack", verbs: then(w2k, pack(labs.Windows2000, 4)), keeps: "DH-WIN-SP-OLD DH-WIN-SP-TWICE DH-WIN-SP-NONE"},

		{name: "2000 to 2008", verbs: then(w2k, upgrade("dc01", labs.Windows2008)), want: []string{"DH-WIN-UPGRADE-PATH"}},
		{name: "2003 to 2000", verbs: []verb{install(dc()), upgrade("dc01", labs.Windows2000)}, want: []string{"DH-WIN-UPGRADE-PATH"}},
		{name: "2003 from 32 to 64 bit", verbs: []verb{install(dc()), upgrade("dc01", labs.Windows2008R2)}, want: []string{"DH-WIN-UPGRADE-PATH"}},
		{name: "64-bit 2003 to 2008 R2", verbs: []verb{install(box("dc01", labs.Windows2003, x64)), upgrade("dc01", labs.Windows2008R2)}, keeps: "DH-WIN-UPGRADE-PATH"},
		{name: "NT 4.0 below service pack 5", verbs: then(nt4(4), upgrade("dc01", labs.Windows2003)), want: []string{"DH-WIN-UPGRADE-SP"}},
		{name: "NT 4.0 with service pack 6", verbs: then(nt4(6), upgrade("dc01", labs.Windows2003)), keeps: "DH-WIN-UPGRADE-SP"},
		{name: "NT 4.0 of an unknown level", verbs: then(nt4(labs.UnknownServicePack), upgrade("dc01", labs.Windows2003)), keeps: "DH-WIN-UPGRADE-SP"},
		{name: "Windows before Exchange 2000", verbs: then(ex2000, upgrade("ex01", labs.Windows2003)), want: []string{"DH-E2000-UPGRADE-WINDOWS"}},
		{name: "Windows after Exchange 2000 became 2003", verbs: then(member, exchange("ex01", "exchange-2003"), upgrade("ex01", labs.Windows2003)), keeps: "DH-E2000-UPGRADE-WINDOWS DH-EX-UPGRADE-WINDOWS"},
		{
			name:  "Windows under Exchange 2007",
			verbs: then(forest(labs.Windows2003), install(box("ex01", labs.Windows2003, x64)), join("ex01"), exchange("ex01", "exchange-2007-sp1"), upgrade("ex01", labs.Windows2008)),
			want:  []string{"DH-EX-UPGRADE-WINDOWS"},
		},
		{name: "Windows under Exchange 5.5", verbs: then(member, establish("ex01", "exchange-5.5-sp3"), upgrade("ex01", labs.Windows2003)), want: []string{"DH-E55-UPGRADE-WINDOWS"}},
		{name: "NT 4.0 under Exchange 5.5", verbs: then(nt4(6), establish("dc01", "exchange-5.5"), upgrade("dc01", labs.Windows2000)), keeps: "DH-E55-UPGRADE-WINDOWS"},
		{name: "a computer renamed under Exchange", verbs: then(ex2000, establish("ex01", "renamed")), want: []string{"DH-EX-RENAMED"}},
		{name: "a member renamed", verbs: then(member, establish("ex01", "renamed")), keeps: "DH-EX-RENAMED DH-AD-RENAMED"},
		{name: "a Windows 2000 domain controller renamed", verbs: then(member, establish("dc01", "renamed")), want: []string{"DH-AD-RENAMED"}},
		{name: "a Windows 2003 domain controller renamed", verbs: then(forest(labs.Windows2003), establish("dc01", "renamed")), keeps: "DH-AD-RENAMED"},
	}
}

// TestWindowsChanges holds what the steps of one machine do to it.
func TestWindowsChanges(t *testing.T) {
	t.Parallel()
	e := estate.New()
	for _, v := range []verb{
		install(box("dc01", labs.Windows2000, sp(3))),
		do(estate.ServicePack{Machine: "dc01", OS: labs.Windows2000, Level: 4}),
		do(estate.AddComponents{Machine: "dc01", Components: []string{"smtp", "iis", "smtp"}}),
		do(estate.AddComponents{Machine: "dc01", Components: []string{"iis"}}),
		establish("dc01", "reboot-pending", "unsupported-components", "exchange-5.5", "connector-2000"),
		establish("dc01", "no-unsupported-components", "exchange-5.5-sp3", "no-connector", "connector-2003"),
		do(estate.Reboot{Machine: "dc01"}),
		edit(func(e *estate.Estate) { e.Machines[0].Established = nil }),
		upgrade("dc01", labs.Windows2003),
	} {
		for _, p := range v(e) {
			t.Errorf("%s: %s", p.Rule, p.Detail)
		}
	}
	m, _ := e.Machine("dc01")
	want := &estate.Machine{
		Name: "dc01", Computer: "DC01", OS: labs.Windows2003, ServicePack: labs.UnknownServicePack, Arch: labs.X86,
		Components: []string{"iis", "smtp"}, NICs: m.NICs, Connector: "exchange-2003",
	}
	if diff := cmp.Diff(want, m, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("machine (-want +got):\n%s", diff)
	}
	told := []string{
		"dc01: windows-2000", "dc01: service pack 4", "dc01: smtp and iis",
		"dc01: reboot-pending", "dc01: unsupported-components", "dc01: exchange-5.5", "dc01: Active Directory Connector of Exchange 2000",
		"dc01: no component of Exchange 2000 that 2003 lacks", "dc01: exchange-5.5-sp3", "dc01: no Active Directory Connector",
		"dc01: Active Directory Connector of Exchange 2003", "dc01: restarted", "dc01: windows-2000 → windows-2003",
	}
	if diff := cmp.Diff(told, e.Changes(0)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}
