package command_test

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/e2e/standin/programs/command"
)

func TestServicesStopWithThoseThatNeedThem(t *testing.T) {
	b := (&lan{t: t}).machine("WEB01", "10.66.0.12", "iis_common", "iis_www")
	b.run(0, "sc query w3svc", "SERVICE_NAME: W3SVC\r\n", "TYPE               : 20  WIN32_SHARE_PROCESS", "4  RUNNING")
	b.run(1060, "sc query MSExchangeIS", "FAILED 1060")
	b.run(2, "net start w3svc", "already been started")
	b.run(2, "net stop IISADMIN", "World Wide Web Publishing Service", "Do you want to continue")
	b.run(1051, "sc stop IISADMIN")
	b.run(0, "net stop IISADMIN /y", "The IIS Admin Service service was stopped successfully.")
	b.run(0, "sc query W3SVC", "1  STOPPED")
	b.run(2, "net stop W3SVC", "is not started")
	b.run(0, `net start "World Wide Web Publishing Service"`, "was started successfully")
	b.run(0, "sc query IISADMIN", "4  RUNNING")
	b.run(0, "sc config W3SVC start= disabled", "SUCCESS")
	b.reboot()
	b.run(0, "sc query W3SVC", "1  STOPPED")
	b.run(2, "net start W3SVC", "disabled")
	b.run(2, "net start nonsense", "2185")
	b.run(0, "net start", "   IIS Admin Service\r\n")
}

func TestSharesAndUsers(t *testing.T) {
	b := (&lan{t: t}).machine("WEB01", "10.66.0.12")
	b.run(0, `net share DATA=C:\windows`, "was shared successfully")
	b.run(2, `net share DATA=C:\windows`, "2118")
	b.run(2, `net share OTHER=C:\nothing`, "2116")
	b.run(0, "net share DATA", `C:\windows`)
	b.run(0, "net share data /delete", "was deleted")
	b.run(2, "net share DATA", "2310")
	b.run(0, "net user alice Secret1 /add")
	b.run(2, "net user alice Secret1 /add", "2224")
	b.run(0, "net user", "alice", "Administrator")
	b.run(0, "net user alice /delete")
	b.run(2, "net user alice", "2221")
	b.run(1, "net fly", "imitates no other")
}

func TestNetshChangesTheDNSServers(t *testing.T) {
	b := (&lan{t: t}).machine("WEB01", "10.66.0.12")
	var asked []string
	b.guest.Ask = func(servers []string) command.Locator { asked = servers; return b.lan }
	b.run(0, "netsh interface ip show dns", "Statically Configured DNS Servers:    10.66.0.10")
	b.run(1, `netsh interface ip set dns "LAN" static 10.66.0.11`, "not registered with the router")
	b.run(1, `netsh interface ip set dns "Ethernet" static 10.66.0`, "Invalid address")
	b.run(1, `netsh interface ip set dns "Ethernet" static 10.66.0.11 index=2`, "not an acceptable")
	b.run(1, `netsh interface ip set dns "Ethernet" dhcp`, "essential parameters")
	b.run(1, "netsh firewall show", "imitates no other")
	b.run(0, `netsh interface ip set dns "Local Area Connection" static 10.66.0.11`)
	b.run(0, `netsh interface ip add dns "local area connection" 10.66.0.13 index=2 validate=no`)
	b.run(1, `netsh interface ip add dns "Ethernet" 10.66.0.13`, "already exists")
	if want := []string{"10.66.0.11", "10.66.0.13"}; !slices.Equal(asked, want) {
		t.Errorf("the guest asks %v, want %v", asked, want)
	}
	b.reboot()
	b.run(0, "netsh interface ip show dns", "DNS Servers:    10.66.0.11\r\n"+strings.Repeat(" ", 42)+"10.66.0.13\r\n")
}

func TestDomainUsersLogOn(t *testing.T) {
	l := &lan{t: t}
	dc := l.controller()
	dc.run(0, "net user alice Secret1 /add")
	dc.run(0, "net user Administrator Other1!")
	dc.run(1, `ldifde -f C:\x.txt`, "Invalid Credentials")
	dc.run(0, `ldifde -f C:\x.txt -b alice CONTOSO Secret1 -r (sAMAccountName=alice)`, "1 entries exported")
}

func TestImports(t *testing.T) {
	dc := (&lan{t: t}).controller()
	dc.file(`C:\i.ldf`, "dn: OU=Sales,DC=X\nchangetype: add\nobjectClass: organizationalUnit\n\n"+
		"dn: OU=Sales,DC=X\nchangetype: modify\nreplace: description\ndescription: them\n-\n\n")
	dc.run(0, `ldifde -i -f C:\i.ldf -c DC=X DC=contoso,DC=test`, "2 entries modified successfully.", "completed successfully")
	dc.run(1, `ldifde -i -f C:\i.ldf -c DC=X DC=contoso,DC=test`, "Add error on line 1: Already Exists", "0 entries modified")
	dc.run(0, `ldifde -i -k -f C:\i.ldf -c DC=X DC=contoso,DC=test`, "1 entry modified")
	dc.run(0, `ldifde -f C:\o.ldf -d OU=Sales,DC=contoso,DC=test -l description -c DC=contoso,DC=test DC=Y`)
	if got := dc.read(`C:\o.ldf`); got != "dn: OU=Sales,DC=Y\r\nchangetype: add\r\ndescription: them\r\n\r\n" {
		t.Errorf("exported %q", got)
	}
	dc.file(`C:\bad.ldf`, "dn: OU=Sales,DC=X\nchangetype: modify\nreplace: description\ndescription: them\n\n")
	dc.run(1, `ldifde -i -f C:\bad.ldf`, "syntax error on line 1")
	dc.run(1, `ldifde -i -f C:\none.ldf`, "Unable to open input file")
	dc.run(1, `ldifde -f C:\o.ldf -d OU=None,DC=contoso,DC=test`, "No Such Object")
	dc.run(1, `ldifde -f C:\o.ldf -r "(cn="`, "Filter Error")
	dc.run(1, `ldifde -p base`, "A filename must be specified")
	dc.run(1, `ldifde -f C:\o.ldf -z`, "Invalid Parameters")
}

func TestALogonWithoutTheDomainNeedsAnEarlierOne(t *testing.T) {
	l := &lan{t: t}
	l.controller()
	ex := l.member()
	l.cut = true
	ex.guest.Second = time.Millisecond
	limit, stop := withTimeout(t)
	defer stop()
	if why := ex.guest.Logon(limit); why == "" {
		t.Error("logged on without a domain controller that never saw it")
	}
	l.cut = false
	if why := ex.guest.Logon(t.Context()); why != "" {
		t.Error(why)
	}
	l.cut = true
	if why := ex.guest.Logon(t.Context()); why != "" {
		t.Errorf("the second time: %s", why)
	}
	ex.logon("FABRIKAM")
	ex.reboot()
	if why := ex.guest.Logon(t.Context()); why == "" {
		t.Error("logged on to a domain that it does not know")
	}
}

func TestPowerAndModeAndComponents(t *testing.T) {
	b := (&lan{t: t}).machine("WEB01", "10.66.0.12")
	b.run(1, "shutdown", "Usage:")
	b.run(1, "shutdown -q")
	b.run(1116, "shutdown -a")
	b.run(0, "mode com1: baud=115200 parity=n data=8 stop=1", "Baud:            115200")
	b.run(0, "mode COM1:115200,n,8,1", "Baud:            115200")
	b.run(1, "mode com7:", "Illegal device name")
	b.run(1, "mode com1: boud=1", "Invalid parameter")
	b.file(`C:\C.TXT`, "[Components]\niis_common=On\niis_www=On\niis_smtp=Off\n")
	b.run(0, `sysocmgr /i:%windir%\inf\sysoc.inf /u:C:\C.TXT /q /r`)
	b.run(0, "sc query W3SVC", "RUNNING")
	b.run(1060, "sc query SMTPSVC")
	b.run(1, "sysocmgr /q", "wizard waits")
	b.run(1, "sync -r")
	b.run(0, "sync", "Flushing")
	if b.flushed != 1 {
		t.Errorf("the disk was written %d times", b.flushed)
	}
}

func withTimeout(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), 20*time.Millisecond)
}

func TestExpandTakesFilesOutOfACabinet(t *testing.T) {
	if _, err := exec.LookPath("gcab"); err != nil {
		drivertest.NeedsHost(t, "there is no gcab", "apt-get install gcab")
	}
	b := (&lan{t: t}).machine("WEB01", "10.66.0.12")
	b.file(`C:\netdom.exe`, "MZ")
	c, err := b.guest.Machine.Unix(`C:`, `C:\`)
	check(t, err)
	pack := exec.CommandContext(t.Context(), "gcab", "-c", "-z", "SUPPORT.CAB", "netdom.exe")
	pack.Dir = c
	check(t, pack.Run())
	b.run(1, `expand C:\SUPPORT.CAB -F:other.exe C:\windows`, "No files")
	b.run(1, `expand C:\NONE.CAB -F:netdom.exe C:\windows`, "Can't open input file")
	b.run(1, `expand C:\SUPPORT.CAB`)
	b.run(0, `expand C:\support.cab -F:netdom.exe C:\windows`, "netdom.exe")
	if got := b.read(`C:\windows\netdom.exe`); got != "MZ" {
		t.Errorf("expanded %q", got)
	}
}
