package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const (
	setupLog = `C:\Exchange Server Setup Progress.log`
	// placeholderOrg is ForestPrep's name of the organization until the first server names it (KB829360).
	placeholderOrg = "{335A1087-5131-4D45-BE3E-3C6C7F76F5EC}"
)

// installing is what setup was asked for.
type installing struct {
	release
	forest, domain bool
	unattend       string // Windows path of the answer file
	dc             string
	name           string // of the organization, where ForestPrep asks for it
}

// setup is SETUPCOR.EXE of the stand-in discs of Exchange 2000 and 2003, and UPDATCOR.EXE
// of their service packs: they do what the wizards in SETUP.EXE and UPDATE.EXE were told.
func (c *call) setup() int {
	r, known := c.disc()
	if strings.HasPrefix(strings.ToUpper(c.request.Module), "C:") { // that of a server that is installed
		r, known = c.installed()
	}
	if known && r.year >= 2010 {
		return c.laterSetup(r)
	}
	if len(c.args) > 0 && strings.EqualFold(c.args[len(c.args)-1], "/StandInState") {
		return c.sayState(r)
	}
	c.setupLine("**********************************************")
	c.setupLine("Starting Exchange " + r.build + " setup (stand-in, not Microsoft Exchange) on Windows " + c.Machine.Version())
	c.setupLine("Command line: " + c.request.Command)
	i, bad := c.readSetup()
	i.release = r
	if bad != "" {
		return c.setupFails(bad)
	}
	folder := c.request.Module[:strings.LastIndexAny(c.request.Module, `\/`)+1]
	if !known || !c.Machine.Exists(folder+"EXCHANGE") {
		return c.setupFails("the folder " + folder + "EXCHANGE is missing: setup runs from its disc only")
	}
	switch {
	case i.forest:
		return c.forestPrep(i)
	case i.domain:
		return c.domainPrep(i)
	case c.request.Program() == "updatcor":
		return c.exchangeUpdate(i)
	case i.unattend != "":
		return c.exchangeServer(i)
	case c.Machine.Exchange != "":
		return c.exchangeRemove(i)
	}
	return c.setupFails("there is nothing to do without /ForestPrep, /DomainPrep or /UnattendFile")
}

// readSetup reads the switches; values follow a colon or stand as the next argument.
func (c *call) readSetup() (installing, string) {
	var i installing
	for at := 0; at < len(c.args); at++ {
		name, value, is := option(c.args[at])
		if !is {
			return i, "the command line is not understood: " + c.args[at]
		}
		if (name == "unattendfile" || name == "choosedc" || name == "standinname") && value == "" && at+1 < len(c.args) {
			at++
			value = c.args[at]
		}
		switch name {
		case "forestprep":
			i.forest = true
		case "domainprep":
			i.domain = true
		case "unattendfile":
			i.unattend = value
		case "choosedc":
			i.dc = value
		case "standinname":
			i.name = value
		case "noeventlog", "noerrorlog", "showui":
		case "disasterrecovery", "createunattend", "encryptedmode", "password", "all", "removeorg":
			return i, "this stand-in does not imitate /" + name
		default:
			return i, "unknown switch " + c.args[at]
		}
		if value == "" && (name == "unattendfile" || name == "choosedc") {
			return i, "/" + name + " names nothing"
		}
	}
	if i.forest && i.domain {
		return i, "/ForestPrep and /DomainPrep exclude each other"
	}
	return i, ""
}

func (c *call) setupLine(text string) {
	if err := c.Machine.Append(setupLog, "["+c.Now().Format("15:04:05")+"] "+text+"\r\n"); err != nil {
		c.Err("stand-in setup: " + err.Error() + "\n")
	}
}

// setupFails ends setup before it began: what it was told cannot be used.
func (c *call) setupFails(text string) int {
	return c.ends("Setup failed while initializing with error code 0x80070057 (87): " + text)
}

func (c *call) ends(text string) int {
	c.setupLine(text)
	c.setupLine("Setup has ended with errors")
	c.Err(text + "\n")
	return 1
}

// prerequisites ends setup as Exchange does when a component may not be installed.
func (c *call) prerequisites(component, action string, because []string) int {
	text := "The component \"" + component + "\" cannot be assigned the action \"" + action + "\" because:\n\t- " + strings.Join(because, "\n\t- ")
	for line := range strings.SplitSeq(text, "\n") {
		c.setupLine(line)
	}
	c.setupLine("Prerequisites for " + component + " failed")
	c.setupLine("Setup has ended with errors")
	c.Err(text + "\n")
	return 1
}

func (c *call) subcomponentFails(name, code string, err error) int {
	return c.ends("Setup failed while installing sub-component " + name + " with error code " + code + ": " + err.Error())
}

// preparing opens the directory for setup, or says why it cannot work. groups are
// those one of which the logged-on user must be a member of.
func (c *call) preparing(dc string, groups ...string) (Directory, []string) {
	m := c.Machine
	if m.Role == machine.Workgroup {
		return nil, []string{"This computer does not belong to a domain"}
	}
	if !strings.EqualFold(c.Session.Domain, m.Domain.NetBIOS) {
		return nil, []string{"Setup must be run by a user of the domain " + m.Domain.NetBIOS + ", and the logged-on user is " + c.Session.String()}
	}
	d, err := c.open(dc)
	if err != nil {
		return nil, []string{"Setup could not contact a domain controller: " + err.Error()}
	}
	dn := d.Root().Value("defaultNamingContext")
	user := "CN=" + c.Session.User + ",CN=Users," + dn
	for _, group := range groups {
		g, _ := one(d, "CN="+group+",CN=Users,"+dn, "member")
		if !slices.ContainsFunc(g.Values("member"), func(member string) bool { return directory.Same(member, user) }) {
			_ = d.Close()
			return nil, []string{"You must be a member of the group \"" + group + "\" to use this action"}
		}
	}
	return d, nil
}

// ensure adds objects, leaving those that exist.
func ensure(d Directory, all ...directory.Entry) error {
	for _, e := range all {
		if _, exists := one(d, e.DN, "objectClass"); exists {
			continue
		}
		if err := d.Add(e); err != nil {
			return err
		}
	}
	return nil
}

// raise sets a number of an object where it is less; "" leaves it.
func raise(d Directory, dn, attribute, to string) error {
	have, _ := one(d, dn, attribute)
	if atLeast(have.Value(attribute), to) {
		return nil
	}
	return d.Modify(dn, replacing(attribute, to))
}

// replacing is the change that gives an attribute one value.
func replacing(attribute, value string) []directory.Change {
	return []directory.Change{{Op: directory.Replace, Attribute: directory.Attribute{Name: attribute, Values: []string{value}}}}
}

// organization finds the Exchange organization of the forest.
func organization(d Directory, configuration string) (directory.Entry, bool) {
	found, err := d.Search(directory.Query{
		Base: "CN=Microsoft Exchange,CN=Services," + configuration, Scope: directory.OneLevel,
		Filter: "(objectClass=msExchOrganizationContainer)", Wanted: []string{"cn", "objectVersion"},
	})
	if err != nil || len(found) == 0 {
		return directory.Entry{}, false
	}
	return found[0], true
}

// sayState prints what the wizard is to do, and the organization's name where it
// has one: with it the wizard leaves out the pages that ask for it.
func (c *call) sayState(r release) int {
	have, there := c.installed()
	action := "Install"
	switch i, _ := c.readSetup(); {
	case i.forest:
		action = "ForestPrep"
	case i.domain:
		action = "DomainPrep"
	case c.request.Program() == "updatcor":
		action = "Update"
	case there && have.year == r.year:
		action = "Remove"
	case there:
		action = "Upgrade"
	}
	if d, _ := c.preparing(""); d != nil {
		defer d.Close()
		org, _ := organization(d, "CN=Configuration,"+d.Root().Value("defaultNamingContext"))
		if name := org.Value("cn"); name != "" && name != placeholderOrg {
			action += " " + name
		}
	}
	c.Out(action + "\r\n")
	return 0
}

func (c *call) forestPrep(i installing) int {
	const component, action = "Microsoft Exchange Forest Preparation", "ForestPrep"
	d, because := c.preparing(i.dc, "Schema Admins", "Enterprise Admins")
	if because != nil {
		return c.prerequisites(component, action, because)
	}
	defer d.Close()
	dn := d.Root().Value("defaultNamingContext")
	configuration := "CN=Configuration," + dn
	if i.patch {
		return c.prerequisites(component, action, []string{"This disc is a service pack: it prepares no forest"})
	}
	if i.name != "" && !orgName.MatchString(i.name) {
		return c.prerequisites(component, action, []string{"The name \"" + i.name + "\" of the organization is not valid"})
	}
	schema := "CN=Schema," + configuration
	c.setupLine("Entering CompForestPrep::ScInstallForestPrep")
	err := ensure(d, directory.New("CN=ms-Exch-Schema-Version-Pt,"+schema, "objectClass", "attributeSchema",
		"lDAPDisplayName", "msExchSchemaVersionPt", "attributeSyntax", "2.5.5.9", "oMSyntax", "2", "rangeUpper", i.schema),
		directory.New("CN=ms-Exch-Exchange-Server,"+schema, "objectClass", "classSchema", "lDAPDisplayName", "msExchExchangeServer"),
		directory.New("CN=ms-Exch-Organization-Container,"+schema, "objectClass", "classSchema", "lDAPDisplayName", "msExchOrganizationContainer"))
	if err != nil {
		return c.subcomponentFails("Microsoft Exchange Schema", "0x80072030", err)
	}
	if err := raise(d, "CN=ms-Exch-Schema-Version-Pt,"+schema, "rangeUpper", i.schema); err != nil {
		return c.subcomponentFails("Microsoft Exchange Schema", "0x80072030", err)
	}
	if err := nameAttributes(d, schema, i.year); err != nil {
		return c.subcomponentFails("Microsoft Exchange Schema", "0x80072035", err)
	}
	c.work(1.5)
	above := "CN=Microsoft Exchange,CN=Services," + configuration
	org := "CN=" + placeholderOrg + "," + above
	if i.name != "" {
		org = "CN=" + i.name + "," + above
	}
	if named, ok := organization(d, configuration); ok {
		org = named.DN
	}
	err = ensure(d, directory.New(above, "objectClass", "msExchConfigurationContainer"),
		directory.New(org, "objectClass", "msExchOrganizationContainer", "msExchMixedMode", "TRUE"),
		directory.New("CN=Global Settings,"+org, "objectClass", "container"),
		directory.New("CN=Recipient Policies,"+org, "objectClass", "msExchRecipientPolicies"),
		directory.New("CN=Address Lists Container,"+org, "objectClass", "container"),
		directory.New("CN=Administrative Groups,"+org, "objectClass", "msExchAdminGroupContainer"))
	if err != nil {
		return c.subcomponentFails("Microsoft Exchange Organization", "0x80072030", err)
	}
	c.work(1)
	if err := raise(d, org, "objectVersion", i.org); err != nil {
		return c.subcomponentFails("Microsoft Exchange Organization", "0x80072030", err)
	}
	c.setupLine("Leaving CompForestPrep::ScInstallForestPrep")
	c.setupLine("Setup completed successfully")
	return 0
}

// clashing are the attributes of Exchange 2000 with their names there, which
// inetOrgPerson of Windows 2003 needs for its own (KB314649).
func clashing() map[string]string {
	return map[string]string{"ms-Exch-Assistant-Name": "secretary", "ms-Exch-LabeledURI": "labeledURI", "ms-Exch-House-Identifier": "houseIdentifier"}
}

// nameAttributes makes the attributes that clash with Windows 2003, and from
// Exchange 2003 on gives them names of Exchange's own. A schema in which adprep came first has mangled names,
// and setup stops at them (KB314649).
func nameAttributes(d Directory, schema string, year int) error {
	have, err := d.Search(directory.Query{Base: schema, Scope: directory.OneLevel, Filter: "(objectClass=attributeSchema)", Wanted: []string{"lDAPDisplayName"}})
	if err != nil {
		return err
	}
	for _, e := range have {
		if name := e.Value("lDAPDisplayName"); strings.HasPrefix(strings.ToLower(name), "dup-") {
			return errors.New("the schema holds the mangled attribute " + name + " (see KB314649)")
		}
	}
	for cn, name := range clashing() {
		if year > 2000 {
			name = "msExch" + strings.ReplaceAll(strings.TrimPrefix(cn, "ms-Exch-"), "-", "")
		}
		dn := "CN=" + cn + "," + schema
		if err := ensure(d, directory.New(dn, "objectClass", "attributeSchema", "lDAPDisplayName", name)); err != nil {
			return err
		}
		if err := replace(d, dn, "lDAPDisplayName", name); err != nil {
			return err
		}
	}
	return nil
}

// prepared tells what of ForestPrep is missing.
func prepared(d Directory, dn string, r release) []string {
	var because []string
	if e, _ := one(d, "CN=ms-Exch-Schema-Version-Pt,CN=Schema,CN=Configuration,"+dn, "rangeUpper"); e.Value("rangeUpper") == "" || !atLeast(e.Value("rangeUpper"), r.schema) {
		because = append(because, fmt.Sprintf("The Active Directory schema is not prepared for Exchange %d: run ForestPrep first", r.year))
	}
	if org, there := organization(d, "CN=Configuration,"+dn); !there || !atLeast(org.Value("objectVersion"), r.org) {
		because = append(because, "The Exchange organization container does not exist: run ForestPrep first")
	}
	return because
}

func (c *call) domainPrep(i installing) int {
	const component, action = "Microsoft Exchange Domain Preparation", "DomainPrep"
	d, because := c.preparing(i.dc, "Domain Admins")
	if because != nil {
		return c.prerequisites(component, action, because)
	}
	defer d.Close()
	dn := d.Root().Value("defaultNamingContext")
	if because := prepared(d, dn, i.release); because != nil {
		return c.prerequisites(component, action, because)
	}
	c.setupLine("Entering CompDomainPrep::ScInstallDomainPrep")
	c.work(1)
	meso := "CN=Microsoft Exchange System Objects," + dn
	err := ensure(d, directory.New("CN=Exchange Domain Servers,CN=Users,"+dn, "objectClass", "group", "sAMAccountName", "Exchange Domain Servers", "groupType", "-2147483646"),
		directory.New("CN=Exchange Enterprise Servers,CN=Users,"+dn, "objectClass", "group", "sAMAccountName", "Exchange Enterprise Servers", "groupType", "-2147483644"),
		directory.New(meso, "objectClass", "msExchSystemObjectsContainer"))
	if err == nil {
		c.work(1)
		err = raise(d, meso, "objectVersion", i.release.domain)
	}
	if err != nil {
		return c.subcomponentFails("Microsoft Exchange Domain Preparation", "0x80072030", err)
	}
	c.setupLine("Leaving CompDomainPrep::ScInstallDomainPrep")
	c.setupLine("Setup completed successfully")
	return 0
}
