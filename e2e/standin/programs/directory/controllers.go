package directory

import (
	"slices"
	"strconv"
	"strings"
)

// Reader is what these functions ask of a directory.
type Reader interface {
	Root() Entry
	Search(q Query) ([]Entry, error)
}

// Controller is a domain controller as the directory knows it.
type Controller struct {
	Domain   string // DNS name
	Computer string // NetBIOS name
	Site     string
	Address  string // IP address
	Windows  string // version: "2000", "2003" and so on
	Level    int    // msDS-Behavior-Version of its settings; 0 on Windows 2000
}

func (c Controller) windows() Windows {
	w, _ := WindowsNamed(c.Windows)
	return w
}

// Host is the full name.
func (c Controller) Host() string { return strings.ToLower(c.Computer) + "." + c.Domain }

// ServerDN is the server object in its site.
func (c Controller) ServerDN() string {
	return "CN=" + c.Computer + ",CN=Servers,CN=" + c.Site + ",CN=Sites,CN=Configuration," + DomainDN(c.Domain)
}

// SettingsDN is the object below the server's that makes it a domain controller.
func (c Controller) SettingsDN() string { return "CN=NTDS Settings," + c.ServerDN() }

// AccountDN is the computer's account.
func (c Controller) AccountDN() string {
	return "CN=" + c.Computer + ",OU=Domain Controllers," + DomainDN(c.Domain)
}

// MachinePassword is the password of the computer's account, by which its
// directory reads those of its partners. It is no secret: nothing here is random.
func (c Controller) MachinePassword() string { return "machine account of " + c.Host() }

// account is the computer's account.
func (c Controller) account() Entry {
	w, host := c.windows(), c.Host()
	e := New(c.AccountDN(), "objectClass", "computer", "sAMAccountName", c.Computer+"$", "userAccountControl", "532480", "primaryGroupID", "516",
		"dNSHostName", host, "operatingSystem", w.Title, "operatingSystemVersion", w.Version,
		"servicePrincipalName", "HOST/"+host, "servicePrincipalName", "LDAP/"+host, "userPassword", Hashed(c.AccountDN(), c.MachinePassword()))
	if c.Address != "" {
		e.put("networkAddress", c.Address)
	}
	return e
}

func (c Controller) server() Entry {
	return New(c.ServerDN(), "objectClass", "server", "dNSHostName", c.Host(), "serverReference", c.AccountDN())
}

func (c Controller) settings() Entry {
	dn := DomainDN(c.Domain)
	base := "CN=Configuration," + dn
	e := New(c.SettingsDN(), "objectClass", "nTDSDSA", "options", "1", "hasMasterNCs", dn, "hasMasterNCs", base, "hasMasterNCs", "CN=Schema,"+base)
	if level := c.windows().Level; level > 0 {
		e.put("msDS-Behavior-Version", strconv.Itoa(level))
	}
	return e
}

// Objects are what a promotion adds to a domain that is there: the account, the
// server, and last its settings, which make it a domain controller.
func (c Controller) Objects() []Entry { return []Entry{c.account(), c.server(), c.settings()} }

// Root is the rootDSE of the domain controller, with the functional level that it began with.
func (c Controller) Root(level int) Entry {
	dn := DomainDN(c.Domain)
	root := New("", "defaultNamingContext", dn, "rootDomainNamingContext", dn,
		"configurationNamingContext", "CN=Configuration,"+dn, "schemaNamingContext", "CN=Schema,CN=Configuration,"+dn,
		"dsServiceName", c.SettingsDN(), "serverName", c.ServerDN(), "dnsHostName", c.Host(),
		"ldapServiceName", c.Domain+":"+strings.ToLower(c.Computer)+"$@"+strings.ToUpper(c.Domain),
		"isSynchronized", "TRUE", "isGlobalCatalogReady", "TRUE")
	if w := c.windows(); w.Level > 0 {
		root.put("domainFunctionality", strconv.Itoa(level))
		root.put("forestFunctionality", strconv.Itoa(level))
		root.put("domainControllerFunctionality", strconv.Itoa(w.Level))
	}
	return root
}

// Controllers are the domain controllers of a directory, by name.
func Controllers(d Reader) ([]Controller, error) {
	dn := d.Root().Value("defaultNamingContext")
	settings, err := d.Search(Query{Base: "CN=Sites,CN=Configuration," + dn, Scope: Subtree, Filter: "(objectClass=nTDSDSA)"})
	if err != nil {
		return nil, err
	}
	accounts, err := d.Search(Query{Base: "OU=Domain Controllers," + dn, Scope: Subtree, Filter: "(objectClass=computer)"})
	if err != nil {
		return nil, err
	}
	var all []Controller
	for _, s := range settings {
		c := ControllerOf(s.DN)
		c.Level, _ = strconv.Atoi(s.Value("msDS-Behavior-Version"))
		at := slices.IndexFunc(accounts, func(e Entry) bool { return Same(e.DN, c.AccountDN()) })
		if at >= 0 {
			c.Address = accounts[at].Value("networkAddress")
			c.Windows = windowsTitled(accounts[at].Value("operatingSystem"))
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Controller) int { return strings.Compare(a.Computer, b.Computer) })
	return all, nil
}

func windowsTitled(title string) string {
	for _, w := range versions() {
		if w.Title == title {
			return w.Name
		}
	}
	return ""
}

// ControllerOf reads whose settings a distinguished name is of, as the owners of roles are named.
func ControllerOf(settings string) Controller {
	parts := SplitDN(settings)
	c := Controller{Domain: DNSName(settings)}
	if len(parts) > 4 {
		_, c.Computer, _ = strings.Cut(parts[1], "=")
		_, c.Site, _ = strings.Cut(parts[3], "=")
	}
	return c
}

// Role is an operations master role.
type Role struct {
	// Name is as ntdsutil says it: "schema master", "naming master", "PDC", "RID master", "infrastructure master".
	Name string
	// Base is the object whose fSMORoleOwner names the owner.
	Base string
}

// Roles are the five roles of a forest with one domain.
func Roles(d Reader) []Role {
	dn := d.Root().Value("defaultNamingContext")
	return []Role{
		{"schema master", "CN=Schema,CN=Configuration," + dn},
		{"naming master", "CN=Partitions,CN=Configuration," + dn},
		{"PDC", dn},
		{"RID master", "CN=RID Manager$,CN=System," + dn},
		{"infrastructure master", "CN=Infrastructure," + dn},
	}
}

// Owner is the owner of a role; false where the directory names none.
func (r Role) Owner(d Reader) (Controller, bool) {
	found, err := d.Search(Query{Base: r.Base, Wanted: []string{"fSMORoleOwner"}})
	if err != nil || len(found) != 1 || found[0].Value("fSMORoleOwner") == "" {
		return Controller{}, false
	}
	return ControllerOf(found[0].Value("fSMORoleOwner")), true
}

// Number is a number of an object; false where the directory has none.
func Number(d Reader, dn, attribute string) (int, bool) {
	found, err := d.Search(Query{Base: dn, Wanted: []string{attribute}})
	if err != nil || len(found) != 1 {
		return 0, false
	}
	n, err := strconv.Atoi(found[0].Value(attribute))
	return n, err == nil
}

// Computers are the addresses of the domain's computers by their full names, as they registered them.
func Computers(d Reader) (map[string]string, error) {
	found, err := d.Search(Query{
		Base: d.Root().Value("defaultNamingContext"), Scope: Subtree, Filter: "(&(objectClass=computer)(networkAddress=*))",
		Wanted: []string{"dNSHostName", "networkAddress"},
	})
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, e := range found {
		all[strings.ToLower(e.Value("dNSHostName"))] = e.Value("networkAddress")
	}
	return all, nil
}

// Settle writes into the directory which Windows a domain controller runs now, after an upgrade in place.
func Settle(d interface {
	Reader
	Modify(dn string, changes []Change) error
}, windows string,
) error {
	me := ControllerOf(d.Root().Value("dsServiceName"))
	w, _ := WindowsNamed(windows)
	found, err := d.Search(Query{Base: me.AccountDN(), Wanted: []string{"operatingSystem"}})
	if err != nil || len(found) != 1 || found[0].Value("operatingSystem") == w.Title {
		return err
	}
	changes := func(pairs ...string) (all []Change) {
		for i := 0; i+1 < len(pairs); i += 2 {
			all = append(all, Change{Replace, Attribute{pairs[i], []string{pairs[i+1]}}})
		}
		return all
	}
	if err := d.Modify(me.AccountDN(), changes("operatingSystem", w.Title, "operatingSystemVersion", w.Version)); err != nil {
		return err
	}
	return d.Modify(me.SettingsDN(), changes("msDS-Behavior-Version", strconv.Itoa(w.Level)))
}
