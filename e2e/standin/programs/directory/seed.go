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
	Address  string // IP address of the domain controller
	Windows  string // version on it: "2000", "2003" and so on; "" for 2003
	Level    int    // functional level: 0 for Windows 2000, 2 for Windows 2003
	Password string
}

// windows is the version on the first domain controller.
func (f Forest) windows() Windows {
	w, _ := WindowsNamed(f.Windows)
	return w
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
	dn := f.DN()
	container := func(rdn, text string) Entry {
		return New(rdn+","+dn, "objectClass", "container", "description", text)
	}
	top := New(dn, "objectClass", "domainDNS", "nTMixedDomain", f.mixed(), "fSMORoleOwner", f.settings(), "subRefs", "CN=Configuration,"+dn)
	f.level(&top)
	all := []Entry{
		top,
		container("CN=Users", "Default container for upgraded user accounts"),
		container("CN=Computers", "Default container for upgraded computer accounts"),
		New("OU=Domain Controllers,"+dn, "objectClass", "organizationalUnit", "description", "Default container for domain controllers"),
		New("CN=Builtin,"+dn, "objectClass", "builtinDomain"),
		New("CN=LostAndFound,"+dn, "objectClass", "lostAndFound"),
		container("CN=System", "Builtin system settings"),
		container("CN=Program Data", "Default location for storage of application data."),
		container("CN=ForeignSecurityPrincipals", "Default container for security identifiers (SIDs) associated with objects from external, trusted domains"),
		New("CN=Infrastructure,"+dn, "objectClass", "infrastructureUpdate", "fSMORoleOwner", f.settings()),
		New("CN=RID Manager$,CN=System,"+dn, "objectClass", "rIDManager", "fSMORoleOwner", f.settings()),
	}
	if w := f.windows(); w.DomainRevision > 0 {
		updates := "CN=DomainUpdates,CN=System," + dn
		all = append(all, New(updates, "objectClass", "container"),
			New(w.Updates()+","+updates, "objectClass", "container", "revision", strconv.Itoa(w.DomainRevision)))
	}
	return all
}

// mixed is nTMixedDomain: domains founded on Windows 2000 and 2003 below that level begin in mixed mode.
func (f Forest) mixed() string {
	if f.Level > 0 || f.windows().Level > 2 {
		return "0"
	}
	return "1"
}

// level writes the functional level, for which the schema of Windows 2000 has no attribute.
func (f Forest) level(e *Entry) {
	if f.windows().Level > 0 {
		e.put("msDS-Behavior-Version", strconv.Itoa(f.Level))
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
	return append(all, f.Controller().account())
}

func (f Forest) configuration() []Entry {
	dn := f.DN()
	base := "CN=Configuration," + dn
	site := "CN=" + f.Site + ",CN=Sites," + base
	cross := func(name, context, dns string, more ...string) Entry {
		return New("CN="+name+",CN=Partitions,"+base, append([]string{"objectClass", "crossRef", "nCName", context, "dnsRoot", dns}, more...)...)
	}
	partitions := New("CN=Partitions,"+base, "objectClass", "crossRefContainer", "fSMORoleOwner", f.settings())
	f.level(&partitions)
	all := []Entry{
		New(base, "objectClass", "configuration", "subRefs", "CN=Schema,"+base),
		partitions,
		cross("Enterprise Configuration", base, f.Domain, "systemFlags", "1"),
		cross("Enterprise Schema", "CN=Schema,"+base, f.Domain, "systemFlags", "1"),
		cross(f.NetBIOS, dn, f.Domain, "systemFlags", "3", "nETBIOSName", f.NetBIOS, "nTMixedDomain", f.mixed()),
		New("CN=Sites,"+base, "objectClass", "sitesContainer"),
		New("CN=Subnets,CN=Sites,"+base, "objectClass", "subnetContainer"),
		New(site, "objectClass", "site"),
		New("CN=Servers,"+site, "objectClass", "serversContainer"),
		f.Controller().server(),
		f.Controller().settings(),
		New("CN=Services,"+base, "objectClass", "container"),
		New("CN=Windows NT,CN=Services,"+base, "objectClass", "container"),
		New("CN=DisplaySpecifiers,"+base, "objectClass", "container"),
		New("CN=Extended-Rights,"+base, "objectClass", "container"),
		New("CN=WellKnown Security Principals,"+base, "objectClass", "container"),
	}
	if w := f.windows(); w.ForestRevision > 0 {
		all = append(all, New("CN=ForestUpdates,"+base, "objectClass", "container"),
			New(w.Updates()+",CN=ForestUpdates,"+base, "objectClass", "container", "revision", strconv.Itoa(w.ForestRevision)))
	}
	return all
}

func (f Forest) schema() []Entry {
	base := "CN=Schema,CN=Configuration," + f.DN()
	return []Entry{
		New(base, "objectClass", "dMD", "objectVersion", strconv.Itoa(f.windows().Schema), "fSMORoleOwner", f.settings()),
		New("CN=Object-Version,"+base, "objectClass", "attributeSchema", "lDAPDisplayName", "objectVersion",
			"attributeID", "1.2.840.113556.1.2.76", "attributeSyntax", "2.5.5.9", "oMSyntax", "2", "isSingleValued", "TRUE"),
		New("CN=Range-Upper,"+base, "objectClass", "attributeSchema", "lDAPDisplayName", "rangeUpper",
			"attributeID", "1.2.840.113556.1.2.35", "attributeSyntax", "2.5.5.9", "oMSyntax", "2", "isSingleValued", "TRUE"),
		New("CN=User,"+base, "objectClass", "classSchema", "lDAPDisplayName", "user", "governsID", "1.2.840.113556.1.5.9"),
		New("CN=Computer,"+base, "objectClass", "classSchema", "lDAPDisplayName", "computer", "governsID", "1.2.840.113556.1.3.30"),
		New("CN=Group,"+base, "objectClass", "classSchema", "lDAPDisplayName", "group", "governsID", "1.2.840.113556.1.5.8"),
	}
}

// Controller is the forest's first domain controller.
func (f Forest) Controller() Controller {
	return Controller{Domain: f.Domain, Computer: f.Computer, Site: f.Site, Address: f.Address, Windows: f.windows().Name}
}

func (f Forest) settings() string { return f.Controller().SettingsDN() }

// rootDSE are the attributes of the server itself, readable before a logon.
func (f Forest) rootDSE() Entry { return f.Controller().Root(f.Level) }
