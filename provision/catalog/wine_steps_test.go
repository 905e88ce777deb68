package catalog_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
)

// TestJobsInWine runs every job script of the demo lab, on programs that
// record how they were called.
func TestJobsInWine(t *testing.T) {
	t.Parallel()
	for _, system := range []labs.OS{labs.Windows2003, labs.Windows2000} {
		t.Run(string(system), func(t *testing.T) {
			t.Parallel()
			s := openStage(t)
			works := newWorld(t, system).demo()
			for _, step := range []struct {
				name string
				run  func(*testing.T, *stage, labs.OS, catalog.Work)
			}{
				{"promote", promoteInWine},
				{"join", joinInWine},
				{"forestprep", forestprepInWine},
				{"domainprep", domainprepInWine},
				{"exchange_setup", exchangeSetupInWine},
				{"copy", copyInWine},
				{"copy-file", copyFileInWine},
				{"reboot", rebootInWine},
				{"check", checkInWine},
			} {
				s.begin(works[step.name])
				step.run(t, s, system, works[step.name])
				golden(t, "calls/"+string(system)+"-"+step.name+".txt", []byte(s.calls()))
			}
		})
	}
}

// job runs JOB.CMD and holds it to its exit code.
func (s *stage) job(t *testing.T, pass, want int) string {
	t.Helper()
	code, out := s.script("JOB", pass)
	if code != want {
		t.Errorf("JOB.CMD: exit code %d, want %d\n%s\ncalls:\n%s", code, want, out, s.calls())
	}
	return out
}

// proved runs PROOF.CMD and holds the proofs to their values.
func (s *stage) proved(t *testing.T, work catalog.Work, want map[string]string) {
	t.Helper()
	if code, out := s.script("PROOF", 1); code != 0 {
		t.Errorf("PROOF.CMD: exit code %d\n%s", code, out)
	}
	if diff := cmp.Diff(want, s.proofs(work)); diff != "" {
		t.Errorf("proofs (-want +got):\n%s", diff)
	}
}

func (s *stage) registered(t *testing.T, key, value, want string) {
	t.Helper()
	if _, out := s.wine("reg", "query", key, "/v", value); !strings.Contains(out, want) {
		t.Errorf("%s\\%s is not %q: %s", key, value, want, out)
	}
}

func (s *stage) register(key, value, kind, data string) {
	s.t.Helper()
	if code, out := s.wine("reg", "add", key, "/v", value, "/t", kind, "/d", data, "/f"); code != 0 {
		s.t.Fatal(out)
	}
}

const winlogon = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon`

func promoteInWine(t *testing.T, s *stage, _ labs.OS, work catalog.Work) {
	s.play("dcpromo", "md %SystemRoot%\\debug 2>NUL", ">%SystemRoot%\\debug\\dcpromo.log echo 11/21 03:00:00 [ERROR] The wizard waits", "exit /b 1")
	out := s.job(t, 1, 1)
	if why := work.Explain(strings.Split(out, "\n")); !strings.Contains(why, "[ERROR] The wizard waits") {
		t.Errorf("promotion failed, explained as %q:\n%s", why, out)
	}
	// The exit code of dcpromo on 2003 is documented nowhere: its log decides.
	s.play("dcpromo", ">%SystemRoot%\\debug\\dcpromo.log echo 11/21 03:00:00 [INFO] DsRolepSetOperationDone returned 0", "exit /b 5")
	s.job(t, 1, 0)
	s.registered(t, winlogon, "DefaultDomainName", "CONTOSO")
	s.play("net", `type C:\PLAY\SHARES.LDF`)
	s.ldif("SHARES", "", "Share name   Resource                        Remark", "", "-----------------",
		`SYSVOL       C:\WINDOWS\sysvol\sysvol        Logon server share`, `NETLOGON     C:\WINDOWS\sysvol\contoso.test\SCRIPTS`, "The command completed successfully.")
	s.ldif("SCHEMA", "dn: CN=Schema,CN=Configuration,DC=contoso,DC=test", "changetype: add", "objectVersion: 30")
	s.register(`HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters`, "SysvolReady", "REG_DWORD", "1")
	s.proved(t, work, map[string]string{
		"ad.schema.objectVersion": "30", "ad.sysvol": `C:\WINDOWS\sysvol\sysvol`,
		"ad.netlogon": `C:\WINDOWS\sysvol\contoso.test\SCRIPTS`, "ad.sysvol.ready": "0x1",
	})
}

func joinInWine(t *testing.T, s *stage, _ labs.OS, work catalog.Work) {
	s.play("netdom", "echo Logon failure: unknown user name or bad password. 1>&2", "exit /b 1326")
	out := s.job(t, 1, 1)
	if why := work.Explain(strings.Split(out, "\n")); !strings.HasPrefix(why, "Logon failure") {
		t.Errorf("join failed, explained as %q:\n%s", why, out)
	}
	s.play("netdom", "if exist C:\\PLAY\\ONCE exit /b 0", ">C:\\PLAY\\ONCE echo x", "exit /b 1355")
	s.job(t, 1, 0)
	s.play("netdom", "exit /b 2691")
	s.job(t, 1, 1)
	s.job(t, 2, 0) // the boot came after the join
	s.registered(t, winlogon, "DefaultUserName", "Administrator")
	s.registered(t, winlogon, "DefaultPassword", password)
	s.ldif("COMPUTER", "dn: CN=EX01,CN=Computers,DC=contoso,DC=test", "changetype: add", "cn: EX01")
	s.register(`HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`, "Domain", "REG_SZ", "contoso.test")
	s.proved(t, work, map[string]string{"ad.computer": "EX01", "windows.domain": "contoso.test"})
}

// setupLog is what Exchange setup appends to its log.
func (s *stage) setup(log string, code string) {
	s.Write(`C:\PLAY`, []guest.File{guest.Text("SETUP.LOG", log)})
	s.play("SETUP", `type C:\PLAY\SETUP.LOG >>"C:\Exchange Server Setup Progress.log"`, "exit /b "+code)
}

const (
	setupWent = "[03:00:00] Entering\n[03:00:01] Error code 0XC0070424 (1060): The specified service does not exist.\n[03:00:02] All previous errors were ignored\n[03:00:03] Setup completed successfully\n" //nolint:gosec // a log, no credential
	setupBad  = "[03:00:00] Entering\n[03:00:01] Setup failed while installing sub-component Microsoft Exchange Schema with error code 0x80072030\n[03:00:02] Leaving\n"
	setupNot  = "[03:00:00] The component \"X\" cannot be assigned the action \"Install\" because:\n[03:00:00] \t- IIS is not installed\n[03:00:00] \t- NNTP is not installed\n[03:00:00] Prerequisites for X failed\n"
)

func forestprepInWine(t *testing.T, s *stage, _ labs.OS, work catalog.Work) {
	s.setup(setupBad, "0")
	out := s.job(t, 1, 1)
	want := "Setup failed while installing sub-component Microsoft Exchange Schema with error code 0x80072030"
	if why := work.Explain(strings.Split(out, "\n")); why != want {
		t.Errorf("explained as %q, want %q\n%s", why, want, out)
	}
	s.setup(setupNot, "1")
	out = s.job(t, 1, 1)
	want = `The component "X" cannot be assigned the action "Install" because: IIS is not installed. NNTP is not installed.`
	if why := work.Explain(strings.Split(out, "\n")); why != want {
		t.Errorf("explained as %q, want %q\n%s", why, want, out)
	}
	s.setup(setupWent, "17") // what setup's exit codes mean is known nowhere
	s.job(t, 1, 0)
	if log := s.Read(`C:\Exchange Server Setup Progress before.log`); !strings.Contains(log, "Prerequisites") {
		t.Errorf("the log of the run before is lost: %q", log)
	}
	s.ldif("SCHEMA", "dn: CN=ms-Exch-Schema-Version-Pt,CN=Schema,CN=Configuration,DC=contoso,DC=test", "rangeUpper: 6870")
	s.ldif("ORG", "dn: CN={335A1087-5131-4D45-BE3E-3C6C7F76F5EC},CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=conto", " so,DC=test", "objectVersion: 6903")
	s.proved(t, work, map[string]string{"exchange.schema.rangeUpper": "6870", "exchange.organization.objectVersion": "6903"})
}

func domainprepInWine(t *testing.T, s *stage, _ labs.OS, work catalog.Work) {
	s.job(t, 1, 0)
	s.ldif("DOMAIN", "dn: CN=Microsoft Exchange System Objects,DC=contoso,DC=test", "objectVersion: 6936")
	s.proved(t, work, map[string]string{"exchange.domain.objectVersion": "6936"})
}

func exchangeSetupInWine(t *testing.T, s *stage, system labs.OS, work catalog.Work) {
	s.play("sc", "echo [SC] EnumQueryServicesStatus:OpenService FAILED 1060:", "exit /b 1060")
	s.setup(setupWent, "3010")
	s.job(t, 1, 3010)
	s.setup(setupWent, "0")
	s.job(t, 2, 0) // no service yet: setup is run again
	if system == labs.Windows2000 {
		return // its proof asks WMI for services that are not in Wine
	}
	s.play("sc", "echo SERVICE_NAME: %2", "echo         STATE              : 4  RUNNING ")
	s.job(t, 2, 0)
	s.ldif("ORG", "dn: CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test", "cn: Contoso", "objectVersion: 6903")
	s.ldif("SERVER", "dn: CN=EX01,CN=Servers,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso", "cn: EX01", "serialNumber: Version 6.5 (Build 6944.4)")
	s.proved(t, work, map[string]string{
		"exchange.organization": "Contoso", "exchange.organization.objectVersion": "6903",
		"exchange.server": "EX01", "exchange.server.build": "6.5.6944.4",
		"service.MSExchangeSA": "running", "service.MSExchangeIS": "running", "service.SMTPSVC": "running", "service.W3SVC": "running",
	})
}

func copyInWine(t *testing.T, s *stage, _ labs.OS, work catalog.Work) {
	s.job(t, 1, 0)
	s.job(t, 2, 0) // again, over files that are there
	if got := s.Read(`C:\Data Files\user\sub folder\some file (1).txt`); got != "some (text) = x\n" {
		t.Errorf("copied file: %q", got)
	}
	s.proved(t, work, map[string]string{"files": "3 files"})
}

func copyFileInWine(t *testing.T, s *stage, _ labs.OS, work catalog.Work) {
	s.job(t, 1, 0)
	s.proved(t, work, map[string]string{"files": "1 files"})
}

func rebootInWine(t *testing.T, s *stage, _ labs.OS, work catalog.Work) {
	s.proved(t, work, map[string]string{"windows.version": "Microsoft Windows 5.2.3790"})
}

func checkInWine(t *testing.T, s *stage, system labs.OS, _ catalog.Work) {
	w := newWorld(t, system)
	w.do("install", "ex01", nil)
	service := "MSExchangeIS"
	if system == labs.Windows2000 {
		service = "PlugPlay"
	}
	work := w.do("check", "ex01", args{
		"service":  []string{service},
		"file":     []string{`C:\windows\`, `C:\no such file (x86).txt`},
		"registry": map[string]string{`HKLM\SOFTWARE\Doublehop Test\Number`: "10", `HKLM\SOFTWARE\Doublehop Test\Text`: `C:\a b`},
		"share":    []string{"IPC$"},
		"within":   labs.Value(nil),
	})
	s.begin(work)
	s.play("net", "echo IPC$                                         Remote IPC")
	s.register(`HKLM\SOFTWARE\Doublehop Test`, "Number", "REG_DWORD", "10")
	s.register(`HKLM\SOFTWARE\Doublehop Test`, "Text", "REG_SZ", `C:\a b`)
	s.proved(t, work, map[string]string{
		"service." + service: "running", `file.C:\windows\`: "found", "share.IPC$": "Remote",
		`file.C:\no such file (x86).txt`:               `error: expected found: C:\no such file (x86).txt, and it is missing`,
		`registry.HKLM\SOFTWARE\Doublehop Test\Number`: "0xa", `registry.HKLM\SOFTWARE\Doublehop Test\Text`: `C:\a b`,
	})
}

// TestRunInWine runs command lines with everything that cmd takes as syntax.
func TestRunInWine(t *testing.T) {
	t.Parallel()
	s := openStage(t)
	s.put(`C:\windows\system32\tool.exe`)
	for _, c := range []struct {
		name, command string
		expect        int64
		code          int
		calls         string
	}{
		{"quotes", `tool "a b" 'c' "d""e"`, 0, 0, `tool "a b" 'c' "d""e"`},
		{"ampersand joins", `tool 1 & tool 2`, 0, 0, "tool 1\ntool 2"},
		{"ampersand in quotes", `tool "1 & 2"`, 0, 0, `tool "1 & 2"`},
		{"caret", `tool 1 ^& 2`, 0, 0, `tool 1 & 2`},
		{"percent", `tool 100%% %SystemDrive%`, 0, 0, `tool 100% C:`},
		{"exclamation mark", `tool wow!`, 0, 0, `tool wow!`},
		{"redirect", `(echo x)>C:\R.TXT& tool done`, 0, 0, `tool done`},
		{"exit code", `cmd /c exit 9`, 0, 9, ""},
		{"exit ends the command only", `exit 9`, 9, 0, ""},
		{"exit /b", `exit /b 9`, 9, 0, ""},
		{"wrong exit code", `exit 0`, 9, 1, ""},
		{"restart wanted", `exit 3010`, 0, 3010, ""},
		{"restart as an error", `exit 3010`, 9, 1, ""},
	} {
		w := newWorld(t, labs.Windows2003)
		w.do("install", "ex01", nil)
		s.begin(w.do("run", "ex01", args{"command": c.command, "expect_code": c.expect}))
		code, out := s.script("JOB", 1)
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d\n%s", c.name, code, c.code, out)
		}
		if diff := cmp.Diff(strings.TrimSpace(c.calls), strings.TrimSpace(s.calls())); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", c.name, diff)
		}
	}
	w := newWorld(t, labs.Windows2003)
	w.do("install", "ex01", nil)
	s.begin(w.do("run", "ex01", args{"script": filepath.Join("testdata", "user", "setup.vbs"), "expect_code": int64(7)}))
	if out := s.job(t, 1, 0); !strings.Contains(out, "hello") {
		t.Errorf("the script said %q", out)
	}
}
