package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const laterLog = `C:\ExchangeSetupLogs\ExchangeSetup.log`

// later is setup of Exchange 2010 and later, which has another command line and
// another log than those before it.
type later struct {
	*call
	release
	switches map[string]string
	d        Directory
	dn, org  string // the domain's name, and the organization's object, "" without one
}

// laterSwitches are those that setup takes, with their short names.
func laterSwitches() map[string]string {
	known := map[string]string{
		"m": "mode", "r": "roles", "p": "preparead", "ps": "prepareschema", "pl": "preparelegacyexchangepermissions", "pd": "preparedomain",
		"pad": "preparealldomains", "on": "organizationname", "t": "targetdir", "dc": "domaincontroller", "role": "roles",
	}
	for name := range strings.FieldsSeq("mode roles preparead prepareschema preparelegacyexchangepermissions preparedomain preparealldomains organizationname targetdir " +
		"domaincontroller legacyroutingserver installwindowscomponents disableamfiltering mdbname donotstarttransport " +
		"iacceptexchangeserverlicenseterms iacceptexchangeserverlicenseterms_diagnosticdataon iacceptexchangeserverlicenseterms_diagnosticdataoff") {
		known[name] = name
	}
	return known
}

func (l *later) line(level int, text string) {
	stamp := l.Now().Format("01/02/2006 15:04:05.0000")
	if err := l.Machine.Append(laterLog, fmt.Sprintf("[%s] [%d] %s\r\n", stamp, level, text)); err != nil {
		l.Err("stand-in setup: " + err.Error() + "\n")
	}
}

// laterSetup is setup.com of Exchange 2010, and Setup.exe of 2013 and 2016: on the
// disc, or in the folder of the one that is installed.
func (c *call) laterSetup(r release) int {
	l := &later{call: c, release: r, switches: map[string]string{}}
	stars := "**********************************************"
	for _, text := range []string{
		stars, fmt.Sprintf("Starting Microsoft Exchange Server %d Setup", r.year), stars,
		"Setup version: " + r.build + ".", "Logged on user: " + c.Session.String() + ".",
	} {
		l.line(0, text)
	}
	if bad := l.read(); bad != "" {
		return l.breaks(bad)
	}
	for name, value := range l.switches {
		l.line(0, "Command Line Parameter Name='"+name+"', Value='"+value+"'.")
	}
	if bad := l.licensed(); bad != "" {
		return l.breaks(bad)
	}
	return l.choose()
}

func (l *later) read() string {
	known := laterSwitches()
	for _, arg := range l.args {
		name, value, is := option(arg)
		full, ok := known[name]
		if !is || !ok {
			return "The command-line parameter '" + arg + "' isn't valid."
		}
		if _, twice := l.switches[full]; twice {
			return "The parameter '" + full + "' is given twice."
		}
		l.switches[full] = value
	}
	return ""
}

// licensed says what is wrong with the switch that accepts the licence: Exchange
// 2010 knows none, and from the updates of September 2021 on it also tells of diagnostic data (KB5007042).
func (l *later) licensed() string {
	has := func(end string) bool { _, ok := l.switches["iacceptexchangeserverlicenseterms"+end]; return ok }
	plain, data := has(""), has("_diagnosticdataon") || has("_diagnosticdataoff")
	switch {
	case l.year == 2010 && (plain || data):
		return "The command-line parameter 'IAcceptExchangeServerLicenseTerms' isn't valid."
	case l.year == 2013 && !plain:
		return "License terms must be accepted: use the switch /IAcceptExchangeServerLicenseTerms."
	case l.year == 2016 && !data:
		return "License terms must be accepted: use the switch /IAcceptExchangeServerLicenseTerms_DiagnosticDataON or /IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF."
	}
	return ""
}

// choose does what the switches ask for.
func (l *later) choose() int {
	mode := strings.ToLower(l.switches["mode"])
	has := func(name string) bool { _, ok := l.switches[name]; return ok }
	if mode == "uninstall" {
		return l.checked("Uninstall", l.uninstallRules, l.uninstall)
	}
	onDisc := !strings.EqualFold(l.request.Module[:min(2, len(l.request.Module))], "C:")
	switch {
	case !onDisc:
		return l.breaks("Setup in the folder of an installed server removes it only: run it from the disc.")
	case has("preparelegacyexchangepermissions") && l.year == 2010:
		return l.checked("PrepareLegacyExchangePermissions", l.organizationRules, l.succeed)
	case has("prepareschema"):
		return l.checked("PrepareSchema", l.schemaRules, l.schemaWork)
	case has("preparead"):
		return l.checked("PrepareAD", l.organizationRules, l.organizationWork)
	case has("preparedomain") || has("preparealldomains"):
		return l.checked("PrepareDomain", l.organizationRules, l.domainWork)
	case mode == "install":
		return l.checked("Install", l.installRules, l.installWork)
	case mode == "upgrade":
		return l.breaks("This stand-in's setup upgrades no server: its discs have one build of each version.")
	}
	return l.breaks("Setup needs a mode: /Mode:Install, /Mode:Uninstall, or one of the /Prepare switches.")
}

// rule is a readiness rule that does not hold.
type rule struct{ name, message string }

// checked opens the directory, holds the rules, and does the work.
func (l *later) checked(what string, rules func() []rule, work func() error) int {
	l.line(0, "Setup will run the task '"+what+"'")
	broken := l.standing()
	if broken == nil {
		d, err := l.open(l.switches["domaincontroller"])
		if err != nil {
			return l.breaks("Setup encountered a problem while validating the state of Active Directory: Could not find any Domain Controller in domain " +
				l.Machine.Domain.Name + ".  See the Exchange setup log for more information on this error.")
		}
		defer d.Close()
		l.d, l.dn = d, d.Root().Value("defaultNamingContext")
		if org, ok := organization(d, "CN=Configuration,"+d.Root().Value("rootDomainNamingContext")); ok {
			l.org = org.DN
		}
		broken = rules()
	}
	for _, r := range broken {
		l.line(1, "Failed [Rule:"+r.name+"] [Message:"+r.message+"]")
		l.line(1, "[REQUIRED] "+r.message)
		l.line(1, "Help URL: http://technet.microsoft.com/library(EXCHG.150)/ms.exch.setupreadiness."+r.name+".aspx")
		l.Err(r.message + "\n")
	}
	if len(broken) > 0 {
		return l.incomplete()
	}
	if err := work(); err != nil {
		return l.breaks(err.Error())
	}
	l.line(0, "The Exchange Server setup operation completed successfully.")
	l.line(0, "End of Setup")
	l.Out("The Exchange Server setup operation completed successfully.\n")
	return 0
}

func (l *later) succeed() error { l.work(1); return nil }

// breaks ends setup with an error.
func (l *later) breaks(text string) int {
	l.line(0, "[ERROR] "+text)
	l.Err(text + "\n")
	return l.incomplete()
}

func (l *later) incomplete() int {
	l.line(0, "The Exchange Server setup operation didn't complete.  More details can be found in ExchangeSetup.log located in the <SystemDrive>:\\ExchangeSetupLogs folder.")
	l.line(0, "End of Setup")
	return 1
}

// standing are the rules about the machine and who is logged on.
func (l *later) standing() []rule {
	m := l.Machine
	windows := map[int][]string{
		2010: {machine.Windows2008R2, machine.Windows2012R2}, 2013: {machine.Windows2008R2, machine.Windows2012R2}, 2016: {machine.Windows2012R2, machine.Windows2016},
	}[l.year]
	switch {
	case m.Role == machine.Workgroup:
		return []rule{{"ComputerNotPartofDomain", "The computer isn't part of an Active Directory domain."}}
	case !strings.EqualFold(l.Session.Domain, m.Domain.NetBIOS):
		return []rule{{"LoggedOntoDomain", "You must be logged on with a user account of an Active Directory domain."}}
	case !slices.Contains(windows, m.Windows):
		return []rule{{"ValidOSVersion", fmt.Sprintf("Exchange Server %d doesn't run on Windows %s.", l.year, m.Version())}}
	}
	return nil
}

// member says whether the user is in a group of the domain.
func (l *later) member(group string) bool {
	g, _ := one(l.d, "CN="+group+",CN=Users,"+l.dn, "member")
	return slices.ContainsFunc(g.Values("member"), func(m string) bool { return directory.Same(m, "CN="+l.Session.User+",CN=Users,"+l.dn) })
}
