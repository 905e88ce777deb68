package command

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// firstGroup is the administrative group that setup makes when it is told no name.
const firstGroup = "First Administrative Group"

// orgName is what Exchange takes as the name of an organization.
var orgName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 -]{0,62}[A-Za-z0-9])?$`)

// exchangeComponents are what the answer file of this stand-in may ask for.
func exchangeComponents() []string {
	return []string{"messaging and collaboration services", "system management tools"}
}

// unattended is a checked answer file.
type unattended struct{ org, group, folder string }

// readUnattend checks the answer file. Its format is this stand-in's own, as no
// sample of Microsoft's is published; README.md describes it.
func (c *call) readUnattend(file string) (u unattended, why string) {
	path, err := c.Machine.Unix(c.request.Folder, file)
	if err != nil {
		return u, "the unattended file " + file + " was not found"
	}
	answers, err := readINI(path)
	if err != nil {
		return u, "the unattended file " + file + " cannot be read: " + err.Error()
	}
	for section := range answers {
		if section != "general" && section != "organization" {
			return u, "the unattended file has an unknown section [" + section + "]"
		}
	}
	bad := append(answers.unknown("general", "components", "installpath", "productkey"), answers.unknown("organization", "name", "administrativegroup")...)
	if len(bad) > 0 {
		return u, "the unattended file has unknown keys: " + strings.Join(bad, ", ")
	}
	general := answers["general"]
	components := list(strings.ToLower(general["components"]))
	if !slices.Contains(components, exchangeComponents()[0]) {
		return u, "the unattended file installs no server: [General] Components names no Messaging and Collaboration Services"
	}
	for _, component := range components {
		if !slices.Contains(exchangeComponents(), component) {
			return u, "the unattended file names an unknown component: " + component
		}
	}
	u = unattended{answers["organization"]["name"], answers["organization"]["administrativegroup"], general["installpath"]}
	if u.folder == "" {
		u.folder = `C:\Program Files\Exchsrvr`
	}
	if u.group == "" {
		u.group = firstGroup
	}
	for key, name := range map[string]string{"Name": u.org, "AdministrativeGroup": u.group} {
		if !orgName.MatchString(name) {
			return u, "[Organization] " + key + "=" + name + " is not valid"
		}
	}
	return u, ""
}

func (c *call) exchangeServer(i installing) int {
	const component, action = "Microsoft Exchange Messaging and Collaboration Services", "Install"
	u, why := c.readUnattend(i.unattend)
	if why != "" {
		return c.setupFails(why)
	}
	because := c.wanting(i.release)
	d, missing := c.preparing(i.dc, "Domain Admins")
	if because = append(because, missing...); d == nil {
		return c.prerequisites(component, action, because)
	}
	defer d.Close()
	dn := d.Root().Value("defaultNamingContext")
	because = append(because, prepared(d, dn, i.release)...)
	if e, _ := one(d, "CN=Microsoft Exchange System Objects,"+dn, "objectVersion"); e.Value("objectVersion") == "" || !atLeast(e.Value("objectVersion"), i.release.domain) {
		because = append(because, fmt.Sprintf("The domain is not prepared for Exchange %d: run DomainPrep first", i.year))
	}
	named, _ := organization(d, "CN=Configuration,"+dn)
	if have := named.Value("cn"); have != "" && have != placeholderOrg && !strings.EqualFold(have, u.org) {
		because = append(because, "The Exchange organization is named \""+have+"\", not \""+u.org+"\"")
	}
	if len(because) > 0 {
		return c.prerequisites(component, action, because)
	}
	return c.install(d, dn, named, u, i.release)
}

// wanting is what the machine lacks for a server of a release.
func (c *call) wanting(r release) []string {
	var because []string
	if r.patch {
		return []string{"This disc is a service pack: it installs no server"}
	}
	because = c.packWanting(r)
	have, there := c.installed()
	kit := r.kit
	if c.Machine.Windows == machine.Windows2000 {
		kit = iis() // setup of Exchange 2003 brings ASP.NET itself there
	} else if r.year == 2000 {
		because = append(because, "Exchange 2000 cannot be installed on Windows Server 2003")
	}
	for _, need := range kit {
		if !c.Machine.Has(need[0]) {
			because = append(because, "The required component \""+need[1]+"\" is not installed on this computer")
		}
	}
	switch {
	case !there || have.year == 2000 && have.patch && r.year == 2003:
	case have.year == 2000 && r.year == 2003:
		because = append(because, "Exchange 2000 on this computer is not at Service Pack 3")
	default:
		because = append(because, "Microsoft Exchange is already installed on this computer")
	}
	return because
}

// mark writes a release into the object of the machine's server.
func mark(d Directory, m *machine.Machine, r release) error {
	server, ok := serverNamed(d, m.Computer)
	if !ok {
		return errors.New("the server has no object in the directory")
	}
	return d.Modify(server.DN, append(replacing("serialNumber", r.serial), replacing("versionNumber", r.number)...))
}

// serverNamed finds a server's object by its name.
func serverNamed(d Directory, name string) (directory.Entry, bool) {
	found, err := d.Search(directory.Query{
		Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + d.Root().Value("rootDomainNamingContext"), Scope: directory.Subtree,
		Filter: "(&(objectClass=msExchExchangeServer)(cn=" + name + "))",
	})
	if err != nil || len(found) == 0 {
		return directory.Entry{}, false
	}
	return found[0], true
}

func (c *call) install(d Directory, dn string, named directory.Entry, u unattended, r release) int {
	m := c.Machine
	c.setupLine("Entering CompServer::ScInstallServer")
	orgDN := "CN=" + u.org + ",CN=Microsoft Exchange,CN=Services,CN=Configuration," + dn
	if !directory.Same(named.DN, orgDN) {
		if err := d.Rename(named.DN, "CN="+u.org, ""); err != nil {
			return c.subcomponentFails("Microsoft Exchange Organization", "0x80072030", err)
		}
	}
	c.work(1)
	if err := ensure(d, serverEntries(orgDN, u, m, r)...); err != nil {
		return c.subcomponentFails("Microsoft Exchange Server", "0x80072030", err)
	}
	if err := mark(d, m, r); err != nil {
		return c.subcomponentFails("Microsoft Exchange Server", "0x80072030", err)
	}
	account := "CN=" + m.Computer + ",CN=Computers," + dn
	if m.Role == machine.DC {
		account = "CN=" + m.Computer + ",OU=Domain Controllers," + dn
	}
	member := []directory.Change{{Op: directory.Add, Attribute: directory.Attribute{Name: "member", Values: []string{account}}}}
	if err := d.Modify("CN=Exchange Domain Servers,CN=Users,"+dn, member); err != nil && !errors.Is(err, directory.ErrConstraint) {
		return c.subcomponentFails("Microsoft Exchange Domain Servers", "0x80072030", err)
	}
	c.work(2)
	for _, part := range []string{`\bin`, `\mdbdata`, `\mailroot\vsi 1\PickUp`, `\mailroot\vsi 1\Queue`, `\mailroot\vsi 1\BadMail`, `\res`, `\exchweb`} {
		if err := m.MakeFolder(u.folder + part); err != nil {
			return c.subcomponentFails("Microsoft Exchange files", "0xC0070003", err)
		}
	}
	for _, s := range machine.ExchangeServices() {
		m.AddService(s)
	}
	// Exchange 2003 disables news by default.
	if news, ok := m.ServiceNamed("NntpSvc"); ok && r.year == 2003 {
		news.Start, news.Running = "disabled", false
		m.AddService(news)
	}
	if err := c.stand(r.id); err != nil {
		return c.subcomponentFails("Microsoft Exchange Information Store", "0xC0070003", err)
	}
	const setupKey = `SOFTWARE\Microsoft\Exchange\Setup`
	c.Registry(setupKey, "Services", "SZ", u.folder)
	c.Registry(setupKey, "NewestBuild", "DWORD", r.number)
	c.work(1)
	// Setup writes such lines in good runs too; the next line takes them back.
	c.setupLine("Error code 0XC0070424 (1060): The specified service does not exist as an installed service.")
	c.setupLine("All previous errors were ignored")
	c.setupLine("Leaving CompServer::ScInstallServer")
	c.setupLine("Setup completed successfully")
	return 0
}

// serverEntries are the objects of the first server's administrative group, parents first.
func serverEntries(orgDN string, u unattended, m *machine.Machine, r release) []directory.Entry {
	group := "CN=" + u.group + ",CN=Administrative Groups," + orgDN
	servers := "CN=Servers," + group
	server := "CN=" + m.Computer + "," + servers
	routes := "CN=Routing Groups," + group
	store := "CN=InformationStore," + server
	storage := "CN=First Storage Group," + store
	legacy := "/o=" + u.org + "/ou=" + u.group
	base := legacy + "/cn=Configuration/cn=Servers/cn=" + m.Computer
	host := m.FQDN()
	services := "CN=Recipient Update Services,CN=Address Lists Container," + orgDN
	return []directory.Entry{
		directory.New(services, "objectClass", "container"),
		directory.New("CN=Recipient Update Service ("+m.Domain.NetBIOS+"),"+services, "objectClass", "msExchAddressListService", "msExchAddressListServiceLink", server),
		directory.New(group, "objectClass", "msExchAdminGroup", "legacyExchangeDN", legacy),
		directory.New(routes, "objectClass", "msExchRoutingGroupContainer"),
		directory.New("CN=First Routing Group,"+routes, "objectClass", "msExchRoutingGroup", "msExchRoutingMasterDN", server),
		directory.New(servers, "objectClass", "msExchServersContainer"),
		directory.New(server, "objectClass", "msExchExchangeServer", "serialNumber", r.serial, "versionNumber", r.number,
			"legacyExchangeDN", base,
			"networkAddress", "ncacn_ip_tcp:"+host, "networkAddress", "netbios:"+m.Computer, "networkAddress", addressMark+m.IP(), "msExchHomeRoutingGroup", "CN=First Routing Group,"+routes),
		directory.New(store, "objectClass", "msExchInformationStore"),
		directory.New(storage, "objectClass", "msExchStorageGroup"),
		directory.New("CN=Mailbox Store ("+m.Computer+"),"+storage, "objectClass", "msExchPrivateMDB", "msExchOwningServer", server,
			"legacyExchangeDN", base+"/cn=Microsoft Private MDB"),
		directory.New("CN=Public Folder Store ("+m.Computer+"),"+storage, "objectClass", "msExchPublicMDB", "msExchOwningServer", server,
			"legacyExchangeDN", base+"/cn=Microsoft Public MDB"),
	}
}
