package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/e2e/standin/programs/spool"
)

// wine runs batch text in the stand-in's own Wine, beside a standind of this
// process, and gives what it printed.
func wine(t *testing.T, batch string, facts ...string) string {
	t.Helper()
	script, err := filepath.Abs("../../wine.sh")
	must(t, err)
	for _, need := range []string{script, "/usr/bin/i686-w64-mingw32-gcc", "/usr/sbin/slapd"} {
		if _, err := os.Stat(need); err != nil {
			drivertest.NeedsHost(t, "there is no "+need, "e2e/standin/build.sh wine; apt-get install gcc-mingw-w64-i686 slapd")
		}
	}
	root := t.TempDir()
	first := exec.CommandContext(t.Context(), script, root, "cmd", "/c", "exit", "0")
	if err := first.Run(); err != nil {
		drivertest.NeedsHost(t, "Wine does not run here: "+err.Error(), "as root: e2e/standin/build.sh wine")
	}
	end := func() { _ = exec.Command(script, root, "-k").Run() }
	end()
	t.Cleanup(end)
	install(t, root, strings.Join(facts, ""))
	must(t, os.WriteFile(root+"/prefix/drive_c/JOB.CMD", []byte(spool.CRLF("@echo off\nset STANDIN_SPOOL=\\\\?\\unix\\machine\\run\\spool\n"+batch)), 0o600))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"serve", "--prefix", root + "/prefix", "--state", root + "/state", "--run", root + "/run", "--hosts", root + "/hosts"})
	}()
	for range 200 {
		if _, err := os.Stat(root + "/run/ready"); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	out, err := os.Create(root + "/out")
	must(t, err)
	defer out.Close()
	job := exec.CommandContext(t.Context(), script, root, "cmd", "/c", `C:\JOB.CMD`)
	job.Stdout, job.Stderr = out, out
	must(t, job.Run())
	end()
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("standind ended with %d", code)
	}
	text, err := os.ReadFile(root + "/out")
	must(t, err)
	return string(text)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// install makes the machine what the platform makes of it.
func install(t *testing.T, root, facts string) {
	t.Helper()
	system := root + "/prefix/drive_c/windows/system32/"
	overrides := "[Software\\\\Wine\\\\DllOverrides] 1700000000\n"
	for name := range strings.FieldsSeq("net.exe sc.exe expand.exe shutdown.exe mode.com dcpromo.exe ldifde.exe winmgmt.exe sync.exe attack.exe powershell.exe wmic.exe") {
		_ = os.Remove(system + name)
		build := exec.CommandContext(t.Context(), "/usr/bin/i686-w64-mingw32-gcc", "-Os", "-s", "-o", system+name, "../shim/shim.c")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		overrides += `"` + name + "\"=\"native,builtin\"\n"
	}
	dll := system + "wbem/wbemdisp.dll"
	_ = os.Remove(dll)
	overrides += "\"wbemdisp\"=\"native,builtin\"\n"
	build := exec.CommandContext(t.Context(), "/usr/bin/i686-w64-mingw32-gcc", "-shared", "-Os", "-s", "-Wl,--kill-at", "-o", dll, "../shim/wbemdisp.c", "-lole32", "-loleaut32", "-luuid")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	user, err := os.OpenFile(root+"/prefix/user.reg", os.O_APPEND|os.O_WRONLY, 0o600)
	must(t, err)
	_, err = user.WriteString("\n" + overrides)
	must(t, err)
	must(t, user.Close())
	for _, folder := range []string{"/state", "/run"} {
		must(t, os.MkdirAll(root+folder, 0o755))
	}
	must(t, os.WriteFile(root+"/state/machine.txt", []byte("computer=DC01\nadministrator_password=Passw0rd!\nnic=lo\naddress=127.0.0.2/8\ncomponent=iis_common\ncomponent=iis_www\ncomponent=dns\n"+facts), 0o600))
	must(t, os.WriteFile(root+"/prefix/drive_c/SERVICE.VBS", []byte(spool.CRLF(onWindows2000)), 0o600))
	must(t, os.WriteFile(root+"/prefix/drive_c/RESTART.VBS", []byte(spool.CRLF(restart)), 0o600))
	must(t, os.WriteFile(root+"/prefix/drive_c/HTTP.VBS", []byte(spool.CRLF(overTheWeb)), 0o600))
	must(t, os.WriteFile(root+"/prefix/drive_c/A.TXT", []byte(spool.CRLF(`[DCINSTALL]
ReplicaOrNewDomain=Domain
TreeOrChild=Tree
CreateOrJoin=Create
NewDomainDNSName=contoso.test
DomainNetbiosName=CONTOSO
AutoConfigDNS=Yes
DatabasePath=%systemroot%\ntds
LogPath=%systemroot%\ntds
SYSVOLPath=%systemroot%\sysvol
SafeModeAdminPassword=Safe!1
RebootOnSuccess=NoAndNoPromptEither
`)), 0o600))
}

// onWindows2000 asks WMI for services, as scripts do where there is no sc.exe.
const onWindows2000 = `For Each item In GetObject("winmgmts:").ExecQuery("SELECT * FROM Win32_Service WHERE Name = '" & WScript.Arguments(0) & "'")
WScript.Echo item.Name & " is " & item.State
Next
`

// overTheWeb asks the machine's own web site for public folders, which answers
// within a second of its service's start.
const overTheWeb = `Set request = CreateObject("WinHttp.WinHttpRequest.5.1")
On Error Resume Next
For n = 1 To 40
Err.Clear
request.Open "MKCOL", "http://127.0.0.1/public/Projects", False
request.Send
If Err.Number = 0 Then Exit For
WScript.Sleep 500
Next
WScript.Echo "status " & request.Status
`

func TestWMIKnowsTheServicesOfWindows2000(t *testing.T) {
	said := wine(t, `cscript //nologo C:\SERVICE.VBS W3SVC
net stop IISADMIN /y >NUL
cscript //nologo C:\SERVICE.VBS W3SVC
net start W3SVC >NUL
cscript //nologo C:\SERVICE.VBS W3SVC
cscript //nologo C:\HTTP.VBS
`, "windows=windows-2000\n")
	if want := "W3SVC is Running\r\nW3SVC is Stopped\r\nW3SVC is Running\r\nstatus 503\r\n"; !strings.Contains(said, want) {
		t.Errorf("it said %q", said)
	}
}

func TestProgramsRunUnderWine(t *testing.T) {
	said := wine(t, `net share
sc query W3SVC
sc query nothing
echo sc=%errorlevel%
net stop W3SVC
net start >C:\started.txt
find "World Wide" <C:\started.txt >nul || echo gone
mode com1: baud=115200 parity=n data=8 stop=1 | find "Baud"
attack tcp 127.0.0.1:9
sync
ldifde -f "C:\Program Files\x.txt" -d "CN=a b,DC=c"
echo ldifde=%errorlevel%
dcpromo /answer:C:\A.TXT
echo dcpromo=%errorlevel%
powershell -NoLogo -NoProfile -NonInteractive -Command "$x = 'it''s'; $x + '\|' | Where-Object { $_ -match '[\\/]' }"
powershell -NoLogo -NoProfile -NonInteractive -Command "Add-PSSnapin 'Nothing'" 2>NUL
echo powershell=%errorlevel%
wmic /output:"C:\ITEMS.UTF" /namespace:\\root\MicrosoftExchangeV2 path Exchange_Mailbox get MailboxDisplayName,TotalItems <NUL 2>&1 | find "namespace"
find "SafeModeAdminPassword" <C:\A.TXT
dcpromo /answer:C:\A.TXT 2>&1 | find "restart"
`)
	for _, want := range []string{
		"C$           C:\\", "STATE              : 4  RUNNING", "sc=1060", "gone", "Baud:            115200", "refused", "Flushing: C", "ldifde=1",
		"dcpromo=0", "it's\\|\r\n", "powershell=1", "Invalid namespace", "SafeModeAdminPassword=\r\n", "a restart is pending",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q", want)
		}
	}
	if t.Failed() {
		t.Log(said)
	}
}

// restart is how scripts restart Windows 2000, which has no shutdown.exe.
const restart = `For Each system In GetObject("winmgmts:{impersonationLevel=impersonate,(Shutdown)}!\\.\root\cimv2").ExecQuery("SELECT * FROM Win32_OperatingSystem")
WScript.Echo "ended with " & system.Win32Shutdown(6)
Next
`

func TestWMIRestartsTheMachine(t *testing.T) {
	said := wine(t, `cscript //nologo C:\RESTART.VBS
ping -n 2 127.0.0.1 >NUL
if exist \\?\unix\machine\run\power type \\?\unix\machine\run\power
`)
	if !strings.Contains(said, "ended with 0\r\nreboot") {
		t.Errorf("it said %q", said)
	}
}
