package catalog_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// woods is forests with domain controllers of every Windows, as no rule
// would allow it, and machines of every Windows in a workgroup: here only the
// jobs count.
func woods(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, labs.Windows2003)
	w.lab.Machines = nil
	w.secret = func(name string) (labs.SecretValue, error) {
		if name == "key" {
			return labs.NewSecretValue("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"), nil
		}
		return secrets(name)
	}
	domain := func(name, netbios, pdc string, native bool, controllers ...string) *estate.Domain {
		return &estate.Domain{Name: name, NetBIOS: netbios, Native: native, PDC: pdc, RID: pdc, Infrastructure: pdc, Controllers: controllers}
	}
	w.estate.Forests = []*estate.Forest{
		{Root: "contoso.test", Schema: 13, SchemaMaster: "dc00", NamingMaster: "dc00", Domains: []*estate.Domain{
			domain("contoso.test", "CONTOSO", "dc00", false, "dc00", "dc03"),
			domain("berlin.contoso.test", "BERLIN", "kid", true, "kid"),
			domain("end.contoso.test", "END", "kid12", true, "kid12"),
		}},
		{Root: "later.test", Schema: 69, SchemaMaster: "dc08", NamingMaster: "dc08", Domains: []*estate.Domain{
			domain("later.test", "LATER", "dc08", true, "dc08", "dcr2", "dc12", "dc16"),
		}},
		{Root: "alone.test", Schema: 30, SchemaMaster: "solo", NamingMaster: "solo", Domains: []*estate.Domain{domain("alone.test", "ALONE", "solo", true, "solo")}},
		{Root: "late.test", Schema: 88, SchemaMaster: "solo19", NamingMaster: "solo19", Domains: []*estate.Domain{domain("late.test", "LATE", "solo19", true, "solo19")}},
	}
	for _, m := range []struct {
		name, domain string
		os           labs.OS
		arch         labs.Arch
	}{
		{"dc00", "contoso.test", labs.Windows2000, labs.X86},
		{"dc03", "contoso.test", labs.Windows2003, labs.X86},
		{"dc08", "later.test", labs.Windows2008, labs.X86},
		{"dcr2", "later.test", labs.Windows2008R2, labs.X64},
		{"dc12", "later.test", labs.Windows2012R2, labs.X64},
		{"dc16", "later.test", labs.Windows2016, labs.X64},
		{"kid", "berlin.contoso.test", labs.Windows2003, labs.X86},
		{"kid12", "end.contoso.test", labs.Windows2012R2, labs.X64},
		{"solo", "alone.test", labs.Windows2003, labs.X86},
		{"solo19", "late.test", labs.Windows2019, labs.X64},
		{"member", "late.test", labs.Windows2012R2, labs.X64},
		{"new00", "", labs.Windows2000, labs.X86},
		{"new03", "", labs.Windows2003, labs.X86},
		{"new08", "", labs.Windows2008, labs.X86},
		{"newr2", "", labs.Windows2008R2, labs.X64},
		{"new12", "", labs.Windows2012R2, labs.X64},
		{"new19", "", labs.Windows2019, labs.X64},
	} {
		i := len(w.lab.Machines)
		w.lab.Machines = append(w.lab.Machines, &labs.Machine{
			Name: m.name, Computer: strings.ToUpper(m.name), OS: m.os, Arch: m.arch, InstallFrom: "windows", AdminPassword: "administrator",
			NICs: []labs.NIC{{Network: "corp", Address: netip.MustParseAddr(fmt.Sprintf("10.20.0.%d", 10+i))}},
		})
		w.estate.Machines = append(w.estate.Machines, &estate.Machine{
			Name: m.name, Computer: strings.ToUpper(m.name), OS: m.os, Arch: m.arch, Domain: m.domain, Controller: m.domain != "" && m.name != "member",
		})
	}
	for _, known := range estate.AllWindows() {
		for pack := range known.ServicePack + 1 {
			id := string(known.OS)
			if pack > 0 {
				id += fmt.Sprintf("-sp%d", pack)
			}
			w.lab.Media = append(w.lab.Media, &labs.Media{Name: id, Product: id})
		}
	}
	return w
}

type directoryJob struct {
	name, kind, on string
	args           args
}

// directoryJobs are the steps of Windows and Active Directory whose jobs are
// held to goldens, and run by Wine.
func directoryJobs() []directoryJob {
	return slices.Concat(windowsJobs(), promotionJobs(), changeJobs())
}

func windowsJobs() []directoryJob {
	media := func(id string) labs.MediaRef { return labs.MediaRef(id) }
	return []directoryJob{
		{"service-pack-2000", "service_pack", "dc00", args{"media": media("windows-2000-sp4")}},
		{"service-pack-2003", "service_pack", "dc03", args{"media": media("windows-2003-sp2")}},
		{"service-pack-2003-program", "service_pack", "dc03", args{"media": media("windows-2003-sp1"), "program": `UPDATES 2006\PACK.EXE`}},
		{"service-pack-2008r2", "service_pack", "dcr2", args{"media": media("windows-2008r2-sp1")}},
		{"components-2000", "components", "new00", args{"add": []string{"iis", "smtp", "nntp", "dns"}}},
		{"components-2003", "components", "new03", args{"add": []string{"iis", "smtp", "nntp", "aspnet"}}},
		{"components-2008r2", "components", "newr2", args{"add": []string{"iis", "dns"}, "features": []string{"RSAT-ADDS", "Web-Metabase"}}},
		{"components-2012r2", "components", "new12", args{"add": []string{"smtp", "aspnet"}, "features": []string{"RSAT-ADDS"}}},
		{"upgrade-2003", "upgrade_windows", "dc00", args{"media": media("windows-2003-sp2"), "product_key": labs.SecretRef("key")}},
		{"upgrade-2008", "upgrade_windows", "dc03", args{"media": media("windows-2008")}},
		{"upgrade-2012r2", "upgrade_windows", "dcr2", args{"media": media("windows-2012r2")}},
		{"upgrade-2019", "upgrade_windows", "dc16", args{"media": media("windows-2019"), "product_key": labs.SecretRef("key"), "image": int64(2)}},
		{"run-commands", "run", "dc03", args{"commands": []string{`dfsrmig /setglobalstate 1`, `echo "a b"`}, "establishes": []string{"sysvol-dfsr"}}},
		{"name-servers-2000", "name_servers", "new00", args{"servers": []string{"10.20.0.11"}}},
		{"name-servers-2019", "name_servers", "new19", args{"servers": []string{"10.20.0.11", "10.20.0.12"}, "connection": "LAN of the lab"}},
		{"run-nothing", "run", "dc03", args{"establishes": []string{"global-catalog"}}},
	}
}

func promotionJobs() []directoryJob {
	first := func(on string) directoryJob {
		return directoryJob{"promote-first-" + on, "promote", on, args{"domain": "fabrikam.test", "netbios": "FAB", "forest_level": "2003"}}
	}
	child := func(on string) directoryJob {
		return directoryJob{"promote-child-" + on, "promote", on, args{"domain": "Oslo.contoso.test", "role": "child", "site": "Oslo"}}
	}
	replica := func(on string) directoryJob {
		return directoryJob{"promote-replica-" + on, "promote", on, args{"domain": "contoso.test", "role": "replica"}}
	}
	old := first("new00")
	old.args["forest_level"] = "2000"
	list := []directoryJob{
		old, first("new03"), first("new08"), first("newr2"), first("new12"), first("new19"),
		child("new00"), child("new03"), child("newr2"), child("new12"),
		replica("new00"), replica("new03"), replica("newr2"), replica("new12"),
		{"promote-replica-from-03", "promote", "new03", args{"domain": "berlin.contoso.test", "role": "replica", "source": labs.MachineRef("kid"), "user": "Lab Admin"}},
		{"promote-replica-from-19", "promote", "new19", args{"domain": "berlin.contoso.test", "role": "replica", "source": labs.MachineRef("kid"), "user": "O'Neill"}},
		{"demote-2000", "demote", "dc00", nil},
		{"demote-2003", "demote", "dc03", args{"password": labs.SecretRef("administrator")}},
		{"demote-2008r2", "demote", "dcr2", nil},
		{"demote-2016", "demote", "dc16", nil},
		{"demote-forest-2003", "demote", "solo", args{"last": true}},
		{"demote-forest-2019", "demote", "solo19", args{"last": true}},
		{"demote-child-2003", "demote", "kid", args{"last": true}},
		{"demote-child-2012r2", "demote", "kid12", args{"last": true}},
		{"join-2000", "join", "new00", args{"domain": "contoso.test"}},
		{"join-2003", "join", "new03", args{"domain": "berlin.contoso.test"}},
		{"join-2008r2", "join", "newr2", args{"domain": "contoso.test"}},
		{"join-2012r2", "join", "new12", args{"domain": "contoso.test", "user": "Lab Admin"}},
	}
	return list
}

func changeJobs() []directoryJob {
	adprep := func(name, on, disc, scope string) directoryJob {
		return directoryJob{"adprep-" + name, "adprep", on, args{"media": labs.MediaRef(disc), "scope": scope}}
	}
	return []directoryJob{
		adprep("forest-2003", "dc00", "windows-2003-sp1", "forest"), adprep("domain-2003", "dc00", "windows-2003-sp1", "domain"),
		adprep("forest-2003r2", "solo", "windows-2003r2", "forest"),
		adprep("policies-2008", "solo", "windows-2008", "policies"), adprep("rodc-2008r2", "solo19", "windows-2008r2", "rodc"),
		adprep("forest-2008r2", "dc03", "windows-2008r2", "forest"), adprep("domain-2012r2", "member", "windows-2012r2", "domain"),
		{"raise-native", "raise_level", "dc00", args{"scope": "domain", "level": "2000"}},
		{"raise-domain", "raise_level", "dc03", args{"scope": "domain", "level": "2003"}},
		{"raise-forest", "raise_level", "dc00", args{"scope": "forest", "level": "2003"}},
		{"raise-forest-alone", "raise_level", "solo19", args{"scope": "forest", "level": "2016"}},
		{"roles-2003", "move_roles", "dc03", args{"roles": []string{"schema", "naming", "pdc", "rid", "infrastructure"}}},
		{"roles-2008r2", "move_roles", "dcr2", args{"roles": []string{"naming"}}},
		{"check-directory-2003", "check", "solo", args{"directory": true, "service": []string{"W32Time"}}},
		{"check-directory-2000", "check", "dc00", args{"directory": true}},
		{"check-directory-2019", "check", "solo19", args{"directory": true}},
		{"users", "create_users", "dc03", args{"count": int64(3), "password": labs.SecretRef("administrator")}},
		{"users-without-password", "create_users", "kid", args{"count": int64(2), "ou": "Old People", "seed": "1"}},
	}
}

// TestDiscsOfWindows holds every job of a step of Windows and Active Directory
// to a golden disc. The command lines in them are traced to their sources in the
// scripts' and the steps' comments.
func TestDiscsOfWindows(t *testing.T) {
	t.Parallel()
	for _, job := range directoryJobs() {
		t.Run(job.name, func(t *testing.T) {
			t.Parallel()
			work := woods(t).work(job.kind, job.on, job.args)
			golden(t, "windows/"+job.name+".txt", onePage(t, work))
			for _, f := range work.Job.Files {
				text := string(read(t, f))
				if !f.Secret && strings.Contains(text, password) {
					t.Errorf("%s holds a password and is not marked secret", f.Path)
				}
				if !strings.HasSuffix(f.Path, ".CMD") {
					continue
				}
				for l := range strings.SplitSeq(text, "\r\n") {
					if len(l) > 1500 {
						t.Errorf("%s has a line of %d characters", f.Path, len(l))
					}
				}
			}
		})
	}
}

// TestStepsOfWindowsAreHeldToRules replays each job's step where nothing is
// installed.
func TestStepsOfWindowsAreHeldToRules(t *testing.T) {
	t.Parallel()
	for _, job := range directoryJobs() {
		w := woods(t)
		call := w.step(job.kind, job.on, job.args)
		entry, _ := catalog.Find(job.kind)
		w.estate = estate.New()
		call.Estate = w.estate
		rules := entry.Effects(call, w.estate)
		if len(rules) == 0 || rules[0].Rule != "DH-WIN-NOT-INSTALLED" {
			t.Errorf("%s: on a machine that is not installed the rules say %v", job.name, rules)
		}
		if _, diags := entry.Work(call); diags.Fatal() {
			t.Errorf("%s: on a machine that is not installed the work complains: %s", job.name, diags[0].Detail)
		}
	}
}

func TestScriptsOfWindowsAreForTheirWindows(t *testing.T) {
	t.Parallel()
	for _, job := range directoryJobs() {
		w := woods(t)
		m, _ := w.lab.Machine(job.on)
		for _, f := range w.work(job.kind, job.on, job.args).Job.Files {
			if !strings.HasSuffix(f.Path, ".CMD") {
				continue
			}
			for l := range strings.SplitSeq(string(read(t, f)), "\r\n") {
				for _, lacking := range []string{"reg ", "sc ", "shutdown ", "timeout ", "where ", "powershell ", "servermanagercmd "} {
					if m.OS == labs.Windows2000 && strings.HasPrefix(strings.TrimSpace(l), lacking) {
						t.Errorf("%s: %s calls %s, which Windows 2000 lacks: %s", job.name, f.Path, lacking, l)
					}
				}
			}
		}
	}
}
