# Exchange 2007 to SE: where it may stand, what it asks of the directory, and
# with whom it lives.

rule "DH-EX-HOST" {
  verdict    = "block"
  title      = "Windows that Exchange does not run on"
  what       = "Machine \"{machine}\" runs {os} ({arch}), and {product} is to be installed on it."
  why        = "It is supported on {hosts}; on anything else its Setup stops."
  remedy     = "The way out is {instead}."
  source     = "X1 X2 X4 E6 E11"
  confidence = "H"
}

rule "DH-EX-HOST-DISPUTED" {
  verdict    = "warn"
  title      = "Windows that sources disagree about"
  what       = "Machine \"{machine}\" runs {os}, and {product} is to be installed on it."
  why        = "Editions of Microsoft's own matrix disagree whether it may."
  remedy     = "Choose another of {hosts} where nothing speaks for this one."
  source     = "X1 mem"
  confidence = "L"
}

rule "DH-EX-X86" {
  verdict    = "block"
  title      = "64-bit Exchange on 32-bit Windows"
  what       = "Machine \"{machine}\" runs 32-bit Windows, and {product} is to be installed on it."
  why        = "From Exchange 2007 on servers are 64-bit; only the preparation of the directory runs from a 32-bit build of 2007."
  remedy     = "Install the machine from a 64-bit disc."
  source     = "X1 E11"
  confidence = "H"
}

rule "DH-E2007-LAB-ONLY" {
  verdict    = "warn"
  title      = "32-bit Exchange 2007"
  what       = "Machine \"{machine}\" runs 32-bit Windows, and {product} is to be installed on it."
  why        = "There is a 32-bit build for laboratories and for preparing the directory. It is not supported in production, so it is no rehearsal of one."
  remedy     = "Use 64-bit Windows."
  source     = "X1 E11"
  confidence = "H"
}

rule "DH-EX-COMPONENTS-FORBIDDEN" {
  verdict    = "block"
  title      = "Windows components that Setup refuses"
  what       = "Machine \"{machine}\" has {forbidden}, and {product} is to be installed on it."
  why        = "It brings its own SMTP service, and Setup stops where that of Windows, or NNTP, is there."
  remedy     = "Leave the components out of the machine."
  source     = "E11"
  confidence = "H"
}

rule "DH-EX-DC-OLD" {
  verdict    = "block"
  title      = "Domain controller too old"
  what       = "The domain controller \"{machine}\" runs {os} when {product} is to come to its forest."
  why        = "The release works with domain controllers from {least} on, and refuses older ones that it would have to use, the schema master among them."
  remedy     = "Put a newer domain controller in its place: promote it, move the roles, and demote the old one."
  source     = "X1 X2 X4 E6 E10 E13"
  confidence = "H"
}

rule "DH-EX-DC-SP" {
  verdict    = "block"
  title      = "Service pack of a domain controller too old"
  what       = "The domain controller \"{machine}\" has service pack {now} of {os} when {product} is to come to its forest."
  why        = "The release works with domain controllers from service pack {pack} on."
  remedy     = "Install the service pack on it."
  source     = "X1 X4 E6 E10"
  confidence = "H"
}

rule "DH-EX-DC-NEW" {
  verdict    = "block"
  title      = "Domain controller too new"
  what       = "The domain controller \"{machine}\" runs {os} when {product} is to come to its forest."
  why        = "The release knows domain controllers up to {most}."
  remedy     = "Use a later update of Exchange, or bring the newer domain controllers after this Exchange has gone."
  source     = "X1 X2 E13 E15"
  confidence = "H"
}

rule "DH-EX-DC-DISPUTED" {
  verdict    = "warn"
  title      = "Domain controller that sources disagree about"
  what       = "The domain controller \"{machine}\" runs {os} when {product} is to come to its forest."
  why        = "Up to {most} sources agree that it works; for this one they do not."
  remedy     = "Rehearse it before you count on it."
  source     = "E13 E15 mem"
  confidence = "L"
}

rule "DH-EX-NO-CATALOG" {
  verdict    = "block"
  title      = "No global catalog"
  what       = "No domain controller of the forest of {forest} that {product} can use is a global catalog when it is to come."
  why        = "Exchange looks up recipients in a writable global catalog of its site."
  remedy     = "Make a domain controller a global catalog."
  source     = "X2 E3"
  confidence = "H"
}

rule "DH-EX-FOREST-LEVEL" {
  verdict    = "block"
  title      = "Functional level of the forest too low"
  what       = "The forest of {forest} is at the functional level {level} when {product} is to come."
  why        = "It needs {least}."
  remedy     = "Raise the level once every domain controller can bear it; there is no way back from it."
  source     = "X1 X2 E10"
  confidence = "H"
}

rule "DH-EX-LEVEL-NEW" {
  verdict    = "block"
  title      = "Functional level of the forest too high"
  what       = "The forest of {forest} is at the functional level {level} when {product} is to come."
  why        = "The release is supported up to {most}."
  remedy     = "Install a later update, or go by a version that knows the level."
  source     = "X1 E8 E13"
  confidence = "H"
}

rule "DH-EX-LEVEL-DISPUTED" {
  verdict    = "warn"
  title      = "Functional level that sources disagree about"
  what       = "The forest of {forest} is at the functional level {level} when {product} is to come."
  why        = "Up to {most} sources agree that it works; above they do not."
  remedy     = "Rehearse it before you count on it."
  source     = "E13 mem"
  confidence = "L"
}

rule "DH-EX-DOMAIN-MIXED" {
  verdict    = "block"
  title      = "Domain in mixed mode"
  what       = "The domain {domain} is in mixed mode when {product} is to come to its forest."
  why        = "It makes universal security groups, which only domains in native mode have."
  remedy     = "Raise the domain to native mode."
  source     = "E11"
  confidence = "H"
}

rule "DH-EX-COEXIST" {
  verdict    = "block"
  title      = "Versions that cannot live together"
  what       = "Machine \"{machine}\" runs {server} when {product} is to come to its organization."
  why        = "Setup stops at it: the two versions cannot be in one organization."
  remedy     = "The way out is to {way}."
  source     = "X2 X4 X5 E10 E11 E30"
  confidence = "H"
}

rule "DH-EX-COEXIST-LEVEL" {
  verdict    = "block"
  title      = "Older server below its floor"
  what       = "Machine \"{machine}\" runs {server} when {product} is to come to its organization."
  why        = "Every server of the older version has to be at {floor} or later, Edge servers too."
  remedy     = "Update it first."
  source     = "X2 X4 X5 E10 E11"
  confidence = "H"
}

rule "DH-EX-E55" {
  verdict    = "block"
  title      = "Exchange 5.5 in the organization"
  what       = "Machine \"{machine}\" has Exchange 5.5 when {product} is to come."
  why        = "From Exchange 2007 on the organization must be rid of it."
  remedy     = "Move its mailboxes to Exchange 2000 or 2003, and remove it."
  source     = "E11 E30"
  confidence = "H"
}

rule "DH-EX-CONNECTOR" {
  verdict    = "block"
  title      = "Active Directory Connector still installed"
  what       = "The Active Directory Connector of {connector} is on machine \"{machine}\" when {product} is to come."
  why        = "Setup stops with ADCFound until it is uninstalled; stopping its service is not enough."
  remedy     = "Uninstall the connector."
  source     = "X5"
  confidence = "H"
}

rule "DH-EX-MIXED-MODE" {
  verdict    = "block"
  title      = "Exchange organization in mixed mode"
  what       = "The Exchange organization in the forest of {forest} is in mixed mode when {product} is to come."
  why        = "Mixed mode keeps the door open for Exchange 5.5, which Exchange 2007 and later cannot live with."
  remedy     = "Switch to native mode; there is no way back from it."
  source     = "E24 E10 E11"
  confidence = "H"
}

rule "DH-EX-SCHEMA-MASTER-2025" {
  verdict    = "block"
  title      = "Schema master on Windows 2025"
  what       = "The schema master \"{machine}\" runs Windows Server 2025 when {product} is to prepare a forest that Exchange has extended before."
  why        = "Extending the schema there writes values twice, and replication stops with error 8418."
  remedy     = "Move the schema role to an older domain controller for the preparation."
  source     = "W8"
  confidence = "H"
}

rule "DH-EX-LEGACY-VERSION" {
  verdict    = "block"
  title      = "No such preparation in this version"
  what       = "PrepareLegacyExchangePermissions is to run from the disc of {product} on machine \"{machine}\"."
  why        = "Exchange 2007 and 2010 have it, since they live beside 2000 and 2003; later versions do not."
  remedy     = "Remove the step."
  source     = "E10 E11"
  confidence = "H"
}

rule "DH-EX-LEGACY-NONE" {
  verdict    = "warn"
  title      = "No older servers to prepare for"
  what       = "PrepareLegacyExchangePermissions of {product} is to run in the forest of {forest}, which has no Exchange 2000 or 2003."
  why        = "The step changes nothing."
  remedy     = "Remove the step."
  source     = "E10 E11"
  confidence = "H"
}

rule "DH-E2007-LEGACY-CONTROLLER" {
  verdict    = "block"
  title      = "No domain controller for the legacy permissions"
  what       = "The domain {domain} has had DomainPrep, and none of its domain controllers runs Windows 2003 SP1 or later when PrepareLegacyExchangePermissions of {product} is to run."
  why        = "The first release looks for one in every domain whose permissions it changes, and stops where it \"cannot find at least one domain controller running Windows Server 2003 Service Pack 1 or later\". SP1 of Exchange 2007 does without."
  remedy     = "Use the disc of Exchange 2007 SP1 or later, or bring such a domain controller to the domain."
  source     = "E11 E46"
  confidence = "H"
}

rule "DH-EX-LEGACY-PERMISSIONS" {
  verdict    = "block"
  title      = "Permissions of the older version not prepared"
  what       = "The schema is to be extended for {product} before PrepareLegacyExchangePermissions ran for {domain}."
  why        = "The newer version puts mail attributes into another property set, and without new grants the Recipient Update Service of 2003 can no longer stamp recipients."
  remedy     = "Run it first, and let it replicate."
  source     = "E10 E11"
  confidence = "H"
}

rule "DH-EX-PREPARE-X86" {
  verdict    = "block"
  title      = "64-bit preparation on 32-bit Windows"
  what       = "{what} of {product} is to run on machine \"{machine}\", which runs 32-bit Windows."
  why        = "Its Setup is 64-bit only, the preparations too; only Exchange 2007 has a 32-bit build for them."
  remedy     = "Run it on a 64-bit machine of the schema master's domain, such as the new server itself."
  source     = "X1 X11 E10"
  confidence = "H"
}

rule "DH-EX-PREPARE-AT-ONCE" {
  verdict    = "warn"
  title      = "Preparations at once"
  what       = "PrepareAD of {product} is to run in the forest of {forest}, which has not had {missing}."
  why        = "It runs what is missing by itself, so that neither replication nor a checkpoint comes in between."
  remedy     = "Run each preparation in a stage of its own: a change of the schema has no undo but a checkpoint."
  source     = "X3"
  confidence = "H"
}

rule "DH-EX-NO-PREPARE-SCHEMA" {
  verdict    = "block"
  title      = "Schema not prepared"
  what       = "The forest of {forest} has not had PrepareSchema of {product} when machine \"{machine}\" needs it."
  why        = "Each preparation has to replicate before the next. Setup would run all of them at once by itself, and no checkpoint would stand between."
  remedy     = "Run it first, in a stage of its own: a change of the schema has no undo but a checkpoint."
  source     = "X3 E10"
  confidence = "H"
}

rule "DH-EX-NO-PREPARE-AD" {
  verdict    = "block"
  title      = "Organization not prepared"
  what       = "The forest of {forest} has not had PrepareAD of {product} when machine \"{machine}\" needs it."
  why        = "Each preparation has to replicate before the next. Setup would run it by itself, and no checkpoint would stand between."
  remedy     = "Run it after PrepareSchema."
  source     = "X3 E10"
  confidence = "H"
}

rule "DH-EX-NO-PREPARE-DOMAIN" {
  verdict    = "block"
  title      = "Domain not prepared for the release"
  what       = "The domain {domain} has not had PrepareDomain of {product} when machine \"{machine}\" needs it."
  why        = "Each preparation has to replicate before the next. Setup would run it by itself, and no checkpoint would stand between."
  remedy     = "Run it after PrepareAD."
  source     = "X3 E10"
  confidence = "H"
}

rule "DH-EX-PREPARED-TWICE" {
  verdict    = "warn"
  title      = "Organization prepared already"
  what       = "The organization in the forest of {forest} has been prepared for {product} before (version {version})."
  why        = "The step changes nothing."
  remedy     = "Remove the step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-DOMAINS-PREPARED" {
  verdict    = "warn"
  title      = "Domains prepared already"
  what       = "The domains have been prepared for {product} before."
  why        = "The step changes nothing: PrepareAD prepares the domain that it runs in."
  remedy     = "Remove the step."
  source     = "X3"
  confidence = "H"
}

rule "DH-EX-PREPARE-OLD" {
  verdict    = "block"
  title      = "Step for another version"
  what       = "{what} is to run from the disc of {product} on machine \"{machine}\"."
  why        = "Setup knows it from Exchange 2007 on."
  remedy     = "Use forestprep, domainprep and exchange_setup."
  source     = "X3 E11"
  confidence = "H"
}

rule "DH-EX-NO-ORGANIZATION" {
  verdict    = "block"
  title      = "Organization without a name"
  what       = "PrepareAD of {product} is to make the organization in the forest of {forest}, and nobody says what it is called."
  why        = "Setup asks for the name where there is no organization yet, and an organization can never be renamed."
  remedy     = "Set organization in the step."
  source     = "X3"
  confidence = "H"
}

rule "DH-EX-IN-PLACE" {
  verdict    = "block"
  title      = "No upgrade in place"
  what       = "Machine \"{machine}\" runs {server}, and {product} is to be installed on it."
  why        = "There is no upgrade in place between them: a new server is installed beside, and pulls the mailboxes."
  remedy     = "Install it on a machine of its own."
  source     = "X2 X4 E10 E11"
  confidence = "H"
}

rule "DH-EX-NO-ROLE" {
  verdict    = "block"
  title      = "Role that the version lacks"
  what       = "Machine \"{machine}\" is to have the role {role} of {product}."
  why        = "The version has the roles {roles}."
  remedy     = "Choose among them, or leave roles out."
  source     = "X4 X6 E11"
  confidence = "H"
}

rule "DH-EX-ROLE-ORDER" {
  verdict    = "warn"
  title      = "Mailbox role before the others"
  what       = "Machine \"{machine}\" is to have the mailbox role of {product}, and nobody in the organization has {missing} yet."
  why        = "The order is Client Access, Hub Transport, Mailbox: mail neither comes nor goes, and no client gets in, before all of them are there."
  remedy     = "Leave roles out, and all are installed in their order, or install a server with the missing ones first."
  source     = "E32 E33 X4"
  confidence = "H"
}

rule "DH-EX-ROLES" {
  verdict    = "block"
  title      = "Mailboxes without the other roles"
  what       = "Mailboxes are to live on machine \"{machine}\" with {product}, and nobody in the organization has {missing}."
  why        = "Every site with a mailbox server needs them: mail neither comes nor goes, and no client gets in without."
  remedy     = "Install a server with the missing roles first."
  source     = "E11 X4"
  confidence = "H"
}

rule "DH-EX-ROUTING-SERVER" {
  verdict    = "block"
  title      = "No routing server named"
  what       = "Machine \"{machine}\" is the first server of {product} beside Exchange 2003 or 2000, and routing_server is not set."
  why        = "Setup makes the routing group connector between the two worlds and has to be told with whom; mail between them goes over it."
  remedy     = "Name the older server:\n\n  routing_server = machine.{old}"
  source     = "E10"
  confidence = "H"
}

rule "DH-EX-ROUTING-NONE" {
  verdict    = "block"
  title      = "Routing server without an older Exchange"
  what       = "Machine \"{machine}\" is to route mail over \"{routing}\", which runs no Exchange 2003 or 2000."
  why        = "The connector's other end must be one of them."
  remedy     = "Name a server of the older version."
  source     = "E10"
  confidence = "H"
}

rule "DH-EX-LINK-STATE" {
  verdict    = "warn"
  title      = "Link states spread over a second connector"
  what       = "Machine \"{machine}\" is to make a second routing group connector to Exchange 2003 or 2000, and SuppressStateChanges is not set on {servers}."
  why        = "Exchange 2007 and later know no link states. With more than one connector the older servers go on to answer each broken link with another route, and mail loops between the routing groups."
  remedy     = "Set it on every Exchange 2003 and 2000 server, and restart the SMTP service, the Routing Engine and the MTA Stacks there."
  source     = "E10 E47"
  confidence = "H"
}

rule "DH-EX-OLDER-AFTER-NEWER" {
  verdict    = "warn"
  title      = "Older version after a newer one"
  what       = "{product} is to be added to the organization in {forest}, which has {server} and was never prepared for the older version."
  why        = "Once a newer version is in an organization that never had an older one, the older can no longer be added."
  remedy     = "Run the preparations of every version that may be needed, oldest first, before the newest is installed."
  source     = "X5 E11 E30"
  confidence = "H"
}

rule "DH-EX-DOTNET-LADDER" {
  verdict    = "warn"
  title      = "Update that has to stop on the way"
  what       = "Machine \"{machine}\" runs {server}, and is to be updated to {product} at once."
  why        = "{product} asks for .NET Framework {next} or later, which levels before {stop} do not bear: Setup stops at the old one, and the server does not run on the new one."
  remedy     = "Update to {stop} first, then .NET Framework, then go on."
  source     = "X7"
  confidence = "H"
}

rule "DH-EX-EDGE-SUBSCRIPTION" {
  verdict    = "warn"
  title      = "Edge subscription ends with the update"
  what       = "Machine \"{machine}\" has the Edge Transport role of {server}, and is to be updated to {product}."
  why        = "The organization knows an Edge server by the level that it was subscribed at, and takes the older one for it from then on."
  remedy     = "Subscribe it anew after the update."
  source     = "X5"
  confidence = "H"
}
