package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// joiningDC is what a further domain controller of a domain is told.
type joiningDC struct {
	domain, site, source string
	user, realm, secret  string // the account that may do it
	dns                  bool
	database, sysvol     string
}

// What Windows says to a promotion that cannot be (dcpromo, ADDSDeployment).
const (
	noForestPrep2003 = "The Active Directory Installation Wizard cannot continue because the forest is not prepared for installing Windows Server 2003. " +
		"Use the Adprep command-line tool to prepare both the forest and the domain."
	noForestPrep = "To install a domain controller into this Active Directory forest, you must first prepare the forest using \"adprep /forestprep\". " +
		"The Adprep utility is available on the %s installation media."
	noDomainPrep = "To install a domain controller into this Active Directory domain, you must first prepare the domain using \"adprep /domainprep\". " +
		"The Adprep utility is available on the %s installation media."
	levelTooHigh = "The version of the operating system installed on this server is incompatible with the current domain functional level. " +
		"You must upgrade to a new version of the operating system before this server can become a domain controller in this domain."
	levelTooLow = "Verification of replica failed. The forest functional level is %s. To install a %s domain or domain controller, " +
		"the forest functional level must be %s or higher."
)

// replica makes the machine a further domain controller; the text says why not.
func (c *call) replica(r joiningDC) string {
	if why := c.roleAllowsReplica(r); why != "" {
		return why
	}
	d, address, why := c.sourceOf(r)
	if why != "" {
		return why
	}
	defer d.Close()
	w, _ := directory.WindowsNamed(c.Machine.Windows)
	if why := c.mayReplicate(d, r, w); why != "" {
		return why
	}
	for _, path := range []string{r.database, r.sysvol, r.sysvol + `\sysvol\` + r.domain + `\SCRIPTS`, r.sysvol + `\sysvol\` + r.domain + `\Policies`} {
		if err := c.Machine.MakeFolder(path); err != nil {
			return "the folder " + path + " cannot be made: " + machine.Windows(err)
		}
	}
	me := directory.Controller{Domain: r.domain, Computer: c.Machine.Computer, Site: r.site, Address: c.Machine.IP(), Windows: w.Name}
	for _, text := range []string{
		"Promotion request for replica domain controller", "DnsDomainName  " + r.domain, "\tReplicaPartner  " + directory.ControllerOf(d.Root().Value("dsServiceName")).Host(),
		"\tSiteName  " + r.site, "Validate supplied paths", "Forcing a time sync", "Replicating the schema directory partition",
		"Replicating CN=Configuration," + directory.DomainDN(r.domain), "Replicating the domain directory partition",
	} {
		c.promoLine("[INFO] " + text)
	}
	if err := c.enter(d, me, w, directory.Replica{Controller: me, Source: address, User: r.user, Password: r.secret}); err != nil {
		return "Active Directory could not replicate the directory partition from the remote domain controller: " + err.Error()
	}
	return c.becomes(d, r, w)
}

// becomes promises the role for the next boot.
func (c *call) becomes(d Directory, r joiningDC, w directory.Windows) string {
	level, _ := directory.Number(d, "CN=Partitions,CN=Configuration,"+directory.DomainDN(r.domain), "msDS-Behavior-Version")
	to := machine.Membership{Role: machine.DC, Domain: machine.Domain{
		Name: r.domain, NetBIOS: c.netbiosOf(d, directory.DomainDN(r.domain)), DNS: r.dns, Level: level, Schema: w.Schema, Database: r.database,
	}}
	c.Machine.Promise(to)
	if err := errors.Join(c.Machine.Save(), c.Machine.MarkDatabase(to)); err != nil {
		return machine.Windows(err)
	}
	c.work(1)
	c.promoDone()
	return ""
}

func (c *call) promoDone() {
	c.promoLine("[INFO] The attempted domain controller operation has completed")
	c.promoLine("[INFO] Updating service status to 0")
	c.promoLine("[INFO] DsRolepSetOperationDone returned 0")
}

// roleAllowsReplica checks what the machine is already.
func (c *call) roleAllowsReplica(r joiningDC) string {
	m := c.Machine
	switch {
	case m.Role == machine.Member && m.Pending == nil && m.Exchange == "" && strings.EqualFold(m.Domain.Name, r.domain):
	case c.roleAllows() != "":
		return c.roleAllows()
	}
	if m.Address == "" {
		return "This computer has at least one physical network adapter that does not have a static IP address assigned to its IP Properties."
	}
	return ""
}

// sourceOf connects to the domain controller to copy from, as the account given.
func (c *call) sourceOf(r joiningDC) (d Directory, address, why string) {
	unreachable := "An Active Directory domain controller for the domain \"" + r.domain + "\" could not be contacted. Ensure that you supplied the correct DNS domain name."
	_, found, err := c.Locator.Controller(c.ctx, r.domain)
	if err == nil && r.source != "" {
		if found, err = c.Locator.Host(c.ctx, strings.ToLower(r.source)); err != nil {
			unreachable = "The Active Directory domain controller " + r.source + " could not be contacted."
		}
	}
	if err != nil {
		return nil, "", unreachable
	}
	if d, err = c.Connect(found.String()); err != nil {
		return nil, "", unreachable
	}
	if err := d.Logon(r.user, r.secret); err != nil || !c.realmFits(d, r) {
		_ = d.Close()
		return nil, "", "Verification of user credential permissions failed. The wizard cannot access the list of domains in the forest. The error is: Logon failure: unknown user name or bad password."
	}
	return d, found.String(), ""
}

func (c *call) realmFits(d Directory, r joiningDC) bool {
	return strings.EqualFold(r.realm, r.domain) || strings.EqualFold(r.realm, c.netbiosOf(d, directory.DomainDN(r.domain)))
}

// mayReplicate holds the directory to what the Windows of the new domain controller wants of it.
func (c *call) mayReplicate(d Directory, r joiningDC, w directory.Windows) string {
	dn := directory.DomainDN(r.domain)
	configuration := "CN=Configuration," + dn
	schema, _ := directory.Number(d, "CN=Schema,"+configuration, "objectVersion")
	forest, _ := directory.Number(d, "CN=Partitions,"+configuration, "msDS-Behavior-Version")
	level, _ := directory.Number(d, dn, "msDS-Behavior-Version")
	prepared, _ := directory.Number(d, w.Updates()+",CN=DomainUpdates,CN=System,"+dn, "revision")
	groups := []string{"Domain Admins"}
	needsPrep := schema < w.Schema || prepared < w.DomainRevision
	if needsPrep && w.Prepares {
		groups = append(groups, "Enterprise Admins", "Schema Admins")
	}
	missing := c.lacksOf(d, r.user, groups...)
	_, site := one(d, "CN="+r.site+",CN=Sites,"+configuration, "cn")
	controllers, err := directory.Controllers(d)
	switch {
	case err != nil:
		return err.Error()
	case len(missing) > 0:
		return "Verification of user credential permissions failed. You do not have the required permissions: " + r.user + " is not a member of " + strings.Join(missing, ", ") + "."
	case slices.ContainsFunc(controllers, func(o directory.Controller) bool { return strings.EqualFold(o.Computer, c.Machine.Computer) }):
		return "A domain controller with the name " + c.Machine.Computer + " is in the directory already. Its metadata must be cleaned up first."
	case forest < w.Lowest || level < w.Lowest:
		return fmt.Sprintf(levelTooLow, directory.LevelName(min(forest, level)), w.Title, directory.LevelName(w.Lowest))
	case level > w.Level:
		return levelTooHigh
	case schema < w.Schema && w.Level == 2:
		return noForestPrep2003
	case schema < w.Schema && !w.Prepares:
		return fmt.Sprintf(noForestPrep, w.Title)
	case prepared < w.DomainRevision && !w.Prepares:
		return fmt.Sprintf(noDomainPrep, w.Title)
	case !site:
		return "The specified site " + r.site + " does not exist."
	}
	if needsPrep {
		return c.mastersAnswer(d)
	}
	return ""
}

// mastersAnswer wants the masters that prepare the directory from afar.
func (c *call) mastersAnswer(d Directory) string {
	for _, name := range []string{"schema master", "infrastructure master"} {
		owner, ok := role(d, name).Owner(d)
		address, err := c.Locator.Host(c.ctx, owner.Host())
		var there Directory
		if err == nil {
			there, err = c.Connect(address.String())
		}
		if !ok || err != nil {
			return "Verification of prerequisites for Active Directory preparation failed. The " + name + " " + owner.Host() + " could not be contacted: the RPC server is unavailable."
		}
		_ = there.Close()
	}
	return ""
}

// enter prepares the directory where Windows does so itself, adds the domain
// controller to it and copies it.
func (c *call) enter(d Directory, me directory.Controller, w directory.Windows, r directory.Replica) error {
	root := directory.DomainDN(me.Domain)
	schema, _ := directory.Number(d, "CN=Schema,CN=Configuration,"+root, "objectVersion")
	if schema < w.Schema {
		c.promoLine("[INFO] Running adprep: the schema is upgraded from version " + strconv.Itoa(schema) + " to " + strconv.Itoa(w.Schema))
		if err := extend(d, root, schema, w); err != nil {
			return err
		}
	}
	if w.DomainRevision > 0 {
		if err := note(d, "CN=DomainUpdates,CN=System,"+root, w, w.DomainRevision); err != nil {
			return err
		}
	}
	c.work(2)
	if err := d.Delete("CN=" + me.Computer + ",CN=Computers," + root); err != nil && !errors.Is(err, directory.ErrNoSuchObject) {
		return err
	}
	objects := me.Objects()
	last := len(objects) - 1 // the settings: at their sight the source takes it for a partner, and starts its directory anew
	for _, e := range objects[:last] {
		if err := d.Add(e); err != nil && !errors.Is(err, directory.ErrExists) {
			return err
		}
	}
	if err := c.Replicate(c.ctx, r); err != nil {
		return err
	}
	return d.Add(objects[last])
}
