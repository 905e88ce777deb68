# Exchange 2007 to SE: where it may stand, what it asks of the directory, with
# whom it lives, how mailboxes move, and how a server ends.

rule "DH-EX-HOST" {
  verdict    = "block"
  title      = "Windows that Exchange does not run on"
  what       = "Machine \"{machine}\" runs {os} ({arch}), and {product} is to be installed on it."
  why        = "It is supported on {hosts}; on anything else its Setup stops."
  remedy     = "Install it on a machine with one of these."
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
  what       = "No domain controller of the forest of {forest} is a global catalog when {product} is to come."
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
  remedy     = "Remove the older one first. {way}."
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

rule "DH-EX-ROLES" {
  verdict    = "block"
  title      = "Roles missing in the site"
  what       = "Machine \"{machine}\" is to have the mailbox role of {product}, and nobody in the site has {missing}."
  why        = "Every site with a mailbox server needs them, and mail neither comes nor goes without."
  remedy     = "Leave roles out, and all are installed, or install a server with the missing ones first."
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

rule "DH-EX-OLDER-AFTER-NEWER" {
  verdict    = "warn"
  title      = "Older version after a newer one"
  what       = "{product} is to be added to the organization in {forest}, which has {server} and was never prepared for the older version."
  why        = "Once a newer version is in an organization that never had an older one, the older can no longer be added."
  remedy     = "Run the preparations of every version that may be needed, oldest first, before the newest is installed."
  source     = "X5 E11 E30"
  confidence = "H"
}

rule "DH-EX-MOVE-FOREST" {
  verdict    = "block"
  title      = "Mailboxes in another forest"
  what       = "Mailboxes are to move from machine \"{from}\" to \"{machine}\", which belongs to another forest."
  why        = "That is a migration between organizations, with accounts and tools of its own, and no move."
  remedy     = "Move within one forest."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-NO-MOVE" {
  verdict    = "block"
  title      = "No way between these versions"
  what       = "Mailboxes or public folders are to go from {old} on machine \"{from}\" to {product} on \"{machine}\"."
  why        = "No tool moves them between these versions."
  remedy     = "Go by a version in between. {way}."
  source     = "X4 X5 E10 E33"
  confidence = "H"
}

rule "DH-EX-NO-MAILBOXES" {
  verdict    = "warn"
  title      = "No mailboxes to move"
  what       = "No mailboxes live on machine \"{from}\" when they are to move to \"{machine}\"."
  why        = "The step changes nothing."
  remedy     = "Remove it, or make mailboxes first with create_mailboxes."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-NO-FOLDERS" {
  verdict    = "warn"
  title      = "No public folders to move"
  what       = "No replicas of public folders live on machine \"{from}\" when they are to move to \"{machine}\"."
  why        = "The step changes nothing."
  remedy     = "Remove the step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-ARBITRATION" {
  verdict    = "warn"
  title      = "Arbitration mailboxes first"
  what       = "Mailboxes move from {old} on machine \"{from}\" to {product} before its arbitration mailboxes did."
  why        = "Until they have moved, searches of the audit log fail, discovery cannot start, and a migration of public folders hangs in Starting."
  remedy     = "Move them first, and vouch for it with establishes = [\"arbitration-moved\"] in a run step on \"{machine}\"."
  source     = "X9 X12"
  confidence = "H"
}

rule "DH-EX-FOLDERS-RU8" {
  verdict    = "block"
  title      = "Update rollup for public folders"
  what       = "Public folders are to move from {server} on machine \"{from}\" to {product}."
  why        = "Their migration to public folder mailboxes needs {floor}."
  remedy     = "Update the server first."
  source     = "X9"
  confidence = "H"
}

rule "DH-EX-FOLDERS-FIRST" {
  verdict    = "block"
  title      = "Public folders before mailboxes"
  what       = "Public folders are to move from {old} on machine \"{from}\" to {product} while mailboxes still live there."
  why        = "Users of the older version cannot reach public folders of the newer one, so all of them move first."
  remedy     = "Move the mailboxes first."
  source     = "X9"
  confidence = "H"
}

rule "DH-EX-REMOVE-MAILBOXES" {
  verdict    = "block"
  title      = "Server with mailboxes removed"
  what       = "Mailboxes live on machine \"{machine}\" when its {product} is to be removed."
  why        = "Setup refuses while a store is in use."
  remedy     = "Move them to another server first."
  source     = "X5 E21 E60"
  confidence = "H"
}

rule "DH-EX-REMOVE-FOLDERS" {
  verdict    = "block"
  title      = "Server with public folders removed"
  what       = "Replicas of public folders live on machine \"{machine}\" when its {product} is to be removed."
  why        = "Setup refuses to remove a public folder store with replicas, and free/busy and offline address books are such folders too."
  remedy     = "Move them to another server first."
  source     = "E51 E55 E61"
  confidence = "H"
}

rule "DH-EX-REMOVE-LAST" {
  verdict    = "warn"
  title      = "Last server removed"
  what       = "Machine \"{machine}\" has the last Exchange of the forest of {forest}."
  why        = "Its organization, schema and recipients' attributes stay in the directory, and no tool is left to manage them."
  remedy     = "Leave it, unless the end of Exchange is what is rehearsed."
  source     = "X5 E21"
  confidence = "H"
}

rule "DH-EX-STORE-VERSION" {
  verdict    = "block"
  title      = "Store of another version"
  what       = "A store of {store} is to be mounted by {product} on machine \"{machine}\"."
  why        = "A database is mounted only by the version that wrote it."
  remedy     = "Mount it on a server of its own version, and move the mailboxes from there."
  source     = "X10"
  confidence = "H"
}

rule "DH-EX-RECOVERY-GROUP" {
  verdict    = "block"
  title      = "No place for recovery"
  what       = "A store is to be mounted beside the server's own stores by {product} on machine \"{machine}\"."
  why        = "Exchange 2003 brought recovery storage groups, and 2010 recovery databases in their place; earlier versions have neither."
  remedy     = "Leave recovery out."
  source     = "E18 X10"
  confidence = "H"
}

rule "DH-EX-RECOVERY-NONE" {
  verdict    = "block"
  title      = "No lost server of this name"
  what       = "Machine \"{machine}\" is to take the place of a lost server, and the directory knows no Exchange server \"{computer}\"."
  why        = "Setup rebuilds a server from its object in Active Directory, which it finds by the computer's name."
  remedy     = "Give the machine the computer_name of the lost server."
  source     = "E42 E67 X10"
  confidence = "H"
}

rule "DH-EX-RECOVERY-VERSION" {
  verdict    = "block"
  title      = "Recovery with another version"
  what       = "The lost server \"{computer}\" ran {server}, and machine \"{machine}\" is to recover it with {product}."
  why        = "Setup recovers a server with its own version only."
  remedy     = "Use a disc of the version that was lost."
  source     = "E42 E67 X10"
  confidence = "H"
}
