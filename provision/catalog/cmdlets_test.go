package catalog_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/provision/catalog"
)

// cmdletsOfWindows are the cmdlets that our lines may use, with the parameters
// that they have in Microsoft's reference. A name that is not here is a slip of
// the pen until somebody has looked it up.
func cmdletsOfWindows() map[string]string {
	const deployment = " NoRebootOnCompletion Force ErrorAction Credential "
	return map[string]string{
		"Install-WindowsFeature":         "Name ErrorAction",
		"Get-WindowsFeature":             "Name",
		"Format-List":                    "",
		"ConvertTo-SecureString":         "AsPlainText Force",
		"New-Object":                     "",
		"Install-ADDSForest":             "DomainName DomainNetbiosName ForestMode DomainMode InstallDns SafeModeAdministratorPassword" + deployment,
		"Install-ADDSDomain":             "DomainType ParentDomainName NewDomainName NewDomainNetbiosName DomainMode SiteName InstallDns CreateDnsDelegation SafeModeAdministratorPassword" + deployment,
		"Install-ADDSDomainController":   "DomainName SiteName InstallDns ReplicationSourceDC SafeModeAdministratorPassword" + deployment,
		"Uninstall-ADDSDomainController": "LocalAdministratorPassword LastDomainControllerInDomain RemoveApplicationPartitions IgnoreLastDnsServerForZone" + deployment,
	}
}

// cmdletParser reads the small part of PowerShell that our lines are written in:
//
//	line    = command [ "|" "Format-List" words ]
//	command = Verb-Noun { -Name [ value ] | value }
//	value   = words [ "," value ] | text [ "," value ] | "(" command ")"
type cmdletParser struct {
	tokens []string
	used   []string
}

var cmdletToken = regexp.MustCompile(`^(?:\s+|'(?:[^']|'')*'|-[A-Za-z]+|[A-Za-z0-9.]+(?:-[A-Za-z0-9.]+)*|[|(),])`)

func parseCmdlet(line string) (*cmdletParser, error) {
	p := &cmdletParser{}
	for rest := line; rest != ""; {
		token := cmdletToken.FindString(rest)
		if token == "" {
			return nil, fmt.Errorf("unknown sign at %q", rest)
		}
		rest = rest[len(token):]
		if token = strings.TrimSpace(token); token != "" {
			p.tokens = append(p.tokens, token)
		}
	}
	if err := p.command(); err != nil {
		return nil, err
	}
	if p.peek() == "|" {
		p.next()
		if p.peek() != "Format-List" {
			return nil, fmt.Errorf("%q after the bar", p.peek())
		}
		if err := p.command(); err != nil {
			return nil, err
		}
	}
	if len(p.tokens) > 0 {
		return nil, fmt.Errorf("%q is left over", p.tokens)
	}
	return p, nil
}

func (p *cmdletParser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *cmdletParser) next() string {
	token := p.peek()
	p.tokens = p.tokens[min(1, len(p.tokens)):]
	return token
}

func (p *cmdletParser) command() error {
	name := p.next()
	parameters, ok := cmdletsOfWindows()[name]
	if !ok {
		return fmt.Errorf("%q is no cmdlet that is known here", name)
	}
	p.used = append(p.used, name)
	seen := map[string]bool{}
	for p.peek() != "" && p.peek() != "|" && p.peek() != ")" {
		if word := p.peek(); strings.HasPrefix(word, "-") {
			p.next()
			if !slices.Contains(strings.Fields(parameters), word[1:]) || seen[word] {
				return fmt.Errorf("%s has no parameter %s, or has it twice", name, word)
			}
			seen[word] = true
			continue
		}
		if err := p.value(); err != nil {
			return err
		}
	}
	return nil
}

func (p *cmdletParser) value() error {
	if p.peek() == "(" {
		p.next()
		if err := p.command(); err != nil {
			return err
		}
		if p.next() != ")" {
			return fmt.Errorf("a bracket is not closed before %q", p.peek())
		}
	} else if word := p.next(); word == "," || word == "" {
		return fmt.Errorf("a value is missing")
	}
	if p.peek() == "," {
		p.next()
		return p.value()
	}
	return nil
}

// TestCmdlets holds every line that a job gives to PowerShell of Windows to what
// is known of its cmdlets, and every cmdlet that is known to be used.
func TestCmdlets(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	lines := 0
	for _, job := range directoryJobs() {
		for _, f := range woods(t).work(job.kind, job.on, job.args).Job.Files {
			if !strings.HasSuffix(f.Path, ".CMD") {
				continue
			}
			for l := range strings.SplitSeq(string(read(t, f)), "\r\n") {
				rest, ok := strings.CutPrefix(l, `powershell -NoLogo -NoProfile -NonInteractive -Command "`)
				if !ok {
					if strings.Contains(strings.ToLower(l), "powershell -") {
						t.Errorf("%s: PowerShell is called in another way: %s", job.name, l)
					}
					continue
				}
				line, _, _ := strings.Cut(rest, `"`)
				p, err := parseCmdlet(line)
				if err != nil {
					t.Errorf("%s: %v in %s", job.name, err, line)
					continue
				}
				lines++
				for _, name := range p.used {
					used[name] = true
				}
			}
		}
	}
	for name := range cmdletsOfWindows() {
		if !used[name] {
			t.Errorf("no job uses %s", name)
		}
	}
	if lines < len(catalog.Cmdlets()) {
		t.Errorf("the jobs have %d lines for %d kinds", lines, len(catalog.Cmdlets()))
	}
	for _, bad := range []string{
		"Install-ADDSForrest -DomainName 'x'", "Install-ADDSForest -DomainNam 'x'", "Install-ADDSForest -DomainName 'x'; del x", "Install-ADDSForest -Force -Force",
		"Install-ADDSForest -DomainName (New-Object x", "Install-ADDSForest -DomainName 'x' | Remove-Item", "Install-ADDSForest -DomainName $x", "Get-WindowsFeature -Name DNS,",
	} {
		if _, err := parseCmdlet(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
