# How mailboxes and public folders move, how a server of Exchange ends, and how a
# lost one comes back.

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

rule "DH-EX-MOVE-BACK" {
  verdict    = "block"
  title      = "Move driven by the older version"
  what       = "Mailboxes are to go back from {old} on machine \"{from}\" to {product} on \"{machine}\"."
  why        = "The step runs on the server that takes the mailboxes, and tools of an older version must not touch mailboxes of a newer one. The newer version drives every move, here {tool}."
  remedy     = "Move them back in a run step on \"{from}\", after the archives and single item recovery of Exchange 2010 are switched off."
  source     = "E10 E33"
  confidence = "H"
}

rule "DH-EX-FRONT-END-LATER" {
  verdict    = "warn"
  title      = "Front-end that cannot serve the moved mailboxes"
  what       = "Mailboxes move to {product} on machine \"{machine}\" while \"{front}\" is a front-end of {old}."
  why        = "It goes on to serve the mailboxes that are left behind. Those that have moved it cannot serve, and their users must come to the Client Access role."
  remedy     = "Let the clients' name lead to {product} before the first mailbox moves."
  source     = "E33 E49"
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
  what       = "Mailboxes move from {old} on machine \"{from}\" to {product} before the arbitration mailboxes, which are on \"{holder}\"."
  why        = "Until they have moved, searches of the audit log fail, discovery cannot start, and a migration of public folders hangs in Starting."
  remedy     = "Move the mailboxes of \"{holder}\" first: move_mailboxes takes the arbitration mailboxes along, ahead of the others."
  source     = "X9 X12"
  confidence = "H"
}

rule "DH-EX-FOLDERS-RU8" {
  verdict    = "block"
  title      = "Update rollup for public folders"
  what       = "Public folders are to move from {server} on machine \"{from}\" to {product} on \"{machine}\"."
  why        = "Their migration to public folder mailboxes needs {floor}."
  remedy     = "Update the server first."
  source     = "X9"
  confidence = "H"
}

rule "DH-EX-FOLDERS-FIRST" {
  verdict    = "block"
  title      = "Public folders before mailboxes"
  what       = "Public folders are to move from {old} on machine \"{from}\" to {product} while mailboxes still live on \"{users}\"."
  why        = "Users of the older version cannot reach public folders of the newer one, so all of them move first."
  remedy     = "Move the mailboxes first."
  source     = "X9"
  confidence = "H"
}

rule "DH-EX-FOLDERS-SYSTEM" {
  verdict    = "block"
  title      = "Public folders before the arbitration mailboxes"
  what       = "Public folders are to move from {old} on machine \"{from}\" to {product} while the arbitration mailboxes live on \"{holder}\"."
  why        = "One of them keeps the batch of the migration, which hangs in Starting while an older version has it."
  remedy     = "Move the mailboxes of \"{holder}\" first: move_mailboxes takes the arbitration mailboxes along."
  source     = "X9"
  confidence = "H"
}

rule "DH-EX-FOLDERS-CU7" {
  verdict    = "block"
  title      = "Cumulative update for public folders"
  what       = "Public folders are to move from {old} to {server} on machine \"{machine}\"."
  why        = "Only {floor} and later migrate them by the batch, and the way of the updates before it is no longer supported."
  remedy     = "Update the server first."
  source     = "X9"
  confidence = "H"
}

rule "DH-EX-FOLDERS-BOTH" {
  verdict    = "block"
  title      = "Public folders of two kinds"
  what       = "Public folder mailboxes of {product} on machine \"{machine}\" would stand beside the public folder stores of {old} on \"{from}\"."
  why        = "An organization has one kind. While older stores hold folders, the newer version makes no folder mailbox but for a migration, and a migration needs an organization that has none."
  remedy     = "Make the folders on the older server, and migrate them with public_folders and its argument from."
  source     = "X9"
  confidence = "H"
}

rule "DH-EX-FOLDERS-OLD-USERS" {
  verdict    = "warn"
  title      = "Public folders leave before their users"
  what       = "The last replicas of public folders are to go from {old} on machine \"{from}\" to {product} while mailboxes still live on \"{users}\"."
  why        = "Outlook Web Access of Exchange 2000 and 2003 opens no public folder whose replicas are on a newer version only."
  remedy     = "Move the mailboxes first."
  source     = "E12"
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

rule "DH-EX-REMOVE-SYSTEM" {
  verdict    = "block"
  title      = "Server with arbitration mailboxes removed"
  what       = "The arbitration mailboxes of the organization live on machine \"{machine}\" when its {product} is to be removed."
  why        = "Setup stops with UnwillingToRemoveMailboxDatabase while a database holds one, and moderation, discovery and the administrators' audit log hang on them."
  remedy     = "Move them to \"{heir}\" first."
  source     = "X5 E58"
  confidence = "H"
}

rule "DH-EX-REMOVE-ROLES" {
  verdict    = "block"
  title      = "Last server of a role removed"
  what       = "Machine \"{machine}\" has the last {missing} role of {product}, and \"{left}\" still holds mailboxes of that version."
  why        = "Every site with a mailbox server needs it."
  remedy     = "Remove the mailbox servers first, or give another server the role."
  source     = "E11 X4"
  confidence = "H"
}

rule "DH-EX-REMOVE-FIRST" {
  verdict    = "warn"
  title      = "First server of the administrative group removed"
  what       = "Machine \"{machine}\" was the first {product} server of its administrative group, and others remain in it."
  why        = "Free/busy times, the offline address book and other system folders are on the first server, and so are the Recipient Update Service and the routing group's master (KB822931). Outlook 2003 misses them at once."
  remedy     = "Replicate the system folders to another server, and hand its duties on, before Setup runs."
  source     = "E61"
  confidence = "H"
}

rule "DH-EX-REMOVE-LAST-2003" {
  verdict    = "warn"
  title      = "Last server of the older world removed"
  what       = "Machine \"{machine}\" has the last {product} of the organization, which goes on with newer servers."
  why        = "What only System Manager and its disc can undo must be gone by then: the connectors between the routing groups, mailbox manager policies and the Recipient Update Services. The offline address book and the public folder hierarchy must belong to a newer server."
  remedy     = "Do so first, and vouch for it with establishes = [\"legacy-cleared\"] in a run step on \"{machine}\". Leave the old administrative group where it is."
  source     = "E55 E12 E56"
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

rule "DH-EX-RECOVERY-ALIVE" {
  verdict    = "warn"
  title      = "Server that nobody lost"
  what       = "Exchange still runs on machine \"{machine}\", and {product} is to be recovered on it."
  why        = "Setup is to rebuild a server on a fresh Windows of the same name; over one that works it stops, or repairs what no disaster broke."
  remedy     = "Take Exchange off the machine in a run step that vouches for it with establishes = [\"exchange-lost\"]."
  source     = "E42 X10"
  confidence = "H"
}

rule "DH-EX-RECOVERY-LEVEL" {
  verdict    = "block"
  title      = "Recovery with an older level"
  what       = "The lost server \"{computer}\" ran {server}, and machine \"{machine}\" is to recover it with {product}."
  why        = "From Exchange 2013 on Setup recovers a server with its own cumulative update or a later one."
  remedy     = "Use a disc of {server} or later."
  source     = "X10"
  confidence = "H"
}

rule "DH-EX-RECOVERY-WINDOWS" {
  verdict    = "block"
  title      = "Recovery on another Windows"
  what       = "The lost server \"{computer}\" ran on {was}, and machine \"{machine}\", which is to recover it with {product}, has {os}."
  why        = "The directory remembers paths, services and drive letters of the Windows that was lost; Setup is to find the same."
  remedy     = "Install the same Windows with the same drive letters."
  source     = "X10 E42"
  confidence = "H"
}
