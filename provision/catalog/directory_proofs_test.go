package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// TestProofsOfWindows reads what real tools print, and what they print when
// something is wrong.
func TestProofsOfWindows(t *testing.T) {
	t.Parallel()
	pack := func(level string) []string {
		return []string{"", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "    CSDVersion    REG_SZ    Service Pack " + level}
	}
	build := func(number string) []string { return []string{"    CurrentBuildNumber\tREG_SZ\t" + number} }
	none := []string{"ERROR: The system was unable to find the specified registry key or value."}
	object := func(attributes ...string) []string {
		return slices.Concat([]string{"dn: CN=X,DC=contoso,DC=test", "changetype: add"}, attributes, []string{""})
	}
	owner := "fSMORoleOwner: CN=NTDS Settings,CN=DC03,CN=Servers,CN=Default-First-Site-Name,CN=Si"
	for _, c := range []struct {
		job, proof string
		lines      []string
		want       string
		wrong      bool
	}{
		{"service-pack-2003", "windows.service_pack", pack("2"), "Service Pack 2", false},
		{"service-pack-2003", "windows.service_pack", pack("2, v.2825"), "Service Pack 2, v.2825", false},
		{"service-pack-2003", "windows.service_pack", pack("1"), `read "Service Pack 1"`, true},
		{"service-pack-2003", "windows.service_pack", none, `read "none"`, true},
		{"service-pack-2003", "windows.build", none, "the registry has none", true},
		{"upgrade-2003", "windows.build", build("3790"), "3790", false},
		{"upgrade-2003", "windows.build", build("2195"), `expected build 3790 or later, and read "2195"`, true},
		{"upgrade-2003", "windows.build", none, "no CurrentBuildNumber", true},
		{"components-2003", "windows.component.iis_www", []string{"    iis_www    REG_DWORD    0x1"}, "0x1", false},
		{"components-2003", "windows.component.iis_www", []string{"    iis_www    REG_DWORD    0x0"}, `read "0x0"`, true},
		{"components-2008r2", "windows.feature.DNS", []string{"[X] DNS-Server  [DNS]"}, "installed", false},
		{"components-2008r2", "windows.feature.DNS", []string{"[ ] DNS-Server  [DNS]"}, "it is not", true},
		{"components-2008r2", "windows.feature.DNS", []string{"[X] DNS tools  [RSAT-DNS]"}, "no such feature", true},
		{"components-2012r2", "windows.feature.RSAT-ADDS", []string{"Name      : RSAT-ADDS", "Installed : True"}, "installed", false},
		{"components-2012r2", "windows.feature.RSAT-ADDS", []string{"Name      : RSAT-ADDS", "Installed : False"}, "it is not", true},
		{"roles-2003", "ad.role.pdc", object(owner, " tes,CN=Configuration,DC=contoso,DC=test"), "DC03", false},
		{"roles-2003", "ad.role.pdc", object(strings.Replace(owner, "DC03", "DC00", 1)), `names "CN=NTDS Settings,CN=DC00`, true},
		{"roles-2003", "ad.role.pdc", object("cn: x"), "has no fSMORoleOwner", true},
		{"raise-domain", "ad.domain.mode", object("nTMixedDomain: 0"), "native", false},
		{"raise-domain", "ad.domain.mode", object("nTMixedDomain: 1"), `read "1"`, true},
		{"raise-domain", "ad.domain.level", object("msDS-Behavior-Version: 0"), "read 0 from", true},
		{"adprep-forest-2003", "ad.forest.updates", object("revision: 9"), "9", false},
		{"adprep-forest-2003", "ad.forest.updates", nil, "no such object", true},
		{"demote-2003", "windows.kind", []string{"    ProductType    REG_SZ    ServerNT"}, "ServerNT", false},
		{"demote-2003", "windows.kind", []string{"    ProductType    REG_SZ    LanmanNT"}, `read "LanmanNT"`, true},
		{"demote-2003", "ad.netlogon", []string{"IPC$   Remote IPC"}, "gone", false},
		{"demote-2003", "ad.netlogon", []string{`NETLOGON   C:\WINDOWS\SYSVOL\x`}, "is shared", true},
		{"demote-2003", "ad.netlogon", nil, "listed nothing", true},
		{"users", "ad.users", []string{"3 544"}, "3 users", false},
		{"users", "ad.users", []string{"2 544", "4 514"}, "the directory has 2", true},
		{"users", "ad.users", []string{"what"}, `read "what"`, true},
	} {
		value, err := proofOf(t, c.job, c.proof).Read(c.lines)
		switch {
		case err == nil && c.wrong:
			t.Errorf("%s %s: %q is accepted as %q", c.job, c.proof, c.lines, value)
		case err == nil && value != c.want:
			t.Errorf("%s %s: read %q, want %q", c.job, c.proof, value, c.want)
		case err != nil && (!c.wrong || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s %s: %v, want %q", c.job, c.proof, err, c.want)
		}
	}
}

func proofOf(t *testing.T, job, name string) catalog.Proof {
	t.Helper()
	jobs := directoryJobs()
	i := slices.IndexFunc(jobs, func(j directoryJob) bool { return j.name == job })
	if i < 0 {
		t.Fatalf("no job %s", job)
	}
	work := woods(t).work(jobs[i].kind, jobs[i].on, jobs[i].args)
	at := slices.IndexFunc(work.Proofs, func(p catalog.Proof) bool { return p.Name == name })
	if at < 0 {
		t.Fatalf("%s has no proof %s", job, name)
	}
	return work.Proofs[at]
}

// TestAnUpgradedMachineIsWhatItBecame holds that later steps follow the Windows
// that is on a machine, and take files from the disc that it came from.
func TestAnUpgradedMachineIsWhatItBecame(t *testing.T) {
	t.Parallel()
	w := woods(t)
	call := w.step("upgrade_windows", "new00", args{"media": labs.MediaRef("windows-2003-sp2"), "product_key": labs.SecretRef("key")})
	entry, _ := catalog.Find("upgrade_windows")
	if problems := entry.Effects(call, w.estate); len(problems) > 0 {
		t.Fatalf("the upgrade breaks %s", problems[0].Detail)
	}
	work := w.work("components", "new00", args{"add": []string{"aspnet"}})
	if work.Media != "windows-2003-sp2" {
		t.Errorf("components come from %q", work.Media)
	}
	script := string(read(t, work.Job.Files[0]))
	if !strings.Contains(script, "WIN51") || strings.Contains(script, "CDROM_NT.5") {
		t.Errorf("the job is still one for Windows 2000:\n%s", script)
	}
}

// TestBadArgumentsOfWindows holds what Work complains of.
func TestBadArgumentsOfWindows(t *testing.T) {
	t.Parallel()
	w := woods(t)
	w.lab.Media = append(w.lab.Media, &labs.Media{Name: "unknown"}, &labs.Media{Name: "mail", Product: "exchange-2003-sp2"})
	for _, c := range []struct {
		kind, on, argument string
		args               args
		want               string
	}{
		{"service_pack", "dc03", "media", args{"media": labs.MediaRef("unknown")}, `product = "windows-2003-sp2"`},
		{"upgrade_windows", "dc00", "media", args{"media": labs.MediaRef("mail")}, "needs a disc of Windows"},
		{"adprep", "dc00", "media", args{"media": labs.MediaRef("unknown"), "scope": "forest"}, "does not say which one"},
		{"upgrade_windows", "dc00", "product_key", args{"media": labs.MediaRef("windows-2003")}, "waits at its key page"},
		{"upgrade_windows", "dc16", "product_key", args{"media": labs.MediaRef("windows-2019"), "product_key": labs.SecretRef("administrator")}, "letters, digits and hyphens"},
		{"components", "new03", "add", nil, "Give add, or features"},
		{"components", "new03", "features", args{"features": []string{"DNS"}}, "which has no Server Manager"},
		{"components", "new00", "add", args{"add": []string{"aspnet"}}, `cannot install "aspnet"`},
		{"components", "new12", "add", args{"add": []string{"nntp"}}, `which has no "nntp" any more`},
		{"components", "new12", "features", args{"features": []string{"DNS; del"}}, "no name of a feature"},
		{"promote", "new12", "site", args{"domain": "fabrikam.test", "site": "Oslo"}, "Leave site out"},
		{"promote", "newr2", "password", args{"domain": "contoso.test", "role": "replica", "password": labs.SecretRef("absent")}, "ABSENT"},
		{"promote", "new03", "domain", args{"domain": "contoso", "role": "first"}, "two or more"},
		{"run", "dc03", "commands", args{"commands": []string{"a\nb"}}, "cannot be run"},
		{"run", "dc03", "command", args{"commands": []string{"a"}, "command": "b"}, "not two of them"},
		{"check", "member", "directory", args{"directory": true}, "is no domain controller"},
	} {
		call := w.step(c.kind, c.on, c.args)
		entry, _ := catalog.Find(c.kind)
		_, diags := entry.Work(call)
		at := slices.IndexFunc(diags, func(d labs.Diagnostic) bool { return strings.Contains(d.Detail, c.want) })
		if at < 0 {
			t.Errorf("%s: %v, want %q", c.kind, diags, c.want)
			continue
		}
		if d := diags[at]; d.Subject == nil || *d.Subject != call.Step.Attribute(c.argument) {
			t.Errorf("%s: the complaint %q points at %v", c.kind, c.want, d.Subject)
		}
	}
}

// TestStepsWaitForThoseWrittenEarlier holds the order of a stage's steps on
// several domain controllers.
func TestStepsWaitForThoseWrittenEarlier(t *testing.T) {
	t.Parallel()
	w := woods(t)
	first := w.step("adprep", "dc00", args{"media": labs.MediaRef("windows-2003"), "scope": "forest"})
	second := w.step("move_roles", "dc03", args{"roles": []string{"pdc"}})
	third := w.step("run", "kid", args{"command": "ver"})
	fourth := w.step("run", "kid", args{"establishes": []string{"sysvol-dfsr"}})
	facts := func(call catalog.Call) (needs, makes []string) {
		entry, _ := catalog.Find(call.Step.Kind)
		for _, f := range entry.Needs(call) {
			needs = append(needs, string(f))
		}
		for _, f := range entry.Makes(call) {
			makes = append(makes, string(f))
		}
		return needs, makes
	}
	_, made := facts(first)
	needs, _ := facts(second)
	if len(made) != 1 || !slices.Contains(needs, made[0]) || !slices.Contains(needs, "domain:contoso.test") {
		t.Errorf("move_roles needs %q, adprep makes %q", needs, made)
	}
	if needs, makes := facts(third); len(needs)+len(makes) > 0 {
		t.Errorf("a command that establishes nothing needs %q and makes %q", needs, makes)
	}
	if needs, _ := facts(fourth); !slices.Contains(needs, made[0]) {
		t.Errorf("run with establishes needs %q", needs)
	}
}
