package command

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const promoLog = `C:\WINDOWS\debug\dcpromo.log`

var (
	dnsDomain   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$`)
	netbiosName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,14}$`)
)

// promotion is a checked [DCINSTALL] section.
type promotion struct {
	forest                directory.Forest
	database, log, sysvol string
	dns                   bool
	reboot                string
}

func (c *call) dcpromo() int {
	file, flag := "", "answer"
	w, _ := directory.WindowsNamed(c.Machine.Windows)
	if modern(w) {
		flag = "unattend"
	}
	for _, arg := range c.args {
		name, value, is := option(arg)
		if !is || name != flag || value == "" || file != "" {
			return c.promoFails("the command line is not understood: " + arg)
		}
		file = value
	}
	if w.Level > 4 {
		return c.promoFails("The Active Directory Domain Services Installation Wizard is relocated in Server Manager.")
	}
	if file == "" {
		return c.promoFails("the wizard waits at its first page (no /" + flag + ":file)")
	}
	path, err := c.Machine.Unix(c.request.Folder, file)
	if err != nil {
		return c.promoFails("the answer file " + file + " was not found")
	}
	keys, why := readDCInstall(path, w)
	if why != "" {
		return c.promoFails(why)
	}
	switch {
	case keys["replicaornewdomain"] == "":
		why = c.demote(leaving{
			last: yes(keys["islastdcindomain"]), administrator: keys["administratorpassword"],
			user: keys["username"], realm: keys["userdomain"], secret: keys["password"],
		})
	case strings.EqualFold(keys["replicaornewdomain"], "replica"):
		why = c.replicaByFile(keys)
	default:
		return c.newForest(keys, path)
	}
	if why != "" {
		return c.promoFails(why)
	}
	c.forgetPasswords(path)
	if yes(keys["rebootonsuccess"]) {
		c.Power("reboot")
	}
	return 0
}

func yes(word string) bool { return strings.EqualFold(word, "yes") }

func (c *call) newForest(keys map[string]string, path string) int {
	if why := c.roleAllows(); why != "" {
		return c.promoFails(why)
	}
	p, why := c.readPromotion(keys)
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

// readPromotion checks what is said of a new forest; the text says what Windows would stop at.
func (c *call) readPromotion(keys map[string]string) (promotion, string) {
	var p promotion
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
			Computer: c.Machine.Computer, Address: c.Machine.IP(), Windows: c.Machine.Windows, Site: keys["sitename"], Password: c.Machine.Users["Administrator"],
		},
		database: machine.Expand(keys["databasepath"]), log: machine.Expand(keys["logpath"]), sysvol: machine.Expand(keys["sysvolpath"]),
		dns: strings.EqualFold(keys["autoconfigdns"], "yes"), reboot: strings.ToLower(keys["rebootonsuccess"]),
	}
	if p.forest.Site == "" {
		p.forest.Site = "Default-First-Site-Name"
	}
	if yes(keys["setforestversion"]) {
		p.forest.Level = 2
	}
	if level, err := strconv.Atoi(keys["forestlevel"]); err == nil {
		p.forest.Level = level
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
	c.forgetPasswords(answer)
	w, _ := directory.WindowsNamed(m.Windows)
	to := machine.Membership{Role: machine.DC, Domain: machine.Domain{Name: f.Domain, NetBIOS: f.NetBIOS, DNS: p.dns, Level: f.Level, Schema: w.Schema, Database: p.database}}
	m.Promise(to)
	if err := errors.Join(m.Save(), m.MarkDatabase(to)); err != nil {
		return c.promoFails(machine.Windows(err))
	}
	c.work(1)
	c.promoDone()
	if p.reboot == "yes" {
		c.Power("reboot")
	}
	return 0
}
