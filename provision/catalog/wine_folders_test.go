package catalog_test

import (
	"testing"

	"github.com/doublehop/doublehop/provision/catalog"
)

// organization makes PowerShell answer as one whose folders are to be migrated
// does: each pair is what a call has in it, and what is done then.
func (s *stage) organization(answers ...string) {
	s.t.Helper()
	state := `C:\PLAY\STATE.TXT`
	answers = append([]string{
		"Get-MigrationBatch", "type " + state + " 2>NUL",
		"New-MigrationBatch -Name", ">" + state + " echo Status : Created",
		"Start-MigrationBatch", ">" + state + " echo Status : Synced",
		"Complete-MigrationBatch", ">" + state + " echo Status : Completed",
		"Migration.*", "echo ServerName : EX16",
		"-Recurse -ResultSize Unlimited } | Format", "echo Name : Projects",
		"-Recurse -ResultSize Unlimited | Format", "echo Name : Projects",
		"Get-PublicFolderStatistics", "echo Name : Projects& echo ItemCount : 3",
		"Get-OrganizationConfig", "echo PublicFoldersEnabled : Local& echo PublicFolderMigrationComplete : True",
	}, answers...)
	lines := []string{`>C:\PLAY\ARGS.TXT echo %*`}
	for i := 0; i < len(answers); i += 2 {
		lines = append(lines, `find "`+answers[i]+`" C:\PLAY\ARGS.TXT >NUL`, `if not errorlevel 1 `+answers[i+1])
	}
	s.play("powershell", lines...)
	s.wine("cmd", "/c", "del", state)
}

// TestFoldersInWine runs the batch migration of public folders.
func TestFoldersInWine(t *testing.T) {
	t.Parallel()
	s := openExchange(t)
	s.exchangePlays(t, "folders", []play{
		{"folders-2010-2016", func(t *testing.T, s *stage, work catalog.Work) {
			s.organization("Migration.*", "echo ServerName : EX10")
			explained(t, work, s.job(t, 1, 1), "still on EX10, where a batch would stay in Starting")
			s.organization("Get-Mailbox -PublicFolder | Format", "echo Name : Another")
			explained(t, work, s.job(t, 1, 1), "an organization that has none")
			s.organization("Where-Object", "echo Name : a/b")
			explained(t, work, s.job(t, 1, 1), "a slash or a backslash")
			s.organization("Start-MigrationBatch", `>C:\PLAY\STATE.TXT echo Status : Failed`, "Get-MigrationUser", "echo ErrorSummary : Too many bad items")
			explained(t, work, s.job(t, 1, 1), "ended as Failed. Too many bad items")
			s.organization()
			s.job(t, 1, 0)
			s.job(t, 2, 0) // after a boot nothing is made again
			s.proved(t, work, map[string]string{
				"folders.batch": "Completed", "folders.enabled": "Local", "folders.migrated": "True", "folders.names": "1 folders", "folders.items": "3 items",
			})
		}},
		{"folders-2007-2013", func(t *testing.T, s *stage, work catalog.Work) {
			s.organization("Migration.*", "echo ServerName : EX13")
			s.job(t, 1, 0)
			s.proved(t, work, map[string]string{"folders.batch": "Completed", "folders.enabled": "Local", "folders.migrated": "True", "folders.names": "1 folders"})
		}},
	})
}
