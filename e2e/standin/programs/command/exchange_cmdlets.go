package command

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	store "github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

// exchangeShell is the snap-in of the cmdlets of Exchange, in each version under its own name.
const exchangeShell = "exchange"

// exchangeCmdlets are those of Exchange 2010 and later, and what loads them.
func exchangeCmdlets() map[string]cmdlet {
	all := map[string]cmdlet{
		"Add-PSSnapin":     {takes: "Name", positions: []string{"Name"}, run: addSnapIn},
		"Get-ItemProperty": {takes: "Path", positions: []string{"Path"}, run: getItemProperty},
		"New-PSSession":    {takes: "ConfigurationName ConnectionUri Authentication", run: newSession},
		"Import-PSSession": {takes: "Session CommandName", positions: []string{"Session"}, run: importSession},
		"Invoke-Command":   {takes: "ConfigurationName ConnectionUri Authentication ScriptBlock", run: invokeCommand},
		"Get-Service":      {takes: "ComputerName Name", run: getService},
		"Restart-Service":  {takes: "-Force", run: restartService},
	}
	for _, table := range []map[string]cmdlet{mailboxCmdlets(), moveCmdlets(), folderCmdlets(), migrationCmdlets()} {
		for name, c := range table {
			c.snapIn = exchangeShell
			all[name] = c
		}
	}
	return all
}

// snapInOf is the name under which a version's cmdlets are loaded.
func snapInOf(r release) string {
	if r.year == 2010 {
		return "Microsoft.Exchange.Management.PowerShell.E2010"
	}
	return "Microsoft.Exchange.Management.PowerShell.SnapIn"
}

func addSnapIn(s *shell, p parameters) ([]object, error) {
	have, ok := s.installed()
	if !ok || have.year < 2010 || !strings.EqualFold(p.text("Name"), snapInOf(have)) {
		return nil, errors.New("The Windows PowerShell snap-in '" + p.text("Name") + "' is not installed on this machine.")
	}
	s.loaded = append(s.loaded, exchangeShell)
	s.exchange = have
	return nil, nil
}

func getItemProperty(s *shell, p parameters) ([]object, error) {
	have, ok := s.installed()
	path, local := strings.CutPrefix(strings.ToLower(p.text("Path")), `hklm:\`)
	if !ok || !local || path != strings.ToLower(laterKey(have)) {
		return nil, fmt.Errorf("Cannot find path '%s' because it does not exist.", p.text("Path")) //nolint:staticcheck // PowerShell's words
	}
	return []object{newObject("MsiInstallPath", laterFolder(have)+`\`)}, nil
}

// endpoint is the server at whose endpoint a session is, with its release. The
// server must be there and of Exchange 2010 or later.
func (s *shell) endpoint(p parameters) (string, release, error) {
	address, err := url.Parse(p.text("ConnectionUri"))
	if err != nil || !strings.EqualFold(p.text("ConfigurationName"), "Microsoft.Exchange") || !strings.EqualFold(p.text("Authentication"), "Kerberos") || !strings.EqualFold(address.Path, "/PowerShell/") {
		return "", release{}, errors.New("The WinRM client cannot process the request: the endpoint is not that of an Exchange server.") //nolint:staticcheck // PowerShell's words
	}
	computer, _, _ := strings.Cut(address.Hostname(), ".")
	d, err := s.open("")
	if err != nil {
		return "", release{}, err
	}
	defer d.Close()
	content, err := s.order(d, computer, store.Order{Verb: "read"})
	have, ok := releaseOf(content.Release)
	if err != nil || !ok || have.year < 2010 {
		return "", release{}, fmt.Errorf("[%s] Connecting to remote server %s failed with the following error message : The WinRM client cannot complete the operation.", address.Hostname(), address.Hostname()) //nolint:staticcheck // PowerShell's words
	}
	return strings.ToUpper(computer), have, nil
}

func newSession(s *shell, p parameters) ([]object, error) {
	computer, have, err := s.endpoint(p)
	if err != nil {
		return nil, err
	}
	return []object{newObject("ComputerName", computer, "Release", have.id)}, nil
}

// importSession brings commands of a session here, where they run as at the endpoint.
func importSession(s *shell, p parameters) ([]object, error) {
	session, ok := p.named["session"].(object)
	if !ok {
		return nil, errors.New("cannot bind parameter 'Session'")
	}
	s.exchange, _ = releaseOf(session.property("Release"))
	s.remote = true
	for _, name := range p.list("CommandName") {
		s.loaded = append(s.loaded, exchangeShell+":"+strings.ToLower(name))
	}
	return nil, nil
}

// invokeCommand runs a block at the endpoint of a server.
func invokeCommand(s *shell, p parameters) ([]object, error) {
	_, have, err := s.endpoint(p)
	if err != nil {
		return nil, err
	}
	script, ok := p.named["scriptblock"].(block)
	if !ok {
		return nil, errors.New("cannot bind parameter 'ScriptBlock'")
	}
	there := &shell{call: s.call, variables: map[string]any{"true": "True", "false": "False", "null": nil}, commands: s.commands, loaded: []string{exchangeShell}, exchange: have, remote: true}
	return there.script(string(script))
}

// getService is a service of this or of another computer; of others only whether their store answers.
func getService(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	computer := p.text("ComputerName")
	if computer == "" || !strings.EqualFold(p.text("Name"), "MSExchangeIS") {
		return nil, fmt.Errorf("stand-in PowerShell: it knows MSExchangeIS of a computer, not %s", p.text("Name"))
	}
	if _, err := s.order(d, computer, store.Order{Verb: "read"}); err != nil {
		return nil, fmt.Errorf("Cannot find any service with service name '%s'.", p.text("Name")) //nolint:staticcheck // PowerShell's words
	}
	return []object{newObject("Name", "MSExchangeIS", "MachineName", strings.ToUpper(computer), "Status", "Running")}, nil
}

// restartService lets a store read the organization's settings anew: whether
// public folders are locked.
func restartService(s *shell, p parameters) ([]object, error) {
	return nil, s.each(p, func(d Directory, o object) error {
		verb := "unlock"
		if setting(d, "PublicFoldersLockedForMigration") == "True" {
			verb = "lock"
		}
		_, err := s.order(d, o.property("MachineName"), store.Order{Verb: verb})
		return err
	})
}

// each does something with every object of the pipeline, in one connection to the directory.
func (s *shell) each(p parameters, do func(Directory, object) error) error {
	d, err := s.open("")
	if err != nil {
		return err
	}
	defer d.Close()
	var failed error
	for _, o := range p.input {
		failed = errors.Join(failed, do(d, o))
	}
	return failed
}

// settingsOf are the organization's settings that cmdlets read and write; they
// are kept in the keywords of its object.
func settingsOf(d Directory) (dn string, values []string) {
	org, _ := organization(d, "CN=Configuration,"+d.Root().Value("rootDomainNamingContext"))
	e, _ := one(d, org.DN, "keywords")
	return org.DN, e.Values("keywords")
}

func setting(d Directory, name string) string {
	_, values := settingsOf(d)
	for _, v := range values {
		if text, ok := strings.CutPrefix(v, name+"="); ok {
			return text
		}
	}
	return map[string]string{"PublicFoldersEnabled": "Local"}[name]
}

func setSetting(d Directory, name, value string) error {
	dn, values := settingsOf(d)
	kept := []string{name + "=" + value}
	for _, v := range values {
		if !strings.HasPrefix(v, name+"=") {
			kept = append(kept, v)
		}
	}
	return d.Modify(dn, []directory.Change{{Op: directory.Replace, Attribute: directory.Attribute{Name: "keywords", Values: kept}}})
}

// isTrue reads $true, 1 and 0 as PowerShell does for a Boolean.
func isTrue(text string) string {
	if n, err := strconv.Atoi(text); err == nil {
		return truthText(n != 0)
	}
	return truthText(strings.EqualFold(text, "True"))
}
