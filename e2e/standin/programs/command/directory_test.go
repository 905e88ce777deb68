package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const (
	contosoDN = "DC=contoso,DC=test"
	schemaDN  = "CN=Schema,CN=Configuration," + contosoDN
	forestDN  = "CN=Partitions,CN=Configuration," + contosoDN
)

// founded is a domain controller of a version of Windows, after its boot.
func (l *lan) founded(version string) *box {
	l.t.Helper()
	dc := l.windows(version, "DC01", "10.66.0.10")
	dc.file(`C:\DCPROMO.TXT`, promote)
	dc.run(0, `dcpromo /answer:C:\DCPROMO.TXT`)
	dc.logon("CONTOSO")
	dc.reboot()
	return dc
}

// tool lays adprep of a version into a folder of drive D:.
func (b *box) tool(folder string, schema int) {
	b.t.Helper()
	unix, err := b.guest.Machine.Unix(`C:`, `D:\`+folder)
	check(b.t, err)
	check(b.t, os.MkdirAll(unix, 0o755))
	for n := 14; n <= schema; n++ {
		check(b.t, os.WriteFile(filepath.Join(unix, fmt.Sprintf("sch%d.ldf", n)), nil, 0o600))
	}
}

// number is a number of the forest's directory, "" without.
func (l *lan) number(dn, attribute string) string {
	l.t.Helper()
	found, err := l.forest.Search(directory.Query{Base: dn})
	if err != nil || len(found) != 1 {
		return ""
	}
	return found[0].Value(attribute)
}

func (l *lan) wants(dn, attribute, want string) {
	l.t.Helper()
	if got := l.number(dn, attribute); got != want {
		l.t.Errorf("%s of %s is %q, not %q", attribute, dn, got, want)
	}
}

func TestAdprepTakesAForestFromWindows2000To2003(t *testing.T) {
	l := &lan{t: t}
	dc := l.founded("5.0")
	l.wants(schemaDN, "objectVersion", "13")
	l.wants(contosoDN, "msDS-Behavior-Version", "")
	dc.tool("I386", 30)
	const adprep = `D:\I386\adprep.exe`
	dc.run(1, adprep+" /domainprep", "Forest-wide information needs to be updated", "[Status/Consequence]\r\nAdprep has stopped without making changes.")
	dc.run(1, adprep+" /forestprep", "type C and then press ENTER", "was canceled")
	dc.run(1, adprep, "Usage: adprep")
	l.wants(schemaDN, "objectVersion", "13")
	dc.input = "C"
	dc.run(0, adprep+" /forestprep", "Current Schema Version is 13", "Upgrading schema to version 30", "successfully updated the forest-wide information")
	l.wants(schemaDN, "objectVersion", "30")
	l.wants("CN=Windows2003Update,CN=ForestUpdates,CN=Configuration,"+contosoDN, "revision", "9")
	l.wants(contosoDN, "msDS-Behavior-Version", "0")
	dc.run(0, adprep+" /forestprep", "has already been updated")
	dc.run(0, adprep+" /domainprep", "successfully updated the domain-wide information")
	l.wants("CN=Windows2003Update,CN=DomainUpdates,CN=System,"+contosoDN, "revision", "8")
	dc.run(0, adprep+" /domainprep", "has already been updated")
	if log := dc.read(`C:\WINDOWS\system32\debug\adprep\logs\20030930120000\ADPrep.log`); !strings.Contains(log, "[Status/Consequence]") {
		t.Error(log)
	}
}

func TestAdprepRefuses(t *testing.T) {
	l := &lan{t: t}
	dc := l.founded("5.0")
	check(t, l.forest.Add(directory.New("CN=ms-Exch-LabeledURI,"+schemaDN, "objectClass", "attributeSchema", "lDAPDisplayName", "labeledURI")))
	dc.tool("I386", 30)
	dc.input = "C"
	dc.run(1, `D:\I386\adprep.exe /forestprep`, "conflict with those of inetOrgPerson", "The schema is not upgraded.")
	check(t, l.forest.Modify("CN=ms-Exch-LabeledURI,"+schemaDN, []directory.Change{{Op: directory.Replace, Attribute: directory.Attribute{Name: "lDAPDisplayName", Values: []string{"msExchLabeledURI"}}}}))
	dc.run(0, `D:\I386\adprep.exe /forestprep`)
	dc.tool(`support\adprep`, 47)
	dc.run(0, `D:\support\adprep\adprep32.exe /forestprep`)
	dc.run(1, `D:\support\adprep\adprep32.exe /domainprep`, "not in native mode")
	dc.tool("late", 69)
	dc.run(1, `D:\late\adprep.exe /forestprep`, "machine type other than the current machine")
	dc.tool("none", 0)
	dc.run(1, `D:\none\adprep.exe /forestprep`, "could not find the schema upgrade files")
	member := l.windows("5.2", "SRV01", "10.66.0.12")
	member.tool("I386", 30)
	member.run(1, `D:\I386\adprep.exe /forestprep`, "belongs to a domain")
	member.run(0, `netdom join SRV01 /domain:contoso.test /userd:CONTOSO\Administrator /passwordd:Passw0rd.`)
	member.logon("CONTOSO")
	member.reboot()
	member.run(1, `D:\I386\adprep.exe /forestprep`, "only run on an Active Directory domain controller")
	dc.run(0, "net user alice Secret1 /add")
	dc.guest.Session = machine.Session{User: "alice", Domain: "CONTOSO", Password: "Secret1"}
	dc.run(1, `D:\support\adprep\adprep32.exe /forestprep`, "not a member of the following group: Enterprise Admins, Schema Admins, Domain Admins")
}

const replicaINI = `[DCINSTALL]
UserName=Administrator
Password=Passw0rd.
UserDomain=contoso.test
ReplicaOrNewDomain=Replica
ReplicaDomainDNSName=contoso.test
ConfirmGc=Yes
SiteName=Default-First-Site-Name
DatabasePath=%systemroot%\ntds
LogPath=%systemroot%\ntds
SYSVOLPath=%systemroot%\sysvol
SafeModeAdminPassword=Safe!1
CriticalReplicationOnly=No
RebootOnSuccess=NoAndNoPromptEither
`

// level imports a functional level on a machine.
func (b *box) level(want int, dn, attribute, value string, says ...string) {
	b.t.Helper()
	b.file(`C:\LEVEL.LDF`, "dn: "+dn+"\nchangetype: modify\nreplace: "+attribute+"\n"+attribute+": "+value+"\n-\n\n")
	b.run(want, `ldifde -i -f C:\LEVEL.LDF -s localhost`, says...)
}

func TestAReplicaOfAnOlderForestNeedsAdprepFirst(t *testing.T) {
	l := &lan{t: t}
	dc := l.founded("5.0")
	new03 := l.windows("5.2", "DC02", "10.66.0.11", "dns")
	new03.file(`C:\R.TXT`, replicaINI)
	new03.run(1, `dcpromo /answer:C:\R.TXT`, "the forest is not prepared for installing Windows Server 2003")
	dc.tool("I386", 30)
	dc.input = "C"
	dc.run(0, `D:\I386\adprep.exe /forestprep`)
	dc.run(0, `D:\I386\adprep.exe /domainprep`)
	for from, c := range map[string][2]string{
		"Password=Passw0rd.":    {"Password=wrong", "unknown user name or bad password"},
		"UserDomain=contoso":    {"UserDomain=fabrikam", "unknown user name or bad password"},
		"DNSName=contoso.test":  {"DNSName=fabrikam.test", "could not be contacted"},
		"SiteName=Default":      {"SiteName=Berlin", "does not exist"},
		"SafeModeAdminPassword": {"SafeModeAdminPasswort", "does not know"},
	} {
		new03.file(`C:\BAD.TXT`, strings.Replace(replicaINI, from, c[0], 1))
		new03.run(1, `dcpromo /answer:C:\BAD.TXT`, c[1])
	}
	new03.file(`C:\R.TXT`, replicaINI)
	new03.run(0, `dcpromo /answer:C:\R.TXT`)
	new03.logon("CONTOSO")
	new03.reboot()
	new03.run(0, "net share", "SYSVOL")
	new03.run(0, `ldifde -f C:\v.txt -s localhost -d "`+schemaDN+`" -p base -l objectVersion`)
	dc.level(1, forestDN, "msDS-Behavior-Version", "2", "Unwilling To Perform", "0x2178", "at a lower incompatible functional level")
	new03.level(1, contosoDN, "msDS-Behavior-Version", "2", "Referral")
}

// deploy runs a cmdlet of ADDSDeployment.
func (b *box) deploy(want int, line string, says ...string) {
	b.t.Helper()
	b.run(want, `powershell -NoLogo -NoProfile -NonInteractive -Command "`+line+` -NoRebootOnCompletion -Force -ErrorAction Stop | Format-List Status,Message"`, says...)
}

func (b *box) feature(want int, line string, says ...string) {
	b.t.Helper()
	b.run(want, `powershell -NoLogo -NoProfile -NonInteractive -Command "`+line+`"`, says...)
}

func TestServerManagerOfWindows2008R2(t *testing.T) {
	l := &lan{t: t}
	l.machine("OLD", "10.66.0.13").run(9009, "servermanagercmd -query")
	b := l.windows("6.1", "SRV", "10.66.0.12")
	b.run(0, "servermanagercmd -install RSAT-ADDS", "Installation succeeded")
	b.run(1003, "servermanagercmd -install RSAT-ADDS")
	b.run(87, "servermanagercmd -install RSAT-ADSD", "is not valid")
	b.run(87, "servermanagercmd -remove RSAT-ADDS")
	b.run(0, "servermanagercmd -query", "[X] rsat-adds  [rsat-adds]")
	b.feature(1, "Get-WindowsFeature -Name DNS")
}

const (
	asAdministrator = `(New-Object System.Management.Automation.PSCredential 'contoso.test\Administrator',(ConvertTo-SecureString 'Passw0rd.' -AsPlainText -Force))`
	addReplica      = `Install-ADDSDomainController -DomainName 'contoso.test' -SiteName 'Default-First-Site-Name' -InstallDns -Credential ` + asAdministrator +
		` -SafeModeAdministratorPassword (ConvertTo-SecureString 'Safe!1' -AsPlainText -Force)`
	roles = `ntdsutil "popups off" roles connections "connect to server dc02.contoso.test" quit `
)

func TestADomainMovesFromWindows2003To2012R2(t *testing.T) {
	l := &lan{t: t}
	dc := l.founded("5.2")
	later := l.windows("6.3", "DC02", "10.66.0.11")
	later.deploy(1, addReplica, "AD-Domain-Services is not installed")
	later.feature(0, "Install-WindowsFeature -Name AD-Domain-Services,DNS,RSAT-ADDS -ErrorAction Stop | Format-List Success,RestartNeeded,ExitCode", "Success       : True")
	later.feature(0, "Get-WindowsFeature -Name AD-Domain-Services,SMTP-Server | Format-List Name,Installed", "Installed : True", "Installed : False")
	later.feature(1, "Install-WindowsFeature -Name AD-Domian-Services -ErrorAction Stop", "feature name is not valid")
	later.deploy(1, addReplica, "the forest functional level must be Windows Server 2003 or higher")
	dc.level(1, contosoDN, "msDS-Behavior-Version", "2", "0x2179", "still in mixed domain mode")
	dc.level(0, contosoDN, "nTMixedDomain", "0")
	dc.level(1, contosoDN, "nTMixedDomain", "1", "0x2077")
	dc.level(1, forestDN, "msDS-Behavior-Version", "2", "0x2178")
	dc.level(0, contosoDN, "msDS-Behavior-Version", "2")
	dc.level(0, forestDN, "msDS-Behavior-Version", "2")
	dc.level(1, forestDN, "msDS-Behavior-Version", "2", "0x2077")
	dc.level(1, contosoDN, "msDS-Behavior-Version", "4", "0x2178")
	l.down = "10.66.0.10"
	later.deploy(1, addReplica, "could not be contacted")
	l.down = ""
	later.deploy(0, addReplica, "Operation completed successfully")
	if log := later.read(`C:\WINDOWS\debug\dcpromo.log`); !strings.Contains(log, "DsRolepSetOperationDone returned 0") {
		t.Error(log)
	}
	l.wants(schemaDN, "objectVersion", "69")
	l.wants("CN=ActiveDirectoryUpdate,CN=ForestUpdates,CN=Configuration,"+contosoDN, "revision", "15")
	later.logon("CONTOSO")
	later.reboot()
	later.run(0, "net share", "SYSVOL", "NETLOGON")
	later.run(0, roles+`"transfer domain naming master" quit quit`, "illegal syntax")
	l.down = "10.66.0.10"
	later.run(0, roles+`"transfer schema master" quit quit`, "error 0x34", "0x20af")
	l.down = ""
	for verb, base := range map[string]string{
		"schema master": schemaDN, "naming master": forestDN, "PDC": contosoDN,
		"RID master": "CN=RID Manager$,CN=System," + contosoDN, "infrastructure master": "CN=Infrastructure," + contosoDN,
	} {
		later.run(0, roles+`"transfer `+verb+`" quit quit`, `Server "dc02.contoso.test" knows about 5 roles`)
		if got := l.number(base, "fSMORoleOwner"); !strings.HasPrefix(got, "CN=NTDS Settings,CN=DC02,") {
			t.Errorf("%s is owned by %s", verb, got)
		}
	}
	dc.leaves(l)
	later.level(0, contosoDN, "msDS-Behavior-Version", "4")
	later.level(0, forestDN, "msDS-Behavior-Version", "4")
}

// leaves demotes the domain controller of Windows 2003.
func (b *box) leaves(l *lan) {
	b.t.Helper()
	const demote = "[DCINSTALL]\nUserName=Administrator\nUserDomain=contoso.test\nPassword=Passw0rd.\nAdministratorPassword=Local1!\n" +
		"IsLastDCInDomain=No\nRemoveApplicationPartitions=Yes\nRebootOnSuccess=NoAndNoPromptEither\n"
	b.file(`C:\D.TXT`, strings.Replace(demote, "Domain=No", "Domain=Yes", 1))
	b.run(1, `dcpromo /answer:C:\D.TXT`, "other Active Directory domain controllers for that domain exist")
	l.down = "10.66.0.11"
	b.file(`C:\D.TXT`, demote)
	b.run(1, `dcpromo /answer:C:\D.TXT`, "no other Active Directory domain controller for that domain can be contacted")
	l.down = ""
	b.run(0, `dcpromo /answer:C:\D.TXT`)
	if text := b.read(`C:\D.TXT`); strings.Contains(text, "Passw0rd.") || strings.Contains(text, "Local1!") {
		b.t.Errorf("the passwords stand there still: %s", text)
	}
	b.reboot()
	if text := b.run(0, "net share"); strings.Contains(text, "NETLOGON") {
		b.t.Errorf("it is shared still: %s", text)
	}
	b.run(0, `ldifde -f C:\c.txt -s dc02 -d "`+contosoDN+`" -r "(&(objectClass=computer)(cn=DC01))" -l cn,primaryGroupID`)
	if got := b.read(`C:\c.txt`); !strings.Contains(got, "CN=DC01,CN=Computers,") || !strings.Contains(got, "primaryGroupID: 515\r\n") {
		b.t.Errorf("the account: %s", got)
	}
	values, err := machine.ReadRegistry(b.guest.Machine.Prefix+"/system.reg", machine.ProductKey)
	if err != nil || values["producttype"] != "ServerNT" {
		b.t.Errorf("the product type is %v, %v", values, err)
	}
	if b.guest.Machine.Exists(`C:\WINDOWS\ntds\ntds.dit`) {
		b.t.Error("ntds.dit is there still")
	}
}

func TestTheLastDomainControllerSaysSo(t *testing.T) {
	l := &lan{t: t}
	dc := l.windows("6.3", "DC01", "10.66.0.10", "dns", "ad-domain-services")
	const found = `Install-ADDSForest -DomainName 'contoso.test' -DomainNetbiosName 'CONTOSO' -ForestMode %s -DomainMode %s -InstallDns` +
		` -SafeModeAdministratorPassword (ConvertTo-SecureString 'Safe!1' -AsPlainText -Force)`
	dc.deploy(1, fmt.Sprintf(found, "0", "0"), "functional level 0 is not valid")
	dc.deploy(1, fmt.Sprintf(found, "4", "3"), "must be the forest functional level or higher")
	dc.deploy(0, fmt.Sprintf(found, "3", "3"), "Success")
	dc.logon("CONTOSO")
	dc.reboot()
	l.wants(schemaDN, "objectVersion", "69")
	l.wants(forestDN, "msDS-Behavior-Version", "3")
	l.wants(contosoDN, "nTMixedDomain", "0")
	const end = "Uninstall-ADDSDomainController -LocalAdministratorPassword (ConvertTo-SecureString 'Local1!' -AsPlainText -Force)"
	dc.deploy(1, end, "no other Active Directory domain controller")
	dc.deploy(0, end+" -LastDomainControllerInDomain -RemoveApplicationPartitions -IgnoreLastDnsServerForZone")
	dc.logon("DC01")
	dc.reboot()
	if dc.guest.Machine.Role != machine.Workgroup || dc.guest.Machine.Users["Administrator"] != "Local1!" {
		t.Errorf("it is %q with users %v", dc.guest.Machine.Role, dc.guest.Machine.Users)
	}
}
