package command

import (
	"errors"
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
	var because []string
	for _, need := range [][2]string{
		{"iis_common", "Internet Information Services"},
		{"iis_www", "World Wide Web service"},
		{"iis_smtp", "SMTP service"},
		{"iis_nntp", "NNTP service"},
		{"aspnet", "ASP.NET"},
	} {
		if !c.Machine.Has(need[0]) {
			because = append(because, "The required component \""+need[1]+"\" is not installed on this computer")
		}
	}
	if c.Machine.Exchange {
		because = append(because, "Microsoft Exchange is already installed on this computer")
	}
	d, missing := c.preparing(i.dc, "Domain Admins")
	if because = append(because, missing...); d == nil {
		return c.prerequisites(component, action, because)
	}
	defer d.Close()
	dn := d.Root().Value("defaultNamingContext")
	because = append(because, prepared(d, dn)...)
	if e, _ := one(d, "CN=Microsoft Exchange System Objects,"+dn, "objectVersion"); e.Value("objectVersion") != mesoVersion2003 {
		because = append(because, "The domain is not prepared for Exchange 2003: run DomainPrep first")
	}
	named, _ := organization(d, "CN=Configuration,"+dn)
	if have := named.Value("cn"); have != "" && have != placeholderOrg && !strings.EqualFold(have, u.org) {
		because = append(because, "The Exchange organization is named \""+have+"\", not \""+u.org+"\"")
	}
	if len(because) > 0 {
		return c.prerequisites(component, action, because)
	}
	return c.install(d, dn, named, u)
}

func (c *call) install(d Directory, dn string, named directory.Entry, u unattended) int {
	m := c.Machine
	c.setupLine("Entering CompServer::ScInstallServer")
	orgDN := "CN=" + u.org + ",CN=Microsoft Exchange,CN=Services,CN=Configuration," + dn
	if !directory.Same(named.DN, orgDN) {
		if err := d.Rename(named.DN, "CN="+u.org, ""); err != nil {
			return c.subcomponentFails("Microsoft Exchange Organization", "0x80072030", err)
		}
	}
	c.work(1)
	if err := ensure(d, serverEntries(orgDN, u, m)...); err != nil {
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
	for _, part := range []string{`\bin`, `\mdbdata`, `\mailroot\vsi 1\Pickup`, `\res`, `\exchweb`} {
		if err := m.MakeFolder(u.folder + part); err != nil {
			return c.subcomponentFails("Microsoft Exchange files", "0xC0070003", err)
		}
	}
	for _, s := range machine.ExchangeServices() {
		m.AddService(s)
	}
	// Exchange 2003 disables news by default.
	if news, ok := m.ServiceNamed("NntpSvc"); ok {
		news.Start, news.Running = "disabled", false
		m.AddService(news)
	}
	m.Exchange = true
	const setupKey = `SOFTWARE\Microsoft\Exchange\Setup`
	c.Registry(setupKey, "Services", "SZ", u.folder)
	c.Registry(setupKey, "NewestBuild", "DWORD", "6944")
	c.work(1)
	// Setup writes such lines in good runs too; the next line takes them back.
	c.setupLine("Error code 0XC0070424 (1060): The specified service does not exist as an installed service.")
	c.setupLine("All previous errors were ignored")
	c.setupLine("Leaving CompServer::ScInstallServer")
	c.setupLine("Setup completed successfully")
	return 0
}

// serverEntries are the objects of the first server's administrative group, parents first.
func serverEntries(orgDN string, u unattended, m *machine.Machine) []directory.Entry {
	group := "CN=" + u.group + ",CN=Administrative Groups," + orgDN
	servers := "CN=Servers," + group
	server := "CN=" + m.Computer + "," + servers
	routes := "CN=Routing Groups," + group
	store := "CN=InformationStore," + server
	storage := "CN=First Storage Group," + store
	legacy := "/o=" + u.org + "/ou=" + u.group
	host := m.FQDN()
	return []directory.Entry{
		directory.New(group, "objectClass", "msExchAdminGroup", "legacyExchangeDN", legacy),
		directory.New(routes, "objectClass", "msExchRoutingGroupContainer"),
		directory.New("CN=First Routing Group,"+routes, "objectClass", "msExchRoutingGroup", "msExchRoutingMasterDN", server),
		directory.New(servers, "objectClass", "msExchServersContainer"),
		directory.New(server, "objectClass", "msExchExchangeServer", "serialNumber", "Version 6.5 (Build 6944.4)", "versionNumber", "6944",
			"legacyExchangeDN", legacy+"/cn=Configuration/cn=Servers/cn="+m.Computer,
			"networkAddress", "ncacn_ip_tcp:"+host, "networkAddress", "netbios:"+m.Computer, "msExchHomeRoutingGroup", "CN=First Routing Group,"+routes),
		directory.New(store, "objectClass", "msExchInformationStore"),
		directory.New(storage, "objectClass", "msExchStorageGroup"),
		directory.New("CN=Mailbox Store ("+m.Computer+"),"+storage, "objectClass", "msExchPrivateMDB", "msExchOwningServer", server),
		directory.New("CN=Public Folder Store ("+m.Computer+"),"+storage, "objectClass", "msExchPublicMDB", "msExchOwningServer", server),
	}
}
