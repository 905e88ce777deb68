package estate

import "slices"

// needsRoles are the roles that a site with mailboxes needs in a version.
func needsRoles(product string) []string {
	switch product {
	case "exchange-2007", "exchange-2010":
		return []string{ClientAccessRole, HubTransportRole, MailboxRole}
	case "exchange-2013":
		return []string{ClientAccessRole, MailboxRole}
	}
	return []string{MailboxRole}
}

// otherRoles are the roles that a version has besides. 2019 has no Unified
// Messaging any more (Exchange 2019 documentation, unattended mode).
func otherRoles(product string) []string {
	if olderProduct("exchange-2016", product) {
		return []string{EdgeTransportRole, "management-tools"}
	}
	return []string{EdgeTransportRole, "management-tools", "unified-messaging"}
}

// rolesOf are the roles of a new server, and what is wrong with them.
func rolesOf(s ExchangeInstall, m *Machine, f *Forest, r Release) ([]string, []Problem) {
	needed := needsRoles(r.Product)
	if len(s.Roles) == 0 {
		return needed, nil
	}
	roles := slices.Sorted(slices.Values(s.Roles))
	var problems []Problem
	for _, role := range roles {
		if known := slices.Concat(needed, otherRoles(r.Product)); !slices.Contains(known, role) {
			problems = append(problems, breaks("DH-EX-NO-ROLE", "roles", words{"machine": m.Name, "role": role, "product": r.Name, "roles": and(known)}))
		}
	}
	if !slices.Contains(roles, MailboxRole) {
		return roles, problems
	}
	if missing := lacking(f, r.Product, roles); len(missing) > 0 {
		problems = append(problems, breaks("DH-EX-ROLE-ORDER", "roles", words{"machine": m.Name, "product": r.Name, "missing": and(missing)}))
	}
	return roles, problems
}

// lacking lists the roles that a server with mailboxes needs beside it, and that
// neither it nor another server of its version has.
func lacking(f *Forest, product string, roles []string) []string {
	return slices.DeleteFunc(needsRoles(product), func(role string) bool {
		return slices.Contains(roles, role) || f.Exchange != nil && slices.ContainsFunc(f.Exchange.Servers, func(o *Server) bool {
			return serverProduct(o) == product && slices.Contains(o.Roles, role)
		})
	})
}

// mayRoute asks how mail gets from Exchange 2000 or 2003 to the first hub of
// 2007 or 2010.
func (e *Estate) mayRoute(s ExchangeInstall, m *Machine, f *Forest, r Release) []Problem {
	if r.Product != "exchange-2007" && r.Product != "exchange-2010" || f.Exchange == nil || len(f.Exchange.old()) == 0 {
		return nil
	}
	say := words{"machine": m.Name, "product": r.Name, "old": f.Exchange.old()[0].Machine, "routing": s.RoutingServer}
	first := !slices.ContainsFunc(f.Exchange.Servers, func(o *Server) bool { return !olderProduct(serverProduct(o), "exchange-2007") })
	switch {
	case s.RoutingServer == "" && first:
		return []Problem{breaks("DH-EX-ROUTING-SERVER", "routing_server", say)}
	case s.RoutingServer == "":
		return nil
	case !slices.ContainsFunc(f.Exchange.old(), func(o *Server) bool { return o.Machine == s.RoutingServer }):
		return []Problem{breaks("DH-EX-ROUTING-NONE", "routing_server", say)}
	case first:
		return nil
	}
	return e.suppressed(f, say)
}

// suppressed asks whether the servers of Exchange 2000 and 2003 spread no link
// states, where a second connector makes loops possible.
func (e *Estate) suppressed(f *Forest, say words) []Problem {
	var names []string
	var remedy []Step
	for _, o := range f.Exchange.old() {
		if m, ok := e.Machine(o.Machine); ok && !m.Vouched("link-state-suppressed") {
			names = append(names, o.Machine)
			remedy = append(remedy, Establish{Machine: o.Machine, Facts: []string{"link-state-suppressed"}, Commands: []string{
				`reg add HKLM\System\CurrentControlSet\Services\RESvc\Parameters /v SuppressStateChanges /t REG_DWORD /d 1 /f`,
			}})
		}
	}
	if len(names) == 0 {
		return nil
	}
	say["servers"] = and(quotedAll(names))
	return []Problem{breaks("DH-EX-LINK-STATE", "routing_server", say, remedy...)}
}
