package estate

import (
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

func (s UpgradeWindows) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	w, known := WindowsOf(s.OS)
	say := words{"machine": m.Name, "from": windowsName(m.OS), "to": windowsName(s.OS), "arch": string(m.Arch), "now": strconv.Itoa(m.ServicePack)}
	row, possible := windowsUpgrade(m.OS, s.OS, "")
	if !known || !possible || !w.Has(m.Arch) {
		say["sources"] = upgradedBy(s.OS)
		if olderWindows(m.OS, s.OS) {
			e.putOver(m, s)
		}
		return append(problems, breaks("DH-WIN-UPGRADE-PATH", "media", say))
	}
	if m.ServicePack != UnknownServicePack && m.ServicePack < row.ServicePack {
		from, _ := WindowsOf(m.OS)
		say["least"] = strconv.Itoa(row.ServicePack)
		problems = append(problems, breaks("DH-WIN-UPGRADE-SP", "media", say, ServicePack{Machine: m.Name, OS: servicePackOf(m.OS), Level: from.ServicePack}).as(row.Origin))
	}
	problems = append(problems, e.underExchange(m, s, say)...)
	if d, f, ok := e.Domain(m.Domain); ok && m.Controller {
		problems = append(problems, e.prepared(m, w, d, f, "on")...)
		problems = append(problems, e.mayServe(m, s.OS, d, f, "media")...)
	}
	e.putOver(m, s)
	return problems
}

// putOver puts the later Windows over a machine's.
func (e *Estate) putOver(m *Machine, s UpgradeWindows) {
	m = e.editMachine(m.Name)
	e.say("%s: %s → %s", m.Name, m.OS, s.OS)
	m.OS, m.ServicePack = s.OS, s.ServicePack
}

// underExchange asks whether Exchange on the machine bears the upgrade.
func (e *Estate) underExchange(m *Machine, s UpgradeWindows, say words) []Problem {
	if m.server55() != nil {
		if row, ok := windowsUpgrade(m.OS, s.OS, "exchange-5.5"); ok && row.Verdict == upgradeRefused {
			return []Problem{breaks("DH-E55-UPGRADE-WINDOWS", "media", say)}
		}
	}
	server, f, ok := e.Server(m.Name)
	if !ok {
		return nil
	}
	say["product"] = server.Product
	product := serverProduct(server)
	row, ok := windowsUpgrade(m.OS, s.OS, product)
	switch {
	case !ok || row.Verdict == upgradeAllowed:
		return nil
	case product == "exchange-2000":
		return []Problem{breaks("DH-E2000-UPGRADE-WINDOWS", "media", say,
			ExchangeSetup{Machine: m.Name, Release: "exchange-2003", Organization: f.Exchange.Name}).as(row.Origin)}
	}
	return []Problem{breaks("DH-EX-UPGRADE-WINDOWS", "media", say).as(row.Origin)}
}

// serverProduct is the id of the version of Exchange that a server is of.
func serverProduct(s *Server) string {
	r, _ := FindRelease(s.Release)
	return r.Product
}

// upgradedBy lists what Setup of a Windows upgrades.
func upgradedBy(to labs.OS) string {
	var names []string
	for _, w := range windows() {
		if row, ok := windowsUpgrade(w.OS, to, ""); ok && row.Verdict == upgradeAllowed {
			names = append(names, w.Name)
		}
	}
	if len(names) == 0 {
		return "no earlier Windows"
	}
	return strings.Join(names, ", ")
}
