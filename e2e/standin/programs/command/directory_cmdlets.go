package command

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// directoryCmdlets are those of ADDSDeployment, which Windows 2012 and later
// have in dcpromo's place.
func directoryCmdlets() map[string]cmdlet {
	const common = " SafeModeAdministratorPassword DatabasePath LogPath SysvolPath -InstallDns -NoRebootOnCompletion -Force -CreateDnsDelegation"
	return map[string]cmdlet{
		"Install-ADDSForest":           {takes: "DomainName DomainNetbiosName ForestMode DomainMode" + common, run: deployed(installForest)},
		"Install-ADDSDomainController": {takes: "DomainName SiteName Credential ReplicationSourceDC -NoGlobalCatalog" + common, run: deployed(installController)},
		"Uninstall-ADDSDomainController": {
			takes: "LocalAdministratorPassword Credential -LastDomainControllerInDomain -RemoveApplicationPartitions -IgnoreLastDnsServerForZone -NoRebootOnCompletion -Force",
			run:   deployed(uninstallController),
		},
	}
}

// deployed runs a cmdlet of ADDSDeployment: it wants its role's files, and says how it went in one object.
func deployed(work func(*shell, parameters) string) func(*shell, parameters) ([]object, error) {
	return func(s *shell, p parameters) ([]object, error) {
		if why := mayDeploy(s, p); why != "" {
			return nil, errors.New(why)
		}
		if why := work(s, p); why != "" {
			s.promoLine("[ERROR] " + why)
			s.promoLine("[INFO] The attempted domain controller operation has completed")
			return nil, errors.New(why)
		}
		if !p.on("NoRebootOnCompletion") {
			s.Power("reboot")
		}
		return []object{newObject("Message", "Operation completed successfully", "Context", "DCPromo.General.3", "RebootRequired", "True", "Status", "Success")}, nil
	}
}

func mayDeploy(s *shell, p parameters) string {
	w, _ := directory.WindowsNamed(s.Machine.Windows)
	switch {
	case w.Level < 5 || !s.Machine.Has("ad-domain-services") && s.Machine.Role != machine.DC:
		return "The term is not recognized as the name of a cmdlet, function, script file, or operable program: the role AD-Domain-Services is not installed."
	case !p.on("Force"):
		return "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available."
	}
	return ""
}

// password is the text of a SecureString, "" where none is given.
func (p parameters) password(name string) string {
	o, ok := p.named[strings.ToLower(name)].(object)
	if !ok {
		return ""
	}
	return o.property("SecureString")
}

// credential is the account of a PSCredential; without one, nothing.
func (p parameters) credential() (user, realm, secret string) {
	o, ok := p.named["credential"].(object)
	if !ok {
		return "", "", ""
	}
	name := o.property("UserName")
	if realm, user, ok := strings.Cut(name, `\`); ok {
		return user, realm, o.property("Password")
	}
	user, realm, _ = strings.Cut(name, "@")
	return user, realm, o.property("Password")
}

const windowsNTDS, windowsSysvol = `C:\WINDOWS\NTDS`, `C:\WINDOWS\SYSVOL`

func installController(s *shell, p parameters) string {
	if p.password("SafeModeAdministratorPassword") == "" {
		return "The wizard waits: SafeModeAdministratorPassword is missing."
	}
	r := joiningDC{
		domain: strings.ToLower(p.text("DomainName")), site: p.text("SiteName"), source: p.text("ReplicationSourceDC"), dns: p.on("InstallDns"),
		database: cmp.Or(p.text("DatabasePath"), windowsNTDS), sysvol: cmp.Or(p.text("SysvolPath"), windowsSysvol),
	}
	r.user, r.realm, r.secret = p.credential()
	switch {
	case r.domain == "":
		return "Cannot process command because of one or more missing mandatory parameters: DomainName."
	case r.user == "" && s.Machine.Role == machine.Member:
		r.user, r.realm, r.secret = s.Session.User, s.Session.Domain, s.Session.Password
	case r.user == "":
		return "Verification of user credential permissions failed. You must supply a name and password for a user with domain admin rights."
	}
	r.site = cmp.Or(r.site, "Default-First-Site-Name")
	return s.replica(r)
}

func uninstallController(s *shell, p parameters) string {
	l := leaving{last: p.on("LastDomainControllerInDomain"), administrator: p.password("LocalAdministratorPassword")}
	l.user, l.realm, l.secret = p.credential()
	return s.demote(l)
}

// installForest makes the answer file's promotion of the parameters.
func installForest(s *shell, p parameters) string {
	if why := s.roleAllows(); why != "" {
		return why
	}
	w, _ := directory.WindowsNamed(s.Machine.Windows)
	level, why := functionalLevel(p.text("ForestMode"), w)
	domain, whyDomain := functionalLevel(p.text("DomainMode"), w)
	if why += whyDomain; why != "" {
		return why
	}
	if domain < level {
		return "The domain functional level must be the forest functional level or higher."
	}
	installDNS := "No"
	if p.on("InstallDns") {
		installDNS = "Yes"
	}
	made, why := s.readPromotion(map[string]string{
		"replicaornewdomain": "Domain", "treeorchild": "Tree", "createorjoin": "Create", "newdomaindnsname": p.text("DomainName"),
		"domainnetbiosname": p.text("DomainNetbiosName"), "safemodeadminpassword": p.password("SafeModeAdministratorPassword"),
		"databasepath": cmp.Or(p.text("DatabasePath"), windowsNTDS), "logpath": cmp.Or(p.text("LogPath"), windowsNTDS), "sysvolpath": cmp.Or(p.text("SysvolPath"), windowsSysvol),
		"autoconfigdns": installDNS, "rebootonsuccess": "No", "forestlevel": strconv.Itoa(level),
	})
	if why != "" {
		return why
	}
	if why := s.mayPromote(made); why != "" {
		return why
	}
	if s.promote(made, "") != 0 {
		return "Active Directory could not be created."
	}
	return ""
}

// functionalLevel reads a mode, given as a number or as a name such as Win2008R2;
// without one it is the highest that the Windows has.
func functionalLevel(text string, w directory.Windows) (level int, why string) {
	names := map[string]int{"win2003": 2, "win2008": 3, "win2008r2": 4, "win2012": 5, "win2012r2": 6, "winthreshold": 7, "default": w.Level}
	if text == "" {
		text = "default"
	}
	level, known := names[strings.ToLower(text)]
	if n, err := strconv.Atoi(text); err == nil {
		level, known = n, true
	}
	if !known || level < w.Lowest || level > w.Level {
		return 0, "The functional level " + text + " is not valid on " + w.Title + "."
	}
	return level, ""
}
