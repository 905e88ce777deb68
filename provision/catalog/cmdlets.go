package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Cmdlet is one line for PowerShell of Windows 2012 and later, where dcpromo and
// Server Manager's own command line are no more.
type Cmdlet struct {
	// Step is the kind of the step that uses it, Does what for, as a clause.
	Step, Does string
	// Text is the line; {names} in it become texts in single quotes, {features}
	// and {level} plain words.
	Text string
	name string
}

// secure is a text that PowerShell is to hold as a password.
func secure(name string) string {
	return "(ConvertTo-SecureString {" + name + "} -AsPlainText -Force)"
}

// Cmdlets lists every line, in the order of the reference. They are few and
// short because nothing here can run them: Wine has no PowerShell. Their
// parameters are those of the modules ServerManager and ADDSDeployment, as
// Microsoft's reference has them and AutomatedLab uses them.
func Cmdlets() []Cmdlet {
	const end = " -NoRebootOnCompletion -Force -ErrorAction Stop | Format-List Status,Message"
	account := " -Credential (New-Object System.Management.Automation.PSCredential {account}," + secure("password") + ")"
	safe := " -SafeModeAdministratorPassword " + secure("safemode")
	local := "Uninstall-ADDSDomainController -LocalAdministratorPassword " + secure("local")
	replica := "Install-ADDSDomainController -DomainName {domain} -SiteName {site} -InstallDns" + account
	return []Cmdlet{
		{"components", "adds roles and features, in join and promote too", "Install-WindowsFeature -Name {features} -ErrorAction Stop | Format-List Success,RestartNeeded,ExitCode", "features"},
		{"components", "says what is there", "Get-WindowsFeature -Name {features} | Format-List Name,Installed", "installed"},
		{"promote", "founds a forest", "Install-ADDSForest -DomainName {domain} -DomainNetbiosName {netbios} -ForestMode {level} -DomainMode {level} -InstallDns" + safe + end, "first"},
		{"promote", "founds a child domain", "Install-ADDSDomain -DomainType ChildDomain -ParentDomainName {parent} -NewDomainName {child} -NewDomainNetbiosName {netbios} -DomainMode {level} -SiteName {site} -InstallDns -CreateDnsDelegation" + account + safe + end, "child"},
		{"promote", "adds a domain controller", replica + safe + end, "replica"},
		{"promote", "the same, with a source that is named", replica + " -ReplicationSourceDC {source}" + safe + end, "replica-from"},
		{"demote", "takes Active Directory off", local + end, "demote"},
		{"demote", "ends a forest", local + " -LastDomainControllerInDomain -RemoveApplicationPartitions -IgnoreLastDnsServerForZone" + end, "demote-forest"},
		{"demote", "ends a child domain", local + " -LastDomainControllerInDomain -RemoveApplicationPartitions -IgnoreLastDnsServerForZone" + account + end, "demote-child"},
	}
}

// withCmdlets says that a Windows is told by PowerShell what earlier ones are
// told by dcpromo and servermanagercmd.
func withCmdlets(os labs.OS) bool {
	return later(os) && os != labs.Windows2008 && os != labs.Windows2008R2
}

// cmdlet is a call of PowerShell with one of the lines. Words go between single
// quotes, lists of words and numbers stand bare.
func (p *pen) cmdlet(name string, values map[string]any) command {
	lines := Cmdlets()
	at := slices.IndexFunc(lines, func(l Cmdlet) bool { return l.name == name })
	if at < 0 {
		panic(fmt.Sprintf("no line %s. This is a bug in catalog.", name))
	}
	var pairs []string
	for key, value := range values {
		text := ""
		switch v := value.(type) {
		case word:
			text = "'" + strings.ReplaceAll(string(v), "'", "''") + "'"
		case []word: // names that were held to letters, digits and hyphens
			names := make([]string, len(v))
			for i, w := range v {
				names[i] = string(w)
			}
			text = strings.Join(names, ",")
		case int:
			text = fmt.Sprint(v)
		default:
			panic(fmt.Sprintf("%s: value %s has the type %T. This is a bug in catalog.", name, key, value))
		}
		pairs = append(pairs, "{"+key+"}", text)
	}
	line := fmt.Sprintf(`powershell -NoLogo -NoProfile -NonInteractive -Command "%s"`, strings.NewReplacer(pairs...).Replace(lines[at].Text))
	if len(line) > longestShell {
		p.complain("", "Command too long", fmt.Sprintf("The command has %d characters, and cmd takes %d. Use shorter names.", len(line), longestShell))
	}
	return command(line)
}
