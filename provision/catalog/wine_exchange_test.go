package catalog_test

import (
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
)

// play is a job of Exchange on stand-in programs: what they answer, and what
// must come of it.
type play struct {
	job string
	run func(*testing.T, *stage, catalog.Work)
}

// openExchange is a Windows machine on which the programs that Exchange brings,
// and those that its jobs call, only record how they are called.
func openExchange(t *testing.T) *stage {
	t.Helper()
	s := openStage(t)
	overrides := "REGEDIT4\n\n[HKEY_CURRENT_USER\\Software\\Wine\\DllOverrides]\n"
	for _, name := range []string{"powershell", "wmic", "msiexec", "ftp"} {
		s.put(`C:\windows\system32\` + name + ".exe")
		overrides += `"` + name + `.exe"="native,builtin"` + "\n"
	}
	s.Write(`C:\PLAY`, []guest.File{guest.Text("OVERRIDE.REG", overrides)})
	s.wine("regedit", "/s", `C:\PLAY\OVERRIDE.REG`)
	for _, path := range []string{`D:\setup.com`, `D:\Setup.exe`, `D:\SETUP\I386\UPDATE.EXE`} {
		s.put(path)
	}
	s.Write(`D:\`, []guest.File{guest.Text("Setup/ServerRoles/COMMON.TXT", "")})
	s.Write(`C:\DH`, []guest.File{guest.Text("POWER.CMD", "@echo off\n>>C:\\CALLS.TXT echo POWER %*")})
	for _, tool := range []string{"eseutil", "isinteg"} {
		s.put(`C:\Program Files\Exchsrvr\bin\` + tool + ".exe")
	}
	s.play("sc", "echo SERVICE_NAME: %2", "echo         STATE              : 4  RUNNING ")
	config := "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test"
	for _, n := range []string{"", "2", "3"} {
		s.ldif("ORG"+n, "dn: CN=Contoso,"+config, "cn: Contoso", "objectVersion: 16763")
		s.ldif("SCHEMA"+n, "dn: CN=ms-Exch-Schema-Version-Pt,CN=Schema,CN=Configuration,DC=contoso,DC=test", "rangeUpper: 17003")
		s.ldif("DOMAIN"+n, "dn: CN=Microsoft Exchange System Objects,DC=contoso,DC=test", "objectVersion: 13243")
		s.ldif("SERVERS"+n, "dn: CN=Contoso,"+config, "cn: Contoso", "", "dn: CN=OTHER,CN=Servers,CN=Contoso,"+config, "cn: OTHER")
		s.ldif("MODE"+n, "dn: CN=Contoso,"+config, "msExchMixedMode: FALSE")
	}
	return s
}

// later makes setup of Exchange 2007 and later end with a log and a code.
func (s *stage) later(log, code string) {
	s.t.Helper()
	s.Write(`C:\PLAY`, []guest.File{guest.Text("SETUP.LOG", log)})
	s.play("SETUP", `md C:\ExchangeSetupLogs 2>NUL`, `type C:\PLAY\SETUP.LOG >>C:\ExchangeSetupLogs\ExchangeSetup.log`, "exit /b "+code)
}

// server says what the directory knows of the machine's server.
func (s *stage) server(name, serial string) {
	s.t.Helper()
	s.ldif("SERVER", "dn: CN="+name+",CN=Servers,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Conf", " iguration,DC=contoso,DC=test",
		"cn: "+name, "serialNumber: "+serial, "legacyExchangeDN: /o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn="+name)
}

func (s *stage) exchangePlays(t *testing.T, group string, plays []play) {
	t.Helper()
	jobs := map[string]exchangeJob{}
	for _, j := range exchangeJobs() {
		jobs[j.name] = j
	}
	for _, p := range plays {
		job, ok := jobs[p.job]
		if !ok {
			t.Fatalf("no job %q", p.job)
		}
		work := hop(t).work(job.kind, job.on, job.args)
		s.begin(work)
		began := time.Now()
		p.run(t, s, work)
		t.Logf("%s took %s", p.job, time.Since(began).Round(time.Second))
		if t.Failed() {
			t.Fatalf("%s: see above", p.job)
		}
		golden(t, "calls/"+group+"-"+p.job+".txt", []byte(s.calls()))
	}
}

// explained holds the explanation of what a job said.
func explained(t *testing.T, work catalog.Work, out, want string) {
	t.Helper()
	if why := work.Explain(strings.Split(strings.ReplaceAll(out, "\r\n", "\n"), "\n")); !strings.Contains(why, want) {
		t.Errorf("explained as %q, want %q in it\n%s", why, want, out)
	}
}

// TestLaterSetupInWine runs what has to do with setup of Exchange 2007 and later.
func TestLaterSetupInWine(t *testing.T) {
	t.Parallel()
	s := openExchange(t)
	s.exchangePlays(t, "later", []play{
		{"prepare-schema-2016", func(t *testing.T, s *stage, work catalog.Work) {
			s.later(logRun("2016", logNotReady), "1")
			out := s.job(t, 1, 1)
			explained(t, work, out, "Setup's readiness rules do not hold. SchemaUpdateRequired: ")
			s.later(logRun("2016", logPending), "1")
			s.job(t, 1, 1)
			if !strings.Contains(s.calls(), "POWER reboot") {
				t.Errorf("the machine was not restarted:\n%s", s.calls())
			}
			explained(t, work, s.job(t, 3, 1), "PendingRebootWindowsComponents")
			s.later(logRun("2016", logDone), "0")
			s.job(t, 2, 0)
			s.proved(t, work, map[string]string{
				"exchange.setup": "completed", "exchange.schema.rangeUpper": "17003", "exchange.schema.rangeUpper@dc02.contoso.test": "17003", "exchange.schema.rangeUpper@dc03.berlin.contoso.test": "17003",
			})
		}},
		{"prepare-domain-named", func(t *testing.T, s *stage, work catalog.Work) {
			s.later(logRun("2010", logDone), "0")
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{
				"exchange.setup": "completed", "exchange.domain.objectVersion": "13243", "exchange.domain.objectVersion@dc02.contoso.test": "13243", "exchange.domain.objectVersion@dc03.berlin.contoso.test": "13243",
			})
		}},
		{"install-2010", func(t *testing.T, s *stage, work catalog.Work) {
			s.later(logRun("2010", logBroken), "1")
			explained(t, work, s.job(t, 1, 1), "Cannot start service MSExchangeServiceHost")
			s.later("", "7") // it broke down before it wrote a word
			s.job(t, 1, 1)
			s.later(logRun("2010", logDone), "0")
			s.job(t, 1, 0)
			s.server("NEW", "Version 14.3 (Build 30123.4)")
			s.proved(t, work, map[string]string{
				"exchange.setup": "completed", "exchange.organization.objectVersion": "16763", "exchange.organization.objectVersion@dc02.contoso.test": "16763", "exchange.organization.objectVersion@dc03.berlin.contoso.test": "16763",
				"exchange.server": "NEW", "exchange.server.build": "14.3.123.4", "service.MSExchangeADTopology": "running", "service.MSExchangeIS": "running", "service.MSExchangeSA": "running",
				"service.MSExchangeTransport": "running", "service.W3SVC": "running",
			})
		}},
		{"install-2016", func(t *testing.T, s *stage, _ catalog.Work) {
			s.job(t, 1, 0)
		}},
		{"remove-2010", func(t *testing.T, s *stage, work catalog.Work) {
			s.put(`C:\Exchange 14\bin\setup.com`)
			s.register(`HKLM\SOFTWARE\Microsoft\ExchangeServer\v14\Setup`, "MsiInstallPath", "REG_SZ", `C:\Exchange 14\`)
			s.job(t, 1, 0)
			s.play("sc", "echo [SC] EnumQueryServicesStatus:OpenService FAILED 1060:", "exit /b 1060")
			s.proved(t, work, map[string]string{
				"exchange.setup": "completed", "exchange.server.gone": "gone", "exchange.server.gone@dc02.contoso.test": "gone", "exchange.server.gone@dc03.berlin.contoso.test": "gone", "service.MSExchangeIS": "gone",
			})
		}},
		{"update-2010-ru", func(t *testing.T, s *stage, work catalog.Work) {
			s.job(t, 1, 2)
			s.Write(`D:\`, []guest.File{guest.Text("Exchange2010-KB4295699-x64-en.msp", "")})
			s.play("msiexec", "exit /b 1642")
			explained(t, work, s.job(t, 1, 1), "msiexec: ")
			s.play("msiexec", "exit /b 3010")
			s.job(t, 1, 0)
			s.server("EX10", "Version 14.3 (Build 30123.4)")
			if code, out := s.script("PROOF", 1); code != 0 {
				t.Errorf("PROOF.CMD ended with %d: %s", code, out)
			}
			if got := s.proofs(work); got["exchange.server.build"] != "14.3.123.4" || !strings.Contains(got["exchange.program"], "none: C:") {
				t.Errorf("proofs %v", got)
			}
		}},
	})
}

// TestEarlySetupInWine runs what has to do with setup of Exchange 2000 and 2003,
// and with the directory.
func TestEarlySetupInWine(t *testing.T) {
	t.Parallel()
	s := openExchange(t)
	s.exchangePlays(t, "early", []play{
		{"update-2003", func(t *testing.T, s *stage, work catalog.Work) {
			s.play("UPDATE", `type C:\PLAY\SETUP.LOG >>"C:\Exchange Server Setup Progress.log"`, "exit /b 0")
			s.Write(`C:\PLAY`, []guest.File{guest.Text("SETUP.LOG", setupBad)})
			explained(t, work, s.job(t, 1, 1), "Setup failed while installing sub-component")
			s.Write(`C:\PLAY`, []guest.File{guest.Text("SETUP.LOG", setupWent)})
			s.job(t, 1, 0)
			s.server("EX03", "Version 6.5 (Build 7638.2: Service Pack 2)")
			s.proved(t, work, map[string]string{
				"exchange.server": "EX03", "exchange.server.build": "6.5.7638.2",
				"service.MSExchangeSA": "running", "service.MSExchangeIS": "running", "service.SMTPSVC": "running", "service.W3SVC": "running",
			})
		}},
		{"front-end", func(t *testing.T, s *stage, work catalog.Work) {
			s.setup(setupBad, "0")
			s.job(t, 1, 1)
			s.setup(setupWent, "0")
			s.ldif("SERVER")
			explained(t, work, s.job(t, 1, 1), "the directory has no dn")
			s.server("EX03", "Version 6.5 (Build 6944.4)")
			s.job(t, 1, 3010)
			if got := s.Read(`C:\DH\CHANGE.LDF`); !strings.Contains(got, "dn: CN=EX03,CN=Servers,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test\r\nchangetype: modify\r\n") {
				t.Errorf("the change is %q", got)
			}
		}},
		{"recovery-2003", func(t *testing.T, s *stage, _ catalog.Work) { s.job(t, 1, 0) }},
		{"remove-2003", func(t *testing.T, s *stage, work catalog.Work) {
			s.job(t, 1, 0)
			s.play("sc", "echo [SC] EnumQueryServicesStatus:OpenService FAILED 1060:", "exit /b 1060")
			s.proved(t, work, map[string]string{
				"exchange.server.gone": "gone", "exchange.server.gone@dc02.contoso.test": "gone", "exchange.server.gone@dc03.berlin.contoso.test": "gone", "service.MSExchangeIS": "gone",
			})
		}},
		{"remove-2003-last", func(t *testing.T, s *stage, _ catalog.Work) {
			s.ldif("RETIRE", "dn: CN=EX03-EX10,CN=Connections,CN=First Routing Group,CN=Routing Groups,CN=First Administrative Group,CN=Admin", " istrative Groups,CN=Contoso", "cn: EX03-EX10", "",
				"dn:: Q049UmVjaXBpZW50IFVwZGF0ZSBTZXJ2aWNl", "cn: x")
			s.job(t, 1, 0)
			want := "dn: CN=EX03-EX10,CN=Connections,CN=First Routing Group,CN=Routing Groups,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso\r\nchangetype: delete\r\n\r\ndn:: Q049UmVjaXBpZW50IFVwZGF0ZSBTZXJ2aWNl\r\nchangetype: delete\r\n\r\n"
			if got := s.Read(`C:\DH\CHANGE.LDF`); got != want {
				t.Errorf("what is deleted: %q", got)
			}
			s.ldif("RETIRE")
			s.job(t, 1, 0)
		}},
		{"native-mode", func(t *testing.T, s *stage, work catalog.Work) {
			s.play("ldifde", `if "%1"=="-i" >C:\DH\ldif.err echo Modify error on line 1: Insufficient Rights`, `if "%1"=="-i" exit /b 1`, `if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`)
			explained(t, work, s.job(t, 1, 1), "Modify error on line 1: Insufficient Rights")
			s.play("ldifde", `if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`)
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{
				"exchange.organization.mode": "native", "exchange.organization.mode@dc02.contoso.test": "native", "exchange.organization.mode@dc03.berlin.contoso.test": "native",
			})
		}},
	})
}

// TestMailboxesInWine runs what has to do with mailboxes and mail.
func TestMailboxesInWine(t *testing.T) {
	t.Parallel()
	s := openExchange(t)
	store := "CN=Postfachspeicher (EX03),CN=First Storage Group,CN=InformationStore,CN=EX03,CN=Servers,CN=Contoso"
	s.server("EX03", "Version 6.5 (Build 7638.2: Service Pack 2)")
	s.ldif("STORE", "dn:: Q049UG9zdGbDpGNoZXI=", "cn: x")
	s.exchangePlays(t, "mail", []play{
		{"mailboxes-2003", func(t *testing.T, s *stage, work catalog.Work) {
			s.play("net", "if \"%2\"==\"sdavis002\" echo The password does not meet the password policy requirements.", "if \"%2\"==\"sdavis002\" exit /b 2")
			explained(t, work, s.job(t, 1, 1), "net user: sdavis002 got no password")
			s.play("net", "exit /b 0")
			s.job(t, 1, 0)
			if got := s.Read(`C:\DH\CHANGE.LDF`); !strings.Contains(got, "homeMDB:: Q049UG9zdGbDpGNoZXI=\r\n-\r\nreplace: msExchHomeServerName\r\nmsExchHomeServerName: /o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=EX03\r\n-\r\n\r\ndn: CN=Ada Scott 003,") {
				t.Errorf("the users' LDIF is %q", got)
			}
			s.ldif("HOMES", "dn: CN=a", "homeMDB: "+store[:60], " "+store[60:], "", "dn: CN=b", "homeMDB: "+store, "", "dn: CN=c", "homeMDB: CN=Other,CN=x")
			s.proved(t, work, map[string]string{"exchange.mailboxes": "2 in Postfachspeicher (EX03), 1 in Other"})
		}},
		{"mailboxes-2010", func(t *testing.T, s *stage, work catalog.Work) {
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"exchange.mailboxes": "2 in Postfachspeicher (EX03), 1 in Other"})
		}},
		{"mail-2003", mail2003InWine},
		{"mail-2010", func(t *testing.T, s *stage, work catalog.Work) {
			explained(t, work, s.job(t, 1, 2), "seed: no pickup folder")
			s.put(`C:\Exchange 14\bin\setup.com`)
			s.register(`HKLM\SOFTWARE\Microsoft\ExchangeServer\v14\Setup`, "MsiInstallPath", "REG_SZ", `C:\Exchange 14\`)
			s.Write(`C:\Exchange 14\TransportRoles\Pickup`, []guest.File{guest.Text("OLD.BAD", "")})
			s.play("ping", `del "C:\Exchange 14\TransportRoles\Pickup\*.EML" 2>NUL`)
			s.job(t, 1, 0)
			s.play("powershell", "echo.", `echo Identity     : EX10\12`, "echo Status       : Ready", "echo MessageCount : 0", "echo DisplayName : Clara Jensen 001", "echo ItemCount   : 9",
				"echo DisplayName : Sara Davis 002", "echo ItemCount   : 9", "echo DisplayName : Ada Scott 003", "echo ItemCount   : 9")
			if code, out := s.script("PROOF", 1); code != 0 {
				t.Errorf("PROOF.CMD ended with %d: %s", code, out)
			}
			got := s.proofs(work)
			if !strings.Contains(got["mail.sent"], "refused 1") || !strings.Contains(got["mail.items"], "27 items in 3 mailboxes") {
				t.Errorf("proofs %v", got)
			}
		}},
		{"move-2003-2010", func(t *testing.T, s *stage, work catalog.Work) {
			head := []string{"dn: DC=contoso,DC=test"}
			for _, n := range []string{"LEFT1", "LEFT2"} {
				s.ldif(n, append(head, "", "dn: CN=Sara Davis 002,OU=Mailboxes,DC=contoso,DC=test", "homeMDB: CN=x")...)
			}
			s.play("powershell", "echo DisplayName : Sara Davis 002", "echo Status : Failed", "echo Message : Error: This mailbox exceeded the maximum number of corrupted items")
			explained(t, work, s.job(t, 1, 1), "maximum number of corrupted items")
			s.ldif("LEFT1", head...)
			s.ldif("LEFT2", head...)
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"mailboxes.left.contoso.test": "none", "mailboxes.left.berlin.contoso.test": "none"})
		}},
		{"move-2000-2003", func(t *testing.T, s *stage, _ catalog.Work) {
			s.ldif("STORE", "dn: "+store[:60], " "+store[60:], "cn: x")
			s.ldif("USERS", "dn: CN=Sara Davis 002,OU=Mailboxes,DC=contoso,DC=test", "cn: x")
			if out := s.job(t, 1, 0); !strings.Contains(out, "move: CN=Sara Davis 002,OU=Mailboxes,DC=contoso,DC=test: ") {
				t.Errorf("where there is no directory the script said %q", out)
			}
		}},
	})
}

func mail2003InWine(t *testing.T, s *stage, work catalog.Work) {
	explained(t, work, s.job(t, 1, 2), "seed: no pickup folder")
	folder := `C:\Program Files\Exchsrvr\Mailroot\vsi 1\`
	for _, f := range []string{"PickUp", "Queue", "BadMail"} {
		s.Write(folder+f, []guest.File{guest.Text("KEEP/X.TXT", "")})
	}
	s.play("ping", `copy /y "`+folder+`PickUp\M00001.EML" C:\PLAY\FIRST.TXT >NUL 2>NUL`, `del "`+folder+`PickUp\M00001.EML" 2>NUL`, `del "`+folder+`PickUp\M00002.EML" 2>NUL`, `del "`+folder+`PickUp\M00003.EML" 2>NUL`, `del "`+folder+`PickUp\M00004.EML" 2>NUL`)
	s.job(t, 1, 0)
	if got := s.Read(`C:\PLAY\FIRST.TXT`); !strings.HasPrefix(got, "From: ") || !strings.Contains(got, "\r\nMessage-ID: <") {
		t.Errorf("the first message is %q", got)
	}
	s.play("ping", `echo x>C:\PLAY\WAITED`)
	s.job(t, 2, 0) // nothing is sent twice
	s.Write(`C:\PLAY`, []guest.File{wide("ITEMS.UTF", "MailboxDisplayName   TotalItems\r\nClara Jensen 001     5\r\nSara Davis 002       5\r\nAda Scott 003        5\r\n")})
	s.play("wmic", `copy /y C:\PLAY\ITEMS.UTF C:\DH\ITEMS.UTF >NUL`)
	if code, out := s.script("PROOF", 1); code != 0 {
		t.Errorf("PROOF.CMD ended with %d: %s", code, out)
	}
	got := s.proofs(work)
	if !strings.HasPrefix(got["mail.sent"], "4 messages, ") || !strings.HasPrefix(got["mail.items"], "15 items in 3 mailboxes, digest ") {
		t.Errorf("proofs %v", got)
	}
}

// wide is a file of UTF-16, as wmic writes files.
func wide(path, text string) guest.File {
	content := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		content = binary.LittleEndian.AppendUint16(content, unit)
	}
	return guest.Bytes(path, content)
}

// TestStoresInWine runs what has to do with stores and public folders.
func TestStoresInWine(t *testing.T) {
	t.Parallel()
	s := openExchange(t)
	s.server("EX03", "Version 6.5 (Build 7638.2: Service Pack 2)")
	s.Write(`C:\OLD`, []guest.File{guest.Text("priv1.edb", "old store"), guest.Text("priv1.stm", "old stream"), guest.Text("mail.edb", "old mail")})
	s.Write(`C:\OLD files`, []guest.File{guest.Text("priv1.edb", "old store"), guest.Text("priv1.stm", "old stream"), guest.Text("E00.chk", ""), guest.Text("E0000001.log", ""), guest.Text("E01.log", "")})
	s.exchangePlays(t, "store", []play{
		{"mount-2003", mount2003InWine},
		{"mount-2003-recovery", func(t *testing.T, s *stage, _ catalog.Work) {
			s.ldif("STORE")
			s.play("ping", `>C:\PLAY\STORE.LDF echo dn: CN=Recovered`, `>>C:\PLAY\STORE.LDF echo msExchEDBFile: C:\RSG\priv1.edb`, `>>C:\PLAY\STORE.LDF echo msExchSLVFile: C:\RSG\priv1.stm`)
			s.Write(`C:\RSG`, []guest.File{guest.Text("X.TXT", "")})
			if out := s.job(t, 1, 0); !strings.Contains(out, "make a recovery storage group in System Manager") || s.Read(`C:\RSG\priv1.edb`) != "old store\r\n" {
				t.Errorf("the script said %q", out)
			}
			s.play("ping")
		}},
		{"mount-2010", func(t *testing.T, s *stage, work catalog.Work) {
			s.ldif("STORE", "dn: CN=Mailbox Database 01,CN=Databases", `msExchEDBFile: C:\DB\db.edb`)
			s.Write(`C:\DB`, []guest.File{guest.Text("db.edb", "new")})
			s.play("powershell", "echo Name    : Mailbox Database 01", "echo Mounted : True")
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"store.mounted": "True"})
			if got := s.Read(`C:\DB\db.edb`) + s.Read(`C:\DB\db.edb.before`); got != "old mail\r\nnew\r\n" {
				t.Errorf("the files are %q", got)
			}
		}},
		{"mount-2013-recovery", func(t *testing.T, s *stage, work catalog.Work) {
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"store.mounted": "True"})
		}},
		{"eseutil-all", func(t *testing.T, s *stage, work catalog.Work) {
			s.ldif("STORE", "dn: CN=Mailbox Store (EX03),CN=x", "cn: x")
			s.play("eseutil", `if not "%1"=="/g" exit /b 0`, `echo Operation terminated with error -1206 (JET_errDatabaseCorrupted) after 1 seconds.`, "exit /b 206")
			explained(t, work, s.job(t, 1, 1), "-1206 (JET_errDatabaseCorrupted)")
			s.play("eseutil", "echo         State: Clean Shutdown", "exit /b 0")
			s.play("isinteg", "echo Test Folder result: 0 error(s); 0 warning(s); 0 fix(es); 0 row(s); time: 0h:0m:0s", "set /p N=", `>>C:\CALLS.TXT echo isinteg read %N%`)
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"store.state": "Clean Shutdown"})
			if got := s.Read(`C:\COPY here\priv1.edb`) + s.Read(`C:\COPY here\priv1.stm`); got != "old store\r\nold stream\r\n" {
				t.Errorf("the copy is %q", got)
			}
		}},
		{"folders-2010", func(t *testing.T, s *stage, work catalog.Work) {
			s.play("powershell", "echo Name : IPM_SUBTREE", "echo Name : Projects", "echo Name : Contacts")
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{
				"folder.Projects": "Projects", "folder.Contacts": "Contacts", "folder.Announcements": "error: expected Name Announcements, and the shell listed IPM_SUBTREE, Projects, Contacts",
			})
		}},
		{"folders-2003-2010", func(t *testing.T, s *stage, work catalog.Work) {
			s.play("powershell", "echo Name     : Projects", "echo Replicas : {Public Folder Database EX10}")
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"folders.left": "1 folders, none there"})
		}},
		{"folders-2013-2016", func(t *testing.T, s *stage, work catalog.Work) {
			s.play("powershell", "echo DisplayName : Folders", "echo Status : Completed")
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"folders.left": "all ended"})
		}},
		{"folders-2003", folders2003InWine},
		{"check-2003", checkExchangeInWine},
	})
}

// checkExchangeInWine asks a web server that wants a password, as Outlook Web
// Access does, and a mail server through ftp.
func checkExchangeInWine(t *testing.T, s *stage, work catalog.Work) {
	open := false
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusServiceUnavailable // it is starting
		if open && r.URL.Path == "/exchange/" {
			status = http.StatusUnauthorized
			w.Header().Set("WWW-Authenticate", "Basic realm=\"ex03\"")
		}
		open = true
		w.WriteHeader(status)
	}))
	defer site.Close()
	for _, f := range work.Job.Files {
		s.Write(`C:\DH\JOB`, []guest.File{guest.Text(f.Path, strings.ReplaceAll(string(read(t, f)), "http://localhost/", site.URL+"/"))})
	}
	s.play("ftp", "echo Connected to 127.0.0.1.", "echo 220 ex03.contoso.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready", "echo 250-ex03.contoso.test Hello [127.0.0.1]", "echo 221 2.0.0 closing")
	s.ldif("HOMES", "dn: CN=a,DC=x", "homeMDB: CN=Mailbox Store (EX03),CN=x", "", "dn: CN=b,DC=x", "homeMDB: CN=Mailbox Store (EX03),CN=x")
	s.proved(t, work, map[string]string{
		"smtp": "ex03.contoso.test Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready", "owa": "status 401",
		"exchange.mailboxes": "2 in Mailbox Store (EX03), 2 in Mailbox Store (EX03)", // each of two domains gave the same answer
	})
}

func mount2003InWine(t *testing.T, s *stage, work catalog.Work) {
	s.ldif("STORE")
	explained(t, work, s.job(t, 1, 2), "mount: the directory has no such store")
	s.ldif("STORE", "dn: CN=Mailbox Store (EX03),CN=First Storage Group", `msExchEDBFile: C:\Program Files\Exchsrvr\mdbdata\priv1.edb`, `msExchSLVFile: C:\Program Files\Exchsrvr\mdbdata\pr`, ` iv1.stm`)
	s.Write(`C:\Program Files\Exchsrvr\mdbdata`, []guest.File{guest.Text("priv1.edb", "new store"), guest.Text("priv1.stm", "new stream")})
	s.job(t, 1, 0)
	data := `C:\Program Files\Exchsrvr\mdbdata\`
	if got := s.Read(data+"priv1.edb") + s.Read(data+"priv1.stm") + s.Read(data+"priv1.edb.before") + s.Read(data+"priv1.stm.before"); got != "old store\r\nold stream\r\nnew store\r\nnew stream\r\n" {
		t.Errorf("the files are %q", got)
	}
	// A program that holds the file open, as the information store does, but not at once.
	s.Write(`C:\PLAY`, []guest.File{guest.Text("HOLD.VBS", `Set f = CreateObject("Scripting.FileSystemObject").OpenTextFile("`+data+`priv1.edb", 8)`+"\nWScript.Sleep 60000")})
	s.play("ping", `if not exist C:\PLAY\HELD start "" cscript //nologo C:\PLAY\HOLD.VBS`, `>C:\PLAY\HELD echo x`)
	s.proved(t, work, map[string]string{"store.mounted": "yes"})
	s.play("ping")
}

// folders2003InWine makes folders on a web server that speaks enough of WebDAV.
func folders2003InWine(t *testing.T, s *stage, work catalog.Work) {
	var asked []string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		switch {
		case r.Method == "MKCOL" && strings.HasSuffix(r.URL.Path, "Projects"):
			w.WriteHeader(http.StatusCreated)
		case r.Method == "MKCOL":
			w.WriteHeader(http.StatusMethodNotAllowed) // it is there already
		case r.Method == http.MethodPut:
			w.WriteHeader(http.StatusCreated)
		case r.Method == "PROPFIND" && r.Header.Get("Depth") == "1":
			w.WriteHeader(http.StatusMultiStatus)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer site.Close()
	for _, f := range work.Job.Files {
		text := strings.ReplaceAll(string(read(t, f)), "http://localhost/", site.URL+"/")
		s.Write(`C:\DH\JOB`, []guest.File{guest.Text(f.Path, text)})
	}
	s.job(t, 1, 0)
	s.proved(t, work, map[string]string{"folder.Projects": "status 207", "folder.Old Mail": "status 207"})
	want := "MKCOL /public/Projects, PUT /public/Projects/First post.EML, MKCOL /public/Old Mail, PUT /public/Old Mail/First post.EML, PROPFIND /public/Projects/, PROPFIND /public/Old Mail/"
	if got := strings.Join(asked, ", "); got != want {
		t.Errorf("the server was asked %s", got)
	}
}
