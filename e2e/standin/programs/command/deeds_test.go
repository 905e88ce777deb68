package command_test

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/mail"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// deeds make each kind of step in memory by the stand-in programs alone, in as
// few lines as it takes: not as the catalogue's jobs do.
func deeds() map[string]func(p *play, c catalog.Call) {
	setup := func(does string) func(*play, catalog.Call) {
		return func(p *play, c catalog.Call) { p.on(c).run(0, `E:\`+does) }
	}
	none := func(*play, catalog.Call) {}
	return map[string]func(p *play, c catalog.Call){
		"install": installed, "promote": promoted, "join": joined, "check": none, "seed_mail": none, "name_servers": none,
		"forestprep": setup(`SETUP\I386\SETUP.EXE /ForestPrep`), "domainprep": setup(`SETUP\I386\SETUP.EXE /DomainPrep`),
		"exchange_setup": setup(`SETUP\I386\SETUP.EXE /UnattendFile C:\EX.INI`), "exchange_update": updated,
		"create_mailboxes": peopled, "public_folders": foldered, "upgrade_windows": upgraded, "adprep": adprepped,
		"raise_level": raised, "native_mode": natived,
		"prepare_legacy_permissions": setup("setup.com /PrepareLegacyExchangePermissions"),
		"prepare_schema":             prepared("/PrepareSchema"), "prepare_ad": prepared("/PrepareAD"), "exchange_install": laterInstalled,
		"move_mailboxes": moved, "exchange_remove": removed, "move_roles": rolesMoved, "demote": demoted,
	}
}

// on is the machine of a step, with the step's disc in E:, or in D: when it is one of Windows.
func (p *play) on(c catalog.Call) *box {
	p.t.Helper()
	b := p.boxes[c.Machine.Name]
	if ref, ok := c.Step.Args["media"].(labs.MediaRef); ok {
		m, _ := p.lab.Medium(string(ref))
		b.disc(m.Product)
	}
	return b
}

// versions are the numbers of the Windows of a lab.
func versions() map[labs.OS]string {
	return map[labs.OS]string{labs.Windows2000: "5.0", labs.Windows2003: "5.2", labs.Windows2008R2: "6.1", labs.Windows2012R2: "6.3", labs.Windows2016: "10.0"}
}

func installed(p *play, c catalog.Call) {
	var parts []string
	for _, name := range c.Machine.Components {
		parts = append(parts, map[string][]string{"dns": {"dns"}, "iis": {"iis_common", "iis_www"}, "smtp": {"iis_smtp"}, "nntp": {"iis_nntp"}, "aspnet": {"aspnet"}}[name]...)
	}
	b := p.windows(versions()[c.Machine.OS], c.Machine.Computer, c.Machine.NICs[0].Address.String(), parts...)
	b.file(`C:\EX.INI`, exchangeINI)
	b.logon(c.Machine.Computer)
	b.reboot()
	if p.boxes == nil {
		p.boxes = map[string]*box{}
	}
	p.boxes[c.Machine.Name] = b
}

func promoted(p *play, c catalog.Call) {
	b := p.on(c)
	if c.Step.Text("role") == "replica" {
		b.feature(0, "Install-WindowsFeature -Name AD-Domain-Services,DNS,RSAT-ADDS -ErrorAction Stop")
		b.deploy(0, addReplica)
	} else {
		b.file(`C:\DCPROMO.TXT`, promote)
		b.run(0, `dcpromo /answer:C:\DCPROMO.TXT`)
	}
	b.logon("CONTOSO")
	b.reboot()
}

func joined(p *play, c catalog.Call) {
	b := p.on(c)
	b.run(0, "netdom join "+c.Machine.Computer+` /domain:contoso.test /userd:CONTOSO\Administrator /passwordd:Passw0rd.`)
	b.logon("CONTOSO")
	b.reboot()
}

func updated(p *play, c catalog.Call) {
	b := p.on(c)
	if line := strings.TrimSpace(update); c.Machine.OS == labs.Windows2000 || c.Machine.OS == labs.Windows2003 {
		b.run(0, line)
		return
	}
	b.run(0, `msiexec /update "E:\EXCHANGE2010.MSP" /quiet /norestart /l* "C:\PATCH.LOG"`)
}

func peopled(p *play, c catalog.Call) {
	b := p.on(c)
	b.people()
	check(p.t, b.guest.Post(p.t.Context()))
}

func foldered(p *play, c catalog.Call) {
	b := p.on(c)
	from, ok := p.lab.Machine(c.Step.Text("from"))
	if !ok {
		_, err := b.guest.Mail.Do(mail.Order{Verb: "folder", Name: "Projects", Replicas: []string{c.Machine.Computer}, Items: []mail.Item{{ID: "First post"}}})
		check(p.t, err)
		return
	}
	if c.Machine.OS != labs.Windows2008R2 {
		p.t.Fatal("no step of a lab that is tested here comes after this one")
	}
	const scripts = `$x = (Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14\Setup').MsiInstallPath; & ($x + 'Scripts\`
	b.ps(0, "E2010", "New-PublicFolderDatabase -Name 'Public Folders EX10' -Server 'EX10'")
	b.ps(0, "E2010", scripts+`AddReplicaToPFRecursive.ps1') -TopPublicFolder '\' -ServerToAdd 'EX10'`)
	b.ps(0, "E2010", scripts+`MoveAllReplicas.ps1') -Server '`+from.Computer+`' -NewServer 'EX10'`)
}

func upgraded(p *play, c catalog.Call) {
	b := p.on(c)
	b.file(`C:\UPGRADE.TXT`, upgrades)
	b.run(0, winnt32+`/unattend:C:\UPGRADE.TXT`)
	facts := filepath.Join(b.guest.Machine.Folder, "machine.txt")
	text, err := os.ReadFile(facts)
	check(p.t, err)
	check(p.t, os.WriteFile(facts, []byte(strings.Replace(string(text), "version=5.0", "version=5.2", 1)), 0o600))
	b.reboot()
}

func adprepped(p *play, c catalog.Call) {
	b := p.on(c)
	b.input = "C"
	b.run(0, `D:\I386\adprep.exe /`+c.Step.Text("scope")+"prep")
}

func raised(p *play, c catalog.Call) {
	level := map[string]string{"2000": "0", "2003": "2", "2008R2": "4"}[c.Step.Text("level")]
	p.set("DC=contoso,DC=test", "nTMixedDomain", "0")
	if level == "0" {
		return
	}
	p.set("DC=contoso,DC=test", "msDS-Behavior-Version", level)
	p.set(partitions, "msDS-Behavior-Version", level)
}

func natived(p *play, _ catalog.Call) {
	p.set("CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test", "msExchMixedMode", "FALSE")
}

// laterSetup is setup of the Exchange that a machine gets, with its licence.
func laterSetup(m *labs.Machine) string {
	return map[labs.OS]string{
		labs.Windows2008R2: setup10, labs.Windows2012R2: setup13, labs.Windows2016: `E:\Setup.exe /IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF `,
	}[m.OS]
}

func prepared(does string) func(*play, catalog.Call) {
	return func(p *play, c catalog.Call) { p.on(c).run(0, laterSetup(c.Machine)+does) }
}

func laterInstalled(p *play, c catalog.Call) {
	roles := map[labs.OS]string{labs.Windows2008R2: "ClientAccess,HubTransport,Mailbox /LegacyRoutingServer:ex03.contoso.test", labs.Windows2012R2: "Mailbox,ClientAccess", labs.Windows2016: "Mailbox"}
	p.on(c).run(0, laterSetup(c.Machine)+"/Mode:Install /InstallWindowsComponents /Roles:"+roles[c.Machine.OS])
}

func moved(p *play, c catalog.Call) {
	b, shell, from := p.on(c), "E2010", strings.ToUpper(c.Step.Text("from"))
	target := "$db = @(Get-MailboxDatabase -Server '" + c.Machine.Computer + "')[0]; "
	const to = " -ResultSize Unlimited | New-MoveRequest -TargetDatabase $db.DistinguishedName -BadItemLimit 20 -BatchName 'Doublehop'"
	if c.Machine.OS != labs.Windows2008R2 {
		shell = "SnapIn"
		b.ps(0, shell, target+"Get-Mailbox -Arbitration -Server '"+from+"'"+to)
	}
	b.ps(0, shell, target+"Get-Mailbox -Server '"+from+"'"+to)
	b.ps(0, shell, "Get-MoveRequest -BatchName 'Doublehop' -MoveStatus Completed -ResultSize Unlimited | Remove-MoveRequest -Confirm:$false")
}

func removed(p *play, c catalog.Call) {
	b := p.on(c)
	b.file(`C:\d.ldf`, "dn: CN=Recipient Update Service (CONTOSO),CN=Recipient Update Services,CN=Address Lists Container,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test\nchangetype: delete\n\n")
	b.run(0, `ldifde -i -f C:\d.ldf`)
	b.run(0, `E:\SETUP\I386\SETUP.EXE`)
}

func rolesMoved(p *play, c catalog.Call) {
	for _, verb := range []string{"schema master", "naming master", "PDC", "RID master", "infrastructure master"} {
		p.on(c).run(0, roles+`"transfer `+verb+`" quit quit`, "knows about 5 roles")
	}
}

func demoted(p *play, c catalog.Call) {
	b := p.on(c)
	b.file(`C:\D.TXT`, "[DCINSTALL]\nUserName=Administrator\nUserDomain=contoso.test\nPassword=Passw0rd.\nAdministratorPassword=Local1!\n"+
		"IsLastDCInDomain=No\nRemoveApplicationPartitions=Yes\nRebootOnSuccess=NoAndNoPromptEither\n")
	b.run(0, `dcpromo /answer:C:\D.TXT`)
	b.logon("CONTOSO")
	b.reboot()
}
