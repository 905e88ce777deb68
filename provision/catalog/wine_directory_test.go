package catalog_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
)

// played is a job of a step of Windows or Active Directory, and how Wine runs it.
type played func(t *testing.T, s *stage, work catalog.Work)

// TestJobsOfWindowsInWine runs every job script of the steps of Windows and
// Active Directory, on programs that record how they were called.
func TestJobsOfWindowsInWine(t *testing.T) {
	t.Parallel()
	s := openStage(t)
	openWindows(s)
	plays := windowsPlays()
	for _, job := range directoryJobs() {
		play, ok := plays[job.name]
		if !ok {
			t.Errorf("no play for %s", job.name)
			continue
		}
		t.Run(job.name, func(t *testing.T) { // one after the other: they share the machine
			work := woods(t).work(job.kind, job.on, job.args)
			s.begin(work)
			s.hurry()
			s.forget()
			s.unlucky = slices.Contains(unlucky(), job.name)
			play(t, s, work)
			golden(t, "calls/windows/"+job.name+".txt", []byte(s.calls()))
		})
	}
}

// unlucky are the jobs whose failures are played too: of each kind of script one.
func unlucky() []string {
	return []string{
		"service-pack-2003", "components-2008r2", "components-2012r2", "upgrade-2003", "upgrade-2008", "promote-first-new00", "promote-replica-newr2", "promote-child-new12",
		"demote-2000", "demote-2008r2", "demote-2016", "adprep-domain-2003", "raise-domain", "roles-2008r2", "users", "join-2012r2",
	}
}

// openWindows lays the programs that the steps call, on discs and in the box.
func openWindows(s *stage) {
	s.t.Helper()
	overrides := "REGEDIT4\n\n[HKEY_CURRENT_USER\\Software\\Wine\\DllOverrides]\n"
	for _, name := range []string{"sysocmgr", "ntdsutil", "powershell", "servermanagercmd", "dfsrmig", "netsh"} {
		s.put(`C:\windows\system32\` + name + ".exe")
		overrides += `"` + name + `.exe"="native,builtin"` + "\n"
	}
	s.Write(`C:\PLAY`, []guest.File{guest.Text("OVERRIDE.REG", overrides)})
	s.wine("regedit", "/s", `C:\PLAY\OVERRIDE.REG`)
	for _, program := range []string{
		`I386\WINNT32.EXE`, `I386\adprep.exe`, `support\adprep\adprep.exe`, `support\adprep\adprep32.exe`, `sources\adprep\adprep.exe`,
		`CMPNENTS\R2\ADPREP\adprep.exe`, `setup.exe`, `W2KSP4_EN.EXE`, `WindowsServer2003-KB914961-SP2-x86-ENU.exe`, `windows6.1-KB976932-X64.exe`, `UPDATES 2006\PACK.EXE`,
	} {
		s.put(`D:\` + program)
	}
	s.Write(`D:\sources`, []guest.File{guest.Text("setup.exe", "")})
}

// hurry makes the scripts give up after two tries in place of many: each try
// starts several programs, which takes Wine long.
func (s *stage) hurry() {
	s.t.Helper()
	for _, script := range []string{"JOB.CMD", "PROOF.CMD"} {
		text := s.Read(`C:\DH\JOB\` + script)
		for _, patient := range []string{"GEQ 61 ", "GEQ 90 ", "LSS 90 ", "GEQ 10 goto lost", "LSS 5 if not exist", "GEQ 100 "} {
			number := strings.Fields(patient)[1]
			text = strings.ReplaceAll(text, patient, strings.Replace(patient, number, "2", 1))
		}
		if text != "" {
			s.Write(`C:\DH\JOB`, []guest.File{guest.Text(script, text)})
		}
	}
}

// forget takes back what an earlier job played.
func (s *stage) forget() {
	s.t.Helper()
	for _, program := range []string{
		"dcpromo", "net", "sysocmgr", "ntdsutil", "powershell", "servermanagercmd", "dfsrmig", "netsh", "WINNT32", "adprep", "adprep32", "setup",
		"W2KSP4_EN", "WindowsServer2003-KB914961-SP2-x86-ENU", "windows6.1-KB976932-X64", "PACK",
	} {
		s.play(program, "exit /b 0")
	}
	s.play("ldifde", `if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`)
	for _, path := range []string{`C:\windows\NTDS\ntds.dit`, `C:\windows\debug\dcpromo.log`, `C:\PLAY\SCANNED`} {
		_ = os.Remove(s.Host(path))
	}
}

func windowsPlays() map[string]played {
	plays := map[string]played{
		"service-pack-2000":         packInWine("W2KSP4_EN", 4),
		"service-pack-2003":         packInWine("WindowsServer2003-KB914961-SP2-x86-ENU", 2),
		"service-pack-2003-program": packInWine("PACK", 1),
		"service-pack-2008r2":       packInWine("windows6.1-KB976932-X64", 1),
		"components-2000":           componentsInWine, "components-2003": componentsInWine,
		"components-2008r2": featuresInWine, "components-2012r2": cmdletFeaturesInWine,
		"upgrade-2003": upgradeInWine("WINNT32", 3790), "upgrade-2008": upgradeInWine("setup", 6001),
		"upgrade-2012r2": upgradeInWine("setup", 9600), "upgrade-2019": scanInWine,
		"run-commands": func(t *testing.T, s *stage, _ catalog.Work) {
			s.job(t, 1, 0)
			s.play("dfsrmig", "exit /b 5")
			s.job(t, 1, 5)
		},
		"name-servers-2000": nameServersInWine("10.20.0.11"), "name-servers-2019": nameServersInWine("10.20.0.11", "10.20.0.12"),
		"run-nothing":        func(t *testing.T, s *stage, _ catalog.Work) { s.job(t, 1, 0) },
		"adprep-forest-2003": adprepInWine("adprep", true), "adprep-domain-2003": adprepInWine("adprep", false),
		"adprep-forest-2003r2": adprepInWine("adprep", true), "adprep-policies-2008": adprepInWine("adprep", false), "adprep-rodc-2008r2": adprepInWine("adprep", true),
		"adprep-forest-2008r2": adprepInWine("adprep32", true), "adprep-domain-2012r2": adprepInWine("adprep", false),
		"raise-native": raiseInWine, "raise-domain": raiseInWine, "raise-forest": raiseInWine, "raise-forest-alone": raiseInWine,
		"roles-2003": rolesInWine("DC03"), "roles-2008r2": rolesInWine("DCR2"),
		"check-directory-2000": directoryInWine, "check-directory-2003": directoryInWine, "check-directory-2019": directoryInWine,
		"users": usersInWine(3), "users-without-password": usersInWine(2),
		"join-2000": netdomInWine, "join-2003": netdomInWine, "join-2008r2": laterJoinInWine, "join-2012r2": laterJoinInWine,
	}
	for _, job := range promotionJobs() {
		switch {
		case strings.HasPrefix(job.name, "promote-"):
			plays[job.name] = promotionInWine(strings.Contains(job.name, "first"))
		case strings.HasPrefix(job.name, "demote-"):
			plays[job.name] = demoteInWine
		}
	}
	return plays
}

const (
	currentVersion = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	productOptions = `HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions`
)

func packInWine(program string, level int) played {
	return func(t *testing.T, s *stage, work catalog.Work) {
		if s.unlucky {
			s.play(program, `>%SystemRoot%\svcpack.log echo 10.500: Setup encountered an error: no space`, "exit /b 112")
			out := s.job(t, 1, 1)
			if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "Setup encountered an error") {
				t.Errorf("explained as %q:\n%s", why, out)
			}
		}
		s.play(program, "exit /b 3010")
		s.job(t, 1, 0) // the runner restarts anyway
		text := "Service Pack " + string(rune('0'+level))
		s.register(currentVersion, "CSDVersion", "REG_SZ", text)
		s.register(currentVersion, "CurrentBuildNumber", "REG_SZ", "3790")
		s.proved(t, work, map[string]string{"windows.service_pack": text, "windows.build": "3790"})
	}
}

func componentsInWine(t *testing.T, s *stage, work catalog.Work) {
	s.job(t, 1, 0)
	s.registered(t, `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup`, "SourcePath", `D:\`)
	want := map[string]string{}
	for _, p := range work.Proofs {
		_, key, _ := strings.Cut(p.Name, "component.")
		s.register(`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\OC Manager\Subcomponents`, key, "REG_DWORD", "1")
		want[p.Name] = "0x1"
	}
	s.proved(t, work, want)
}

func featuresInWine(t *testing.T, s *stage, work catalog.Work) {
	s.play("servermanagercmd", "echo Error: no such role service", "exit /b 1001")
	if out := s.job(t, 1, 1); !strings.Contains(out, "DNS ended with 1001") {
		t.Errorf("it said:\n%s", out)
	}
	s.play("servermanagercmd", `if "%2"=="DNS" exit /b 1003`, `if "%2"=="RSAT-ADDS" exit /b 3010`,
		`if "%1"=="-query" type C:\PLAY\FEATURES.LDF`, "exit /b 0")
	s.job(t, 1, 3010)
	s.ldif("FEATURES", "[X] DNS Server  [DNS]", "[X] Web Server (IIS)  [Web-Server]", "        [X] Management Console  [Web-Mgmt-Console]",
		"        [ ] IIS 6 Metabase Compatibility  [Web-Metabase]", "        [X] AD DS Tools  [RSAT-ADDS]")
	s.proved(t, work, map[string]string{
		"windows.feature.DNS": "installed", "windows.feature.Web-Server": "installed", "windows.feature.Web-Mgmt-Console": "installed",
		"windows.feature.RSAT-ADDS": "installed", "windows.feature.Web-Metabase": "error: expected Web-Metabase installed, and it is not",
	})
}

func cmdletFeaturesInWine(t *testing.T, s *stage, work catalog.Work) {
	s.play("powershell", "echo Install-WindowsFeature : ArgumentNotValid", "exit /b 1")
	out := s.job(t, 1, 1)
	if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "ArgumentNotValid") {
		t.Errorf("explained as %q", why)
	}
	s.play("powershell", "echo Success       : True", "echo RestartNeeded : Yes")
	s.job(t, 1, 3010)
	s.play("powershell", "echo Success       : True", "echo RestartNeeded : No")
	s.job(t, 1, 0)
	s.play("powershell", `type C:\PLAY\FEATURES.LDF`)
	s.ldif("FEATURES", "Name      : RSAT-ADDS", "Installed : True", "", "Name      : SMTP-Server", "Installed : False", "")
	s.proved(t, work, map[string]string{
		"windows.feature.RSAT-ADDS": "installed", "windows.feature.SMTP-Server": "error: expected SMTP-Server installed, and it is not",
		"windows.feature.Web-Asp-Net45": "error: expected Web-Asp-Net45 installed, and Windows lists no such feature",
	})
}

func upgradeInWine(program string, build int) played {
	return func(t *testing.T, s *stage, work catalog.Work) {
		s.play(program, `>%SystemRoot%\upgrade.txt echo Some program does not run`, "exit /b 0")
		out := s.job(t, 1, 1) // Setup restarts the machine, or has failed
		if !strings.Contains(out, "did not restart") || program == "WINNT32" && !strings.Contains(out, "Some program") {
			t.Errorf("it said:\n%s", out)
		}
		if s.unlucky {
			s.play(program, "exit /b 7")
			s.job(t, 1, 1)
		}
		provedVersion(t, s, work, build)
	}
}

func scanInWine(t *testing.T, s *stage, work catalog.Work) {
	s.play("setup", "exit /b -1047526904") // C1900208: programs stand in the way
	if out := s.job(t, 1, 1); !strings.Contains(out, "stands in the way") {
		t.Errorf("it said:\n%s", out)
	}
	s.play("setup", `if exist C:\PLAY\SCANNED exit /b 9`, `>C:\PLAY\SCANNED echo x`, "exit /b -1047526896")
	s.job(t, 1, 1)
	provedVersion(t, s, work, 17763)
}

func provedVersion(t *testing.T, s *stage, work catalog.Work, build int) {
	t.Helper()
	number := map[int]string{3790: "3790", 6001: "6001", 9600: "9600", 17763: "17763"}[build]
	s.register(currentVersion, "CurrentBuildNumber", "REG_SZ", number)
	s.register(currentVersion, "ProductName", "REG_SZ", "Windows Server")
	s.register(currentVersion, "CSDVersion", "REG_SZ", "Service Pack 2")
	want := map[string]string{"windows.build": number, "windows.product": "Windows Server"}
	for _, p := range work.Proofs {
		if p.Name == "windows.service_pack" {
			want[p.Name] = "Service Pack 2"
		}
	}
	s.proved(t, work, want)
}

func promotionInWine(first bool) played {
	return func(t *testing.T, s *stage, work catalog.Work) {
		if s.unlucky {
			fails := []string{"md %SystemRoot%\\debug 2>NUL", ">%SystemRoot%\\debug\\dcpromo.log echo 11/21 03:00:00 [ERROR] The forest is not there", "exit /b 77"}
			s.play("dcpromo", fails...)
			s.play("powershell", fails...)
			out := s.job(t, 1, 1)
			if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "The forest is not there") {
				t.Errorf("explained as %q:\n%s", why, out)
			}
		}
		works := []string{">%SystemRoot%\\debug\\dcpromo.log echo 11/21 03:00:00 [INFO] DsRolepSetOperationDone returned 0", "exit /b 5"}
		s.play("dcpromo", works...)
		s.play("powershell", works...)
		s.job(t, 1, 0)
		s.Write(`C:\windows\NTDS`, []guest.File{guest.Text("ntds.dit", "x")})
		s.job(t, 2, 0) // a boot came after the promotion
		s.play("net", `type C:\PLAY\SHARES.LDF`)
		s.ldif("SHARES", `SYSVOL       C:\WINDOWS\sysvol\sysvol`, `NETLOGON     C:\WINDOWS\sysvol\x\SCRIPTS`)
		s.ldif("SCHEMA", "dn: CN=Schema,CN=Configuration,DC=contoso,DC=test", "objectVersion: 90")
		s.ldif("LEVEL", "dn: CN=Partitions,CN=Configuration,DC=contoso,DC=test", "msDS-Behavior-Version: 7")
		s.register(`HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters`, "SysvolReady", "REG_DWORD", "1")
		want := map[string]string{
			"ad.schema.objectVersion": "90", "ad.sysvol": `C:\WINDOWS\sysvol\sysvol`, "ad.netlogon": `C:\WINDOWS\sysvol\x\SCRIPTS`, "ad.sysvol.ready": "0x1",
		}
		for _, p := range work.Proofs {
			if p.Name == "ad.forest.level" {
				want[p.Name] = "7"
			}
		}
		if _, ok := want["ad.forest.level"]; ok && !first {
			t.Error("a further domain controller proves the forest's level")
		}
		s.proved(t, work, want)
	}
}

func demoteInWine(t *testing.T, s *stage, work catalog.Work) {
	if s.unlucky {
		fails := []string{"md %SystemRoot%\\debug 2>NUL", ">%SystemRoot%\\debug\\dcpromo.log echo 11/21 03:00:00 [ERROR] A role cannot be moved", "exit /b 77"}
		s.play("dcpromo", fails...)
		s.play("powershell", fails...)
		s.register(productOptions, "ProductType", "REG_SZ", "LanmanNT")
		out := s.job(t, 2, 1)
		if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "A role cannot be moved") {
			t.Errorf("explained as %q:\n%s", why, out)
		}
	}
	works := []string{">%SystemRoot%\\debug\\dcpromo.log echo 11/21 03:00:00 [INFO] DsRolepSetOperationDone returned 0", "exit /b 5"}
	s.play("dcpromo", works...)
	s.play("powershell", works...)
	s.job(t, 1, 0)
	s.register(productOptions, "ProductType", "REG_SZ", "ServerNT")
	s.job(t, 2, 0) // a boot came after the demotion
	s.play("net", `echo IPC$         Remote IPC`)
	computer := "X"
	want := map[string]string{"windows.kind": "ServerNT", "ad.netlogon": "gone"}
	for _, p := range work.Proofs {
		if p.Name == "ad.computer" {
			computer = strings.TrimPrefix(p.Expect, "cn ")
			want["ad.computer"], want["ad.computer.group"] = computer, "515"
		}
	}
	s.ldif("COMPUTER", "dn: CN="+computer+",CN=Computers,DC=contoso,DC=test", "cn: "+computer, "primaryGroupID: 515")
	s.proved(t, work, want)
}

func adprepInWine(program string, forest bool) played {
	return func(t *testing.T, s *stage, work catalog.Work) {
		if s.unlucky {
			s.Write(`C:\windows\system32\debug\adprep\logs\20061121030000`, []guest.File{guest.Text("ADPrep.log", "an older run")})
			s.Write(`C:\windows\system32\debug\adprep\logs\20061121040000`, []guest.File{guest.Text("ADPrep.log",
				"Adprep was unable to extend the schema.\n[Status/Consequence]\nThe schema master did not complete a replication cycle after the last reboot.\n[User Action]\nWait.")})
			s.play(program, "set /p ANSWER=", "echo Adprep was given %ANSWER%", "exit /b 1")
			out := s.job(t, 1, 1)
			want := "Adprep was unable to extend the schema. The schema master did not complete a replication cycle after the last reboot."
			if why := work.Explain(strings.Split(out, "\n")); why != want {
				t.Errorf("explained as %q:\n%s", why, out)
			}
		}
		s.play(program, "echo Adprep successfully updated the forest-wide information.", "exit /b 0")
		s.job(t, 1, 0)
		proofs := map[string]string{}
		for _, p := range work.Proofs {
			s.ldif(p.File, "dn: CN=X", "objectVersion: 99", "revision: 11")
			proofs[p.Name] = "11"
			if strings.Contains(p.Name, "schema") {
				proofs[p.Name] = "99"
			}
		}
		if forest != (proofs["ad.schema.objectVersion"] != "") {
			t.Errorf("proofs: %v", proofs)
		}
		s.proved(t, work, proofs)
	}
}

func raiseInWine(t *testing.T, s *stage, work catalog.Work) {
	if s.unlucky {
		s.play("ldifde", `if not "%1"=="-i" if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`,
			`if "%1"=="-i" echo The server side error is 0x2165`, `if "%1"=="-i" exit /b 1`, "exit /b 0")
		out := s.job(t, 1, 1)
		if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "0x2165") {
			t.Errorf("explained as %q:\n%s", why, out)
		}
		s.fresh()
	}
	s.play("ldifde", `if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`)
	s.job(t, 1, 0)
	want := map[string]string{}
	for _, p := range work.Proofs {
		s.ldif(p.File, "dn: DC=contoso,DC=test", "nTMixedDomain: 0", "msDS-Behavior-Version: 10")
		want[p.Name] = "10"
		if strings.HasPrefix(p.Name, "ad.domain.mode") {
			want[p.Name] = "native"
		}
	}
	s.proved(t, work, want)
}

func rolesInWine(computer string) played {
	return func(t *testing.T, s *stage, work catalog.Work) {
		if s.unlucky {
			s.play("ntdsutil", "echo ldap_modify_sW error 0x34(52 (Unavailable).", "exit /b 0")
			out := s.job(t, 1, 1)
			if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "error 0x34") {
				t.Errorf("explained as %q:\n%s", why, out)
			}
			s.fresh()
		}
		owner := "fSMORoleOwner: CN=NTDS Settings,CN=" + computer + ",CN=Servers,CN=Default-First-Si"
		s.ldif("OWNER", "dn: CN=X", owner, " te-Name,CN=Sites,CN=Configuration,DC=contoso,DC=test")
		s.play("ntdsutil", `>C:\PLAY\HELD echo x`)
		s.play("ldifde", `if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`, `if not exist C:\PLAY\HELD exit /b 0`,
			`copy /y C:\PLAY\OWNER.LDF %2 >NUL`, `del C:\PLAY\HELD`)
		s.job(t, 1, 0)
		want := map[string]string{}
		for _, p := range work.Proofs {
			s.ldif(p.File, "dn: CN=X", owner, " te-Name,CN=Sites,CN=Configuration,DC=contoso,DC=test")
			want[p.Name] = computer
		}
		s.proved(t, work, want)
	}
}

func usersInWine(count int) played {
	return func(t *testing.T, s *stage, work catalog.Work) {
		if s.unlucky {
			s.play("ldifde", `if not "%1"=="-i" if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`,
				`if "%1"=="-i" >C:\DH\ldif.err echo Add error on line 1: Unwilling To Perform`, `if "%1"=="-i" exit /b 1`, "exit /b 0")
			out := s.job(t, 1, 1)
			if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "ldifde") && !strings.Contains(why, "Add error") {
				t.Errorf("explained as %q:\n%s", why, out)
			}
			s.fresh()
		}
		s.play("ldifde", `if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`)
		s.job(t, 1, 0)
		var users []string
		for i := range count {
			users = append(users, "dn: CN=User "+string(rune('A'+i)), "userAccountControl: 544", "")
		}
		s.ldif("USERS", users...)
		s.proved(t, work, map[string]string{"ad.users": string(rune('0'+count)) + " users"})
	}
}

func directoryInWine(t *testing.T, s *stage, work catalog.Work) {
	s.play("sc", "echo SERVICE_NAME: %2", "echo         STATE              : 4  RUNNING ")
	s.play("net", `type C:\PLAY\SHARES.LDF`)
	s.ldif("SHARES", `SYSVOL       C:\WINDOWS\sysvol\sysvol`, `NETLOGON     C:\WINDOWS\sysvol\x\SCRIPTS`)
	want := map[string]string{"share.SYSVOL": `C:\WINDOWS\sysvol\sysvol`, "share.NETLOGON": `C:\WINDOWS\sysvol\x\SCRIPTS`}
	old := slices.ContainsFunc(work.Job.Files, func(f guest.File) bool { return f.Path == "SERVICE.VBS" })
	for _, p := range work.Proofs {
		computer, isRole := strings.CutPrefix(p.Expect, "owner ")
		switch {
		case strings.HasPrefix(p.Name, "service."):
			if want[p.Name] = "running"; old { // WMI is asked, and Wine has no such service
				want[p.Name] = "error: expected " + p.Expect + ", and there is no such service"
			}
			continue
		case strings.HasPrefix(p.Name, "share."):
			continue
		case isRole:
			want[p.Name] = computer
		case p.Name == "ad.domain.mode":
			want[p.Name] = "native"
		default:
			want[p.Name] = "99"
		}
		s.ldif(p.File, "dn: CN=X", "objectVersion: 99", "msDS-Behavior-Version: 99", "nTMixedDomain: 0", "fSMORoleOwner: CN=NTDS Settings,CN="+computer+",CN=Servers")
	}
	s.proved(t, work, want)
}

func netdomInWine(t *testing.T, s *stage, work catalog.Work) {
	s.play("netdom", "exit /b 0")
	s.job(t, 1, 0)
	provedJoin(t, s, work)
}

func laterJoinInWine(t *testing.T, s *stage, work catalog.Work) {
	if s.unlucky {
		// Wine's WMI joins no domain, and says so.
		out := s.job(t, 1, 1)
		if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "failed with error 1") {
			t.Errorf("explained as %q:\n%s", why, out)
		}
		s.fresh()
	}
	s.Write(`C:\DH\JOB`, []guest.File{guest.Text("JOIN.VBS", "WScript.Echo WScript.Arguments(0) & \"|\" & WScript.Arguments(1) & \"|\" & WScript.Arguments(2)\nWScript.Quit 0")})
	if out := s.job(t, 1, 0); !strings.Contains(out, "contoso.test|CONTOSO\\") || !strings.Contains(out, "|"+password) {
		t.Errorf("JOIN.VBS was told: %s", out)
	}
	provedJoin(t, s, work)
}

func provedJoin(t *testing.T, s *stage, work catalog.Work) {
	t.Helper()
	want := map[string]string{}
	for _, p := range work.Proofs {
		_, want[p.Name], _ = strings.Cut(p.Expect, " ")
	}
	want["windows.domain"] = strings.TrimPrefix(want["windows.domain"], "= ")
	s.ldif("COMPUTER", "dn: CN=X", "cn: "+want["ad.computer"])
	s.register(`HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`, "Domain", "REG_SZ", want["windows.domain"])
	s.proved(t, work, want)
}

// fresh forgets the calls so far.
func (s *stage) fresh() {
	s.t.Helper()
	_ = os.Remove(s.Host(`C:\CALLS.TXT`))
}

// nameServersInWine plays netsh, which shows one server a line.
func nameServersInWine(servers ...string) played {
	return func(t *testing.T, s *stage, work catalog.Work) {
		s.play("netsh", "exit /b 1")
		explained(t, work, s.job(t, 1, 1), "name it with connection")
		lines := []string{"echo Configuration for interface", "echo     Statically Configured DNS Servers:"}
		for _, server := range servers {
			lines = append(lines, "echo         "+server)
		}
		s.play("netsh", append(lines, "exit /b 0")...)
		s.job(t, 1, 0)
		s.proved(t, work, map[string]string{"dns.servers": strings.Join(servers, ", ")})
		s.play("netsh", "echo     DNS servers configured through DHCP:  10.20.0.10", "exit /b 0")
		s.proved(t, work, map[string]string{"dns.servers": "error: expected " + strings.Join(servers, ", ") + ", and netsh shows 10.20.0.10"})
	}
}
