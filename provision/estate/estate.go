// Package estate models the world that a lab's steps make out of its machines:
// which Windows stands on each, what the directory holds, what Exchange has
// prepared and installed.
//
// It promises to refuse early. Every verb of an [Estate] first holds the wish
// against the rules and answers with [Problem]s that say why and what to do
// instead, then changes the model as the real step would change the world, so
// that one mistake is reported once and not again by each step after it. It is
// pure: it reads no disc and asks no hypervisor.
//
// Floor 1. It knows the nouns of labs and nothing of how a step is done.
package estate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
)

// Estate is the world after some steps. The zero value is the world before the
// first one. Its JSON form is part of a checkpoint's manifest.
//
// What its pointers lead to is never changed: a verb puts a changed copy in the
// place. So a [Estate.Clone] is cheap, and shares what stays the same.
type Estate struct {
	// Machines are those with an operating system, in the order of their
	// installation.
	Machines []*Machine `json:"machines,omitempty"`
	// Forests are in the order of their making.
	Forests []*Forest `json:"forests,omitempty"`
	// Clock is the lab's time; zero while nobody has set it.
	Clock time.Time `json:"clock,omitzero"`
	// said is the last thing that a step changed.
	said *change
}

// change is one thing that a step changed, in a sentence for people. It is
// never changed itself, so that clones share what was before them.
type change struct {
	text string
	// forGood says that no step can take it back.
	forGood bool
	// before is the change before, count how many there are up to this one.
	before *change
	count  int
}

// New is the world before the first step.
func New() *Estate { return &Estate{} }

// UnknownServicePack says that the level is the disc's, which nobody has read.
const UnknownServicePack = labs.UnknownServicePack

// Machine is one installed machine.
type Machine struct {
	// Name is the lab's name for it, Computer is Windows'.
	Name     string  `json:"name"`
	Computer string  `json:"computer"`
	OS       labs.OS `json:"os"`
	// ServicePack is [UnknownServicePack] until a step or a disc tells.
	ServicePack int       `json:"service_pack"`
	Arch        labs.Arch `json:"arch"`
	// Edition is "standard", "enterprise"; empty when nobody told.
	Edition string `json:"edition,omitempty"`
	// Memory is in bytes.
	Memory uint64 `json:"memory,omitempty"`
	CPUs   int    `json:"cpus,omitempty"`
	// Components are the optional parts of Windows, sorted: "aspnet", "iis".
	Components []string `json:"components,omitempty"`
	NICs       []NIC    `json:"nics,omitempty"`
	// Domain is the DNS name of the domain it belongs to; empty in a workgroup.
	Domain string `json:"domain,omitempty"`
	// Controller says that it is a domain controller of Domain.
	Controller bool `json:"domain_controller,omitempty"`
	// Catalog says that the domain controller is a global catalog too.
	Catalog bool `json:"global_catalog,omitempty"`
	// Connector is the Active Directory Connector on the machine: the product
	// whose disc it came from, "exchange-2000" or "exchange-2003"; empty for none.
	Connector string `json:"connector,omitempty"`
	// Established are facts that the author of the lab vouches for, sorted.
	Established []string `json:"established,omitempty"`
	// Skew is how far its clock is ahead of the lab's; behind when negative. A
	// member of a domain takes the domain's time.
	Skew time.Duration `json:"clock_skew,omitempty"`
	// Installed is the lab's time of its installation; zero when nobody set it.
	Installed time.Time `json:"installed,omitzero"`
}

// NIC is what counts of a network card: who can be reached, who is asked for names.
type NIC struct {
	Network string       `json:"network"`
	Address netip.Addr   `json:"address"`
	DNS     []netip.Addr `json:"dns,omitempty"`
}

// Has says whether the machine has an optional part of Windows.
func (m *Machine) Has(component string) bool { return slices.Contains(m.Components, component) }

// Vouched says whether the lab's author vouches for a fact about the machine, a
// word of [Vouchable].
func (m *Machine) Vouched(fact string) bool { return slices.Contains(m.Established, fact) }

// Level is a functional level, as msDS-Behavior-Version counts them.
type Level int

// The functional levels. 8 and 9 do not exist (MS-ADTS 6.1.4.2).
const (
	Level2000        Level = 0
	Level2003Interim Level = 1
	Level2003        Level = 2
	Level2008        Level = 3
	Level2008R2      Level = 4
	Level2012        Level = 5
	Level2012R2      Level = 6
	Level2016        Level = 7
	Level2025        Level = 10
)

// allLevels are the functional levels, the lowest one first.
func allLevels() []Level {
	return []Level{Level2000, Level2003Interim, Level2003, Level2008, Level2008R2, Level2012, Level2012R2, Level2016, Level2025}
}

// ParseLevel reads a level's usual name, as lab files write it: "2003", "2008R2".
func ParseLevel(name string) (Level, bool) {
	for _, l := range allLevels() {
		if strings.EqualFold(l.String(), name) {
			return l, true
		}
	}
	return 0, false
}

// String is the level's usual name.
func (l Level) String() string {
	switch l {
	case Level2000:
		return "2000"
	case Level2003Interim:
		return "2003 interim"
	case Level2003:
		return "2003"
	case Level2008:
		return "2008"
	case Level2008R2:
		return "2008R2"
	case Level2012:
		return "2012"
	case Level2012R2:
		return "2012R2"
	case Level2016:
		return "2016"
	case Level2025:
		return "2025"
	}
	return "unknown"
}

// Forest is one Active Directory forest.
type Forest struct {
	// Root is the DNS name of its first domain.
	Root string `json:"root"`
	// Schema is objectVersion of CN=Schema: 13 from Windows 2000, 30 from 2003.
	Schema int   `json:"schema"`
	Level  Level `json:"level"`
	// SchemaMaster and NamingMaster are the domain controllers that hold the
	// forest's two roles.
	SchemaMaster string `json:"schema_master,omitempty"`
	NamingMaster string `json:"naming_master,omitempty"`
	// Tombstone is the tombstone lifetime in days, from the system that the
	// forest was founded on; upgrades do not change it.
	Tombstone int `json:"tombstone_days,omitempty"`
	// Mangled says that adprep of Windows 2003 met the Exchange 2000 schema
	// unprepared and renamed attributes (KB314649); Prevented that the import
	// which KB325379 describes keeps it from that.
	Mangled   bool `json:"mangled,omitempty"`
	Prevented bool `json:"mangling_prevented,omitempty"`
	// Founded is the lab's time of its making; zero when nobody set it.
	Founded time.Time `json:"founded,omitzero"`
	// DFSR says that SYSVOL is replicated by DFSR, and FRS is gone.
	DFSR bool `json:"dfsr,omitempty"`
	// Domains start with the root.
	Domains []*Domain `json:"domains"`
	// Exchange is what was done for Exchange; nil before any ForestPrep.
	Exchange *Organization `json:"exchange,omitempty"`
}

// Domain is one domain of a forest.
type Domain struct {
	Name    string `json:"name"`
	NetBIOS string `json:"netbios"`
	Level   Level  `json:"level"`
	// Native says that a domain at level 2000 is in native mode: it has no
	// Windows NT domain controllers and never will again (ntMixedDomain is 0).
	Native bool `json:"native,omitempty"`
	// Controllers are machines of the lab, the first one first.
	Controllers []string `json:"controllers"`
	// PDC, RID and Infrastructure are the domain controllers that hold the
	// domain's three roles.
	PDC            string `json:"pdc,omitempty"`
	RID            string `json:"rid,omitempty"`
	Infrastructure string `json:"infrastructure,omitempty"`
	// Schema is the schema that adprep /domainprep has prepared the domain for.
	Schema int `json:"schema,omitempty"`
	// Prepared is objectVersion of CN=Microsoft Exchange System Objects; 0
	// before DomainPrep.
	Prepared int `json:"exchange_prepared,omitempty"`
	// LegacyPermissions says that setup /PrepareLegacyExchangePermissions ran, or
	// that no older version had prepared the domain for which it would have to.
	LegacyPermissions bool `json:"legacy_permissions,omitempty"`
}

// Mode says which versions an Exchange organization still allows for.
type Mode string

// The modes of an organization. A new one is mixed.
const (
	Mixed  Mode = "mixed"
	Native Mode = "native"
)

// Organization is Exchange in a forest, from ForestPrep on.
type Organization struct {
	// Name is empty until the first server is installed: ForestPrep of Exchange
	// 2003 leaves a container with a placeholder for its name (KB829360).
	Name string `json:"name,omitempty"`
	Mode Mode   `json:"mode"`
	// Schema is rangeUpper of ms-Exch-Schema-Version-Pt, Version objectVersion
	// of the organization.
	Schema  int `json:"schema"`
	Version int `json:"version"`
	// Prepared are the products that have prepared the forest, oldest first:
	// only they can still be installed once a newer one is there.
	Prepared []string  `json:"prepared,omitempty"`
	Servers  []*Server `json:"servers,omitempty"`
}

// Server is one Exchange server.
type Server struct {
	Machine  string `json:"machine"`
	Computer string `json:"computer"`
	// Product is the marketing name, Build what the server object says.
	Product string `json:"product"`
	Build   string `json:"build"`
	// Release is the level by its id: "exchange-2003-sp2".
	Release string `json:"release,omitempty"`
	// Roles are "mailbox", "client-access", "hub-transport", sorted; a server
	// of Exchange 2003 and earlier has "mailbox" or "front-end".
	Roles []string `json:"roles,omitempty"`
	// Mailboxes says that mailboxes of users live on it, PublicFolders that
	// replicas of public folders do, System that the arbitration mailboxes do,
	// which Exchange 2010 and later keep for themselves.
	Mailboxes     bool `json:"mailboxes,omitempty"`
	PublicFolders bool `json:"public_folders,omitempty"`
	System        bool `json:"system_mailboxes,omitempty"`
	// First says that it was the first of Exchange 2000 or 2003 in its
	// administrative group.
	First bool `json:"first_of_group,omitempty"`
	// Installed is the lab's time of its installation; zero when nobody set it.
	Installed time.Time `json:"installed,omitzero"`
}

// Clone is a copy: what is done to it does not show in e.
func (e *Estate) Clone() *Estate {
	return &Estate{
		Machines: slices.Clone(e.Machines),
		Forests:  slices.Clone(e.Forests),
		Clock:    e.Clock,
		said:     e.said,
	}
}

// Moment is a point in an estate's history, for [Estate.Changes].
type Moment int

// Summary is now.
func (e *Estate) Summary() Moment {
	if e.said == nil {
		return 0
	}
	return Moment(e.said.count)
}

// Changes says what happened since a moment of this estate, or of the one that
// it was cloned from, a line each: "contoso.test: schema 30".
func (e *Estate) Changes(since Moment) []string {
	return e.told(since, func(*change) bool { return true })
}

// NoReturn says what of the changes since a moment no step can take back: a
// schema, a mode, a functional level. The only way back is a checkpoint of the
// whole lab from before.
func (e *Estate) NoReturn(since Moment) []string {
	return e.told(since, func(c *change) bool { return c.forGood })
}

func (e *Estate) told(since Moment, wanted func(*change) bool) []string {
	var list []string
	for c := e.said; c != nil && c.count > int(since); c = c.before {
		if wanted(c) {
			list = append(list, c.text)
		}
	}
	slices.Reverse(list)
	return list
}

func (e *Estate) say(format string, args ...any) {
	e.said = &change{text: fmt.Sprintf(format, args...), before: e.said, count: int(e.Summary()) + 1}
}

// sayForGood says what no step can take back.
func (e *Estate) sayForGood(format string, args ...any) {
	e.say(format, args...)
	e.said.forGood = true
}

// Joined says that there is a domain, so that machines change one another.
func (e *Estate) Joined() bool { return len(e.Forests) > 0 }

// editMachine puts a copy in the place of a machine and gives it for changing.
func (e *Estate) editMachine(name string) *Machine {
	i := slices.IndexFunc(e.Machines, func(m *Machine) bool { return m.Name == name })
	fresh := *e.Machines[i]
	fresh.Components, fresh.Established = slices.Clone(fresh.Components), slices.Clone(fresh.Established)
	e.Machines[i] = &fresh
	return &fresh
}

// editForest puts a copy in the place of a forest and gives it for changing.
func (e *Estate) editForest(root string) *Forest {
	i := slices.IndexFunc(e.Forests, func(f *Forest) bool { return same(f.Root, root) })
	fresh := *e.Forests[i]
	fresh.Domains = slices.Clone(fresh.Domains)
	for i, d := range fresh.Domains {
		domain := *d
		fresh.Domains[i] = &domain
	}
	if fresh.Exchange != nil {
		exchange := *fresh.Exchange
		exchange.Prepared = slices.Clip(exchange.Prepared)
		exchange.Servers = slices.Clone(exchange.Servers)
		for i, s := range exchange.Servers {
			server := *s
			exchange.Servers[i] = &server
		}
		fresh.Exchange = &exchange
	}
	e.Forests[i] = &fresh
	return &fresh
}

// Mixed says that the domain is in mixed mode, where Windows NT domain
// controllers are still allowed.
func (d *Domain) Mixed() bool { return d.Level < Level2003 && !d.Native }

func (f *Forest) domain(name string) *Domain {
	d, _ := first(f.Domains, func(d *Domain) bool { return same(d.Name, name) })
	return d
}

// Machine finds an installed machine by its name in the lab.
func (e *Estate) Machine(name string) (*Machine, bool) {
	return first(e.Machines, func(m *Machine) bool { return m.Name == name })
}

// Domain finds a domain by its DNS name, and its forest.
func (e *Estate) Domain(name string) (*Domain, *Forest, bool) {
	for _, f := range e.Forests {
		if d, ok := first(f.Domains, func(d *Domain) bool { return same(d.Name, name) }); ok {
			return d, f, true
		}
	}
	return nil, nil, false
}

// Server finds the Exchange server on a machine, and its forest.
func (e *Estate) Server(machine string) (*Server, *Forest, bool) {
	for _, f := range e.Forests {
		if f.Exchange == nil {
			continue
		}
		if s, ok := first(f.Exchange.Servers, func(s *Server) bool { return s.Machine == machine }); ok {
			return s, f, true
		}
	}
	return nil, nil, false
}

func first[T any](list []*T, fits func(*T) bool) (*T, bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	return nil, false
}

// same compares names as Windows and DNS do.
func same(a, b string) bool { return strings.EqualFold(a, b) }
