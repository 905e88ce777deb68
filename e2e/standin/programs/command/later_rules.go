package command

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

// number is a number of an object, 0 without one.
func (l *later) number(dn, attribute string) int {
	e, _ := one(l.d, dn, attribute)
	n, err := strconv.Atoi(e.Value(attribute))
	if err != nil {
		return 0
	}
	return n
}

// levelRules are those about the levels of the forest and its domains (Exchange
// help, "Exchange system requirements"): Windows 2003 for Exchange 2010 and
// 2013, Windows 2008 R2 for 2016.
func (l *later) levelRules() []rule {
	var broken []rule
	least, name := 2, "Windows Server 2003"
	if l.year == 2016 {
		least, name = 4, "Windows Server 2008 R2"
	}
	root := l.d.Root().Value("rootDomainNamingContext")
	if l.number("CN=Partitions,CN=Configuration,"+root, "msDS-Behavior-Version") < least {
		broken = append(broken, rule{"ForestLevelNotWin2003Native", "The forest functional level of the current Active Directory forest is not " + name +
			fmt.Sprintf(" native or later. To install Exchange Server %d, the forest functional level must be at least %s native.", l.year, name)})
	}
	if l.number(l.dn, "nTMixedDomain") != 0 {
		broken = append(broken, rule{"LocalDomainModeMixed", "The local domain is still in mixed mode. The domain functional level must be Windows 2000 Server native or later."})
	}
	return append(broken, l.coexistRules()...)
}

// servers are the Exchange servers of the organization.
func (l *later) servers() []directory.Entry {
	found, err := l.d.Search(directory.Query{
		Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + l.d.Root().Value("rootDomainNamingContext"), Scope: directory.Subtree, Filter: "(objectClass=msExchExchangeServer)",
	})
	if err != nil {
		return nil
	}
	return found
}

// oldest says whether a server of Exchange 2000 or 2003 is left.
func (l *later) oldest() bool {
	for _, s := range l.servers() {
		if strings.HasPrefix(s.Value("serialNumber"), "Version 6.") {
			return true
		}
	}
	return false
}

// coexistRules are those about older servers and the organization's mode.
func (l *later) coexistRules() []rule {
	var broken []rule
	if l.year > 2010 && l.oldest() {
		broken = append(broken, rule{
			"Exchange2000or2003PresentInOrg",
			fmt.Sprintf("Setup can't continue with the installation of Exchange Server %d because Exchange 2000 or Exchange 2003 servers exist in the organization.", l.year),
		})
	}
	if l.org != "" && l.year == 2010 && l.oldest() {
		if org, _ := one(l.d, l.org, "msExchMixedMode"); strings.EqualFold(org.Value("msExchMixedMode"), "TRUE") {
			broken = append(broken, rule{"ExchangeMixedMode", "The Exchange organization is in mixed mode. It must be in native mode before Exchange Server 2010 can be installed."})
		}
	}
	return broken
}

func (l *later) schemaOld() bool {
	e, _ := one(l.d, "CN=ms-Exch-Schema-Version-Pt,CN=Schema,CN=Configuration,"+l.d.Root().Value("rootDomainNamingContext"), "rangeUpper")
	return e.Value("rangeUpper") == "" || !atLeast(e.Value("rangeUpper"), l.schema)
}

// schemaRules are those of /PrepareSchema.
func (l *later) schemaRules() []rule {
	broken := l.levelRules()
	if l.schemaOld() && (!l.member("Schema Admins") || !l.member("Enterprise Admins")) {
		broken = append(broken, rule{
			"SchemaUpdateRequired",
			"The Active Directory schema isn't up-to-date, and this user account isn't a member of the 'Schema Admins' and/or 'Enterprise Admins' groups.",
		})
	}
	return broken
}

func (l *later) organizationOld() bool {
	if l.org == "" {
		return true
	}
	e, _ := one(l.d, l.org, "objectVersion", "cn")
	return e.Value("cn") == placeholderOrg || !atLeast(e.Value("objectVersion"), l.release.org)
}

// organizationRules are those of /PrepareAD, which prepares the schema too where it may.
func (l *later) organizationRules() []rule {
	broken := l.schemaRules()
	if l.organizationOld() && !l.member("Enterprise Admins") {
		broken = append(broken, rule{
			"AdUpdateRequired",
			"Global updates need to be made to Active Directory, and this user account isn't a member of the 'Enterprise Admins' group.",
		})
	}
	if name, given := l.switches["organizationname"]; l.org == "" && (!given || !orgName.MatchString(name)) {
		broken = append(broken, rule{"OrganizationNameRequired", "A name of an Exchange organization must be specified with /OrganizationName: there is none yet."})
	}
	return broken
}

// installRules are those of a new server.
func (l *later) installRules() []rule {
	broken := l.organizationRules()
	_, routing := l.switches["legacyroutingserver"]
	_, parts := l.switches["installwindowscomponents"]
	if l.Machine.Exchange != "" {
		broken = append(broken, rule{"ExchangeAlreadyInstalled", "Exchange Server is already installed on this computer."})
	}
	if l.Machine.Pending != nil {
		broken = append(broken, rule{"RebootPending", "A reboot from a previous installation is pending. Please restart the system and then rerun Setup."})
	}
	if l.year == 2010 && l.oldest() && !routing {
		broken = append(broken, rule{"LegacyRoutingServerRequired", "A legacy routing server must be specified with /LegacyRoutingServer: servers of an earlier version exist in the organization."})
	}
	if !parts && !l.Machine.Has("iis_www") {
		broken = append(broken, rule{"W3SVCDisabledOrNotInstalled", "The 'World Wide Web Publishing Service' is disabled or isn't installed."})
	}
	for role := range strings.SplitSeq(l.switches["roles"], ",") {
		if _, ok := laterRoles(l.year)[strings.ToLower(strings.TrimSpace(role))]; !ok {
			broken = append(broken, rule{"RoleUnknown", "The role '" + role + "' can't be installed by this version."})
		}
	}
	return broken
}

// laterRoles are the roles of a version, with their bits of msExchCurrentServerRoles.
func laterRoles(year int) map[string]int {
	switch year {
	case 2010:
		return map[string]int{"mailbox": 2, "mb": 2, "m": 2, "clientaccess": 4, "ca": 4, "c": 4, "hubtransport": 32, "ht": 32, "h": 32, "managementtools": 0, "mt": 0, "t": 0}
	case 2013:
		return map[string]int{"mailbox": 54, "mb": 54, "m": 54, "clientaccess": 16385, "ca": 16385, "c": 16385, "managementtools": 0, "mt": 0, "t": 0}
	}
	return map[string]int{"mailbox": 16439, "mb": 16439, "m": 16439, "managementtools": 0, "mt": 0, "t": 0}
}

// uninstallRules are those of /Mode:Uninstall.
func (l *later) uninstallRules() []rule {
	if have, _ := l.installed(); have.year != l.year {
		return []rule{{"ExchangeNotInstalled", fmt.Sprintf("Exchange Server %d isn't installed on this computer.", l.year)}}
	}
	var broken []rule
	for _, base := range databasesOf(l.d, l.Machine.Computer) {
		name := base.Value("cn")
		if len(mailboxesIn(l.d, base.DN)) > 0 {
			broken = append(broken, rule{"UnwillingToRemoveMailboxDatabase", "Uninstall cannot proceed. Database '" + name +
				"': This mailbox database contains one or more mailboxes, mailbox plans, archive mailboxes, public folder mailboxes or arbitration mailboxes."})
		} else if isPublic(base) {
			broken = append(broken, rule{"UnwillingToRemovePublicFolderDatabase", "Uninstall cannot proceed. Public folder database '" + name + "' must be removed first."})
		}
	}
	return broken
}
