package command

import (
	"errors"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

// features are the roles and features that Server Manager knows here, by their
// names in lower case, with the old component whose services each brings too.
func features() map[string]string {
	known := map[string]string{
		"dns": "dns", "web-server": "iis_common", "web-webserver": "iis_www", "smtp-server": "iis_smtp", "rsat-adds": "", "ad-domain-services": "",
	}
	for name := range strings.FieldsSeq(`AS-HTTP-Activation Desktop-Experience Failover-Clustering NET-Framework NET-Framework-Core NET-Framework-45-Core
		NET-Framework-45-Features NET-Framework-45-ASPNET NET-HTTP-Activation NET-WCF-HTTP-Activation45 RPC-over-HTTP-Proxy RSAT RSAT-AD-Tools RSAT-AD-PowerShell
		RSAT-ADDS-Tools RSAT-ADLDS RSAT-Clustering RSAT-Clustering-CmdInterface RSAT-Clustering-Mgmt RSAT-Clustering-PowerShell RSAT-Web-Server Server-Media-Foundation
		GPMC WAS WAS-Process-Model Web-Asp-Net Web-Asp-Net45 Web-Basic-Auth Web-Client-Auth Web-Digest-Auth Web-Dir-Browsing Web-Dyn-Compression Web-Http-Errors
		Web-Http-Logging Web-Http-Redirect Web-Http-Tracing Web-ISAPI-Ext Web-ISAPI-Filter Web-Lgcy-Mgmt-Console Web-Lgcy-Scripting Web-Metabase Web-Mgmt-Console
		Web-Mgmt-Service Web-Mgmt-Compat Web-Net-Ext Web-Net-Ext45 Web-Request-Monitor Web-Stat-Compression Web-Static-Content Web-Windows-Auth Web-WMI
		Windows-Identity-Foundation PowerShell-ISE Telnet-Client`) {
		known[strings.ToLower(name)] = ""
	}
	return known
}

// addFeature installs a feature; false where Windows knows no such one.
func (c *call) addFeature(name string) bool {
	name = strings.ToLower(name)
	brings, known := features()[name]
	if !known {
		return false
	}
	if brings != "" {
		c.Machine.InstallComponents([]string{brings})
	}
	if name == "web-server" { // its default role services are with it
		c.Machine.InstallComponents([]string{"iis_www", "web-webserver"})
	}
	c.Machine.InstallComponents([]string{name})
	return true
}

// featureCmdlets are those of ServerManager in Windows 2012 and later.
func featureCmdlets() map[string]cmdlet {
	return map[string]cmdlet{
		"Install-WindowsFeature": {takes: "Name Source -IncludeManagementTools -IncludeAllSubFeature -Restart", positions: []string{"Name"}, run: installFeatures},
		"Get-WindowsFeature":     {takes: "Name", positions: []string{"Name"}, run: getFeatures},
	}
}

func (c *call) hasServerManager() error {
	if w, _ := directory.WindowsNamed(c.Machine.Windows); w.Level < 5 {
		return errors.New("the module ServerManager is not loaded")
	}
	return nil
}

func installFeatures(s *shell, p parameters) ([]object, error) {
	if err := s.hasServerManager(); err != nil {
		return nil, err
	}
	exit := "NoChangeNeeded"
	for _, name := range p.list("Name") {
		if _, known := features()[strings.ToLower(name)]; !known {
			return nil, errors.New("ArgumentNotValid: The role, role service, or feature name is not valid: '" + name + "'. The name was not found.")
		}
	}
	for _, name := range p.list("Name") {
		if !s.Machine.Has(strings.ToLower(name)) {
			exit = "Success"
			s.addFeature(name)
		}
	}
	s.work(1)
	return []object{newObject("Success", "True", "RestartNeeded", "No", "ExitCode", exit)}, nil
}

func getFeatures(s *shell, p parameters) ([]object, error) {
	if err := s.hasServerManager(); err != nil {
		return nil, err
	}
	var out []object
	for _, name := range p.list("Name") {
		if _, known := features()[strings.ToLower(name)]; known {
			out = append(out, newObject("Name", name, "Installed", truthText(s.Machine.Has(strings.ToLower(name)))))
		}
	}
	return out, nil
}

// The exit codes of servermanagercmd (TechNet cc766357).
const (
	serverManagerBad     = 87
	serverManagerNothing = 1003
)

// serverManager imitates servermanagercmd of Windows 2008 and 2008 R2.
func (c *call) serverManager() int {
	w, _ := directory.WindowsNamed(c.Machine.Windows)
	switch {
	case !modern(w):
		c.Err("'servermanagercmd' is not recognized as an internal or external command,\noperable program or batch file.\n")
		return 9009
	case len(c.args) == 1 && strings.EqualFold(c.args[0], "-query"):
		for _, name := range c.Machine.State.Components {
			c.Out("[X] " + name + "  [" + name + "]\n")
		}
		return 0
	case len(c.args) == 2 && strings.EqualFold(c.args[0], "-install"):
	default:
		c.Out("Error: The command line is not understood. (This stand-in knows -install NAME and -query.)\n")
		return serverManagerBad
	}
	name := c.args[1]
	if c.Machine.Has(strings.ToLower(name)) {
		c.Out("NoChange: No changes were made because the roles, role services and features specified are already installed.\n")
		return serverManagerNothing
	}
	if !c.addFeature(name) {
		c.Out("ArgumentNotValid: The role, role service, or feature name is not valid: '" + name + "'. The name was not found.\n")
		return serverManagerBad
	}
	c.work(1)
	c.Out("Start Installation...\n<100/100>\n\nSuccess: Installation succeeded.\n")
	return 0
}
