package command

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const promoLog = `C:\WINDOWS\debug\dcpromo.log`

var (
	dnsDomain   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$`)
	netbiosName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,14}$`)
)

// dcInstallKeys are the keys of [DCINSTALL] in Windows 2003 (KB223757).
func dcInstallKeys() []string {
	return strings.Fields(`administratorpassword allowanonymousaccess autoconfigdns childname confirmgc createorjoin criticalreplicationonly
		databasepath disablecancelfordnsinstall dnsonnetwork domainnetbiosname islastdcindomain logpath newdomaindnsname parentdomaindnsname
		password rebootonsuccess removeapplicationpartitions replicadomaindnsname replicaornewdomain replicationsourcedc
		replicationsourcepath safemodeadminpassword setforestversion sitename syskey sysvolpath treeorchild userdomain username`)
}

// promotion is a checked [DCINSTALL] section.
type promotion struct {
	forest                directory.Forest
	database, log, sysvol string
	dns                   bool
	reboot                string
}

func (c *call) dcpromo() int {
	file := ""
	for _, arg := range c.args {
		name, value, is := option(arg)
		if !is || name != "answer" || value == "" || file != "" {
			return c.promoFails("the command line is not understood: " + arg)
		}
		file = value
	}
	if file == "" {
		return c.promoFails("the wizard waits at its first page (no /answer:file)")
	}
	if why := c.roleAllows(); why != "" {
		return c.promoFails(why)
	}
	path, err := c.Machine.Unix(c.request.Folder, file)
	if err != nil {
		return c.promoFails("the answer file " + file + " was not found")
	}
	p, why := c.readPromotion(path)
	if why != "" {
		return c.promoFails(why)
	}
	if why := c.mayPromote(p); why != "" {
		return c.promoFails(why)
	}
	return c.promote(p, path)
}

func (c *call) promoFails(why string) int {
	c.promoLine("[ERROR] " + why)
	c.promoLine("[INFO] The attempted domain controller operation has completed")
	c.Err("Active Directory Installation failed: " + why + "\n")
	return 1
}

func (c *call) promoLine(text string) {
	stamp := c.Now().Format("01/02 15:04:05")
	for _, log := range []string{promoLog, `C:\WINDOWS\debug\dcpromoui.log`} {
		if err := c.Machine.Append(log, stamp+" "+text+"\r\n"); err != nil {
			c.Err("stand-in dcpromo: " + err.Error() + "\n")
		}
	}
}

// readPromotion checks the answer file; the text says what Windows would stop at.
func (c *call) readPromotion(path string) (promotion, string) {
	var p promotion
	file, err := readINI(path)
	if err != nil {
		return p, "the answer file cannot be read: " + err.Error()
	}
	keys, ok := file["dcinstall"]
	if !ok {
		return p, "the answer file has no [DCInstall] section"
	}
	if bad := file.unknown("dcinstall", dcInstallKeys()...); len(bad) > 0 {
		return p, "[DCInstall] does not know " + strings.Join(bad, ", ")
	}
	for need := range strings.FieldsSeq("ReplicaOrNewDomain TreeOrChild CreateOrJoin NewDomainDNSName DomainNetbiosName SafeModeAdminPassword " +
		"DatabasePath LogPath SYSVOLPath AutoConfigDNS RebootOnSuccess") {
		if keys[strings.ToLower(need)] == "" {
			return p, "the wizard waits: [DCInstall] " + need + " is missing"
		}
	}
	if why := choices(keys); why != "" {
		return p, why
	}
	p = promotion{
		forest: directory.Forest{
			Domain: strings.ToLower(keys["newdomaindnsname"]), NetBIOS: strings.ToUpper(keys["domainnetbiosname"]),
			Computer: c.Machine.Computer, Site: keys["sitename"], Password: c.Machine.Users["Administrator"],
		},
		database: machine.Expand(keys["databasepath"]), log: machine.Expand(keys["logpath"]), sysvol: machine.Expand(keys["sysvolpath"]),
		dns: strings.EqualFold(keys["autoconfigdns"], "yes"), reboot: strings.ToLower(keys["rebootonsuccess"]),
	}
	if p.forest.Site == "" {
		p.forest.Site = "Default-First-Site-Name"
	}
	if strings.EqualFold(keys["setforestversion"], "yes") {
		p.forest.Level = 2
	}
	return p, p.named()
}

// choices checks the keys that have a set of values.
func choices(keys map[string]string) string {
	only := map[string]string{"replicaornewdomain": "domain", "treeorchild": "tree", "createorjoin": "create"}
	for key, want := range only {
		if !strings.EqualFold(keys[key], want) {
			return fmt.Sprintf("[DCInstall] %s=%s: this stand-in makes new forests only (%s)", key, keys[key], want)
		}
	}
	for key := range strings.FieldsSeq("autoconfigdns dnsonnetwork allowanonymousaccess criticalreplicationonly setforestversion confirmgc") {
		if v := strings.ToLower(keys[key]); v != "" && v != "yes" && v != "no" {
			return fmt.Sprintf("[DCInstall] %s=%s is neither Yes nor No", key, keys[key])
		}
	}
	if v := strings.ToLower(keys["rebootonsuccess"]); !slices.Contains([]string{"yes", "no", "noandnoprompteither"}, v) {
		return "[DCInstall] RebootOnSuccess=" + keys["rebootonsuccess"] + " is none of Yes, No, NoAndNoPromptEither"
	}
	return ""
}

func (p promotion) named() string {
	if !dnsDomain.MatchString(p.forest.Domain) {
		return "the DNS domain name " + p.forest.Domain + " is not valid"
	}
	if !netbiosName.MatchString(p.forest.NetBIOS) {
		return "the NetBIOS domain name " + p.forest.NetBIOS + " is not valid: at most 15 letters, digits and hyphens"
	}
	for _, path := range []string{p.database, p.log, p.sysvol} {
		if len(path) < 4 || path[1:3] != `:\` {
			return "the path " + path + " is not valid"
		}
	}
	return ""
}

// roleAllows checks what the machine is already.
func (c *call) roleAllows() string {
	m := c.Machine
	switch {
	case m.Role == machine.DC:
		return "this computer is already a domain controller"
	case m.Pending != nil:
		return "a restart is pending: a domain operation has completed and the computer must be restarted first"
	case m.Role == machine.Member:
		return "this stand-in does not promote a member of a domain to a new forest"
	case m.Exchange != "":
		return "the role of a computer with Exchange must not be changed"
	}
	return ""
}

// mayPromote checks the machine against what it is to become.
func (c *call) mayPromote(p promotion) string {
	m := c.Machine
	switch {
	case strings.EqualFold(m.Computer, p.forest.NetBIOS):
		return "the NetBIOS domain name " + p.forest.NetBIOS + " is the name of this computer"
	case p.forest.Password == "":
		return "the local Administrator account becomes the domain Administrator, and its password is blank"
	case m.Address == "":
		return "the wizard waits: this computer has no static IP address"
	case p.dns && !m.Has("dns") && m.WindowsDisc() == "":
		return "Files Needed: the DNS server's files are needed from the Windows CD-ROM, which is in no drive"
	}
	if !p.dns {
		if _, _, err := c.Locator.Controller(c.ctx, p.forest.Domain); err != nil {
			return "no DNS server answers for " + p.forest.Domain + " and AutoConfigDNS is No"
		}
	}
	for _, path := range []string{p.database, p.log, p.sysvol} {
		if err := m.MakeFolder(path); err != nil {
			return "the folder " + path + " cannot be made: " + machine.Windows(err)
		}
	}
	return ""
}

func (c *call) promote(p promotion, answer string) int {
	f := p.forest
	for _, text := range []string{
		"Promotion request for domain controller of new domain", "DnsDomainName  " + f.Domain, "\tFlatDomainName  " + f.NetBIOS,
		"\tSiteName  " + f.Site, "\tSystemVolumeRootPath  " + p.sysvol, "\tDsDatabasePath  " + p.database + ", DsLogPath  " + p.log,
		"\tParentDnsDomainName  (NULL)", "Validate supplied paths", "Start the worker task",
		"Forcing a time sync", "Creating the System Volume " + p.sysvol, "Configuring the local computer to host Active Directory",
	} {
		c.promoLine("[INFO] " + text)
	}
	c.work(2)
	if err := c.Promote(c.ctx, f); err != nil {
		return c.promoFails("Active Directory could not be created: " + err.Error())
	}
	m := c.Machine
	for _, folder := range []string{`\sysvol\` + f.Domain + `\Policies`, `\sysvol\` + f.Domain + `\SCRIPTS`, `\domain`, `\staging`} {
		if err := m.MakeFolder(p.sysvol + folder); err != nil {
			return c.promoFails(machine.Windows(err))
		}
	}
	// A file on a disc that cannot be written keeps its password, on Windows too.
	if err := eraseValues(answer, "safemodeadminpassword", "password", "administratorpassword"); err != nil && !os.IsPermission(err) {
		c.promoLine("[WARN] the answer file's passwords could not be erased")
	}
	to := machine.Membership{Role: machine.DC, Domain: machine.Domain{Name: f.Domain, NetBIOS: f.NetBIOS, DNS: p.dns, Level: f.Level, Database: p.database}}
	m.Promise(to)
	if err := errors.Join(m.Save(), m.MarkDatabase(to)); err != nil {
		return c.promoFails(machine.Windows(err))
	}
	c.work(1)
	c.promoLine("[INFO] The attempted domain controller operation has completed")
	c.promoLine("[INFO] Updating service status to 0")
	c.promoLine("[INFO] DsRolepSetOperationDone returned 0")
	if p.reboot == "yes" {
		c.Power("reboot")
	}
	return 0
}
