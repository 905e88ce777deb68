package catalog_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/provision/catalog"
)

// shellCommands are the commands that our lines may use, and their parameters.
// A name that is not here is a slip of the pen until somebody has looked it up.
func shellCommands() map[string]string {
	const filter = " ResultSize"
	return map[string]string{
		"Add-PSSnapin":                "",
		"Complete-MigrationBatch":     "Identity Confirm",
		"Dismount-Database":           "Identity Confirm",
		"Enable-Mailbox":              "Database DomainController",
		"Format-List":                 "",
		"Get-Content":                 "Path Encoding",
		"Get-ItemProperty":            "Path",
		"Get-Mailbox":                 "Server Arbitration AuditLog PublicFolder Identity" + filter,
		"Get-MailboxDatabase":         "Server Identity Status",
		"Get-MailboxStatistics":       "Server",
		"Get-MigrationBatch":          "Identity",
		"Get-MigrationUser":           "BatchId",
		"Get-MoveRequest":             "BatchName MoveStatus" + filter,
		"Get-MoveRequestStatistics":   "",
		"Get-OrganizationConfig":      "",
		"Get-PublicFolder":            "Identity Recurse Server" + filter,
		"Get-PublicFolderDatabase":    "Server",
		"Get-PublicFolderStatistics":  "Server" + filter,
		"Get-Queue":                   "Server",
		"Get-Service":                 "ComputerName Name",
		"Get-User":                    "OrganizationalUnit RecipientTypeDetails DomainController" + filter,
		"Import-PSSession":            "Session CommandName",
		"Invoke-Command":              "ConfigurationName ConnectionUri Authentication ScriptBlock",
		"Mount-Database":              "Identity",
		"Move-Mailbox":                "TargetDatabase BadItemLimit Confirm",
		"New-Mailbox":                 "PublicFolder Name Database HoldForMigration",
		"New-MailboxDatabase":         "Recovery Name Server EdbFilePath LogFolderPath MailboxDatabaseToRecover StorageGroup",
		"New-MigrationBatch":          "Name SourcePublicFolderDatabase CSVData BadItemLimit",
		"New-PSSession":               "ConfigurationName ConnectionUri Authentication",
		"New-MoveRequest":             "TargetDatabase BadItemLimit BatchName",
		"New-PublicFolder":            "Name Path Server",
		"New-PublicFolderDatabase":    "Name Server",
		"New-StorageGroup":            "Server Name LogFolderPath SystemFolderPath Recovery",
		"Out-Null":                    "",
		"Remove-MailboxDatabase":      "Confirm",
		"Remove-PublicFolder":         "Server Recurse ErrorAction Confirm",
		"Remove-PublicFolderDatabase": "RemoveLastAllowed Confirm",
		"Remove-MoveRequest":          "Confirm",
		"Restart-Service":             "Force",
		"Set-Mailbox":                 "PublicFolder IsExcludedFromServingHierarchy",
		"Set-MailboxDatabase":         "Identity AllowFileRestore",
		"Set-OrganizationConfig":      "PublicFoldersEnabled PublicFoldersLockedForMigration PublicFolderMigrationComplete",
		"Start-MigrationBatch":        "Identity",
		"AddReplicaToPFRecursive.ps1": "TopPublicFolder ServerToAdd",
		"MoveAllReplicas.ps1":         "Server NewServer",
	}
}

// shellParser reads the small part of PowerShell that our lines are written in:
//
//	script    = statement { ";" statement }
//	statement = "if (-not (" pipeline ")) {" script "}" | $name "=" value | pipeline
//	pipeline  = command { "|" command }
//	command   = ( Verb-Noun | "& (" $name "+" text ")" ) { -Name [ ":" $true|$false ] | value } |
//	            "Invoke-Command" ... "{" command "}" | "Where-Object { $_.Name -match" text "}"
//	value     = text | number | word {"," word} | Verb-Noun {"," Verb-Noun} | $name[.Name] | "(" pipeline ")" [.Name] | "@(" pipeline ")[0]"
type shellParser struct {
	tokens []string
	at     int
	set    []string
}

var shellToken = regexp.MustCompile(`^(?:\s+|'(?:[^']|'')*'|\$[A-Za-z_]+|-[A-Za-z]+:?|[A-Z][a-z]+-[A-Z][A-Za-z]+(?:,[A-Z][a-z]+-[A-Z][A-Za-z]+)*|[A-Za-z]+(?:,[A-Za-z]+)*|\d+|@\(|\)\[0\]|\.[A-Z][A-Za-z]+|[;|=(){}&+])`)

func parseShell(line string) error {
	p := &shellParser{}
	for rest := line; rest != ""; {
		token := shellToken.FindString(rest)
		if token == "" {
			return fmt.Errorf("unknown sign at %q", rest)
		}
		rest = rest[len(token):]
		if token = strings.TrimSpace(token); token != "" {
			p.tokens = append(p.tokens, token)
		}
	}
	if err := p.script(); err != nil {
		return err
	}
	if p.at < len(p.tokens) {
		return fmt.Errorf("%q is left over", p.tokens[p.at:])
	}
	return nil
}

func (p *shellParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *shellParser) take(want string) error {
	if p.peek() != want {
		return fmt.Errorf("want %q and have %q", want, p.peek())
	}
	p.at++
	return nil
}

func (p *shellParser) all(wants ...string) error {
	for _, w := range wants {
		if err := p.take(w); err != nil {
			return err
		}
	}
	return nil
}

func (p *shellParser) script() error {
	for {
		if err := p.statement(); err != nil {
			return err
		}
		if p.peek() != ";" {
			return nil
		}
		p.at++
	}
}

func (p *shellParser) statement() error {
	switch word := p.peek(); {
	case word == "if":
		if err := p.all("if", "(", "-not", "("); err != nil {
			return err
		}
		if err := p.pipeline(); err != nil {
			return err
		}
		if err := p.all(")", ")", "{"); err != nil {
			return err
		}
		if err := p.script(); err != nil {
			return err
		}
		return p.take("}")
	case strings.HasPrefix(word, "$"):
		p.at++
		if err := p.take("="); err != nil {
			return err
		}
		p.set = append(p.set, word)
		if p.peek() == "New-PSSession" {
			return p.session()
		}
		return p.value()
	}
	return p.pipeline()
}

// session is "New-PSSession" with an address: without one it would be of the
// machine itself, which knows no command of Exchange.
func (p *shellParser) session() error {
	from := p.at
	if err := p.command(); err != nil {
		return err
	}
	if !slices.Contains(p.tokens[from:p.at], "-ConnectionUri") {
		return fmt.Errorf("a session without an address")
	}
	return nil
}

func (p *shellParser) pipeline() error {
	for {
		if err := p.command(); err != nil {
			return err
		}
		if p.peek() != "|" {
			return nil
		}
		p.at++
	}
}

func (p *shellParser) command() error {
	name := p.peek()
	p.at++
	if name == "&" {
		if err := p.all("(", "$x", "+"); err != nil {
			return err
		}
		name = strings.TrimSuffix(p.peek()[strings.LastIndex(p.peek(), `\`)+1:], "'")
		p.at++
		if err := p.take(")"); err != nil {
			return err
		}
	}
	if name == "Where-Object" {
		if err := p.all("{", "$_", ".Name", "-match"); err != nil {
			return err
		}
		p.at++
		return p.take("}")
	}
	known, ok := shellCommands()[name]
	if !ok {
		return fmt.Errorf("unknown command %q", name)
	}
	for {
		word := p.peek()
		switch {
		case strings.HasPrefix(word, "-"):
			p.at++
			if !slices.Contains(strings.Fields(known), strings.Trim(word, "-:")) {
				return fmt.Errorf("%s has no parameter %s", name, word)
			}
			if strings.HasSuffix(word, ":") {
				if v := p.peek(); v != "$true" && v != "$false" {
					return fmt.Errorf("%s%s is neither $true nor $false", word, v)
				}
				p.at++
			}
		case word == "" || strings.ContainsAny(word[:1], ";|)}"):
			return nil
		case word == "{" && name == "Invoke-Command":
			p.at++ // an endpoint of Exchange takes one command and no language
			if err := p.command(); err != nil {
				return err
			}
			if err := p.take("}"); err != nil {
				return err
			}
		default:
			if err := p.value(); err != nil {
				return err
			}
		}
	}
}

func (p *shellParser) value() error {
	word := p.peek()
	p.at++
	switch {
	case strings.HasPrefix(word, "'"), strings.Trim(word, "0123456789") == "" && word != "":
		return nil
	case strings.HasPrefix(word, "$"):
		if !slices.Contains(p.set, word) {
			return fmt.Errorf("%s is not set", word)
		}
	case word == "(" || word == "@(":
		if err := p.pipeline(); err != nil {
			return err
		}
		end := ")"
		if word == "@(" {
			end = ")[0]"
		}
		if err := p.take(end); err != nil {
			return err
		}
	case word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,") == "":
		return nil
	default:
		for name := range strings.SplitSeq(word, ",") {
			if _, ok := shellCommands()[name]; !ok {
				return fmt.Errorf("%q is no value", word)
			}
		}
	}
	if strings.HasPrefix(p.peek(), ".") {
		p.at++
	}
	return nil
}

var (
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
	called      = regexp.MustCompile(`(?m)^powershell -NoLogo -NoProfile -NonInteractive -Command "([^"\r\n]*)"`)
)

// TestShellLines parses every line of the table with hostile values in it.
func TestShellLines(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, l := range catalog.ShellLines() {
		line := placeholder.ReplaceAllStringFunc(l.Text, func(name string) string {
			if name == "{limit}" {
				return "10"
			}
			return "'O''Neill''s $(x); Remove-Item C:\\ | `'"
		})
		if err := parseShell(line); err != nil {
			t.Errorf("%s: %v\n%s", l.Step, err, l.Text)
		}
		if strings.ContainsAny(l.Text, "\"%^!<>") {
			t.Errorf("%s: cmd would change the line %s", l.Step, l.Text)
		}
		if seen[l.Step+l.Does+l.From] || !strings.HasPrefix(l.From, "exchange-") || !strings.HasPrefix(l.To, "exchange-") {
			t.Errorf("%s: %q from %s to %s", l.Step, l.Does, l.From, l.To)
		}
		seen[l.Step+l.Does+l.From] = true
	}
}

// TestShellCallsInJobs finds every call of PowerShell in the jobs and parses
// what it is given.
func TestShellCallsInJobs(t *testing.T) {
	t.Parallel()
	calls := 0
	for _, job := range exchangeJobs() {
		for _, f := range hop(t).work(job.kind, job.on, job.args).Job.Files {
			if !strings.HasSuffix(f.Path, ".CMD") {
				continue
			}
			text := string(read(t, f))
			found := called.FindAllStringSubmatch(text, -1)
			if len(found) != strings.Count(text, "powershell ") {
				t.Errorf("%s %s: a call of PowerShell has another form", job.name, f.Path)
			}
			for _, m := range found {
				calls++
				if err := parseShell(m[1]); err != nil {
					t.Errorf("%s %s: %v\n%s", job.name, f.Path, err, m[1])
				}
				if len(m[0]) > 4000 {
					t.Errorf("%s: a line of %d characters", job.name, len(m[0]))
				}
			}
		}
	}
	if calls < 20 {
		t.Errorf("only %d calls were found", calls)
	}
}

func TestTheShellParserIsStrict(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"Get-Mailbox -Sever 'a'", "Get-Mailbx", "$db.Name", "Get-Mailbox 'a", "Get-Mailbox | ", "if (Get-Mailbox) { Get-Mailbox }", "$a = ; Get-Mailbox",
		"Get-Mailbox -Confirm:1", "Get-Mailbox { $_ }", "Get-Mailbox > x", "& ($y + 'a.ps1')", "@(Get-Mailbox)[1]",
		"Invoke-Command { Get-Mailbox | Format-List }", "Get-Mailbox { Get-Mailbox }", "Get-Mailbox | Where-Object { $_.Alias -match 'a' }",
		"Import-PSSession -Session 's' -CommandName Get-Mailbox,Get-Nothing", "$s = New-PSSession",
	} {
		if parseShell(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
