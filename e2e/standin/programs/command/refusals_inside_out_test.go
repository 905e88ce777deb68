package command_test

import (
	"os"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

// outOf takes everybody out of groups of the domain.
func outOf(groups ...string) func(*play, *box) {
	return func(p *play, _ *box) {
		for _, g := range groups {
			p.set("CN="+g+",CN=Users,"+contosoDN, "member", "CN=nobody,"+contosoDN)
		}
	}
}

// lacking takes an optional component of Windows away.
func lacking(component string) func(*play, *box) {
	return func(_ *play, b *box) {
		b.guest.Machine.State.Components = without(b.guest.Machine.State.Components, component)
	}
}

// pack leaves Windows at an older service pack.
func pack(number string) func(*play, *box) {
	return func(_ *play, b *box) { b.pack(b.guest.Machine.Prefix, number) }
}

// off switches a domain controller off.
func off(address string) func(*play, *box) { return func(p *play, _ *box) { p.down = address } }

// empty takes the disc out of a drive.
func empty(drive string) func(*play, *box) {
	return func(p *play, b *box) {
		unix, err := b.guest.Machine.Unix(`C:`, drive)
		check(p.t, err)
		check(p.t, os.RemoveAll(unix))
		check(p.t, os.Mkdir(unix, 0o755))
	}
}

// mangled gives the schema what adprep of Windows 2003 makes of an attribute of Exchange 2000 (KB314649).
func mangled(p *play, _ *box) {
	check(p.t, p.forest.Add(directory.New("CN=DUP-labeledURI-9c7c3b3e,"+schemaDN, "objectClass", "attributeSchema", "lDAPDisplayName", "dup-labeledURI-9c7c3b3e")))
}

const (
	noExchange2003 = "hop1-schema/* hop1-exchange/* windows-2003/exchange_update"
	noExchange2000 = "start-exchange/* start-mail/*"
)

// refusedInsideOut are the prerequisites of the steps of the lab inside-out.
func refusedInsideOut() []refusal {
	return []refusal{
		{step: "start-forest/promote", lacks: "a static address", spoil: func(_ *play, b *box) { b.guest.Machine.Address = "" }, says: "no static IP address"},
		{step: "start-forest/promote", lacks: "a password", spoil: func(_ *play, b *box) { b.guest.Machine.Users["Administrator"] = "" }, says: "password is blank"},
		{step: "start-forest/promote", lacks: "the Windows disc", spoil: empty(`D:\`), says: "Windows disc is in no drive"},
		{step: "start-forest/join", lacks: "the domain", without: "start-forest/promote", says: "could not be contacted"},
		{step: "start-forest/join", lacks: "the password", spoil: func(p *play, _ *box) { p.boxes["dc01"].run(0, "net user Administrator Other1!") }, says: "unknown user name or bad password"},
		{step: "start-schema/forestprep", lacks: "the domain", without: "start-forest/join", says: "does not belong to a domain"},
		{step: "start-schema/forestprep", lacks: "the schema's group", spoil: outOf("Schema Admins"), says: `group "Schema Admins"`},
		{step: "start-schema/forestprep", lacks: "the enterprise's group", spoil: outOf("Enterprise Admins"), says: `group "Enterprise Admins"`},
		{step: "start-schema/forestprep", lacks: "a domain controller", spoil: off("10.20.0.10"), says: "domain controller does not answer"},
		{step: "start-schema/forestprep", lacks: "the disc", spoil: empty(`E:\`), says: "Exchange disc"},
		{step: "start-schema/domainprep", lacks: "forestprep", without: "start-schema/forestprep", says: "run ForestPrep first"},
		{step: "start-schema/domainprep", lacks: "the domain's group", spoil: outOf("Domain Admins"), says: `group "Domain Admins"`},
		{step: "start-exchange/exchange_setup", lacks: "forestprep", without: "start-schema/*", says: "run ForestPrep first"},
		{step: "start-exchange/exchange_setup", lacks: "domainprep", without: "start-schema/domainprep", says: "run DomainPrep first"},
		{step: "start-exchange/exchange_setup", lacks: "the web", spoil: lacking("iis_www"), says: "World Wide Web service"},
		{step: "start-exchange/exchange_setup", lacks: "smtp", spoil: lacking("iis_smtp"), says: "SMTP service"},
		{step: "start-exchange/exchange_setup", lacks: "nntp", spoil: lacking("iis_nntp"), says: "NNTP service"},
		{step: "start-exchange/exchange_setup", lacks: "a service pack of Windows", spoil: pack(""), says: "Windows 2000 Server Service Pack 1 or later"},
		{step: "start-exchange/exchange_update", lacks: "Exchange 2000", without: "start-exchange/exchange_setup", says: "Exchange 2000 is not installed"},
		{step: "start-mail/create_mailboxes", lacks: "Exchange", without: "start-exchange/*", says: "no mailbox store"},
		{step: "start-mail/seed_mail", lacks: "Exchange", without: noExchange2000, says: "no Exchange"},
		{step: "start-mail/public_folders", lacks: "Exchange", without: noExchange2000, says: "could not be made"},
		{step: "hop1-schema/forestprep", lacks: "the schema's group", spoil: outOf("Schema Admins"), says: `group "Schema Admins"`},
		{step: "hop1-schema/forestprep", lacks: "attributes with their names", spoil: mangled, says: "dup-labeledURI"},
		{step: "hop1-schema/domainprep", lacks: "forestprep", without: "hop1-schema/forestprep", says: "not prepared for Exchange 2003: run ForestPrep first"},
		{step: "hop1-exchange/exchange_setup", lacks: "forestprep", without: "hop1-schema/*", says: "not prepared for Exchange 2003: run ForestPrep first"},
		{step: "hop1-exchange/exchange_setup", lacks: "domainprep", without: "hop1-schema/domainprep", says: "not prepared for Exchange 2003: run DomainPrep first"},
		{step: "hop1-exchange/exchange_setup", lacks: "Service Pack 3", without: "start-exchange/exchange_update", says: "not at Service Pack 3"},
		{step: "hop1-exchange/exchange_setup", lacks: "a service pack of Windows", spoil: pack("2"), says: "Windows 2000 Server Service Pack 3 or later"},
		{step: "windows-2003/exchange_update", lacks: "a service pack of Windows", spoil: pack("3"), says: "Windows 2000 Server Service Pack 4 or later"},
		{step: "windows-2003/exchange_update", lacks: "Exchange 2003", without: "hop1-exchange/*", says: "Exchange 2003 is not installed"},
		{step: "windows-2003/ex00-upgrade-windows", lacks: "Exchange 2003", without: noExchange2003, says: "Exchange 2000 Server is installed"},
		{step: "windows-2003/dc01-adprep", lacks: "forestprep of Exchange 2003", without: noExchange2003 + " windows-2003/ex00-upgrade-windows", says: "conflict with those of inetOrgPerson"},
		{step: "windows-2003/dc01-adprep", lacks: "the groups", spoil: outOf("Schema Admins", "Enterprise Admins"), says: "not a member of the following group: Enterprise Admins, Schema Admins"},
		{step: "windows-2003/dc01-adprep-2", lacks: "the forest prepared", without: "windows-2003/dc01-adprep", says: "Forest-wide information needs to be updated"},
		{step: "windows-2003/dc01-adprep-2", lacks: "the domain's group", spoil: outOf("Domain Admins"), says: "Domain Admins"},
		{step: "windows-2003/dc01-upgrade-windows", lacks: "the forest prepared", without: "windows-2003/dc01-adprep windows-2003/dc01-adprep-2", says: "run adprep /forestprep"},
		{step: "windows-2003/dc01-upgrade-windows", lacks: "the domain prepared", without: "windows-2003/dc01-adprep-2", says: "run adprep /domainprep"},
	}
}

// refusals are those of the labs that the stand-in discs run to their ends.
func refusals() map[string][]refusal {
	return map[string][]refusal{"inside-out": refusedInsideOut()}
}
