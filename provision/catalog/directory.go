package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// domainDN is the distinguished name of a DNS domain: "DC=contoso,DC=test".
func domainDN(domain string) string {
	return "DC=" + strings.ReplaceAll(domain, ".", ",DC=")
}

// filterText writes a value into a search filter, where four signs have a
// meaning (RFC 4515).
func filterText(value string) string {
	return strings.NewReplacer(`\`, `\5c`, `*`, `\2a`, `(`, `\28`, `)`, `\29`).Replace(value)
}

// fqdn is a machine's full name in a domain.
func fqdn(computer, domain string) string { return strings.ToLower(computer + "." + domain) }

// place is where a machine stands in the directory.
type place struct {
	domain *estate.Domain
	forest *estate.Forest
	// controller is the full name of a domain controller of the domain.
	controller string
	// promoted is the name in the lab of the machine that founded the domain.
	promoted *labs.Machine
}

// placeIn finds a domain by its DNS name.
func placeIn(c Call, domain string) (place, bool) {
	d, f, ok := c.Estate.Domain(domain)
	if !ok || len(d.Controllers) == 0 {
		return place{}, false
	}
	m, ok := c.Lab.Machine(d.Controllers[0])
	if !ok {
		return place{}, false
	}
	return place{domain: d, forest: f, controller: fqdn(m.Computer, d.Name), promoted: m}, true
}

// placeOf finds where the call's machine stands.
func placeOf(c Call) (place, bool) {
	m, ok := c.Estate.Machine(c.Machine.Name)
	if !ok || m.Domain == "" {
		return place{}, false
	}
	return placeIn(c, m.Domain)
}

// domainOf is the DNS name of the domain that the machine will be in when the
// step comes: the estate's word, or that of a step of the same stage.
func domainOf(c Call) string {
	if m, ok := c.Estate.Machine(c.Machine.Name); ok && m.Domain != "" {
		return strings.ToLower(m.Domain)
	}
	for _, s := range c.Stage.Steps {
		if s.Kind != "promote" && s.Kind != "join" {
			continue
		}
		if slices.Contains(s.On, c.Machine.Name) {
			return strings.ToLower(s.Text("domain"))
		}
	}
	return ""
}

// forestOf is the root domain of a domain's forest.
func forestOf(c Call, domain string) string {
	if _, f, ok := c.Estate.Domain(domain); ok {
		return f.Root
	}
	return domain
}

// logon is a registry file that makes the automatic logon one to a domain. It
// is a file because Windows 2000 has no reg.exe, and because a password is
// then on no command line. An empty password leaves the one that is set.
func (p *pen) logon(domain, user word, password word) guest.File {
	lines := []string{
		"REGEDIT4", "",
		`[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon]`,
		`"AutoAdminLogon"="1"`,
		fmt.Sprintf(`"DefaultDomainName"="%s"`, regText(domain)),
		fmt.Sprintf(`"DefaultUserName"="%s"`, regText(user)),
	}
	if password != "" {
		lines = append(lines, fmt.Sprintf(`"DefaultPassword"="%s"`, regText(password)))
	}
	file := guest.Text("LOGON.REG", strings.Join(append(lines, ""), "\n"))
	file.Secret = password != ""
	return file
}

// regText is a word in a registry file, where a backslash stands doubled.
func regText(w word) string { return strings.ReplaceAll(string(w), `\`, `\\`) }

// helpers are the scripts that a job calls: each is one file, and goes on the
// disc when the job needs it.
func (p *pen) helper(name string) guest.File {
	return p.script(name, strings.ToLower(name), nil)
}
