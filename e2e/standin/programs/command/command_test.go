package command_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const setup = `E:\SETUP\I386\SETUPCOR.EXE `

func TestTheWholeStoryLeavesItsFacts(t *testing.T) {
	l := &lan{t: t}
	dc := l.controller()
	dc.run(0, "net share", "NETLOGON", "SYSVOL")
	dc.run(0, `ldifde -f C:\v.txt -s localhost -d "CN=Schema,CN=Configuration,DC=contoso,DC=test" -p base -l objectVersion`, "1 entries exported")
	if got := dc.read(`C:\v.txt`); got != "dn: CN=Schema,CN=Configuration,DC=contoso,DC=test\r\nchangetype: add\r\nobjectVersion: 30\r\n\r\n" {
		t.Errorf("the schema: %q", got)
	}
	values, err := machine.ReadRegistry(dc.guest.Machine.Prefix+"/system.reg", machine.NetlogonKey)
	if err != nil || values["sysvolready"] != "1" {
		t.Errorf("SysvolReady is %v, %v", values, err)
	}
	ex := l.member()
	ex.run(0, setup+"/ForestPrep")
	ex.run(0, setup+"/DomainPrep")
	if said := ex.run(0, setup+"/StandInState"); said != "Install\r\n" {
		t.Errorf("the wizard is told %q where there is no server", said)
	}
	ex.run(0, setup+`/UnattendFile:C:\EX.INI`)
	ex.run(0, setup+"/StandInState", "Remove Contoso\r\n")
	ex.run(0, setup+"/ForestPrep /StandInState", "ForestPrep Contoso\r\n")
	ex.reboot()
	for _, service := range []string{"MSExchangeIS", "MSExchangeSA", "W3SVC", "SMTPSVC", "RESvc"} {
		ex.run(0, "sc query "+service, "SERVICE_NAME: "+service, "STATE              : 4  RUNNING")
	}
	ex.run(0, `ldifde -f C:\s.txt -d "CN=EX01,CN=Servers,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso,`+
		`CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test" -p base -l versionNumber`)
	if got := ex.read(`C:\s.txt`); !strings.Contains(got, "versionNumber: 6944\r\n") {
		t.Errorf("the server: %q", got)
	}
	ex.run(1, setup+`/UnattendFile:C:\EX.INI`, "already installed")
}

func TestPromotionIsEffectiveAfterTheBootOnly(t *testing.T) {
	l := &lan{t: t}
	dc := l.machine("DC01", "10.66.0.10")
	dc.file(`C:\A.TXT`, promote)
	dc.run(0, `dcpromo /answer:C:\A.TXT`)
	if text := dc.run(0, "net share"); strings.Contains(text, "SYSVOL") {
		t.Errorf("SYSVOL is shared before the boot: %s", text)
	}
	if text := dc.read(`C:\A.TXT`); strings.Contains(text, "Safe!1") || !strings.Contains(text, "SafeModeAdminPassword=\r\n") {
		t.Errorf("the password stands there still: %s", text)
	}
	dc.run(1, `dcpromo /answer:C:\A.TXT`, "restart is pending")
	dc.logon("CONTOSO")
	dc.reboot()
	if why := dc.guest.Logon(t.Context()); why != "" {
		t.Error(why)
	}
	dc.run(1, `dcpromo /answer:C:\A.TXT`, "already a domain controller")
}

func TestDcpromoRefuses(t *testing.T) {
	for name, c := range map[string]struct{ from, to, says string }{
		"a missing key":      {"CreateOrJoin=Create\n", "", "CreateOrJoin is missing"},
		"an unknown key":     {"CreateOrJoin", "CreateOrJoim=x\nCreateOrJoin", "createorjoim"},
		"another section":    {"[DCINSTALL]", "[DCINSTAL]", "no [DCInstall] section"},
		"a long flat name":   {"=CONTOSO", "=CONTOSOCONTOSOCO", "NetBIOS domain name"},
		"its own name":       {"=CONTOSO", "=DC01", "name of this computer"},
		"a one-label domain": {"contoso.test", "contoso", "DNS domain name"},
		"a replica":          {"ReplicaOrNewDomain=Domain", "ReplicaOrNewDomain=Replica", "ReplicaDomainDNSName is missing"},
		"no such drive":      {`SYSVOLPath=%systemroot%`, `SYSVOLPath=Q:`, "cannot be made"},
		"DNS by nobody":      {"AutoConfigDNS=Yes", "AutoConfigDNS=No", "no DNS server answers"},
		"a strange restart":  {"NoAndNoPromptEither", "Maybe", "RebootOnSuccess"},
	} {
		t.Run(name, func(t *testing.T) {
			b := (&lan{t: t}).machine("DC01", "10.66.0.10")
			b.file(`C:\A.TXT`, strings.Replace(promote, c.from, c.to, 1))
			b.run(1, `dcpromo /answer:C:\A.TXT`, c.says)
			if b.guest.Machine.Pending != nil {
				t.Error("it was promoted all the same")
			}
		})
	}
}

func TestJoinNeedsTheDomainControllerAndItsPassword(t *testing.T) {
	l := &lan{t: t}
	ex := l.machine("EX01", "10.66.0.11")
	const good = `netdom join EX01 /domain:contoso.test /userd:CONTOSO\Administrator /passwordd:Passw0rd.`
	ex.run(1355, good, "could not be contacted")
	l.controller()
	l.cut = true
	ex.run(1355, good, "could not be contacted")
	l.cut = false
	ex.run(1326, strings.Replace(good, "Passw0rd.", "wrong", 1), "unknown user name or bad password")
	ex.run(1326, strings.Replace(good, `CONTOSO\`, `FABRIKAM\`, 1), "unknown user name or bad password")
	ex.run(1355, strings.Replace(good, "contoso.test", "fabrikam.test", 1), "could not be contacted")
	ex.run(53, strings.Replace(good, "EX01", "EX02", 1), "network path")
	ex.run(0, good)
	ex.run(2691, good, "already joined")
}

func TestSetupHoldsItsOrder(t *testing.T) {
	l := &lan{t: t}
	alone := l.machine("EX09", "10.66.0.19")
	alone.run(0, setup+"/DomainPrep /StandInState", "DomainPrep\r\n")
	alone.run(1, setup+"/ForestPrep", "cannot be assigned the action", "does not belong to a domain")
	l.controller()
	ex := l.member()
	ex.run(1, setup+"/Frobnicate", "unknown switch")
	ex.run(1, setup, "nothing to do")
	ex.run(1, setup+"/DomainPrep", "run ForestPrep first")
	ex.run(1, setup+`/UnattendFile C:\EX.INI`, "run ForestPrep first", "run DomainPrep first")
	l.cut = true
	ex.run(1, setup+"/ForestPrep", "could not contact a domain controller")
	l.cut = false
	ex.run(0, setup+"/ForestPrep")
	ex.run(0, setup+"/ForestPrep")
	ex.run(1, setup+`/UnattendFile C:\EX.INI`, "run DomainPrep first")
	ex.run(0, setup+"/DomainPrep")
	for from, bad := range map[string][2]string{
		"Name=Contoso": {"Name=Con/toso", "is not valid"}, "Name=": {"Nome=", "unknown keys: nome"}, "[General]": {"[Generel]", "unknown section [generel]"},
		"Messaging and Collaboration Services,": {"", "installs no server"},
	} {
		ex.file(`C:\BAD.INI`, strings.Replace(exchangeINI, from, bad[0], 1))
		ex.run(1, setup+`/UnattendFile:C:\BAD.INI`, bad[1])
	}
	ex.run(0, setup+`/UnattendFile C:\EX.INI`)
	if log := ex.read(`C:\Exchange Server Setup Progress.log`); !strings.Contains(log, "Setup completed successfully") {
		t.Error(log)
	}
	bare := l.machine("EX02", "10.66.0.12")
	bare.run(0, `netdom join EX02 /domain:contoso.test /userd:administrator@contoso.test /passwordd:Passw0rd.`)
	bare.reboot()
	bare.file(`C:\EX.INI`, exchangeINI)
	bare.run(1, setup+`/UnattendFile C:\EX.INI`, "SMTP service", "Setup must be run by a user of the domain CONTOSO")
}
