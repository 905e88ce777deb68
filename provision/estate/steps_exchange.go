package estate

// ForestPrep is setup /ForestPrep of Exchange 2000 and 2003, run on a machine
// of the forest.
type ForestPrep struct {
	Machine string
	// Release is the disc's, by its id.
	Release string
}

// Sketch implements [Step].
func (s ForestPrep) Sketch() Sketch { return fromDisc("forestprep", s.Machine, s.Release) }

// DomainPrep is setup /DomainPrep, run on a machine of the domain.
type DomainPrep struct{ Machine, Release string }

// Sketch implements [Step].
func (s DomainPrep) Sketch() Sketch { return fromDisc("domainprep", s.Machine, s.Release) }

// ExchangeSetup installs Exchange 2000 or 2003 on a member of a prepared
// domain, or upgrades Exchange 2000 on it to 2003.
type ExchangeSetup struct {
	Machine, Release string
	// Organization is the organization's name.
	Organization string
	// FrontEnd says that it serves clients and holds no mailboxes.
	FrontEnd bool
}

// Sketch implements [Step].
func (s ExchangeSetup) Sketch() Sketch {
	k := fromDisc("exchange_setup", s.Machine, s.Release)
	k.Args = append(k.Args, SketchArg{"organization", s.Organization})
	if s.FrontEnd {
		k.Args = append(k.Args, SketchArg{"front_end", true})
	}
	return k
}

// ExchangeUpdate puts a service pack, a rollup or a cumulative update on an
// Exchange server.
type ExchangeUpdate struct{ Machine, Release string }

// Sketch implements [Step].
func (s ExchangeUpdate) Sketch() Sketch { return fromDisc("exchange_update", s.Machine, s.Release) }

// NativeMode switches the organization in Machine's forest to native mode. It
// has no undo.
type NativeMode struct{ Machine string }

// Sketch implements [Step].
func (s NativeMode) Sketch() Sketch { return Sketch{Kind: "native_mode", On: s.Machine} }

// PrepareLegacyPermissions is setup /PrepareLegacyExchangePermissions of
// Exchange 2007 and 2010, in every prepared domain of the forest.
type PrepareLegacyPermissions struct{ Machine, Release string }

// Sketch implements [Step].
func (s PrepareLegacyPermissions) Sketch() Sketch {
	return fromDisc("prepare_legacy_permissions", s.Machine, s.Release)
}

// PrepareSchema is setup /PrepareSchema of Exchange 2007 and later.
type PrepareSchema struct{ Machine, Release string }

// Sketch implements [Step].
func (s PrepareSchema) Sketch() Sketch { return fromDisc("prepare_schema", s.Machine, s.Release) }

// PrepareAD is setup /PrepareAD of Exchange 2007 and later.
type PrepareAD struct {
	Machine, Release string
	// Organization is given only where none exists.
	Organization string
}

// Sketch implements [Step].
func (s PrepareAD) Sketch() Sketch {
	k := fromDisc("prepare_ad", s.Machine, s.Release)
	if s.Organization != "" {
		k.Args = append(k.Args, SketchArg{"organization", s.Organization})
	}
	return k
}

// PrepareDomain is setup /PrepareDomain, or /PrepareAllDomains, of Exchange
// 2007 and later.
type PrepareDomain struct {
	Machine, Release string
	// Domains are DNS names; none means all domains of the forest.
	Domains []string
}

// Sketch implements [Step].
func (s PrepareDomain) Sketch() Sketch {
	k := fromDisc("prepare_domain", s.Machine, s.Release)
	if len(s.Domains) > 0 {
		k.Args = append(k.Args, SketchArg{"domains", s.Domains})
	}
	return k
}

// Roles of Exchange servers.
const (
	MailboxRole      = "mailbox"
	ClientAccessRole = "client-access"
	HubTransportRole = "hub-transport"
	FrontEndRole     = "front-end"
	// EdgeTransportRole is of servers between the organization and the Internet.
	EdgeTransportRole = "edge-transport"
)

// ExchangeInstall installs Exchange 2007 or later, or upgrades Exchange 2019 to
// SE in place where the machine runs it.
type ExchangeInstall struct {
	Machine, Release string
	// Roles are role names of Exchange; none means all that a server with
	// mailboxes needs in its version.
	Roles []string
	// RoutingServer is the machine with the Exchange 2003 (or 2000) server that
	// Exchange 2007 and 2010 make their first routing group connector to.
	RoutingServer string
	// Organization is given only for the first server of a forest that was not
	// prepared.
	Organization string
}

// Sketch implements [Step].
func (s ExchangeInstall) Sketch() Sketch {
	k := fromDisc("exchange_install", s.Machine, s.Release)
	if len(s.Roles) > 0 {
		k.Args = append(k.Args, SketchArg{"roles", s.Roles})
	}
	if s.RoutingServer != "" {
		k.Args = append(k.Args, SketchArg{"routing_server", machineRef(s.RoutingServer)})
	}
	if s.Organization != "" {
		k.Args = append(k.Args, SketchArg{"organization", s.Organization})
	}
	return k
}

// CreateMailboxes makes mailboxes on the Exchange server on Machine.
type CreateMailboxes struct{ Machine string }

// Sketch implements [Step].
func (s CreateMailboxes) Sketch() Sketch { return Sketch{Kind: "create_mailboxes", On: s.Machine} }

// MoveMailboxes moves every mailbox of the server on From to the server on
// Machine, which pulls.
type MoveMailboxes struct{ Machine, From string }

// Sketch implements [Step].
func (s MoveMailboxes) Sketch() Sketch {
	return Sketch{"move_mailboxes", s.Machine, []SketchArg{{"from", machineRef(s.From)}}}
}

// PublicFolders moves every replica of the server on From to the server on
// Machine; without From it makes public folders on Machine.
type PublicFolders struct{ Machine, From string }

// Sketch implements [Step].
func (s PublicFolders) Sketch() Sketch {
	if s.From == "" {
		return Sketch{Kind: "public_folders", On: s.Machine}
	}
	return Sketch{"public_folders", s.Machine, []SketchArg{{"from", machineRef(s.From)}}}
}

// ExchangeRemove uninstalls Exchange from a machine.
type ExchangeRemove struct {
	Machine string
	// Release is the installed one, whose disc the uninstallation of Exchange
	// 2003 asks for.
	Release string
}

// Sketch implements [Step].
func (s ExchangeRemove) Sketch() Sketch { return fromDisc("exchange_remove", s.Machine, s.Release) }

// MountStore brings a store from elsewhere onto the server on Machine.
type MountStore struct {
	Machine string
	// Product is the version of Exchange that the store is from; empty when
	// nobody told.
	Product string
	// Recovery says that it is mounted in a recovery storage group.
	Recovery bool
}

// Sketch implements [Step].
func (s MountStore) Sketch() Sketch { return Sketch{Kind: "mount_store", On: s.Machine} }

// DisasterRecovery is setup /DisasterRecovery (or /m:RecoverServer) on a fresh
// machine that takes the place of a lost server.
type DisasterRecovery struct{ Machine, Release string }

// Sketch implements [Step].
func (s DisasterRecovery) Sketch() Sketch {
	return fromDisc("disaster_recovery", s.Machine, s.Release)
}

func fromDisc(kind, machine, release string) Sketch {
	return Sketch{kind, machine, []SketchArg{{"media", MediaFor(release)}}}
}
