package directory

import (
	"crypto/sha1"
	"encoding/base64"
	"strconv"
	"strings"
)

// The numbers Windows 2003 leaves (KB325379).
const (
	SchemaVersion2003 = 30
	whenCreated       = "20030325000000.0Z"
)

// Forest is what a promotion of the first domain controller decides.
type Forest struct {
	Domain   string // DNS name
	NetBIOS  string
	Computer string // NetBIOS name of the domain controller
	Site     string
	Level    int // functional level: 0 for Windows 2000, 2 for Windows 2003
	Password string
}

// DN is the distinguished name of the forest's domain.
func (f Forest) DN() string { return DomainDN(f.Domain) }

// Administrator is the distinguished name of a domain's Administrator.
func Administrator(domainDN string) string { return "CN=Administrator,CN=Users," + domainDN }

// Hashed is a password as slapd keeps it. The salt is fixed by the name: nothing here is random.
func Hashed(dn, password string) string {
	salt := []byte(strings.ToLower(dn))[:min(8, len(dn))]
	sum := sha1.Sum(append([]byte(password), salt...))
	return "{SSHA}" + base64.StdEncoding.EncodeToString(append(sum[:], salt...))
}

// Seed are the entries of a new forest, parents first, in the three naming contexts.
func (f Forest) Seed() []Entry {
	var all []Entry
	for _, part := range [][]Entry{f.domain(), f.people(), f.configuration(), f.schema()} {
		for _, e := range part {
			e.put("whenCreated", whenCreated)
			all = append(all, Complete(e))
		}
	}
	return all
}

func (f Forest) domain() []Entry {
	dn, level := f.DN(), strconv.Itoa(f.Level)
	container := func(rdn, text string) Entry {
		return New(rdn+","+dn, "objectClass", "container", "description", text)
	}
	return []Entry{
		New(dn, "objectClass", "domainDNS", "msDS-Behavior-Version", level, "nTMixedDomain", "1",
			"fSMORoleOwner", f.settings(), "subRefs", "CN=Configuration,"+dn),
		container("CN=Users", "Default container for upgraded user accounts"),
		container("CN=Computers", "Default container for upgraded computer accounts"),
		New("OU=Domain Controllers,"+dn, "objectClass", "organizationalUnit", "description", "Default container for domain controllers"),
		New("CN=Builtin,"+dn, "objectClass", "builtinDomain"),
		New("CN=LostAndFound,"+dn, "objectClass", "lostAndFound"),
		container("CN=System", "Builtin system settings"),
		container("CN=Program Data", "Default location for storage of application data."),
		container("CN=ForeignSecurityPrincipals", "Default container for security identifiers (SIDs) associated with objects from external, trusted domains"),
	}
}

func (f Forest) people() []Entry {
	dn, users := f.DN(), ",CN=Users,"+f.DN()
	admin := Administrator(dn)
	all := []Entry{
		New(admin, "objectClass", "user", "sAMAccountName", "Administrator", "userAccountControl", "512", "isCriticalSystemObject", "TRUE",
			"description", "Built-in account for administering the computer/domain", "userPassword", Hashed(admin, f.Password)),
		New("CN=Guest"+users, "objectClass", "user", "sAMAccountName", "Guest", "userAccountControl", "66082", "isCriticalSystemObject", "TRUE"),
		New("CN=krbtgt"+users, "objectClass", "user", "sAMAccountName", "krbtgt", "userAccountControl", "514", "isCriticalSystemObject", "TRUE"),
	}
	for _, name := range []string{"Domain Admins", "Schema Admins", "Enterprise Admins", "Group Policy Creator Owners"} {
		all = append(all, New("CN="+name+users, "objectClass", "group", "sAMAccountName", name, "groupType", "-2147483646", "member", admin))
	}
	for _, name := range []string{"Domain Users", "Domain Computers", "Domain Controllers", "Domain Guests"} {
		all = append(all, New("CN="+name+users, "objectClass", "group", "sAMAccountName", name, "groupType", "-2147483646"))
	}
	all = append(all, New("CN=Administrators,CN=Builtin,"+dn, "objectClass", "group", "sAMAccountName", "Administrators",
		"groupType", "-2147483643", "member", admin, "member", "CN=Domain Admins"+users, "member", "CN=Enterprise Admins"+users))
	host := strings.ToLower(f.Computer) + "." + f.Domain
	return append(all, New("CN="+f.Computer+",OU=Domain Controllers,"+dn, "objectClass", "computer", "sAMAccountName", f.Computer+"$",
		"userAccountControl", "532480", "dNSHostName", host, "operatingSystem", "Windows Server 2003", "operatingSystemVersion", "5.2 (3790)",
		"servicePrincipalName", "HOST/"+host, "servicePrincipalName", "LDAP/"+host))
}

func (f Forest) server() string {
	return "CN=" + f.Computer + ",CN=Servers,CN=" + f.Site + ",CN=Sites,CN=Configuration," + f.DN()
}

func (f Forest) settings() string { return "CN=NTDS Settings," + f.server() }

func (f Forest) configuration() []Entry {
	dn := f.DN()
	base := "CN=Configuration," + dn
	site := "CN=" + f.Site + ",CN=Sites," + base
	cross := func(name, context, dns string, more ...string) Entry {
		return New("CN="+name+",CN=Partitions,"+base, append([]string{"objectClass", "crossRef", "nCName", context, "dnsRoot", dns}, more...)...)
	}
	return []Entry{
		New(base, "objectClass", "configuration", "subRefs", "CN=Schema,"+base),
		New("CN=Partitions,"+base, "objectClass", "crossRefContainer", "msDS-Behavior-Version", strconv.Itoa(f.Level), "fSMORoleOwner", f.settings()),
		cross("Enterprise Configuration", base, f.Domain, "systemFlags", "1"),
		cross("Enterprise Schema", "CN=Schema,"+base, f.Domain, "systemFlags", "1"),
		cross(f.NetBIOS, dn, f.Domain, "systemFlags", "3", "nETBIOSName", f.NetBIOS, "nTMixedDomain", "1"),
		New("CN=Sites,"+base, "objectClass", "sitesContainer"),
		New("CN=Subnets,CN=Sites,"+base, "objectClass", "subnetContainer"),
		New(site, "objectClass", "site"),
		New("CN=Servers,"+site, "objectClass", "serversContainer"),
		New(f.server(), "objectClass", "server", "dNSHostName", strings.ToLower(f.Computer)+"."+f.Domain,
			"serverReference", "CN="+f.Computer+",OU=Domain Controllers,"+dn),
		New(f.settings(), "objectClass", "nTDSDSA", "options", "1", "msDS-Behavior-Version", "2",
			"hasMasterNCs", dn, "hasMasterNCs", base, "hasMasterNCs", "CN=Schema,"+base),
		New("CN=Services,"+base, "objectClass", "container"),
		New("CN=Windows NT,CN=Services,"+base, "objectClass", "container"),
		New("CN=DisplaySpecifiers,"+base, "objectClass", "container"),
		New("CN=Extended-Rights,"+base, "objectClass", "container"),
		New("CN=WellKnown Security Principals,"+base, "objectClass", "container"),
		New("CN=ForestUpdates,"+base, "objectClass", "container"),
		New("CN=Windows2003Update,CN=ForestUpdates,"+base, "objectClass", "container", "revision", "8"),
	}
}

func (f Forest) schema() []Entry {
	base := "CN=Schema,CN=Configuration," + f.DN()
	return []Entry{
		New(base, "objectClass", "dMD", "objectVersion", strconv.Itoa(SchemaVersion2003), "fSMORoleOwner", f.settings()),
		New("CN=Object-Version,"+base, "objectClass", "attributeSchema", "lDAPDisplayName", "objectVersion",
			"attributeID", "1.2.840.113556.1.2.76", "attributeSyntax", "2.5.5.9", "oMSyntax", "2", "isSingleValued", "TRUE"),
		New("CN=Range-Upper,"+base, "objectClass", "attributeSchema", "lDAPDisplayName", "rangeUpper",
			"attributeID", "1.2.840.113556.1.2.35", "attributeSyntax", "2.5.5.9", "oMSyntax", "2", "isSingleValued", "TRUE"),
		New("CN=User,"+base, "objectClass", "classSchema", "lDAPDisplayName", "user", "governsID", "1.2.840.113556.1.5.9"),
		New("CN=Computer,"+base, "objectClass", "classSchema", "lDAPDisplayName", "computer", "governsID", "1.2.840.113556.1.3.30"),
		New("CN=Group,"+base, "objectClass", "classSchema", "lDAPDisplayName", "group", "governsID", "1.2.840.113556.1.5.8"),
	}
}

// rootDSE are the attributes of the server itself, readable before a logon.
func (f Forest) rootDSE() Entry {
	dn, level := f.DN(), strconv.Itoa(f.Level)
	return New("", "defaultNamingContext", dn, "rootDomainNamingContext", dn,
		"configurationNamingContext", "CN=Configuration,"+dn, "schemaNamingContext", "CN=Schema,CN=Configuration,"+dn,
		"dsServiceName", f.settings(), "serverName", f.server(), "dnsHostName", strings.ToLower(f.Computer)+"."+f.Domain,
		"ldapServiceName", f.Domain+":"+strings.ToLower(f.Computer)+"$@"+strings.ToUpper(f.Domain),
		"isSynchronized", "TRUE", "isGlobalCatalogReady", "TRUE",
		"domainFunctionality", level, "forestFunctionality", level, "domainControllerFunctionality", "2")
}
