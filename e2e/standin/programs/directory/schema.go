package directory

import (
	"fmt"
	"slices"
	"strings"
)

// class is an object class with the class above it.
type class struct{ name, above, category string }

// classes are those that the stand-in's directory knows, each below its parent.
func classes() []class {
	return []class{
		{"container", "top", "Container"},
		{"organizationalUnit", "top", "Organizational-Unit"},
		{"lostAndFound", "top", "Lost-And-Found"},
		{"builtinDomain", "top", "Builtin-Domain"},
		{"leaf", "top", "Leaf"},
		{"domain", "top", "Domain"},
		{"domainDNS", "domain", "Domain-DNS"},
		{"configuration", "top", "Configuration"},
		{"dMD", "top", "DMD"},
		{"attributeSchema", "top", "Attribute-Schema"},
		{"classSchema", "top", "Class-Schema"},
		{"crossRefContainer", "top", "Cross-Ref-Container"},
		{"crossRef", "top", "Cross-Ref"},
		{"sitesContainer", "top", "Sites-Container"},
		{"site", "top", "Site"},
		{"serversContainer", "top", "Servers-Container"},
		{"server", "top", "Server"},
		{"applicationSettings", "top", "Application-Settings"},
		{"nTDSDSA", "applicationSettings", "NTDS-DSA"},
		{"infrastructureUpdate", "top", "Infrastructure-Update"},
		{"rIDManager", "top", "RID-Manager"},
		{"subnetContainer", "top", "Subnet-Container"},
		{"subnet", "top", "Subnet"},
		{"person", "top", "Person"},
		{"organizationalPerson", "person", "Person"},
		{"user", "organizationalPerson", "Person"},
		{"computer", "user", "Computer"},
		{"inetOrgPerson", "user", "Person"},
		{"contact", "organizationalPerson", "Person"},
		{"group", "top", "Group"},
		{"msExchConfigurationContainer", "container", "ms-Exch-Configuration-Container"},
		{"msExchOrganizationContainer", "msExchConfigurationContainer", "ms-Exch-Organization-Container"},
		{"msExchAdminGroupContainer", "container", "ms-Exch-Admin-Group-Container"},
		{"msExchAdminGroup", "container", "ms-Exch-Admin-Group"},
		{"msExchServersContainer", "container", "ms-Exch-Servers-Container"},
		{"msExchExchangeServer", "server", "ms-Exch-Exchange-Server"},
		{"msExchRoutingGroupContainer", "container", "ms-Exch-Routing-Group-Container"},
		{"msExchRoutingGroup", "container", "ms-Exch-Routing-Group"},
		{"msExchInformationStore", "container", "ms-Exch-Information-Store"},
		{"msExchStorageGroup", "container", "ms-Exch-Storage-Group"},
		{"msExchMDB", "top", "ms-Exch-MDB"},
		{"msExchPrivateMDB", "msExchMDB", "ms-Exch-Private-MDB"},
		{"msExchPublicMDB", "msExchMDB", "ms-Exch-Public-MDB"},
		{"msExchSystemObjectsContainer", "container", "ms-Exch-System-Objects-Container"},
		{"msExchRecipientPolicies", "container", "ms-Exch-Container"},
		{"msExchRecipientPolicy", "top", "ms-Exch-Recipient-Policy"},
		{"msExchAddressListService", "top", "ms-Exch-Address-List-Service"},
		{"msExchRoutingGroupConnector", "top", "ms-Exch-Routing-Group-Connector"},
		{"publicFolder", "top", "ms-Exch-Public-Folder"},
	}
}

// chain is the class with those above it, top first, as Active Directory stores it.
func chain(given []string) []string {
	all := []string{"top"}
	for _, g := range given {
		var up []string
		for name := g; name != "" && !strings.EqualFold(name, "top"); {
			at := slices.IndexFunc(classes(), func(c class) bool { return strings.EqualFold(c.name, name) })
			if at < 0 {
				up = append(up, name)
				break
			}
			up = append(up, classes()[at].name)
			name = classes()[at].above
		}
		slices.Reverse(up)
		for _, u := range up {
			if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, u) }) {
				all = append(all, u)
			}
		}
	}
	return all
}

func category(name string) string {
	for _, c := range classes() {
		if strings.EqualFold(c.name, name) {
			return c.category
		}
	}
	return name
}

// The attributes that slapd does not bring itself, by syntax.
const (
	texts = `sn givenName initials displayName displayNamePrintable title department company telephoneNumber l st c co street postalCode
		physicalDeliveryOfficeName info comment mail mailNickname proxyAddresses targetAddress legacyExchangeDN textEncodedORAddress
		msExchHomeServerName msExchUserAccountControl msExchMailboxGuid msExchPoliciesIncluded msExchADCGlobalNames extensionName
		sAMAccountName userPrincipalName servicePrincipalName dNSHostName operatingSystem operatingSystemVersion operatingSystemServicePack
		dnsRoot nETBIOSName lDAPDisplayName attributeID attributeSyntax governsID adminDisplayName adminDescription gPLink
		objectSid objectGUID serialNumber versionNumberText networkAddress homeDirectory homeDrive profilePath scriptPath
		whenCreated whenChanged unicodePwd msExchProductID ldapServiceName supportedFilter
		msExchRecipientTypeDetails purportedSearch gatewayProxy msExchRecipLimitText keywords wWWHomePage dnsHostName`
	numbers = `objectVersion rangeUpper rangeLower versionNumber instanceType systemFlags searchFlags userAccountControl groupType
		sAMAccountType primaryGroupID options revision oMSyntax objectClassCategory msDS-Behavior-Version nTMixedDomain msExchMixedModeFlags
		isSingleValuedNumber mAPIID linkID heuristics msExchRecipLimit countryCode codePage pwdLastSet accountExpires badPwdCount
		logonCount lockoutDuration maxPwdAge minPwdLength msExchServerRole msExchCurrentServerRoles msExchMinAdminVersion deliveryMechanism homeMTAFlags
		domainFunctionality forestFunctionality domainControllerFunctionality msExchEdgeSyncLease internetEncoding mDBOverQuotaLimit`
	flags = `isSingleValued isMemberOfPartialAttributeSet systemOnly showInAdvancedViewOnly isCriticalSystemObject msExchMixedMode
		enabled hideDLMembership msExchHideFromAddressLists mDBUseDefaults isSynchronized isGlobalCatalogReady defaultHidingValue`
	names = `objectCategory member memberOf manager managedBy fSMORoleOwner nCName serverReference subRefs masteredBy hasMasterNCs
		msExchOwningOrg msExchResponsibleMTAServer homeMTA homeMDB msExchHomePublicMDB showInAddressBook serverReferenceBL defaultObjectCategory rIDManagerReference
		msExchOwningServer msExchOwningPFTree msExchHomeRoutingGroup msExchRoutingMasterDN msExchAddressListServiceLink msExchHomeServerLink defaultNamingContext
		schemaNamingContext configurationNamingContext rootDomainNamingContext dsServiceName serverName wellKnownOwner`
)

// slapdSchema is the schema file: every class may hold every attribute, as the
// stand-in checks the facts, not Microsoft's schema.
func slapdSchema() string {
	var b strings.Builder
	number := 0
	all := []string{"cn", "name", "description", "userPassword", "distinguishedName", "seeAlso"}
	attribute := func(name, syntax string) {
		number++
		all = append(all, name)
		fmt.Fprintf(&b, "attributetype ( 1.3.6.1.4.1.4203.666.77.1.%d NAME '%s' %s )\n", number, name, syntax)
	}
	const text = "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
	attribute("dc", text)
	attribute("ou", text)
	for _, group := range []struct{ list, syntax string }{
		{texts, text},
		{numbers, "EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27"},
		{flags, "EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7"},
		{names, "EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12"},
	} {
		for name := range strings.FieldsSeq(group.list) {
			if !slices.ContainsFunc(all, func(a string) bool { return strings.EqualFold(a, name) }) {
				attribute(name, group.syntax)
			}
		}
	}
	root := "top"
	// slapd 2.5 and 2.6 read at most 256 words of a line, so the long list is a chain of classes.
	for part := range slices.Chunk(all, 60) {
		number++
		next := fmt.Sprintf("standinObject%d", number)
		fmt.Fprintf(&b, "objectclass ( 1.3.6.1.4.1.4203.666.77.2.%d NAME '%s' SUP %s ABSTRACT MAY ( %s ) )\n", number, next, root, strings.Join(part, " $ "))
		root = next
	}
	for _, c := range classes() {
		number++
		above := c.above
		if above == "top" {
			above = root
		}
		fmt.Fprintf(&b, "objectclass ( 1.3.6.1.4.1.4203.666.77.2.%d NAME '%s' SUP %s STRUCTURAL )\n", number, c.name, above)
	}
	return b.String()
}

// isName reports whether an attribute's values are distinguished names.
func isName(attribute string) bool {
	return strings.EqualFold(attribute, "distinguishedName") ||
		slices.ContainsFunc(strings.Fields(names), func(n string) bool { return strings.EqualFold(n, attribute) })
}
