package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// preparation is one run of adprep: what its disc prepares for, and where it works.
type preparation struct {
	directory.Windows
	program, switches string
	d                 Directory
	log               string
}

// adprepLogs is where adprep makes a folder for each run, named after the time (KB325379).
const adprepLogs = `C:\WINDOWS\system32\debug\adprep\logs\`

// adprep imitates adprep.exe of Windows 2003 to 2016. Its messages are those of
// Windows, in their parts [Status/Consequence] and [User Action].
func (c *call) adprep() int {
	p := preparation{
		program: c.request.Program() + ".exe", switches: strings.ToLower(strings.Join(c.args, " ")),
		log: adprepLogs + c.Now().Format("20060102150405") + `\ADPrep.log`,
	}
	work := map[string]func(preparation) int{
		"/forestprep": c.adprepForest, "/domainprep": c.adprepDomain, "/domainprep /gpprep": c.adprepPolicies, "/rodcprep": c.adprepRODC,
	}[p.switches]
	if work == nil {
		c.Out("Adprep prepares forests and domains for an upgrade of Active Directory.\n\nUsage: adprep <cmd> [option]\n\n" +
			"Supported <cmd>:\n/forestPrep\n/domainPrep\n/domainPrep /gpPrep\n/rodcPrep\n")
		return 1
	}
	w, ok := c.preparesFor()
	if !ok {
		return c.adprepFails(p, "Adprep could not find the schema upgrade files beside "+c.request.Module+".",
			"Adprep has stopped without making changes.", "Run adprep from the folder of the installation media that holds it.")
	}
	p.Windows = w
	if w.Level <= 2 && strings.Contains(p.switches, "rodc") {
		return c.adprepFails(p, "The parameter /rodcPrep is not known.", "Adprep has stopped without making changes.", "Use adprep of Windows Server 2008 or later.")
	}
	if why := c.adprepHere(w); why != "" {
		return c.adprepFails(p, why, "Adprep has stopped without making changes.", "Run adprep on a computer that it supports.")
	}
	d, err := c.open("")
	if err != nil {
		return c.adprepFails(p, "Adprep was unable to connect to the domain controller of "+c.Machine.Domain.Name+".",
			"Adprep has stopped without making changes.", "Verify that a domain controller answers, and run adprep again.")
	}
	defer d.Close()
	p.d = d
	return work(p)
}

// preparesFor is the Windows whose schema lies beside the program.
func (c *call) preparesFor() (directory.Windows, bool) {
	path, err := c.Machine.Unix(c.request.Folder, c.request.Module)
	if err != nil {
		return directory.Windows{}, false
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return directory.Windows{}, false
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return directory.WindowsOfSchema(directory.SchemaOfFiles(names))
}

// adprepHere says why adprep does not run on this machine: up to Windows 2008 R2
// it wants a domain controller, from 2012 on a 64-bit Windows 2008 or later in the forest (TechNet hh472161).
func (c *call) adprepHere(w directory.Windows) string {
	m := c.Machine
	here, _ := directory.WindowsNamed(m.Windows)
	switch {
	case m.Role == machine.Workgroup:
		return "Adprep can only run on a computer that belongs to a domain."
	case !w.Prepares && m.Role != machine.DC:
		return "Adprep can only run on an Active Directory domain controller."
	case w.Prepares && here.Level < 3:
		return "The image file " + c.request.Module + " is valid, but is for a machine type other than the current machine."
	}
	return ""
}

// adprepSays writes a message of adprep to the screen and to its log; its parts stand below [Status/Consequence] and [User Action].
func (c *call) adprepSays(p preparation, what string, parts ...string) {
	heads := []string{"[Status/Consequence]", "[User Action]"}
	lines := []string{what}
	for i, part := range parts {
		lines = append(lines, heads[i], part)
	}
	text := strings.Join(lines, "\n") + "\n"
	c.Out(text + "\n\n")
	if err := c.Machine.Append(p.log, strings.ReplaceAll(text, "\n", "\r\n")+"\r\n"); err != nil {
		c.Err("stand-in adprep: " + err.Error() + "\n")
	}
}

func (c *call) adprepFails(p preparation, what string, parts ...string) int {
	c.adprepSays(p, what, parts...)
	return 1
}

// lacks names the groups that the logged-on user must be in and is not.
func (c *call) lacks(d Directory, groups ...string) []string {
	return c.lacksOf(d, c.Session.User, groups...)
}

// lacksOf names the groups that a user must be in and is not.
func (c *call) lacksOf(d Directory, user string, groups ...string) []string {
	dn := d.Root().Value("defaultNamingContext")
	me := "CN=" + directory.Escape(user) + ",CN=Users," + dn
	var missing []string
	for _, name := range groups {
		group, ok := one(d, "CN="+name+",CN=Users,"+dn, "member")
		if !ok || !slices.ContainsFunc(group.Values("member"), func(m string) bool { return directory.Same(m, me) }) {
			missing = append(missing, name)
		}
	}
	return missing
}

// onMaster checks the user's groups, and that the machine holds the role; 0 says that both hold.
func (c *call) onMaster(p preparation, scope string, role directory.Role, groups ...string) int {
	if missing := c.lacks(p.d, groups...); len(missing) > 0 {
		return c.adprepFails(p, "Adprep detected that the logon user is not a member of the following group: "+strings.Join(missing, ", ")+".",
			"Adprep has stopped without making changes.", "Verify the current logon user is a member of "+strings.Join(groups, ", ")+".")
	}
	owner, ok := role.Owner(p.d)
	if !ok {
		return c.adprepFails(p, "Adprep was unable to find the owner of the role "+role.Name+".", "Adprep has stopped without making changes.",
			"Verify that the role has an owner.")
	}
	if !p.Prepares && !strings.EqualFold(owner.Computer, c.Machine.Computer) {
		operations := strings.Fields(role.Name)[0]
		return c.adprepFails(p, scope+"-wide information can only be updated on the Active Directory domain controller that holds the "+operations+
			" operations master role.", "Adprep has stopped on this Active Directory domain controller and must be run on the current "+operations+
			" operations master, which is "+strings.ToLower(owner.Computer)+".",
			"Log on to the "+strings.ToLower(owner.Computer)+" Active Directory domain controller, change to the directory of "+p.program+
				" on the installation media, and then type the following command at the command prompt to complete the update: adprep "+p.switches)
	}
	return 0
}

// role finds one of the five by its name.
func role(d Directory, name string) directory.Role {
	for _, r := range directory.Roles(d) {
		if r.Name == name {
			return r
		}
	}
	return directory.Role{}
}

func (c *call) adprepForest(p preparation) int {
	if code := c.onMaster(p, "Forest", role(p.d, "schema master"), "Enterprise Admins", "Schema Admins", "Domain Admins"); code != 0 {
		return code
	}
	if !c.confirmed(p) {
		return 1
	}
	root := p.d.Root().Value("defaultNamingContext")
	schema := "CN=Schema,CN=Configuration," + root
	now, _ := directory.Number(p.d, schema, "objectVersion")
	if now >= p.Schema {
		c.adprepSays(p, "Forest-wide information has already been updated.", "Adprep did not attempt to rerun this operation.")
		return 0
	}
	if now < directory.SchemaVersion2003 && clashes(p.d, schema) {
		return c.adprepFails(p, "Adprep was unable to extend the schema: attributes of Exchange 2000 conflict with those of inetOrgPerson.",
			"The schema is not upgraded.", "Resolve the schema conflict as KB314649 says, and run adprep again.")
	}
	c.adprepSays(p, fmt.Sprintf("Opened Connection to %s\nSSPI Bind succeeded\nCurrent Schema Version is %d\nUpgrading schema to version %d", c.Machine.Computer, now, p.Schema))
	c.work(2)
	if err := extend(p.d, root, now, p.Windows); err != nil {
		return c.adprepFails(p, "Adprep was unable to extend the schema: "+err.Error(), "The schema is not upgraded.", "Check the log files in "+filepath.Dir(p.log)+".")
	}
	c.adprepSays(p, "The command has completed successfully\nAdprep successfully updated the forest-wide information.")
	return 0
}

// confirmed wants the letter C, where Windows asks for it: up to Windows 2008 R2 whatever the
// domain controllers are, later where one is older than Windows 2003.
func (c *call) confirmed(p preparation) bool {
	if p.Prepares {
		return true
	}
	c.adprepSays(p, "ADPREP WARNING:\n\nBefore running adprep, all Windows 2000 domain controllers in the forest should be upgraded to Windows 2000 Service Pack 1 (SP1)"+
		" with QFE 265089, or to Windows 2000 SP2 (or later).\n\nQFE 265089 (included in Windows 2000 SP2 and later) is required to prevent potential domain controller corruption."+
		"\n\nFor more information about preparing your forest and domain see KB article Q331161 at http://support.microsoft.com.\n\n[User Action]\n"+
		"If ALL your existing Windows 2000 domain controllers meet this requirement, type C and then press ENTER to continue. Otherwise, type any other key and press ENTER to quit.\n")
	if strings.EqualFold(strings.TrimSpace(c.request.Input), "C") {
		return true
	}
	c.adprepSays(p, "Adprep was canceled by the user.", "Adprep has stopped without making changes.")
	return false
}

// clashes says that the schema holds the attributes of Exchange 2000 whose names
// adprep of Windows 2003 needs for its own (KB314649).
func clashes(d Directory, schema string) bool {
	for cn, name := range clashing() {
		if e, ok := one(d, "CN="+cn+","+schema, "lDAPDisplayName"); ok && strings.EqualFold(e.Value("lDAPDisplayName"), name) {
			return true
		}
	}
	return false
}

// extend writes what forestprep leaves: the schema's number, the container that
// notes it, and the levels for which the schema of Windows 2000 had no attribute.
func extend(d Directory, root string, now int, w directory.Windows) error {
	configuration := "CN=Configuration," + root
	if now < directory.SchemaVersion2003 {
		for _, dn := range []string{root, "CN=Partitions," + configuration} {
			if err := replace(d, dn, "msDS-Behavior-Version", "0"); err != nil {
				return err
			}
		}
	}
	if err := note(d, "CN=ForestUpdates,"+configuration, w, w.ForestRevision); err != nil {
		return err
	}
	return replace(d, "CN=Schema,"+configuration, "objectVersion", strconv.Itoa(w.Schema))
}

// note makes the container that says what adprep has done, or sets its revision.
func note(d Directory, updates string, w directory.Windows, revision int) error {
	if _, ok := one(d, updates, "cn"); !ok {
		if err := d.Add(directory.New(updates, "objectClass", "container")); err != nil {
			return err
		}
	}
	dn := w.Updates() + "," + updates
	if _, ok := one(d, dn, "cn"); ok {
		return replace(d, dn, "revision", strconv.Itoa(revision))
	}
	return d.Add(directory.New(dn, "objectClass", "container", "revision", strconv.Itoa(revision)))
}

func replace(d Directory, dn, attribute string, values ...string) error {
	return d.Modify(dn, []directory.Change{{Op: directory.Replace, Attribute: directory.Attribute{Name: attribute, Values: values}}})
}

func (c *call) adprepDomain(p preparation) int {
	if code := c.onMaster(p, "Domain", role(p.d, "infrastructure master"), "Domain Admins"); code != 0 {
		return code
	}
	root := p.d.Root().Value("defaultNamingContext")
	if code := c.afterForest(p, root); code != 0 {
		return code
	}
	if mixed, _ := directory.Number(p.d, root, "nTMixedDomain"); mixed != 0 && p.Level > 2 {
		return c.adprepFails(p, "Adprep detected that the domain is not in native mode.", "Adprep has stopped without making changes.",
			"Configure the domain to run in native mode and re-run domainprep.")
	}
	updates := "CN=DomainUpdates,CN=System," + root
	if revision, ok := directory.Number(p.d, p.Updates()+","+updates, "revision"); ok && revision >= p.DomainRevision {
		c.adprepSays(p, "Domain-wide information has already been updated.", "Adprep did not attempt to rerun this operation.")
		return 0
	}
	c.work(1)
	if err := note(p.d, updates, p.Windows, p.DomainRevision); err != nil {
		return c.adprepFails(p, "Adprep was unable to update the domain-wide information: "+err.Error(), "Adprep has stopped.", "Check the log files.")
	}
	c.adprepSays(p, "Adprep successfully updated the domain-wide information.")
	return 0
}

// afterForest wants that forestprep was here; 0 says so.
func (c *call) afterForest(p preparation, root string) int {
	if now, _ := directory.Number(p.d, "CN=Schema,CN=Configuration,"+root, "objectVersion"); now >= p.Schema {
		return 0
	}
	owner, _ := role(p.d, "schema master").Owner(p.d)
	return c.adprepFails(p, "Forest-wide information needs to be updated before the domain-wide information can be updated.",
		"Adprep has stopped without making changes.", "Log on to the schema master "+strings.ToLower(owner.Computer)+
			" for this forest, run the following command from the installation media to complete the forest update first: adprep.exe /forestprep and then rerun adprep.exe /domainprep on infrastructure master again.")
}

func (c *call) adprepPolicies(p preparation) int {
	root := p.d.Root().Value("defaultNamingContext")
	if revision, ok := directory.Number(p.d, p.Updates()+",CN=DomainUpdates,CN=System,"+root, "revision"); !ok || revision < p.DomainRevision {
		if code := c.adprepDomain(p); code != 0 {
			return code
		}
	}
	c.adprepSays(p, "Adprep successfully updated the Group Policy Object (GPO) information.")
	return 0
}

func (c *call) adprepRODC(p preparation) int {
	root := p.d.Root().Value("defaultNamingContext")
	if missing := c.lacks(p.d, "Enterprise Admins"); len(missing) > 0 {
		return c.adprepFails(p, "Adprep detected that the logon user is not a member of the following group: Enterprise Admins.",
			"Adprep has stopped without making changes.", "Verify the current logon user is a member of Enterprise Admins.")
	}
	if code := c.afterForest(p, root); code != 0 {
		return code
	}
	dn := "CN=ActiveDirectoryRodcUpdate,CN=ForestUpdates,CN=Configuration," + root
	if _, ok := one(p.d, dn, "cn"); !ok {
		if err := p.d.Add(directory.New(dn, "objectClass", "container", "revision", "2")); err != nil {
			return c.adprepFails(p, "Adprep was unable to prepare for read-only domain controllers: "+err.Error(), "Adprep has stopped.", "Check the log files.")
		}
	}
	c.adprepSays(p, "Rodcprep completed without errors. All partitions are updated.")
	return 0
}
