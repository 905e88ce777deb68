package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// exchangeUpdate is UPDATE.EXE of a service pack for Exchange 2000 or 2003.
func (c *call) exchangeUpdate(i installing) int {
	const component, action = "Microsoft Exchange Messaging and Collaboration Services", "Update"
	have, there := c.installed()
	switch {
	case !i.patch:
		return c.setupFails("UPDATE.EXE lies on the disc of a service pack only")
	case !there || have.year != i.year:
		return c.prerequisites(component, action, []string{fmt.Sprintf("Exchange %d is not installed on this computer", i.year)})
	case !atLeast(i.build, have.build):
		return c.prerequisites(component, action, []string{"A later version of Exchange is installed on this computer"})
	}
	if because := c.packWanting(i.release); because != nil {
		return c.prerequisites(component, action, because)
	}
	d, because := c.preparing(i.dc, "Domain Admins")
	if because != nil {
		return c.prerequisites(component, action, because)
	}
	defer d.Close()
	c.setupLine("Entering CompServer::ScUpdateServer")
	c.work(2)
	if err := mark(d, c.Machine, i.release); err != nil {
		return c.subcomponentFails("Microsoft Exchange Server", "0x80072030", err)
	}
	if err := c.stand(i.id); err != nil {
		return c.subcomponentFails("Microsoft Exchange Information Store", "0xC0070003", err)
	}
	c.Registry(`SOFTWARE\Microsoft\Exchange\Setup`, "NewestBuild", "DWORD", i.number)
	c.setupLine("Leaving CompServer::ScUpdateServer")
	c.setupLine("Setup completed successfully")
	return 0
}

// serves is what in the directory still needs a server of Exchange 2000 or 2003,
// in the words of setup's page (Exchange 2003 help, "Remove an Exchange server").
func serves(d Directory, server directory.Entry) []string {
	var because []string
	root := d.Root().Value("rootDomainNamingContext")
	configuration := "CN=Microsoft Exchange,CN=Services,CN=Configuration," + root
	found := func(base, filter string) []directory.Entry {
		all, _ := d.Search(directory.Query{Base: base, Scope: directory.Subtree, Filter: filter})
		return all
	}
	homes := found(root, "(&(objectClass=user)(homeMDB=*))")
	if slices.ContainsFunc(homes, func(e directory.Entry) bool { return directory.Under(e.Value("homeMDB"), server.DN) }) {
		because = append(because, "One or more users currently use a mailbox store on this server. These users must be moved to a mailbox store on a different server or be mail disabled before uninstalling this server")
	}
	others := slices.DeleteFunc(found(configuration, "(objectClass=msExchExchangeServer)"), func(e directory.Entry) bool { return directory.Same(e.DN, server.DN) })
	for _, c := range found(configuration, "(objectClass=msExchRoutingGroupConnector)") {
		if len(others) > 0 {
			because = append(because, "This server is a bridgehead server for the connector \""+c.Value("cn")+"\"")
		}
	}
	for _, s := range found(configuration, "(objectClass=msExchAddressListService)") {
		if strings.EqualFold(s.Value("msExchAddressListServiceLink"), server.DN) || s.Value("msExchAddressListServiceLink") == "" {
			because = append(because, "This server runs the Recipient Update Service \""+s.Value("cn")+"\"")
		}
	}
	return because
}

// exchangeRemove is setup of Exchange 2000 or 2003 on a server that has it, when all is set to Remove.
func (c *call) exchangeRemove(i installing) int {
	const component, action = "Microsoft Exchange Messaging and Collaboration Services", "Remove"
	have, _ := c.installed()
	if have.year != i.year {
		return c.prerequisites(component, action, []string{fmt.Sprintf("Exchange %d is not installed on this computer", i.year)})
	}
	d, because := c.preparing(i.dc, "Domain Admins")
	if because != nil {
		return c.prerequisites(component, action, because)
	}
	defer d.Close()
	server, ok := serverNamed(d, c.Machine.Computer)
	if !ok {
		return c.subcomponentFails("Microsoft Exchange Server", "0x80072030", directory.ErrNoSuchObject)
	}
	if because = serves(d, server); because == nil {
		because = c.folderReplicas()
	}
	if because != nil {
		return c.prerequisites(component, action, because)
	}
	c.setupLine("Entering CompServer::ScRemoveServer")
	if err := deleteTree(d, server.DN); err != nil {
		return c.subcomponentFails("Microsoft Exchange Server", "0x80072030", err)
	}
	c.work(2)
	for _, s := range machine.ExchangeServices() {
		c.Machine.RemoveService(s.Name)
	}
	if err := c.stand(""); err != nil {
		return c.subcomponentFails("Microsoft Exchange Information Store", "0xC0070003", err)
	}
	c.Registry(`SOFTWARE\Microsoft\Exchange\Setup`, "Services", "-", "")
	c.setupLine("Leaving CompServer::ScRemoveServer")
	c.setupLine("Setup completed successfully")
	return 0
}

// deleteTree removes an object with all below it.
func deleteTree(d Directory, dn string) error {
	below, err := d.Search(directory.Query{Base: dn, Scope: directory.OneLevel, Wanted: []string{"cn"}})
	if err != nil {
		return err
	}
	for _, e := range below {
		if err := deleteTree(d, e.DN); err != nil {
			return err
		}
	}
	return d.Delete(dn)
}
