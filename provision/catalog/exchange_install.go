package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// exchangeInstall installs Exchange 2007 or later.
type exchangeInstall struct{}

const exchangeInstallLimit = 8 * time.Hour

func (exchangeInstall) Schema() labs.Schema {
	return labs.Schema{
		Kind: "exchange_install",
		Doc: "Installs Exchange 2007 or later on a member of a prepared domain with setup /Mode:Install, and restarts the machine. " +
			"On a machine with Exchange 2019, the disc of Exchange Server SE upgrades it in place.",
		Args: []labs.Arg{
			mediaArg("The Exchange disc."),
			{Name: "roles", Type: labs.StringsType, Doc: "The server's roles: mailbox, client-access, hub-transport, unified-messaging, edge-transport, management-tools. Without it, all that a server with mailboxes needs in its version.", Valid: listed(roleProblem)},
			{Name: "routing_server", Type: labs.MachineType, Doc: "The machine with the Exchange 2003 (or 2000) server that the first Exchange 2007 or 2010 server makes its routing group connectors to."},
			organizationArg("The organization's name. Give it only for the first server of a forest that was not prepared with prepare_ad."),
			{Name: "folder", Type: labs.StringType, Doc: "Where Exchange is installed. Without it, where setup puts it.", Valid: textual(guestPathProblem)},
			{Name: "windows_components", Type: labs.BoolType, Default: true, Doc: "Let setup of Exchange 2010 SP1 and later add the Windows features that it needs."},
			limitArg(exchangeInstallLimit),
		},
	}
}

// roleSwitches are setup's names of roles. Exchange 2007 takes their short
// forms too.
func roleSwitches() map[string][2]string {
	return map[string][2]string{
		estate.MailboxRole: {"Mailbox", "MB"}, estate.ClientAccessRole: {"ClientAccess", "CA"}, estate.HubTransportRole: {"HubTransport", "HT"},
		"unified-messaging": {"UnifiedMessaging", "UM"}, "edge-transport": {"EdgeTransport", "ET"}, "management-tools": {"ManagementTools", "MT"},
	}
}

func roleProblem(role string) string {
	if _, ok := roleSwitches()[role]; ok {
		return ""
	}
	return fmt.Sprintf("%q is none of mailbox, client-access, hub-transport, unified-messaging, edge-transport, management-tools.", role)
}

// rolesOf are the roles that are installed, in the order in which they must be.
func rolesOf(c Call, r estate.Release) []string {
	if list := c.Step.Texts("roles"); len(list) > 0 {
		return list
	}
	switch {
	case since(r, "exchange-2016"):
		return []string{estate.MailboxRole}
	case since(r, "exchange-2013"):
		return []string{estate.ClientAccessRole, estate.MailboxRole}
	}
	return []string{estate.ClientAccessRole, estate.HubTransportRole, estate.MailboxRole}
}

func (exchangeInstall) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	needs := []estate.Fact{estate.FactDomain(domain)}
	if r, ok := releaseOf(c, recent()); ok {
		needs = append(needs, estate.FactPrepared(forest, r.Product), estate.FactPreparedDomain(domain, r.Product))
	}
	if router := c.Step.Text("routing_server"); router != "" {
		needs = append(needs, estate.FactExchange(router))
	}
	return append(append(needs, afterServers(c)...), earlierSteps(c, "exchange_setup", "exchange_install")...)
}

func (exchangeInstall) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactExchange(c.Machine.Name)}
}

func (exchangeInstall) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, recent())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.ExchangeInstall{
		Machine: c.Machine.Name, Release: r.ID, Roles: c.Step.Texts("roles"),
		RoutingServer: c.Step.Text("routing_server"), Organization: c.Step.Text("organization"),
	})
}

// Typical is what Microsoft's documentation of 2013 and later calls it: about
// an hour.
func (exchangeInstall) Typical() time.Duration { return time.Hour }

func (exchangeInstall) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := x.p.release(recent())
	if !ok {
		return x.p.done(Work{})
	}
	var v versions
	v.organization(x, r)
	v.server(x, c.Machine, r)
	v.into(x)
	return x.silent(silent{
		release: r, what: "Exchange setup installs a server.", runs: [][]string{installSwitches(x, r)}, longest: exchangeInstallLimit,
		then: guest.ThenReboot, services: laterServices(r, rolesOf(c, r)),
	}, v.proofs...)
}

// installSwitches are setup's for an installation, or for an upgrade in place.
func installSwitches(x exchange, r estate.Release) []string {
	c := x.p.call
	if old, ok := installedOn(c, c.Machine.Name); ok && old.Product == "exchange-2019" && r.Product == "exchange-se" {
		return []string{"/Mode:Upgrade"}
	}
	var roles []string
	for _, role := range rolesOf(c, r) {
		name := roleSwitches()[role]
		short := 0
		if r.Product == "exchange-2007" {
			short = 1
		}
		roles = append(roles, name[short])
	}
	switches := []string{"/Mode:Install", "/Roles:" + strings.Join(roles, ",")}
	switches = append(switches, organizationSwitch(c)...)
	if name := c.Step.Text("routing_server"); name != "" && bridging().covers(r.Product) {
		if full, ok := fullName(c, name); ok {
			switches = append(switches, "/LegacyRoutingServer:"+full)
		}
	}
	if folder := c.Step.Text("folder"); folder != "" {
		switches = append(switches, "/TargetDir:"+folder)
	}
	if c.Step.Flag("windows_components") && !r.Build.Less(estate.Build{14, 1}) {
		switches = append(switches, "/InstallWindowsComponents")
	}
	if since(r, "exchange-2013") && slices.Contains(rolesOf(c, r), estate.MailboxRole) {
		switches = append(switches, "/DisableAMFiltering") // its engines would be updated from the Internet
	}
	return switches
}

// fullName is the full name of a machine of the lab that stands in a domain.
func fullName(c Call, machine string) (string, bool) {
	m, ok := c.Lab.Machine(machine)
	if !ok {
		return "", false
	}
	domain := domainOf(Call{Lab: c.Lab, Stage: c.Stage, Machine: m, Estate: c.Estate})
	return fqdn(m.Computer, domain), domain != ""
}

// laterServices run on a server of Exchange 2007 or later with some roles.
func laterServices(r estate.Release, roles []string) []string {
	has := func(role string) bool { return slices.Contains(roles, role) }
	if since(r, "exchange-2013") {
		list := []string{"MSExchangeADTopology", "W3SVC"}
		if has(estate.MailboxRole) {
			list = append(list, "MSExchangeIS", "MSExchangeTransport")
		}
		if has(estate.ClientAccessRole) || since(r, "exchange-2016") {
			list = append(list, "MSExchangeFrontEndTransport")
		}
		return list
	}
	var list []string
	if has(estate.MailboxRole) || has(estate.ClientAccessRole) || has(estate.HubTransportRole) {
		list = append(list, "MSExchangeADTopology")
	}
	if has(estate.MailboxRole) {
		list = append(list, "MSExchangeIS", "MSExchangeSA")
	}
	if has(estate.HubTransportRole) {
		list = append(list, "MSExchangeTransport")
	}
	if has(estate.ClientAccessRole) {
		list = append(list, "W3SVC")
	}
	return list
}
