package command_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	"github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

// later puts a disc of Exchange 2010 or later into drive E:.
func (b *box) later(id string) {
	b.t.Helper()
	b.insert(id)
	root, err := b.guest.Machine.Unix(`C:`, `E:\`)
	check(b.t, err)
	check(b.t, os.MkdirAll(root+"/Setup/ServerRoles/Common", 0o755))
	for _, file := range []string{"setup.com", "Setup.exe", "Setup/ServerRoles/Common/ExSetup.exe", "Exchange2010.msp"} {
		check(b.t, os.WriteFile(root+"/"+file, []byte("MZ "+id), 0o600))
	}
}

const (
	setup10 = `E:\setup.com `
	setup13 = `E:\Setup.exe /IAcceptExchangeServerLicenseTerms `
)

// newer is a member with a later Windows.
func (l *lan) newer(name, address, windows string) *box {
	l.t.Helper()
	b := l.machine(name, address)
	b.guest.Machine.Windows = windows
	b.run(0, `netdom join `+name+` /domain:contoso.test /userd:CONTOSO\Administrator /passwordd:Passw0rd.`)
	b.logon("CONTOSO")
	b.reboot()
	b.guest.Machine.Windows = windows
	return b
}

// set changes an attribute in the directory of the lan.
func (l *lan) set(dn, attribute, value string) {
	l.t.Helper()
	change := []directory.Change{{Op: directory.Replace, Attribute: directory.Attribute{Name: attribute, Values: []string{value}}}}
	if l.slapd == "" {
		check(l.t, l.forest.Modify(dn, change))
		return
	}
	d, err := directory.Dial(l.slapd, time.Second)
	check(l.t, err)
	defer d.Close()
	check(l.t, d.Logon("Administrator", "Passw0rd."))
	check(l.t, d.Modify(dn, change))
}

const partitions = "CN=Partitions,CN=Configuration,DC=contoso,DC=test"

func TestLaterSetupHoldsWhatItNeeds(t *testing.T) {
	l := &lan{t: t}
	alone := l.machine("EX09", "10.66.0.19")
	alone.later("exchange-2010-sp3")
	alone.refuses(setup10+"/PrepareSchema", "ComputerNotPartofDomain")
	l.mailServer()
	old := l.newer("EX08", "10.66.0.18", machine.Windows2003)
	old.later("exchange-2010-sp3")
	old.refuses(setup10+"/PrepareSchema", "ValidOSVersion")
	ten := l.newer("EX10", "10.66.0.20", machine.Windows2008R2)
	ten.later("exchange-2010-sp3")
	const install = setup10 + "/Mode:Install /Roles:ClientAccess,HubTransport,Mailbox /InstallWindowsComponents"
	l.cut = true
	ten.refuses(setup10+"/PrepareSchema", "Could not find any Domain Controller")
	l.cut = false
	l.set(partitions, "msDS-Behavior-Version", "0")
	l.set("DC=contoso,DC=test", "nTMixedDomain", "1")
	ten.refuses(setup10+"/PrepareSchema", "ForestLevelNotWin2003Native")
	l.set(partitions, "msDS-Behavior-Version", "2")
	ten.refuses(setup10+"/PrepareSchema", "LocalDomainModeMixed")
	l.set("DC=contoso,DC=test", "nTMixedDomain", "0")
	ten.refuses(setup10+"/PrepareAD", "in mixed mode")
	l.set("CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test", "msExchMixedMode", "FALSE")
	schema := slices.Clone(l.members("Schema Admins"))
	l.set("CN=Schema Admins,CN=Users,DC=contoso,DC=test", "member", "CN=nobody,DC=contoso,DC=test")
	ten.refuses(setup10+"/PrepareSchema", "SchemaUpdateRequired")
	l.set("CN=Schema Admins,CN=Users,DC=contoso,DC=test", "member", schema[0])
	ten.refuses(install, "LegacyRoutingServer")
	ten.refuses(strings.Replace(install, " /InstallWindowsComponents", "", 1)+" /LegacyRoutingServer:ex01.contoso.test", "W3SVC")
	ten.refuses(strings.Replace(install, "HubTransport", "Edge", 1)+" /LegacyRoutingServer:ex01.contoso.test", "RoleUnknown")
	ten.refuses(setup10+"/Fly", "isn't valid")
	ten.refuses(setup10+"/PrepareSchema /IAcceptExchangeServerLicenseTerms", "isn't valid")
	ten.refuses(setup10, "needs a mode")
	thirteen := l.newer("EX13", "10.66.0.21", machine.Windows2012R2)
	thirteen.later("exchange-2013-cu23")
	thirteen.refuses(`E:\Setup.exe /PrepareSchema`, "License terms")
	thirteen.refuses(setup13+"/PrepareSchema", "Exchange2000or2003PresentInOrg")
	thirteen.later("exchange-2016-cu23")
	thirteen.refuses(setup13+"/PrepareSchema", "License terms")
	thirteen.refuses(`E:\Setup.exe /IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF /PrepareSchema`, "Windows Server 2008 R2")
	ten.run(0, setup10+"/PrepareLegacyExchangePermissions", "completed successfully")
	if got := ten.why("prepare_schema", "exchange-2010-sp3", `C:\ExchangeSetupLogs\ExchangeSetup.log`); got != "" {
		t.Errorf("a good run is explained as %q", got)
	}
	ten.run(0, setup10+"/PrepareSchema")
	ten.run(0, setup10+"/PrepareAD")
	ten.run(0, install+" /LegacyRoutingServer:ex01.contoso.test")
	ten.refuses(install+" /LegacyRoutingServer:ex01.contoso.test", "already installed")
	ten.says(ten.export("CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test", "(&(objectClass=msExchExchangeServer)(cn=EX10))", "serialNumber,msExchCurrentServerRoles"), "msExchCurrentServerRoles: 38")
	ten.run(0, "sc query MSExchangeTransport", "RUNNING")
}

// members are the members of a group.
func (l *lan) members(group string) []string {
	found, err := l.forest.Search(directory.Query{Base: "CN=" + group + ",CN=Users,DC=contoso,DC=test"})
	check(l.t, err)
	return found[0].Values("member")
}

// ps is a line for PowerShell with a snap-in.
func (b *box) ps(want int, snapIn, line string, says ...string) {
	b.t.Helper()
	b.run(want, `powershell -NoLogo -NoProfile -NonInteractive -Command "Add-PSSnapin 'Microsoft.Exchange.Management.PowerShell.`+snapIn+`'; `+line+`"`, says...)
}

// hop is an Exchange 2010 server beside the 2003 one.
func (l *lan) hop() (ex, ten *box) {
	l.t.Helper()
	ex = l.mailServer()
	check(l.t, ex.guest.Post(l.t.Context()))
	l.set(partitions, "msDS-Behavior-Version", "2")
	l.set("DC=contoso,DC=test", "nTMixedDomain", "0")
	l.set("CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test", "msExchMixedMode", "FALSE")
	ten = l.newer("EX10", "10.66.0.20", machine.Windows2008R2)
	ten.later("exchange-2010-sp3")
	ten.run(0, setup10+"/Mode:Install /Roles:ClientAccess,HubTransport,Mailbox /InstallWindowsComponents /LegacyRoutingServer:ex01.contoso.test")
	return ex, ten
}

func TestDoubleHop(t *testing.T) {
	t.Run("memory", func(t *testing.T) { doubleHop(t, &lan{t: t}) })
	t.Run("slapd", func(t *testing.T) { doubleHop(t, realLan(t)) })
}

// doubleHop goes from Exchange 2003 to 2010 and on to 2013.
func doubleHop(t *testing.T, l *lan) {
	t.Helper()
	ex, ten := l.hop()
	ex.file(pickup+"1.EML", "From: x@y.test\nTo: <anna@contoso.test>\nMessage-ID: <1@x>\n\nHello\n")
	check(t, ex.guest.Post(t.Context()))
	_, err := ex.guest.Mail.Do(mail.Order{Verb: "folder", Name: "Projects", Replicas: []string{"EX01"}, Items: []mail.Item{{ID: "First post"}}})
	check(t, err)
	ten.ps(1, "SnapIn", "Get-Mailbox", "not installed on this machine", "not recognized")
	const move = "$db = @(Get-MailboxDatabase -Server 'EX10')[0]; Get-Mailbox -Server 'EX01' -ResultSize Unlimited | New-MoveRequest -TargetDatabase $db.DistinguishedName -BadItemLimit 20 -BatchName 'Doublehop'"
	const states = "Get-MoveRequest -BatchName 'Doublehop' -ResultSize Unlimited | Get-MoveRequestStatistics | Format-List DisplayName,Status,PercentComplete,Message"
	ten.ps(0, "E2010", move)
	ten.ps(0, "E2010", states, "Status          : Completed")
	ten.ps(0, "E2010", "Get-MoveRequest -BatchName 'Doublehop' -MoveStatus Completed -ResultSize Unlimited | Remove-MoveRequest -Confirm:$false")
	ten.ps(0, "E2010", "Get-MailboxStatistics -Server 'EX10' | Format-List DisplayName,ItemCount", "DisplayName : anna\r\nItemCount   : 1\r\n", "DisplayName : bert\r\nItemCount   : 0\r\n")
	const scripts = `$x = (Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14\Setup').MsiInstallPath; & ($x + 'Scripts\`
	ten.ps(1, "E2010", scripts+`AddReplicaToPFRecursive.ps1') -TopPublicFolder '\' -ServerToAdd 'EX10'`, "no public folder database")
	ten.ps(0, "E2010", "if (-not (Get-PublicFolderDatabase -Server 'EX10')) { New-PublicFolderDatabase -Name 'Public Folders EX10' -Server 'EX10'; Mount-Database -Identity 'Public Folders EX10' }")
	ten.ps(0, "E2010", scripts+`AddReplicaToPFRecursive.ps1') -TopPublicFolder '\' -ServerToAdd 'EX10'`)
	ten.ps(0, "E2010", scripts+`MoveAllReplicas.ps1') -Server 'EX01' -NewServer 'EX10'`)
	ten.ps(0, "E2010", `Get-PublicFolder -Identity '\' -Recurse -ResultSize Unlimited | Format-List Name,Replicas`, "Name     : Projects\r\nReplicas : {Public Folders EX10}")
	ex.file(`C:\d.ldf`, "dn: CN=Recipient Update Service (CONTOSO),CN=Recipient Update Services,CN=Address Lists Container,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test\nchangetype: delete\n\n")
	ex.run(0, `ldifde -i -f C:\d.ldf`)
	ex.run(0, setup)
	thirteen := l.newer("EX13", "10.66.0.21", machine.Windows2012R2)
	thirteen.later("exchange-2013-cu23")
	thirteen.run(0, setup13+"/Mode:Install /Roles:Mailbox,ClientAccess /InstallWindowsComponents")
	const uninstall = `"C:\Program Files\Microsoft\Exchange Server\V14\bin\setup.com" /Mode:Uninstall`
	ten.refuses(uninstall, "UnwillingToRemoveMailboxDatabase")
	migrate(t, ten, thirteen)
	ten.ps(0, "E2010", "Get-MailboxDatabase -Server 'EX10' | Remove-MailboxDatabase -Confirm:$false")
	ten.refuses(uninstall, "UnwillingToRemovePublicFolderDatabase")
	ten.ps(1, "E2010", "Get-PublicFolderDatabase -Server 'EX10' | Remove-PublicFolderDatabase -Confirm:$false", "replicas")
	ten.ps(0, "E2010", "Get-PublicFolderDatabase -Server 'EX10' | Remove-PublicFolderDatabase -RemoveLastAllowed -Confirm:$false")
	ten.run(0, uninstall)
	ten.run(1060, "sc query MSExchangeIS")
	if got := thirteen.export("CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test", "(objectClass=msExchExchangeServer)", "cn"); strings.Contains(got, "EX10") || strings.Contains(got, "EX01") {
		t.Errorf("left: %s", got)
	}
}

// migrate moves all that Exchange 2010 has to Exchange 2013.
func migrate(t *testing.T, ten, thirteen *box) {
	t.Helper()
	at := func(computer string) string {
		return "Invoke-Command -ConfigurationName 'Microsoft.Exchange' -ConnectionUri 'http://" + computer + ".contoso.test/PowerShell/' -Authentication Kerberos -ScriptBlock "
	}
	run := func(want int, line string, says ...string) {
		t.Helper()
		thirteen.run(want, `powershell -NoLogo -NoProfile -NonInteractive -Command "`+line+`"`, says...)
	}
	const target, pull = "$db = @(Get-MailboxDatabase -Server 'EX13')[0]; ", " | New-MoveRequest -TargetDatabase $db.DistinguishedName -BadItemLimit 10 -BatchName 'Doublehop'"
	const batch = "$s = New-PSSession -ConfigurationName 'Microsoft.Exchange' -ConnectionUri 'http://ex13.contoso.test/PowerShell/' -Authentication Kerberos; Import-PSSession -Session $s -CommandName New-MigrationBatch,Get-PublicFolderDatabase | Out-Null; " +
		"New-MigrationBatch -Name 'PFMigration' -SourcePublicFolderDatabase (Get-PublicFolderDatabase -Server 'EX10') -CSVData (Get-Content -Path 'C:\\MAP.CSV' -Encoding Byte) -BadItemLimit 0"
	thirteen.file(`C:\MAP.CSV`, "\"FolderPath\",\"TargetMailbox\"\n\"\\\",\"DoublehopFolders\"\n")
	thirteen.ps(0, "SnapIn", target+"Get-Mailbox -Arbitration -Server 'EX10' -ResultSize Unlimited"+pull)
	thirteen.ps(0, "SnapIn", target+"Get-Mailbox -Server 'EX10' -ResultSize Unlimited"+pull)
	thirteen.ps(0, "SnapIn", "Get-MailboxStatistics -Server 'EX13' | Format-List DisplayName,ItemCount", "DisplayName : anna\r\nItemCount   : 1\r\n")
	run(1, batch, "Update Rollup 8")
	ten.later("exchange-2010-sp3-ru8")
	ten.run(0, `msiexec /update "E:\Exchange2010.msp" /quiet /norestart /l* "C:\PATCH.LOG"`)
	ten.run(1648, `msiexec /update "E:\Exchange2010.msp" /quiet /norestart /l* "C:\PATCH.LOG"`)
	if got := ten.read(`C:\Program Files\Microsoft\Exchange Server\V14\bin\ExSetup.exe`); got != "MZ exchange-2010-sp3-ru8" {
		t.Errorf("ExSetup.exe is %q", got)
	}
	run(1, batch, "held for the migration")
	thirteen.ps(1, "SnapIn", target+"New-Mailbox -PublicFolder -Name 'Other' -Database $db.DistinguishedName", "HoldForMigration")
	thirteen.ps(0, "SnapIn", "if (-not (Get-Mailbox -PublicFolder)) { "+target+"New-Mailbox -PublicFolder -Name 'DoublehopFolders' -HoldForMigration -Database $db.DistinguishedName }")
	thirteen.ps(1, "SnapIn", batch[strings.Index(batch, "New-MigrationBatch -Name"):], "session at the server's endpoint")
	run(0, batch)
	run(0, at("ex13")+"{ Start-MigrationBatch -Identity 'PFMigration' }")
	run(0, at("ex13")+"{ Get-MigrationBatch -Identity 'PFMigration' } | Format-List Status", "Status : Synced")
	run(0, at("ex13")+"{ Complete-MigrationBatch -Identity 'PFMigration' -Confirm:$false }")
	run(0, at("ex13")+"{ Get-MigrationBatch -Identity 'PFMigration' } | Format-List Status", "Status : Completing")
	run(0, at("ex10")+"{ Set-OrganizationConfig -PublicFoldersLockedForMigration 1 }")
	thirteen.ps(0, "SnapIn", "Get-Service -ComputerName 'EX10' -Name 'MSExchangeIS' | Restart-Service -Force")
	run(0, at("ex13")+"{ Complete-MigrationBatch -Identity 'PFMigration' -Confirm:$false }")
	run(0, at("ex13")+"{ Get-MigrationBatch -Identity 'PFMigration' } | Format-List Status", "Status : Completed")
	thirteen.ps(0, "SnapIn", "Get-Mailbox -PublicFolder | Set-Mailbox -PublicFolder -IsExcludedFromServingHierarchy:$false")
	run(0, at("ex10")+"{ Set-OrganizationConfig -PublicFolderMigrationComplete 1 }")
	thirteen.ps(0, "SnapIn", "Set-OrganizationConfig -PublicFoldersEnabled Local")
	thirteen.ps(0, "SnapIn", "Get-OrganizationConfig | Format-List PublicFoldersEnabled,PublicFolderMigrationComplete", "PublicFoldersEnabled          : Local\r\nPublicFolderMigrationComplete : True")
	thirteen.ps(0, "SnapIn", "Get-PublicFolderStatistics -ResultSize Unlimited | Format-List Name,ItemCount", "Name      : Projects\r\nItemCount : 1\r\n")
}
