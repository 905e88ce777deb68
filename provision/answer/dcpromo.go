package answer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Role is what a server becomes.
type Role uint8

// The roles that a promotion can give.
const (
	// FirstDC is the first domain controller of a new forest.
	FirstDC Role = iota
	// ReplicaDC is a further domain controller of a domain.
	ReplicaDC
	// ChildDC is the first domain controller of a new child domain.
	ChildDC
)

// Promotion is what dcpromo of Windows 2000 to 2008 R2 is told.
type Promotion struct {
	OS   labs.OS
	Role Role
	// Domain is the DNS name of the domain that the server will serve:
	// "contoso.test", or for a child "sales.contoso.test".
	Domain string
	// NetBIOS is the domain's short name, of a new domain only.
	NetBIOS string
	// Site is the Active Directory site; empty means the one that every forest
	// begins with.
	Site string
	// SafeMode is the password of Directory Services Restore Mode.
	SafeMode labs.SecretValue
	// User, UserDomain and Password are an account that may do it, where a
	// forest is there already.
	User, UserDomain string
	Password         labs.SecretValue
	// Source is the domain controller to replicate from, for a replica; empty
	// leaves the choice to Windows.
	Source string
	// Level is the functional level of a new domain, and of its forest where that
	// is new too, as msDS-Behavior-Version counts them: 0 is 2000, 2 is 2003.
	Level int
	// GlobalCatalog makes a replica on Windows Server 2003 and later a global
	// catalog; dcpromo of Windows 2000 does not know how (KB223757).
	GlobalCatalog bool
	// Origin is the step's block.
	Origin Origin
}

// FirstSite is the site that every forest begins with.
const FirstSite = "Default-First-Site-Name"

// Dcpromo writes the file for `dcpromo /answer:FILE` of Windows 2000 and 2003,
// or for `dcpromo /unattend:FILE` of 2008 and 2008 R2. dcpromo erases the
// passwords from the file that it reads (TechNet cc758390), so it needs a copy
// on a disk it can write to. It does not restart the machine by itself.
func Dcpromo(p Promotion) (File, labs.Diagnostics) {
	diags := p.check()
	keys := p.keys()
	if modernDcpromo(p.OS) {
		keys = p.modernKeys()
	}
	return dcinstall(keys, diags, p.Origin)
}

// dcinstall writes the one section of an answer file of dcpromo.
func dcinstall(keys []keyed, diags labs.Diagnostics, o Origin) (File, labs.Diagnostics) {
	entries := make([]entry, len(keys))
	for i, k := range keys {
		entries[i] = entry{"DCINSTALL", k.key, k.value}
	}
	file, more := write("DCPROMO.TXT", entries, o)
	return finish(file, append(diags, more...))
}

// dcpromoSystems are those whose dcpromo is answered by a file. Windows 2012 and
// later have cmdlets in its place.
func dcpromoSystems() []labs.OS {
	return []labs.OS{labs.Windows2000, labs.Windows2003, labs.Windows2003R2, labs.Windows2008, labs.Windows2008R2}
}

// modernDcpromo says that dcpromo takes the newer keys of KB947034.
func modernDcpromo(os labs.OS) bool { return os == labs.Windows2008 || os == labs.Windows2008R2 }

func checkDcpromo(os labs.OS, o Origin) labs.Diagnostics {
	if slices.Contains(dcpromoSystems(), os) {
		return nil
	}
	return labs.Diagnostics{o.complaint("on", "No answer file for this system", fmt.Sprintf("This file answers dcpromo of windows-2000 to windows-2008r2, not of %q.", os))}
}

func (p *Promotion) check() labs.Diagnostics {
	return append(checkDcpromo(p.OS, p.Origin), p.Check()...)
}

// Check looks at what no promotion takes, by dcpromo or by the cmdlets of later
// Windows.
func (p *Promotion) Check() labs.Diagnostics {
	var diags labs.Diagnostics
	add := func(argument, summary, format string, args ...any) {
		diags = append(diags, p.Origin.complaint(argument, summary, fmt.Sprintf(format, args...)))
	}
	if why := labs.DomainProblem(p.Domain); why != "" {
		add("domain", "Invalid domain name", "%s", why)
	}
	if p.Role == ChildDC && strings.Count(p.Domain, ".") < 2 {
		add("domain", "Invalid domain name", "The child domain %q has no parent domain of two labels or more.", p.Domain)
	}
	if p.Role != ReplicaDC {
		if why := labs.NetBIOSProblem(p.NetBIOS); why != "" {
			add("netbios", "Invalid NetBIOS name", "%s", why)
		}
	}
	if p.SafeMode.Empty() {
		add("safe_mode_password", "Password missing", "dcpromo asks for the password of restore mode when the file has none, and would wait.")
	}
	if p.Role != FirstDC && (p.User == "" || p.UserDomain == "" || p.Password.Empty()) {
		add("user", "Account missing", "dcpromo needs a user, its domain and its password to join a forest that is there already.")
	}
	early := slices.Contains([]labs.OS{labs.Windows2000, labs.Windows2003, labs.Windows2003R2}, p.OS)
	if p.Level > 0 && (p.OS == labs.Windows2000 || p.Role != FirstDC && early) {
		add("forest_level", "Functional level not available",
			"dcpromo of Windows 2000 sets no functional level, and that of Windows Server 2003 sets only the one of a new forest.")
	}
	if p.GlobalCatalog && (p.OS == labs.Windows2000 || p.Role != ReplicaDC) {
		add("global_catalog", "Global catalog not available",
			"Only a replica on Windows Server 2003 and later is made a global catalog by its promotion; the first domain controller of a forest is one anyway.")
	}
	return diags
}

// keys are those of KB223757 for each role, in its order, for Windows 2000 and
// 2003.
func (p *Promotion) keys() []keyed {
	var keys []keyed
	add := func(key string, v value) { keys = append(keys, keyed{key, v}) }
	if p.Role != FirstDC {
		add("UserName", bare("user", p.User))
		add("Password", bare("password", p.Password.Reveal()).hush())
		add("UserDomain", bare("user_domain", p.UserDomain))
	}
	switch p.Role {
	case ReplicaDC:
		add("ReplicaOrNewDomain", literal("Replica"))
		add("ReplicaDomainDNSName", bare("domain", p.Domain))
		if p.Source != "" {
			add("ReplicationSourceDC", bare("source", p.Source))
		}
	case ChildDC:
		child, parent, _ := strings.Cut(p.Domain, ".")
		add("ReplicaOrNewDomain", literal("Domain"))
		add("TreeOrChild", literal("Child"))
		add("ParentDomainDNSName", bare("domain", parent))
		add("ChildName", bare("domain", child))
		add("DomainNetbiosName", bare("netbios", p.NetBIOS))
	case FirstDC:
		add("ReplicaOrNewDomain", literal("Domain"))
		add("TreeOrChild", literal("Tree"))
		add("CreateOrJoin", literal("Create"))
		add("NewDomainDNSName", bare("domain", p.Domain))
		add("DomainNetbiosName", bare("netbios", p.NetBIOS))
		if p.Level > 0 {
			add("SetForestVersion", literal("Yes"))
		}
	}
	if p.Role != ReplicaDC {
		add("DNSOnNetwork", literal("Yes"))
		add("AutoConfigDNS", literal("Yes"))
		add("AllowAnonymousAccess", literal("No"))
	}
	if p.GlobalCatalog {
		add("ConfirmGc", literal("Yes"))
	}
	return append(keys, append(p.places(), keyed{"RebootOnSuccess", literal("NoAndNoPromptEither")})...)
}

// modernKeys are those of KB947034 for each role, for Windows 2008 and 2008 R2.
// A child's DNS server is reached by a delegation in its parent's zone, which
// the account that founds the domain may make.
func (p *Promotion) modernKeys() []keyed {
	var keys []keyed
	add := func(key string, v value) { keys = append(keys, keyed{key, v}) }
	if p.Role != FirstDC {
		add("UserName", bare("user", p.User))
		add("UserDomain", bare("user_domain", p.UserDomain))
		add("Password", bare("password", p.Password.Reveal()).hush())
	}
	delegation := "No"
	switch p.Role {
	case ReplicaDC:
		add("ReplicaOrNewDomain", literal("Replica"))
		add("ReplicaDomainDNSName", bare("domain", p.Domain))
		if p.Source != "" {
			add("ReplicationSourceDC", bare("source", p.Source))
		}
	case ChildDC:
		child, parent, _ := strings.Cut(p.Domain, ".")
		add("ReplicaOrNewDomain", literal("Domain"))
		add("NewDomain", literal("Child"))
		add("ParentDomainDNSName", bare("domain", parent))
		add("ChildName", bare("domain", child))
		add("DomainNetbiosName", bare("netbios", p.NetBIOS))
		add("DomainLevel", number(p.Level))
		delegation = "Yes"
	case FirstDC:
		add("ReplicaOrNewDomain", literal("Domain"))
		add("NewDomain", literal("Forest"))
		add("NewDomainDNSName", bare("domain", p.Domain))
		add("DomainNetbiosName", bare("netbios", p.NetBIOS))
		add("ForestLevel", number(p.Level))
		add("DomainLevel", number(p.Level))
	}
	add("InstallDNS", literal("Yes"))
	add("ConfirmGc", literal("Yes"))
	add("CreateDNSDelegation", literal(delegation))
	return append(keys, append(p.places(), keyed{"RebootOnCompletion", literal("No")})...)
}

// places are the keys that are the same for every role.
func (p *Promotion) places() []keyed {
	site := FirstSite
	if p.Site != "" {
		site = p.Site
	}
	return []keyed{
		{"SiteName", bare("site", site)},
		{"DatabasePath", literal(`%systemroot%\ntds`)},
		{"LogPath", literal(`%systemroot%\ntds`)},
		{"SYSVOLPath", literal(`%systemroot%\sysvol`)},
		{"SafeModeAdminPassword", bare("safe_mode_password", p.SafeMode.Reveal()).hush()},
		{"CriticalReplicationOnly", literal("No")},
	}
}
