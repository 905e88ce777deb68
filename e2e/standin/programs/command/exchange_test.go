package command_test

import (
	"os"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	"github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

// insert puts a disc into drive E:.
func (b *box) insert(id string) {
	b.t.Helper()
	root, err := b.guest.Machine.Unix(`C:`, `E:\`)
	check(b.t, err)
	check(b.t, os.RemoveAll(root))
	check(b.t, os.MkdirAll(root+"/SETUP/I386/EXCHANGE", 0o755))
	check(b.t, os.WriteFile(root+"/EXCHANGE.ID", []byte(id+"\r\n"), 0o600))
}

const update = `E:\SETUP\I386\UPDATCOR.EXE`

// windows2000 makes an old machine of it.
func (b *box) windows2000() {
	b.guest.Machine.Windows = machine.Windows2000
	b.pack(b.guest.Machine.Prefix, "4")
}

func (b *box) prepare(id string) {
	b.t.Helper()
	b.insert(id)
	b.run(0, setup+"/ForestPrep")
	b.run(0, setup+"/DomainPrep")
}

func (b *box) export(base, filter, attributes string) string {
	b.t.Helper()
	b.run(0, `ldifde -f C:\q.txt -d "`+base+`" -r "`+filter+`" -l `+attributes)
	return b.read(`C:\q.txt`)
}

func (b *box) says(got, want string) {
	b.t.Helper()
	if !strings.Contains(got, want) {
		b.t.Errorf("no %q in %q", want, got)
	}
}

func TestFromInsideOut(t *testing.T) {
	t.Run("memory", func(t *testing.T) { insideOut(t, &lan{t: t}) })
	t.Run("slapd", func(t *testing.T) { insideOut(t, realLan(t)) })
}

// insideOut upgrades Exchange 2000 to 2003.
func insideOut(t *testing.T, l *lan) {
	t.Helper()
	l.controller()
	ex := l.member()
	ex.insert("exchange-2000")
	ex.run(1, setup+"/ForestPrep /StandInName Contoso/Berlin", "is not valid")
	ex.run(0, setup+"/ForestPrep /StandInName Contoso")
	ex.run(0, setup+"/StandInState", "Install Contoso\r\n")
	ex.run(0, setup+"/DomainPrep")
	ex.run(1, setup+`/UnattendFile C:\EX.INI`, "cannot be installed on Windows Server 2003")
	ex.windows2000()
	ex.run(0, setup+`/UnattendFile C:\EX.INI`)
	const schema = "CN=ms-Exch-Schema-Version-Pt,CN=Schema,CN=Configuration,DC=contoso,DC=test"
	ex.says(ex.export(schema, "(objectClass=*)", "rangeUpper"), "rangeUpper: 4397\r\n")
	ex.insert("exchange-2003")
	ex.run(1, update, "disc of a service pack only")
	ex.prepare("exchange-2003")
	ex.says(ex.export(schema, "(objectClass=*)", "rangeUpper"), "rangeUpper: 6870\r\n")
	ex.run(1, setup+`/UnattendFile C:\EX.INI`, "not at Service Pack 3")
	ex.insert("exchange-2003-sp2")
	ex.run(1, update, "Exchange 2003 is not installed")
	ex.insert("exchange-2000-sp3")
	ex.run(1, setup+"/ForestPrep", "service pack")
	ex.run(0, update)
	const org = "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test"
	ex.says(ex.export(org, "(&(objectClass=msExchExchangeServer)(cn=EX01))", "serialNumber"), "Build 6249.4: Service Pack 3")
	ex.run(0, update+" /StandInState", "Update Contoso\r\n")
	ex.insert("exchange-2003")
	ex.run(0, setup+"/StandInState", "Upgrade Contoso\r\n")
	ex.run(0, setup+`/UnattendFile C:\EX.INI`)
	ex.says(ex.export(org, "(&(objectClass=msExchExchangeServer)(cn=EX01))", "serialNumber"), "Version 6.5 (Build 6944.4)")
	ex.run(1, setup+`/UnattendFile C:\EX.INI`, "already installed")
	ex.insert("exchange-2003-sp2")
	ex.run(0, update)
	ex.says(ex.export(org, "(&(objectClass=msExchExchangeServer)(cn=EX01))", "serialNumber"), "7638.2")
}

// mailServer is an Exchange 2003 server with two mailboxes.
func (l *lan) mailServer() *box {
	l.t.Helper()
	l.controller()
	ex := l.member()
	ex.prepare("exchange-2003")
	ex.run(0, setup+`/UnattendFile C:\EX.INI`)
	ex.people()
	return ex
}

// people gives an Exchange 2000 or 2003 server two mailboxes.
func (b *box) people() {
	b.t.Helper()
	store := "CN=Mailbox Store (" + b.guest.Machine.Computer + "),CN=First Storage Group,CN=InformationStore,CN=" + b.guest.Machine.Computer + ",CN=Servers,CN=First Administrative Group,CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test"
	users := "dn: OU=Mailboxes,DC=contoso,DC=test\nchangetype: add\nobjectClass: organizationalUnit\n\n"
	for _, u := range []string{"anna", "bert"} {
		users += "dn: CN=" + u + ",OU=Mailboxes,DC=contoso,DC=test\nchangetype: add\nobjectClass: user\nsAMAccountName: " + u + "\ndisplayName: " + u + "\n\n" +
			"dn: CN=" + u + ",OU=Mailboxes,DC=contoso,DC=test\nchangetype: modify\nreplace: mailNickname\nmailNickname: " + u + "\n-\nreplace: homeMDB\nhomeMDB: " + store +
			"\n-\nreplace: msExchHomeServerName\nmsExchHomeServerName: /o=Contoso/ou=First Administrative Group/cn=Configuration/cn=Servers/cn=" + b.guest.Machine.Computer + "\n-\n\n"
	}
	b.file(`C:\u.ldf`, users)
	b.run(0, `ldifde -i -f C:\u.ldf`)
}

const pickup = `C:\Program Files\Exchsrvr\Mailroot\vsi 1\PickUp\`

func TestMailIsDelivered(t *testing.T) {
	t.Run("memory", func(t *testing.T) { delivered(t, &lan{t: t}) })
	t.Run("slapd", func(t *testing.T) { delivered(t, realLan(t)) })
}

func delivered(t *testing.T, l *lan) {
	t.Helper()
	ex := l.mailServer()
	ex.file(pickup+"1.EML", "From: x@y.test\nTo: <anna@contoso.test>,\n\t\"B\" <bert@contoso.test>\nMessage-ID: <1@x>\n\nHello\n")
	ex.run(0, `net user anna "Pa55-w0rd.x" /domain /y`, "completed successfully")
	ex.run(2, `net user nobody "Pa55-w0rd.x" /domain /y`, "could not be found")
	ex.file(pickup+"2.EML", "From: x@y.test\nTo: <nobody@contoso.test>\n\nHello\n")
	ex.run(0, "net stop MSExchangeSA /y")
	check(t, ex.guest.Post(t.Context()))
	if !ex.guest.Machine.Exists(pickup + "1.EML") {
		t.Error("mail went while the store did not run")
	}
	ex.run(0, "net start MSExchangeIS")
	check(t, ex.guest.Post(t.Context()))
	ex.says(ex.export("OU=Mailboxes,DC=contoso,DC=test", "(mail=*)", "mail"), "mail: anna@contoso.test")
	ex.says(ex.export("DC=contoso,DC=test", "(&(objectCategory=person)(objectClass=user)(msExchHomeServerName=*/cn=Servers/cn=EX01))", "homeMDB"), "dn: CN=anna")
	for _, user := range []string{"anna", "bert"} {
		if got := ex.guest.Mail.Read().Mailboxes["cn="+user+",ou=mailboxes,dc=contoso,dc=test"]; len(got) != 1 || got[0].ID != "<1@x>" {
			t.Errorf("%s has %v", user, got)
		}
	}
	ex.run(0, `wmic /output:"C:\items.utf" /namespace:\\root\MicrosoftExchangeV2 path Exchange_Mailbox get MailboxDisplayName,TotalItems`)
	ex.says(strings.ReplaceAll(ex.read(`C:\items.utf`), "\x00", ""), "anna                                      1 ")
	if ex.guest.Machine.Exists(pickup+"1.EML") || ex.guest.Machine.Exists(pickup+"2.EML") || !ex.guest.Machine.Exists(pickup+`..\BadMail\2.EML`) {
		t.Error("messages lie in the wrong folders")
	}
}

func TestAServerThatSomebodyNeedsIsNotRemoved(t *testing.T) {
	ex := (&lan{t: t}).mailServer()
	_, err := ex.guest.Mail.Do(mail.Order{Verb: "folder", Name: "Projects", Replicas: []string{"EX01"}})
	check(t, err)
	const reasons = "cannot be assigned the action \"Remove\" because"
	ex.run(1, setup, reasons, "use a mailbox store on this server", "Recipient Update Service")
	ex.file(`C:\d.ldf`, "dn: CN=anna,OU=Mailboxes,DC=contoso,DC=test\nchangetype: delete\n\ndn: CN=bert,OU=Mailboxes,DC=contoso,DC=test\nchangetype: delete\n\n"+
		"dn: CN=Recipient Update Service (CONTOSO),CN=Recipient Update Services,CN=Address Lists Container,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test\nchangetype: delete\n\n")
	ex.run(0, `ldifde -i -f C:\d.ldf`)
	ex.run(1, setup, reasons, "only replica")
	_, err = ex.guest.Mail.Do(mail.Order{Verb: "drop-folder", Name: "projects"})
	check(t, err)
	ex.run(0, setup)
	ex.run(1060, "sc query MSExchangeIS")
	ex.run(1, setup, "nothing to do")
}
