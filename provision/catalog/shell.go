package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/provision/estate"
)

// ShellLine is one line for the shell of Exchange 2007 and later. What can be
// done with a tool that is in the box of every Windows is not here.
type ShellLine struct {
	// Step is the kind of the step that uses it, Does what for, as a clause.
	Step, Does string
	// From and To are the first and last product that it is for.
	From, To string
	// Text is the line; {names} in it become texts in single quotes, {numbers}
	// such as {limit} plain numbers.
	Text string
	name string
}

// ShellLines lists every line that a step can give to the shell, in the order
// of the reference. They are few and short because nothing here can run them:
// Wine has no PowerShell.
func ShellLines() []ShellLine {
	const (
		database  = "$db = @(Get-MailboxDatabase -Server {server})[0]; "
		named     = "$db = @(Get-MailboxDatabase -Identity {database})[0]; "
		enable    = "Get-User -OrganizationalUnit {unit} -RecipientTypeDetails User -ResultSize Unlimited -DomainController {controller} | Enable-Mailbox -Database $db.DistinguishedName -DomainController {controller}"
		pull      = "New-MoveRequest -TargetDatabase $db.DistinguishedName -BadItemLimit {limit} -BatchName 'Doublehop'"
		install   = "$x = (Get-ItemProperty -Path {key}).MsiInstallPath; "
		older     = "Invoke-Command -ConfigurationName 'Microsoft.Exchange' -ConnectionUri {older} -Authentication Kerberos -ScriptBlock { "
		here      = "Invoke-Command -ConfigurationName 'Microsoft.Exchange' -ConnectionUri {here} -Authentication Kerberos -ScriptBlock { "
		clear     = "Remove-PublicFolder -Server {server} -Recurse -ErrorAction SilentlyContinue -Confirm:$false"
		hierarchy = `Get-PublicFolder -Identity '\' -Recurse -ResultSize Unlimited`
	)
	return []ShellLine{
		{"create_mailboxes", "gives the new users mailboxes", "exchange-2007", "exchange-se", database + enable, "enable"},
		{"create_mailboxes", "the same, in a database that is named", "exchange-2007", "exchange-se", named + enable, "enable-in"},
		{"seed_mail", "lists the transport queues", "exchange-2007", "exchange-se", "Get-Queue -Server {server} | Format-List Identity,Status,MessageCount", "queues"},
		{"seed_mail", "counts items, in move_mailboxes and check too", "exchange-2007", "exchange-se", "Get-MailboxStatistics -Server {server} | Format-List DisplayName,ItemCount", "items"},
		{"public_folders", "makes the server a public folder database where it has none", "exchange-2007", "exchange-2010", "if (-not (Get-PublicFolderDatabase -Server {server})) { New-PublicFolderDatabase -Name {store} -Server {server}; Mount-Database -Identity {store} }", "folder-store"},
		{"public_folders", "makes a public folder mailbox where there is none", "exchange-2013", "exchange-se", "if (-not (Get-Mailbox -PublicFolder)) { " + database + "New-Mailbox -PublicFolder -Name {store} -Database $db.DistinguishedName }", "folder-mailbox"},
		{"public_folders", "makes a folder", "exchange-2007", "exchange-2010", `New-PublicFolder -Name {folder} -Path '\' -Server {server}`, "folder"},
		{"public_folders", "makes a folder", "exchange-2013", "exchange-se", `New-PublicFolder -Name {folder} -Path '\'`, "folder"},
		{"public_folders", "lists the folders", "exchange-2007", "exchange-se", `Get-PublicFolder -Identity '\' -Recurse -ResultSize Unlimited | Format-List Name`, "folders"},
		{"public_folders", "gives every folder a replica on the new server", "exchange-2007", "exchange-2010", install + `& ($x + 'Scripts\AddReplicaToPFRecursive.ps1') -TopPublicFolder '\' -ServerToAdd {server}`, "replicas"},
		{"public_folders", "the same for the system's own folders", "exchange-2007", "exchange-2010", install + `& ($x + 'Scripts\AddReplicaToPFRecursive.ps1') -TopPublicFolder '\NON_IPM_SUBTREE' -ServerToAdd {server}`, "replicas-system"},
		{"public_folders", "takes the replicas off the old server", "exchange-2007", "exchange-2010", install + `& ($x + 'Scripts\MoveAllReplicas.ps1') -Server {from} -NewServer {server}`, "replicas-off"},
		{"public_folders", "says on which servers each folder is", "exchange-2007", "exchange-2010", `Get-PublicFolder -Identity '\' -Recurse -ResultSize Unlimited | Format-List Name,Replicas`, "replicas-left"},
		{"public_folders", "moves public folder mailboxes", "exchange-2013", "exchange-se", database + "Get-Mailbox -PublicFolder -Server {from} -ResultSize Unlimited | " + pull, "pull-folders"},
		{"public_folders", "lists the folders of the older server, at its own endpoint", "exchange-2013", "exchange-2016", older + hierarchy + " } | Format-List Name", "old-folders"},
		{"public_folders", "counts their items", "exchange-2013", "exchange-2016", older + "Get-PublicFolderStatistics -Server {from} -ResultSize Unlimited } | Format-List Name,ItemCount", "old-items"},
		{"public_folders", "lists those that have a slash or a backslash in their names", "exchange-2013", "exchange-2016", older + hierarchy + ` } | Where-Object { $_.Name -match '[\\/]' } | Format-List Name`, "slashed"},
		{"public_folders", "says where the mailbox is that keeps migrations", "exchange-2013", "exchange-2016", "Get-Mailbox -Arbitration -Identity 'Migration.*' | Format-List ServerName", "keeper"},
		{"public_folders", "lists public folder mailboxes", "exchange-2013", "exchange-2016", "Get-Mailbox -PublicFolder | Format-List Name", "folder-mailboxes"},
		{"public_folders", "makes the one that the batch fills", "exchange-2013", "exchange-2016", "if (-not (Get-Mailbox -PublicFolder)) { " + database + "New-Mailbox -PublicFolder -Name {store} -HoldForMigration -Database $db.DistinguishedName }", "batch-mailbox"},
		{"public_folders", "makes the batch, which notes its user and so needs a session at the server's endpoint", "exchange-2013", "exchange-2016", "$s = New-PSSession -ConfigurationName 'Microsoft.Exchange' -ConnectionUri {here} -Authentication Kerberos; Import-PSSession -Session $s -CommandName New-MigrationBatch,Get-PublicFolderDatabase | Out-Null; New-MigrationBatch -Name 'PFMigration' -SourcePublicFolderDatabase (Get-PublicFolderDatabase -Server {from}) -CSVData (Get-Content -Path 'MAP.CSV' -Encoding Byte) -BadItemLimit {limit}", "batch"},
		{"public_folders", "starts the batch", "exchange-2013", "exchange-2016", here + "Start-MigrationBatch -Identity 'PFMigration' }", "batch-start"},
		{"public_folders", "says how the batch stands", "exchange-2013", "exchange-2016", here + "Get-MigrationBatch -Identity 'PFMigration' } | Format-List Status", "batch-state"},
		{"public_folders", "says what is wrong with it", "exchange-2013", "exchange-2016", here + "Get-MigrationUser -BatchId 'PFMigration' } | Format-List Identity,Status,ErrorSummary", "batch-errors"},
		{"public_folders", "locks the folders of Exchange 2010", "exchange-2013", "exchange-2016", older + "Set-OrganizationConfig -PublicFoldersLockedForMigration 1 }", "lock"},
		{"public_folders", "the same where the older server is Exchange 2007, which has no endpoint", "exchange-2013", "exchange-2016", "Set-OrganizationConfig -PublicFoldersLockedForMigration 1", "lock-here"},
		{"public_folders", "lets the older store see the lock at once", "exchange-2013", "exchange-2016", "Get-Service -ComputerName {from} -Name 'MSExchangeIS' | Restart-Service -Force", "see-lock"},
		{"public_folders", "sends users to the older server until the end", "exchange-2013", "exchange-2016", "Set-OrganizationConfig -PublicFoldersEnabled Remote", "folders-remote"},
		{"public_folders", "completes the batch", "exchange-2013", "exchange-2016", here + "Complete-MigrationBatch -Identity 'PFMigration' -Confirm:$false }", "batch-complete"},
		{"public_folders", "lets the new mailbox serve", "exchange-2013", "exchange-2016", "Get-Mailbox -PublicFolder | Set-Mailbox -PublicFolder -IsExcludedFromServingHierarchy:$false", "folders-serve"},
		{"public_folders", "tells Exchange 2010 that all is done", "exchange-2013", "exchange-2016", older + "Set-OrganizationConfig -PublicFolderMigrationComplete 1 }", "migrated"},
		{"public_folders", "the same for Exchange 2007", "exchange-2013", "exchange-2016", "Set-OrganizationConfig -PublicFolderMigrationComplete 1", "migrated-here"},
		{"public_folders", "sends users to the new server", "exchange-2013", "exchange-2016", "Set-OrganizationConfig -PublicFoldersEnabled Local", "folders-local"},
		{"public_folders", "says which public folders the organization uses", "exchange-2013", "exchange-2016", "Get-OrganizationConfig | Format-List PublicFoldersEnabled,PublicFolderMigrationComplete", "folders-used"},
		{"public_folders", "counts the items of the new folders", "exchange-2013", "exchange-2016", "Get-PublicFolderStatistics -ResultSize Unlimited | Format-List Name,ItemCount", "folder-items"},
		{"move_mailboxes", "moves the mailboxes of users", "exchange-2007", "exchange-2007", database + "Get-Mailbox -Server {from} -ResultSize Unlimited | Move-Mailbox -TargetDatabase $db.DistinguishedName -BadItemLimit {limit} -Confirm:$false", "move"},
		{"move_mailboxes", "the same, into a database that is named", "exchange-2007", "exchange-2007", named + "Get-Mailbox -Server {from} -ResultSize Unlimited | Move-Mailbox -TargetDatabase $db.DistinguishedName -BadItemLimit {limit} -Confirm:$false", "move-in"},
		{"move_mailboxes", "asks for the mailboxes of users", "exchange-2010", "exchange-se", database + "Get-Mailbox -Server {from} -ResultSize Unlimited | " + pull, "move"},
		{"move_mailboxes", "the same, into a database that is named", "exchange-2010", "exchange-se", named + "Get-Mailbox -Server {from} -ResultSize Unlimited | " + pull, "move-in"},
		{"move_mailboxes", "asks for the system's own mailboxes, from Exchange 2010 on", "exchange-2010", "exchange-se", database + "Get-Mailbox -Arbitration -Server {from} -ResultSize Unlimited | " + pull, "move-system"},
		{"move_mailboxes", "asks for the audit log's mailboxes, from Exchange 2016 on", "exchange-2016", "exchange-se", database + "Get-Mailbox -AuditLog -Server {from} -ResultSize Unlimited | " + pull, "move-audit"},
		{"move_mailboxes", "says how the moves stand", "exchange-2010", "exchange-se", "Get-MoveRequest -BatchName 'Doublehop' -ResultSize Unlimited | Get-MoveRequestStatistics | Format-List DisplayName,Status,PercentComplete,Message", "moves"},
		{"move_mailboxes", "forgets the moves that are done", "exchange-2010", "exchange-se", "Get-MoveRequest -BatchName 'Doublehop' -MoveStatus Completed -ResultSize Unlimited | Remove-MoveRequest -Confirm:$false", "moves-done"},
		{"exchange_remove", "removes the server's empty databases", "exchange-2007", "exchange-se", "Get-MailboxDatabase -Server {server} | Remove-MailboxDatabase -Confirm:$false", "drop"},
		{"exchange_remove", "deletes the folders that a migration has left in the server's store", "exchange-2007", "exchange-2010", "Get-PublicFolder -Server {server} -Identity '\\' -Recurse -ResultSize Unlimited | " + clear, "clear-folders"},
		{"exchange_remove", "the same for the system's own folders", "exchange-2007", "exchange-2010", "Get-PublicFolder -Server {server} -Identity '\\NON_IPM_SUBTREE' -Recurse -ResultSize Unlimited | " + clear, "clear-system"},
		{"exchange_remove", "removes the server's empty public folder database, which setup leaves to its administrator", "exchange-2007", "exchange-2010", "Get-PublicFolderDatabase -Server {server} | Remove-PublicFolderDatabase -RemoveLastAllowed -Confirm:$false", "drop-folders"},
		{"mount_store", "dismounts a database, and lets other files take its place", "exchange-2007", "exchange-se", "Set-MailboxDatabase -Identity {database} -AllowFileRestore:$true; Dismount-Database -Identity {database} -Confirm:$false", "dismount"},
		{"mount_store", "mounts a database", "exchange-2007", "exchange-se", "Mount-Database -Identity {database}", "mount"},
		{"mount_store", "makes a recovery storage group", "exchange-2007", "exchange-2007", "New-StorageGroup -Server {server} -Name {group} -LogFolderPath {folder} -SystemFolderPath {folder} -Recovery; New-MailboxDatabase -MailboxDatabaseToRecover {database} -StorageGroup {path} -EdbFilePath {file}; Set-MailboxDatabase -Identity {store} -AllowFileRestore:$true", "recovery"},
		{"mount_store", "makes a recovery database", "exchange-2010", "exchange-se", "New-MailboxDatabase -Recovery -Name {store} -Server {server} -EdbFilePath {file} -LogFolderPath {folder}", "recovery"},
		{"mount_store", "says whether a database is mounted", "exchange-2007", "exchange-se", "Get-MailboxDatabase -Identity {database} -Status | Format-List Name,Mounted", "mounted"},
	}
}

// snapIn is what a plain PowerShell must load to know a version's commands.
func snapIn(r estate.Release) string {
	switch r.Product {
	case "exchange-2007":
		return "Microsoft.Exchange.Management.PowerShell.Admin"
	case "exchange-2010":
		return "Microsoft.Exchange.Management.PowerShell.E2010"
	}
	return "Microsoft.Exchange.Management.PowerShell.SnapIn"
}

// command is a whole command line of a script, made of checked words.
type command string

// longestShell keeps a line with the call of PowerShell itself below what cmd
// takes on the Windows versions that have one (KB830473: 8191).
const longestShell = 4000

// shell is a call of PowerShell with one of the lines. Values are texts or
// numbers; argument is where they are from.
func (p *pen) shell(argument, name string, r estate.Release, values map[string]any) command {
	lines := ShellLines()
	at := slices.IndexFunc(lines, func(l ShellLine) bool {
		return l.name == name && span{first: l.From, last: l.To}.covers(r.Product)
	})
	if at < 0 {
		panic(fmt.Sprintf("no line %s for %s. This is a bug in catalog.", name, r.ID))
	}
	var pairs []string
	for key, value := range values {
		text := fmt.Sprint(value)
		if s, ok := value.(string); ok {
			text = "'" + strings.ReplaceAll(string(p.word(argument, s)), "'", "''") + "'"
		}
		pairs = append(pairs, "{"+key+"}", text)
	}
	text := strings.NewReplacer(pairs...).Replace(lines[at].Text)
	if !strings.Contains(text, " -ConnectionUri ") { // an endpoint brings its commands
		text = fmt.Sprintf("Add-PSSnapin '%s'; %s", snapIn(r), text)
	}
	line := fmt.Sprintf(`powershell -NoLogo -NoProfile -NonInteractive -Command "%s"`, text)
	if len(line) > longestShell {
		p.complain(argument, "Command too long", fmt.Sprintf("The command for %s has %d characters, and cmd takes %d. Use shorter names.", r.Name, len(line), longestShell))
	}
	return command(line)
}

// setupKey is where a version keeps its folder in the registry.
func setupKey(r estate.Release) string {
	switch r.Product {
	case "exchange-2007":
		return `HKLM:\SOFTWARE\Microsoft\Exchange\Setup`
	case "exchange-2010":
		return `HKLM:\SOFTWARE\Microsoft\ExchangeServer\v14\Setup`
	}
	return `HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15\Setup`
}
