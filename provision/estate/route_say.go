package estate

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Describe says what a step does, for people: "Raise the forest to functional
// level 2003". The machine stands elsewhere.
func Describe(s Step) string {
	if text := describeWindows(s); text != "" {
		return text
	}
	if text := describeDirectory(s); text != "" {
		return text
	}
	return describeExchange(s)
}

func describeWindows(s Step) string {
	switch s := s.(type) {
	case Install:
		return "Install " + windowsLevel(standing{s.Machine.OS, s.Machine.ServicePack, s.Machine.Arch}) + " on a new machine"
	case ServicePack:
		return fmt.Sprintf("Install service pack %d of %s", s.Level, windowsName(s.OS))
	case AddComponents:
		return "Add " + and(s.Components) + " to Windows"
	case UpgradeWindows:
		return "Upgrade Windows in place to " + windowsName(s.OS)
	case NameServers:
		return "Point it at the domain controllers that stay for names"
	case Establish:
		return describeFacts(s.Facts)
	}
	return ""
}

// describeFacts says in words what has to be done for a fact.
func describeFacts(facts []string) string {
	known := map[string]string{
		"dns-changed":               "Point it at the domain controllers that stay for names",
		"arbitration-moved":         "Move the arbitration mailboxes here",
		"sysvol-dfsr":               "Move SYSVOL from FRS to DFSR (dfsrmig)",
		"global-catalog":            "Make it a global catalog",
		"inetorgperson-prevented":   "Import InetOrgPersonPrevent.ldf (KB325379)",
		"inetorgperson-fixed":       "Import InetOrgPersonFix.ldf (KB325379)",
		"connector-2003":            "Install the Active Directory Connector of Exchange 2003",
		"no-connector":              "Uninstall the Active Directory Connector",
		"link-state-suppressed":     "Suppress link state (SuppressStateChanges)",
		"no-unsupported-components": "Remove what Exchange 2003 does not have: Instant Messaging, Chat, Key Management Service and the like",
		"exchange-5.5":              "Have Exchange 5.5 on it",
		"exchange-5.5-sp3":          "Have Exchange 5.5 SP3 or SP4 on it",
	}
	var parts []string
	for _, fact := range facts {
		text, ok := known[fact]
		if !ok {
			text = "See to it: " + fact
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func describeDirectory(s Step) string {
	switch s := s.(type) {
	case Promote:
		switch s.Role {
		case FirstController:
			return "Found the forest " + s.Domain
		case ChildController:
			return "Found the domain " + s.Domain
		case ReplicaController:
		}
		return "Make it a further domain controller of " + s.Domain
	case Demote:
		return "Demote the domain controller"
	case Join:
		return "Join it to " + s.Domain
	case Adprep:
		what := map[Scope]string{ForestScope: "the forest", DomainScope: "the domain", PolicyScope: "the group policies", RODCScope: "the forest for read-only domain controllers"}[s.Scope]
		return fmt.Sprintf("Prepare %s for %s domain controllers (adprep)", what, windowsName(s.OS))
	case RaiseLevel:
		if s.Scope == DomainScope && s.Level == Level2000 {
			return "Switch the domain to native mode"
		}
		return fmt.Sprintf("Raise the %s to functional level %s", s.Scope, s.Level)
	case MoveRoles:
		return "Take over the operations master roles: " + and(s.Roles)
	}
	return ""
}

func describeExchange(s Step) string {
	switch s := s.(type) {
	case ForestPrep:
		return "Run ForestPrep of " + releaseTitle(s.Release)
	case DomainPrep:
		return "Run DomainPrep of " + releaseTitle(s.Release)
	case ExchangeSetup:
		return "Install " + releaseTitle(s.Release)
	case ExchangeInstall:
		return "Install " + releaseTitle(s.Release)
	case ExchangeUpdate:
		return "Update Exchange to " + releaseTitle(s.Release)
	case NativeMode:
		return "Switch the organization to native mode"
	case PrepareLegacyPermissions:
		return "Run setup /PrepareLegacyExchangePermissions of " + releaseTitle(s.Release)
	case PrepareSchema:
		return "Run setup /PrepareSchema of " + releaseTitle(s.Release)
	case PrepareAD:
		return "Run setup /PrepareAD of " + releaseTitle(s.Release)
	case PrepareDomain:
		return "Run setup /PrepareAllDomains of " + releaseTitle(s.Release)
	case CreateMailboxes:
		return "Create mailboxes"
	case MoveMailboxes:
		return "Move all mailboxes here from " + s.From
	case PublicFolders:
		if s.From == "" {
			return "Create public folders"
		}
		return "Move the public folders here from " + s.From
	case ExchangeRemove:
		return "Uninstall " + releaseTitle(s.Release)
	}
	return s.Sketch().Kind
}

func releaseTitle(id string) string {
	if r, ok := FindRelease(id); ok {
		return r.Name
	}
	return id
}

// windowsLevel is "Windows Server 2003 SP2, 64 bit"; the architecture is told
// where there are both.
func windowsLevel(s standing) string {
	text := windowsName(s.os)
	if s.pack > 0 {
		text += fmt.Sprintf(" SP%d", s.pack)
	}
	if w, ok := WindowsOf(s.os); ok && len(strings.Fields(w.Archs)) > 1 {
		text += map[labs.Arch]string{labs.X86: ", 32 bit", labs.X64: ", 64 bit"}[s.arch]
	}
	return text
}

// Windows is a machine's Windows for people: "Windows Server 2003 SP2, 32 bit".
func (m *Machine) Windows() string { return windowsLevel(standing{m.OS, m.ServicePack, m.Arch}) }
