package estate

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Install puts the machine's operating system on its blank disk.
type Install struct{ Machine *labs.Machine }

// Sketch implements [Step].
func (s Install) Sketch() Sketch { return Sketch{Kind: "install", On: s.Machine.Name} }

// ServicePack updates the Windows of a machine.
type ServicePack struct {
	Machine string
	// OS is what the service pack is for, Level its number.
	OS    labs.OS
	Level int
}

// Sketch implements [Step].
func (s ServicePack) Sketch() Sketch {
	return Sketch{"service_pack", s.Machine, []SketchArg{{"media", MediaFor(fmt.Sprintf("%s-sp%d", s.OS, s.Level))}}}
}

// AddComponents adds optional parts of Windows.
type AddComponents struct {
	Machine string
	// Components are "iis", "smtp", "nntp", "aspnet", "dns".
	Components []string
}

// Sketch implements [Step].
func (s AddComponents) Sketch() Sketch {
	return Sketch{"components", s.Machine, []SketchArg{{"add", s.Components}}}
}

// UpgradeWindows puts a later Windows over the one on a machine.
type UpgradeWindows struct {
	Machine string
	OS      labs.OS
	// ServicePack is the one on the disc, or [UnknownServicePack].
	ServicePack int
}

// Sketch implements [Step].
func (s UpgradeWindows) Sketch() Sketch {
	return Sketch{"upgrade_windows", s.Machine, []SketchArg{{"media", MediaFor(windowsID(s.OS, s.ServicePack))}}}
}

// windowsID is how a media's product names a Windows: "windows-2003-sp2".
func windowsID(os labs.OS, pack int) string {
	if pack <= 0 {
		return string(os)
	}
	return fmt.Sprintf("%s-sp%d", os, pack)
}

// Establish is what the author of a lab vouches for of commands of theirs.
type Establish struct {
	Machine string
	// Facts are words of [Vouchable].
	Facts []string
	// Commands are what brings the facts about, where it is known.
	Commands []string
}

// Sketch implements [Step].
func (s Establish) Sketch() Sketch {
	k := Sketch{Kind: "run", On: s.Machine}
	if len(s.Commands) > 0 {
		k.Args = append(k.Args, SketchArg{"command", strings.Join(s.Commands, " && ")})
	}
	k.Args = append(k.Args, SketchArg{"establishes", s.Facts})
	return k
}

// Use is any step on a machine that changes nothing which the estate knows.
type Use struct{ Machine string }

// Sketch implements [Step].
func (s Use) Sketch() Sketch { return Sketch{Kind: "run", On: s.Machine} }

// Reboot restarts a machine.
type Reboot struct{ Machine string }

// Sketch implements [Step].
func (s Reboot) Sketch() Sketch { return Sketch{Kind: "reboot", On: s.Machine} }

// PromoteRole says what a new domain controller is to its forest.
type PromoteRole string

// What a new domain controller is to its forest.
const (
	// FirstController founds a forest, and its root domain.
	FirstController PromoteRole = "first"
	// ChildController founds a domain below Parent in Parent's forest.
	ChildController PromoteRole = "child"
	// ReplicaController adds itself to a domain that exists.
	ReplicaController PromoteRole = "replica"
)

// Promote makes a machine a domain controller.
type Promote struct {
	Machine string
	Role    PromoteRole
	// Domain is the domain's DNS name, NetBIOS its short one; a replica needs
	// none.
	Domain, NetBIOS string
	// Parent is the domain above a child.
	Parent string
	// Level is the functional level of a new domain and forest.
	Level Level
}

// Sketch implements [Step].
func (s Promote) Sketch() Sketch {
	args := []SketchArg{{"domain", s.Domain}}
	if s.Role != FirstController {
		args = append(args, SketchArg{"role", string(s.Role)})
	}
	if s.Role == ChildController {
		args = append(args, SketchArg{"parent", s.Parent})
	}
	if s.NetBIOS != "" && s.Role != ReplicaController {
		args = append(args, SketchArg{"netbios", s.NetBIOS})
	}
	if s.Level > Level2000 && s.Role == FirstController {
		args = append(args, SketchArg{"forest_level", s.Level.String()})
	}
	return Sketch{"promote", s.Machine, args}
}

// Demote makes a domain controller a member again.
type Demote struct {
	Machine string
	// Last says that the domain ends with it.
	Last bool
}

// Sketch implements [Step].
func (s Demote) Sketch() Sketch {
	if s.Last {
		return Sketch{"demote", s.Machine, []SketchArg{{"last", true}}}
	}
	return Sketch{Kind: "demote", On: s.Machine}
}

// NameServers lets a machine ask other DNS servers for names than those of its
// nic block.
type NameServers struct {
	Machine string
	// Servers are IPv4 addresses, the first to ask first.
	Servers []netip.Addr
}

// Sketch implements [Step].
func (s NameServers) Sketch() Sketch {
	addresses := make([]string, len(s.Servers))
	for i, a := range s.Servers {
		addresses[i] = a.String()
	}
	return Sketch{"name_servers", s.Machine, []SketchArg{{"servers", addresses}}}
}

// Join makes a machine a member of a domain.
type Join struct{ Machine, Domain string }

// Sketch implements [Step].
func (s Join) Sketch() Sketch { return Sketch{"join", s.Machine, []SketchArg{{"domain", s.Domain}}} }

// Scope says how far a change of the directory reaches.
type Scope string

// How far a change of the directory reaches.
const (
	ForestScope Scope = "forest"
	DomainScope Scope = "domain"
	// PolicyScope is adprep /domainprep /gpprep, RODCScope adprep /rodcprep.
	PolicyScope Scope = "policies"
	RODCScope   Scope = "rodc"
)

// Adprep prepares a forest or a domain for domain controllers of a later
// Windows.
type Adprep struct {
	Machine string
	Scope   Scope
	// OS is the later Windows: adprep is on its disc.
	OS labs.OS
}

// Sketch implements [Step].
func (s Adprep) Sketch() Sketch {
	return Sketch{"adprep", s.Machine, []SketchArg{{"media", MediaFor(string(s.OS))}, {"scope", string(s.Scope)}}}
}

// RaiseLevel raises the functional level of the forest, or of the domain, that
// Machine is a domain controller of.
type RaiseLevel struct {
	Machine string
	Scope   Scope
	Level   Level
}

// Sketch implements [Step].
func (s RaiseLevel) Sketch() Sketch {
	return Sketch{"raise_level", s.Machine, []SketchArg{{"level", s.Level.String()}, {"scope", string(s.Scope)}}}
}

// The five operations master roles, as move_roles names them.
const (
	SchemaRole         = "schema"
	NamingRole         = "naming"
	PDCRole            = "pdc"
	RIDRole            = "rid"
	InfrastructureRole = "infrastructure"
)

// MoveRoles makes Machine the holder of operations master roles.
type MoveRoles struct {
	Machine string
	Roles   []string
}

// Sketch implements [Step].
func (s MoveRoles) Sketch() Sketch {
	return Sketch{"move_roles", s.Machine, []SketchArg{{"roles", s.Roles}}}
}

// Vouchable are the words that an author may vouch for with a run step, and what
// each says.
func Vouchable() map[string]string {
	return map[string]string{
		"exchange-5.5":              "Exchange 5.5 stands on the machine (any service pack below 3).",
		"exchange-5.5-sp3":          "Exchange 5.5 with service pack 3 or 4 stands on the machine.",
		"connector-2000":            "The Active Directory Connector of Exchange 2000 stands on the machine.",
		"connector-2003":            "The Active Directory Connector of Exchange 2003 stands on the machine.",
		"no-connector":              "The Active Directory Connector was uninstalled from the machine.",
		"global-catalog":            "The domain controller was made a global catalog.",
		"inetorgperson-prevented":   "InetOrgPersonPrevent.ldf was imported into the machine's forest (KB325379).",
		"inetorgperson-fixed":       "InetOrgPersonFix.ldf was imported into the machine's forest (KB325379).",
		"sysvol-dfsr":               "SYSVOL of the machine's forest is replicated by DFSR (dfsrmig is in the state Eliminated).",
		"tombstones-3650-days":      "The tombstone lifetime of the machine's forest was raised to 3650 days.",
		"dns-changed":               "The machine asks the domain controllers of its domain for names, the last one that came first, whatever its nic block says.",
		"folders-migrated":          "The public folders of the organization's other servers were migrated to the machine's Exchange server.",
		"legacy-cleared":            "Nothing of the organization hangs on the Exchange 2000 or 2003 server any more: the offline address book and the public folder hierarchy belong to a newer one, the connectors between the routing groups and the Recipient Update Services are deleted.",
		"exchange-lost":             "Exchange was taken off the machine, as a disaster would, and the directory still has its server.",
		"link-state-suppressed":     "SuppressStateChanges is set on the Exchange server.",
		"renamed":                   "The computer has another name than the one it was installed with.",
		"inetinfo-stopped":          "IIS of the machine is stopped and not started again.",
		"unsupported-components":    "Exchange 2000 components that Exchange 2003 lacks stand on the server: Instant Messaging, Chat, Key Management Service, Mobile Information Server, cc:Mail or MS Mail connectors.",
		"arbitration-moved":         "The arbitration mailboxes were moved to the machine.",
		"rpc-over-http":             "Clients of the Exchange 2003 server are to use RPC over HTTP.",
		"volume-shadow-copy":        "The Exchange 2003 server is to be backed up by volume shadow copies.",
		"mount-points":              "The Exchange 2003 cluster is to use mount points.",
		"eight-node-cluster":        "The Exchange 2003 cluster is to have more than four nodes.",
		"reboot-pending":            "A restart of the machine is pending.",
		"no-unsupported-components": "Those components were removed.",
	}
}

func machineRef(name string) Ref { return Ref("machine." + strings.ToLower(name)) }
