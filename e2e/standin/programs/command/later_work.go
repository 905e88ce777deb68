package command

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// laterGroup is the administrative group of all servers from Exchange 2007 on.
const laterGroup = "Exchange Administrative Group (FYDIBOHF23SPDLT)"

func (l *later) schemaWork() error {
	configuration := "CN=Configuration," + l.d.Root().Value("rootDomainNamingContext")
	version := "CN=ms-Exch-Schema-Version-Pt,CN=Schema," + configuration
	l.work(2)
	err := ensure(l.d, directory.New(version, "objectClass", "attributeSchema",
		"lDAPDisplayName", "msExchSchemaVersionPt", "attributeSyntax", "2.5.5.9", "oMSyntax", "2", "rangeUpper", l.schema),
		directory.New("CN=ms-Exch-Exchange-Server,CN=Schema,"+configuration, "objectClass", "classSchema", "lDAPDisplayName", "msExchExchangeServer"))
	if err != nil {
		return err
	}
	return raise(l.d, version, "rangeUpper", l.schema)
}

func (l *later) organizationWork() error {
	if err := l.schemaWork(); err != nil {
		return err
	}
	root := l.d.Root().Value("rootDomainNamingContext")
	above := "CN=Microsoft Exchange,CN=Services,CN=Configuration," + root
	if l.org == "" {
		l.org = "CN=" + l.switches["organizationname"] + "," + above
	}
	groups := "OU=Microsoft Exchange Security Groups," + root
	l.work(2)
	err := ensure(l.d, directory.New(above, "objectClass", "msExchConfigurationContainer"),
		directory.New(l.org, "objectClass", "msExchOrganizationContainer", "msExchMixedMode", "FALSE"),
		directory.New("CN=Global Settings,"+l.org, "objectClass", "container"),
		directory.New("CN=Recipient Policies,"+l.org, "objectClass", "msExchRecipientPolicies"),
		directory.New("CN=Address Lists Container,"+l.org, "objectClass", "container"),
		directory.New("CN=Administrative Groups,"+l.org, "objectClass", "msExchAdminGroupContainer"),
		directory.New("CN="+laterGroup+",CN=Administrative Groups,"+l.org, "objectClass", "msExchAdminGroup"),
		directory.New("CN=Servers,CN="+laterGroup+",CN=Administrative Groups,"+l.org, "objectClass", "msExchServersContainer"),
		directory.New("CN=Databases,CN="+laterGroup+",CN=Administrative Groups,"+l.org, "objectClass", "container"),
		directory.New(groups, "objectClass", "organizationalUnit"),
		directory.New("CN=Exchange Trusted Subsystem,"+groups, "objectClass", "group", "sAMAccountName", "Exchange Trusted Subsystem"),
		directory.New("CN=Organization Management,"+groups, "objectClass", "group", "sAMAccountName", "Organization Management"))
	if err != nil {
		return err
	}
	if err := raise(l.d, l.org, "objectVersion", l.release.org); err != nil {
		return err
	}
	return l.domainWork()
}

func (l *later) domainWork() error {
	if l.organizationOld() {
		return errors.New("Setup encountered a problem while validating the state of Active Directory: Exchange organization-level objects have not been created, and setup cannot create them.") //nolint:staticcheck // setup's words
	}
	meso := "CN=Microsoft Exchange System Objects," + l.dn
	l.work(1)
	if err := ensure(l.d, directory.New(meso, "objectClass", "msExchSystemObjectsContainer")); err != nil {
		return err
	}
	return raise(l.d, meso, "objectVersion", l.domain)
}

// roles are the bits of the roles that were asked for.
func (l *later) roles() int {
	bits := 0
	for role := range strings.SplitSeq(l.switches["roles"], ",") {
		bits |= laterRoles(l.year)[strings.ToLower(strings.TrimSpace(role))]
	}
	return bits
}

func (l *later) installWork() error {
	if err := l.organizationWork(); err != nil {
		return err
	}
	m := l.Machine
	if err := l.copyPrograms(); err != nil {
		return err
	}
	l.work(3)
	group := "CN=" + laterGroup + ",CN=Administrative Groups," + l.org
	org := strings.TrimPrefix(strings.Split(l.org, ",")[0], "CN=")
	base := "/o=" + org + "/ou=" + laterGroup + "/cn=Configuration/cn=Servers/cn=" + m.Computer
	server := "CN=" + m.Computer + ",CN=Servers," + group
	entries := []directory.Entry{directory.New(server, "objectClass", "msExchExchangeServer", "serialNumber", l.serial, "versionNumber", l.release.number,
		"legacyExchangeDN", base, "networkAddress", "ncacn_ip_tcp:"+m.FQDN(), "networkAddress", addressMark+m.IP(), "msExchCurrentServerRoles", strconv.Itoa(l.roles()))}
	if l.roles()&2 != 0 {
		store := l.switches["mdbname"]
		if store == "" {
			store = fmt.Sprintf("Mailbox Database %010d", crc32.ChecksumIEEE([]byte(m.Computer+l.Now().String())))
		}
		entries = append(entries, directory.New("CN="+store+",CN=Databases,"+group, "objectClass", "msExchPrivateMDB", "msExchOwningServer", server,
			"legacyExchangeDN", base+"/cn=Microsoft Private MDB"))
	}
	if err := ensure(l.d, entries...); err != nil {
		return err
	}
	m.InstallComponents([]string{"iis_common", "iis_www"})
	for _, s := range laterServices(l.year) {
		m.AddService(s)
	}
	if err := l.stand(l.id); err != nil {
		return err
	}
	l.Registry(laterKey(l.release), "MsiInstallPath", "SZ", laterFolder(l.release)+`\`)
	return l.systemMailboxes(base)
}

// laterKey is where a version keeps its folder in the registry.
func laterKey(r release) string {
	if r.year == 2010 {
		return `SOFTWARE\Microsoft\ExchangeServer\v14\Setup`
	}
	return `SOFTWARE\Microsoft\ExchangeServer\v15\Setup`
}

// copyPrograms puts setup and ExSetup.exe, whose version tells the build, into the server's folder.
func (l *later) copyPrograms() error {
	folder, m := laterFolder(l.release), l.Machine
	for _, part := range []string{`\bin`, `\Scripts`, `\TransportRoles\Pickup`, `\Mailbox`} {
		if err := m.MakeFolder(folder + part); err != nil {
			return err
		}
	}
	drive, name := l.request.Module[:2], l.request.Module[strings.LastIndexAny(l.request.Module, `\/`)+1:]
	if err := l.copyFile(l.request.Module, folder+`\bin\`+name); err != nil {
		return err
	}
	return l.copyFile(drive+`\Setup\ServerRoles\Common\ExSetup.exe`, folder+`\bin\ExSetup.exe`)
}

// systemMailboxes gives the organization's own mailboxes a home on its first server.
func (l *later) systemMailboxes(server string) error {
	bases := databasesOf(l.d, l.Machine.Computer)
	if len(bases) == 0 {
		return nil
	}
	root := l.d.Root().Value("rootDomainNamingContext")
	names := []string{"SystemMailbox{1f05a927-89c0-4725-adca-4527114196a1}", "SystemMailbox{e0dc1c29-89c3-4034-b678-e6c29d823ed9}", "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042"}
	if l.year > 2010 {
		names = append(names, "Migration.8f3e7716-2011-43e4-96b1-aba62d229136")
	}
	for _, name := range names {
		err := ensure(l.d, directory.New("CN="+name+",CN=Users,"+root, "objectClass", "user", "displayName", name, "mailNickname", name,
			"homeMDB", bases[0].DN, "msExchHomeServerName", server, "msExchRecipientTypeDetails", arbitration))
		if err != nil {
			return err
		}
	}
	return nil
}

// The kinds of mailboxes, as msExchRecipientTypeDetails has them.
const (
	arbitration  = "8388608"
	publicFolder = "68719476736"
)

func (l *later) uninstall() error {
	m := l.Machine
	server, ok := serverNamed(l.d, m.Computer)
	if !ok {
		return directory.ErrNoSuchObject
	}
	l.work(2)
	for _, base := range databasesOf(l.d, m.Computer) {
		if err := l.d.Delete(base.DN); err != nil {
			return err
		}
	}
	if err := deleteTree(l.d, server.DN); err != nil {
		return err
	}
	for _, s := range laterServices(l.year) {
		m.RemoveService(s.Name)
	}
	l.Registry(laterKey(l.release), "MsiInstallPath", "-", "")
	return l.stand("")
}

// laterServices are those of a server of Exchange 2010 or later with the roles that it usually has.
func laterServices(year int) []machine.Service {
	own := func(name, display string, needs ...string) machine.Service {
		return machine.Service{Name: name, Display: "Microsoft Exchange " + display, Own: true, Start: "auto", Running: true, Needs: needs}
	}
	all := []machine.Service{
		own("MSExchangeADTopology", "Active Directory Topology"), own("MSExchangeIS", "Information Store"),
		own("MSExchangeTransport", "Transport", "MSExchangeADTopology"), own("MSExchangeServiceHost", "Service Host"), own("MSExchangeRPC", "RPC Client Access", "MSExchangeADTopology"),
		own("MSExchangeMailboxReplication", "Mailbox Replication", "MSExchangeADTopology"),
	}
	if year == 2010 {
		return append(all, own("MSExchangeSA", "System Attendant"), own("MSExchangeMailSubmission", "Mail Submission", "MSExchangeADTopology"))
	}
	return append(all, own("MSExchangeFrontEndTransport", "Frontend Transport", "MSExchangeADTopology"), own("MSExchangeDelivery", "Mailbox Transport Delivery", "MSExchangeADTopology"),
		own("MSExchangeSubmission", "Mailbox Transport Submission", "MSExchangeADTopology"), own("MSExchangeHM", "Health Manager"))
}

// databasesOf are the databases on a server, mailbox and public folder ones.
func databasesOf(d Directory, computer string) []directory.Entry {
	server, ok := serverNamed(d, computer)
	if !ok {
		return nil
	}
	var all []directory.Entry
	for _, class := range []string{"msExchPrivateMDB", "msExchPublicMDB"} {
		found, err := d.Search(directory.Query{
			Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + d.Root().Value("rootDomainNamingContext"), Scope: directory.Subtree,
			Filter: "(&(objectClass=" + class + ")(msExchOwningServer=" + directory.FilterValue(server.DN) + "))",
		})
		if err == nil {
			all = append(all, found...)
		}
	}
	return all
}

func isPublic(base directory.Entry) bool {
	for _, class := range base.Values("objectClass") {
		if strings.EqualFold(class, "msExchPublicMDB") {
			return true
		}
	}
	return false
}

// mailboxesIn are the users of this domain whose mailbox is in a database.
func mailboxesIn(d Directory, base string) []directory.Entry {
	found, err := d.Search(directory.Query{
		Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree, Filter: "(&(objectClass=user)(homeMDB=" + directory.FilterValue(base) + "))",
	})
	if err != nil {
		return nil
	}
	return found
}

// copyFile copies one file; paths are Windows'.
func (c *call) copyFile(from, to string) error {
	source, err := c.Machine.Unix(`C:`, from)
	if err != nil {
		return err
	}
	target, err := c.Machine.Unix(`C:`, to)
	if err != nil {
		return err
	}
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(filepath.Clean(target), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
