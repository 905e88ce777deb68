# Exchange 5.5, 2000 and 2003, and what is true of every version: preparation,
# Setup, updates, and the ways that lead out of the world of 5.5.

rule "DH-EX-NO-RELEASE" {
  verdict    = "block"
  title      = "No release of Exchange"
  what       = "The step on machine \"{machine}\" takes its version from the disc, and the lab file says of the disc: {release}."
  why        = "No disc is read before `up`, and every rule about Exchange hangs on its release."
  remedy     = "Say what the disc holds:\n\n  media \"exchange\" { product = \"exchange-2003-sp2\" }"
  source     = "model"
  confidence = "H"
}

rule "DH-EX-NO-FOREST" {
  verdict    = "block"
  title      = "Machine is in no domain"
  what       = "Machine \"{machine}\" stands in a workgroup when {what} is to run on it."
  why        = "Exchange keeps its configuration in Active Directory, and the machine belongs to none."
  remedy     = "Run it on a domain controller, or let the machine join the domain first:\n\n  step \"join\" {\n    on     = machine.{machine}\n    domain = \"DOMAIN\"\n  }"
  source     = "model"
  confidence = "H"
}

rule "DH-EX-FORESTPREP-DOMAIN" {
  verdict    = "block"
  title      = "Preparation away from the schema master"
  what       = "Machine \"{machine}\" belongs to {domain}, and the schema of the forest is to be extended for {product} from there."
  why        = "Setup writes to the schema master itself and demands to run in its domain and site; the schema master is \"{master}\" in {root}."
  remedy     = "Run the step on a machine of {root}, or move the schema role."
  source     = "E7 X3"
  confidence = "H"
}

rule "DH-EX-FORESTPREP-TWICE" {
  verdict    = "warn"
  title      = "Forest prepared already"
  what       = "The forest of {forest} has been prepared for {product} before (schema {schema})."
  why        = "The step changes nothing."
  remedy     = "Remove the step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-FORESTPREP-LATER" {
  verdict    = "block"
  title      = "Preparation of another kind"
  what       = "ForestPrep and DomainPrep are to run from the disc of {product} on machine \"{machine}\"."
  why        = "Setup knows them up to Exchange 2003; from 2007 on the preparations are PrepareSchema, PrepareAD and PrepareDomain."
  remedy     = "Use the steps prepare_schema, prepare_ad and prepare_domain."
  source     = "X3 E11"
  confidence = "H"
}

rule "DH-EX-DOMAINPREP-TWICE" {
  verdict    = "warn"
  title      = "Domain prepared already"
  what       = "The domain {domain} has been prepared for Exchange before (version {version})."
  why        = "The step changes nothing."
  remedy     = "Remove the step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-NO-FORESTPREP" {
  verdict    = "block"
  title      = "Forest not prepared for Exchange"
  what       = "The forest of {forest} has not had ForestPrep of {product} when machine \"{machine}\" needs it."
  why        = "Setup looks for the schema and the organization's container that ForestPrep makes."
  remedy     = "Run it first, in a stage of its own: a change of the schema has no undo but a checkpoint."
  source     = "E7 E9"
  confidence = "H"
}

rule "DH-EX-NO-DOMAINPREP" {
  verdict    = "block"
  title      = "Domain not prepared for Exchange"
  what       = "The domain {domain} has not had DomainPrep of {product} when Setup is to run on machine \"{machine}\"."
  why        = "DomainPrep makes the groups and permissions that the server's services work with."
  remedy     = "Run it after ForestPrep."
  source     = "E7"
  confidence = "H"
}

rule "DH-EX-DOMAINPREP-ELSEWHERE" {
  verdict    = "warn"
  title      = "Domain without servers not prepared"
  what       = "The domain {domain} has not had DomainPrep of {product}, and the first server of that version is installed in {home}."
  why        = "The root domain needs it, and so does every domain with recipients or with global catalogs that Exchange may use: without it the servers have no rights there."
  remedy     = "Run DomainPrep in it as well."
  source     = "E7"
  confidence = "H"
}

rule "DH-EX-MANGLED" {
  verdict    = "block"
  title      = "Attributes with mangled names"
  what       = "The adprep of Windows 2003 met the schema of Exchange 2000 in the forest of {forest} and renamed three of its attributes, and {product} is to extend it."
  why        = "Setup fails on attributes named DUP-…: Exchange 2000 and inetOrgPerson claim the same names (KB314649)."
  remedy     = "Repair them with InetOrgPersonFix.ldf (KB325379), or revert to the checkpoint before adprep."
  source     = "W1 E4"
  confidence = "H"
}

rule "DH-E2003-SCHEMA-EDITS" {
  verdict    = "warn"
  title      = "Schema edits overwritten"
  what       = "ForestPrep of {product} extends a schema that an older Exchange has extended in the forest of {forest}."
  why        = "It sets the attributes of Exchange back to its own values, so that what was edited by hand, such as which attributes go to the global catalog, is lost (KB818583)."
  remedy     = "Write such edits down before, and make them again afterwards."
  source     = "E9"
  confidence = "H"
}

rule "DH-EX-TWICE" {
  verdict    = "block"
  title      = "Exchange installed twice"
  what       = "Machine \"{machine}\" runs {product} already."
  why        = "Setup installs one Exchange on a machine."
  remedy     = "Remove this step, or use exchange_update for a service pack."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-SETUP-LATER" {
  verdict    = "block"
  title      = "Setup of another kind"
  what       = "The step exchange_setup is to install {product} on machine \"{machine}\"."
  why        = "It answers Setup of Exchange 2000 and 2003; from 2007 on Setup takes its answers on the command line."
  remedy     = "Use the step exchange_install."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-ORGANIZATION" {
  verdict    = "block"
  title      = "Another organization exists"
  what       = "The forest of {forest} has the Exchange organization \"{there}\", and \"{organization}\" is to be made."
  why        = "A forest holds one organization; Setup joins it."
  remedy     = "Use the same name."
  source     = "E7 X3"
  confidence = "H"
}

rule "DH-E2003-X64" {
  verdict    = "block"
  title      = "32-bit Exchange on 64-bit Windows"
  what       = "Machine \"{machine}\" runs 64-bit Windows, and {product} is to be installed on it."
  why        = "Its Setup installs a 32-bit file system driver (ExIFS), which 64-bit Windows cannot load."
  remedy     = "Install the machine from a 32-bit disc."
  source     = "E1 E6 E29"
  confidence = "H"
}

rule "DH-E2000-W2K3" {
  verdict    = "block"
  title      = "Exchange 2000 on Windows 2003"
  what       = "Machine \"{machine}\" runs {os}, and {product} is to be installed on it."
  why        = "Setup of Exchange 2000 refuses Windows Server 2003 (KB321648); only domain controllers may run it."
  remedy     = "Install Exchange 2000 on Windows 2000, or Exchange 2003 here."
  source     = "E2 E3 E6"
  confidence = "H"
}

rule "DH-E2003-W2K-SP" {
  verdict    = "block"
  title      = "Windows 2000 service pack too old"
  what       = "Machine \"{machine}\" has service pack {now} of Windows 2000, and {product} is to be installed on it."
  why        = "Setup demands service pack {least} or later."
  remedy     = "Install the service pack first."
  source     = "E6 E8"
  confidence = "H"
}

rule "DH-EX-HOST-SP" {
  verdict    = "block"
  title      = "Service pack of Windows too old"
  what       = "Machine \"{machine}\" has service pack {now} of {os}, and {product} is to be installed on it."
  why        = "It is supported, and Setup runs, from service pack {least} on."
  remedy     = "Install the service pack first."
  source     = "X1 E11"
  confidence = "H"
}

rule "DH-E2003-COMPONENTS" {
  verdict    = "block"
  title      = "Windows components missing"
  what       = "Machine \"{machine}\" lacks {missing}, which Setup of {product} demands."
  why        = "Exchange extends the services of IIS, and Setup stops where they are missing."
  remedy     = "Add them in a step, or to the machine:\n\n  components = [{components}]"
  source     = "E8 E34 E35"
  confidence = "H"
}

rule "DH-E2003-UNSUPPORTED-COMPONENTS" {
  verdict    = "block"
  title      = "Components that Exchange 2003 lacks"
  what       = "Machine \"{machine}\" has components of Exchange 2000 that {product} does not know, and is to be upgraded in place."
  why        = "Setup stops while Instant Messaging, Chat, Key Management Service, Mobile Information Server or the connectors to cc:Mail and MS Mail are there."
  remedy     = "Remove them first; a server that must keep one stays at Exchange 2000."
  source     = "E7"
  confidence = "H"
}

rule "DH-E2003-FRONT-END-FIRST" {
  verdict    = "block"
  title      = "Back-end upgraded before its front-end"
  what       = "Machine \"{machine}\" is to be upgraded to Exchange 2003 while the front-end server \"{front}\" still runs Exchange 2000."
  why        = "A front-end must not be older than the back-ends that it speaks to."
  remedy     = "Upgrade the front-end servers first."
  source     = "E7"
  confidence = "H"
}

rule "DH-EX-UPGRADE-LEVEL" {
  verdict    = "block"
  title      = "Level too old for an upgrade in place"
  what       = "Machine \"{machine}\" runs {server}, and is to be upgraded in place to {product}."
  why        = "Setup upgrades from {floor} on."
  remedy     = "Bring the server to {floor} first."
  source     = "E3 E15"
  confidence = "H"
}

rule "DH-E2003-DOMAIN-CATALOG" {
  verdict    = "warn"
  title      = "No global catalog in the domain"
  what       = "Machine \"{machine}\" belongs to {domain}, none of whose domain controllers is a global catalog, and {product} is to be installed on it."
  why        = "Setup is content with any global catalog that it reaches; Exchange is advised to have one in each domain that has servers or users of it (KB822942)."
  remedy     = "Make a domain controller of the domain a global catalog."
  source     = "E3"
  confidence = "H"
}

rule "DH-E2003-W2K3-SP1" {
  verdict    = "warn"
  title      = "Exchange 2003 without service pack on newer Windows"
  what       = "Machine \"{machine}\" runs {os} with a service pack, and mailboxes are to live on its Exchange 2003, which has none."
  why        = "Windows 2003 SP1 is newer than this level of Exchange: Windows itself warns when Setup starts (KB555285), and Exchange is to be updated before it works."
  remedy     = "Install {last} right after Setup."
  source     = "E42"
  confidence = "M"
}

rule "DH-EX-FRONT-END-ALONE" {
  verdict    = "block"
  title      = "Front-end without a back-end for it"
  what       = "Machine \"{machine}\" is to be a front-end of {product} in an organization whose mailboxes are on {server} and later."
  why        = "A front-end of Exchange 2000 or 2003 cannot serve mailboxes of a later version."
  remedy     = "Let clients come to the Client Access role of the later version."
  source     = "E33"
  confidence = "H"
}

rule "DH-E2003-E55-CONNECTOR" {
  verdict    = "warn"
  title      = "Exchange 5.5 and Active Directory apart"
  what       = "Machine \"{machine}\" has Exchange 5.5 when {product} comes to the forest, and no machine of it has the Active Directory Connector."
  why        = "Exchange 5.5 has a directory of its own. The connector makes one of the two, so that mailboxes of the older version are users of the newer one."
  remedy     = "Install the connector from the newer version's disc, and let it bring both directories together first."
  source     = "E5 E6"
  confidence = "M"
}

rule "DH-E2003-E55-SP" {
  verdict    = "warn"
  title      = "Exchange 5.5 below service pack 3"
  what       = "Machine \"{machine}\" has Exchange 5.5 below service pack 3 when {product} comes to its site."
  why        = "The first server of a site needs a 5.5 server with service pack 3 to speak to."
  remedy     = "Install service pack 3 or 4 of Exchange 5.5."
  source     = "E5 E6 mem"
  confidence = "mem-H"
}

rule "DH-E2003-CONNECTOR" {
  verdict    = "block"
  title      = "Active Directory Connector of Exchange 2000"
  what       = "The Active Directory Connector on machine \"{machine}\" is that of {connector} when {product} is to come."
  why        = "Setup stops until every connector is the version of 2003: its connection agreements get a version that the older one cannot run."
  remedy     = "Upgrade the connector from the disc of Exchange 2003."
  source     = "E5 E2"
  confidence = "H"
}

rule "DH-E2003-FEATURE" {
  verdict    = "block"
  title      = "Feature that needs Windows 2003"
  what       = "The lab counts on {feature} on machine \"{machine}\", which runs {os}."
  why        = "RPC over HTTP, volume shadow copies, eight-node clusters and mount points in clusters of Exchange 2003 need Windows Server 2003 under it."
  remedy     = "Upgrade Windows, after Exchange, or do without."
  source     = "E2 E43 E44"
  confidence = "H"
}

rule "DH-E2003-RPC-CATALOG" {
  verdict    = "warn"
  title      = "RPC over HTTP with a Windows 2000 catalog"
  what       = "The lab counts on RPC over HTTP on machine \"{machine}\", and \"{catalog}\", a global catalog of its forest, runs Windows 2000."
  why        = "The global catalogs that RPC over HTTP uses have to run Windows Server 2003 as well."
  remedy     = "Make a Windows 2003 domain controller a global catalog, and use that one."
  source     = "E44 mem"
  confidence = "mem-H"
}

rule "DH-EX-ON-CONTROLLER" {
  verdict    = "warn"
  title      = "Exchange on a domain controller"
  what       = "Machine \"{machine}\" is a domain controller."
  why        = "Exchange runs on one, and its makers advise against it: the machine can then never be demoted, it restarts slowly, and Exchange's groups end up among the domain's administrators."
  remedy     = "Use a member server."
  source     = "X5 X2"
  confidence = "H"
}

rule "DH-EX-ON-CONTROLLER-CATALOG" {
  verdict    = "block"
  title      = "Exchange on a controller without a catalog"
  what       = "Machine \"{machine}\" is a domain controller and no global catalog, and {product} is to be installed on it."
  why        = "Exchange on a domain controller speaks to that one only, and it must be a global catalog."
  remedy     = "Make it a global catalog first."
  source     = "X5"
  confidence = "H"
}

rule "DH-EX-NO-SERVER" {
  verdict    = "block"
  title      = "No Exchange on the machine"
  what       = "No Exchange is installed on machine \"{machine}\" when it is needed for {what}."
  why        = "The step works on an Exchange server."
  remedy     = "Install Exchange on it in an earlier step, or name another machine."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-NO-SERVERS" {
  verdict    = "block"
  title      = "No Exchange organization"
  what       = "The forest of {forest} has no Exchange organization when machine \"{machine}\" is to change it."
  why        = "There is nothing whose mode could change."
  remedy     = "Install Exchange first."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-NO-STORE" {
  verdict    = "block"
  title      = "Server without mailboxes"
  what       = "The {product} on machine \"{machine}\" has no mailbox role."
  why        = "A front-end, or a server with other roles only, holds no mailboxes and no public folders."
  remedy     = "Name a server that has the mailbox role."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-UPDATE-PRODUCT" {
  verdict    = "block"
  title      = "Update of another version"
  what       = "Machine \"{machine}\" runs {server}, and {product} is no update of it."
  why        = "Service packs, rollups and cumulative updates belong to one version of Exchange."
  remedy     = "Use the update of the installed version, or exchange_install on a machine of its own."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-UPDATE-OLDER" {
  verdict    = "block"
  title      = "Update older than the server"
  what       = "Machine \"{machine}\" runs {server}, build {build}, which is newer than {product}."
  why        = "Setup never takes a server back."
  remedy     = "Revert to a checkpoint from before, or remove this step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-UPDATE-TWICE" {
  verdict    = "warn"
  title      = "Update installed already"
  what       = "Machine \"{machine}\" runs {product} already."
  why        = "The step changes nothing."
  remedy     = "Remove the step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-UPDATE-DOMAIN" {
  verdict    = "block"
  title      = "Update extends the schema from another domain"
  what       = "Machine \"{machine}\" belongs to {domain}, and {product}, which extends the schema or the organization, is to be installed on it."
  why        = "Setup writes to the schema master itself and demands to run in its domain and site; the schema master is \"{master}\" in {root}."
  remedy     = "Prepare the forest from a machine of {root} first; then the update finds everything done."
  source     = "X3 X4"
  confidence = "H"
}

rule "DH-EX-NATIVE-TWICE" {
  verdict    = "warn"
  title      = "Native mode already"
  what       = "The Exchange organization in the forest of {forest} is in native mode already."
  why        = "The step changes nothing."
  remedy     = "Remove the step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-NATIVE-E55" {
  verdict    = "block"
  title      = "Native mode beside Exchange 5.5"
  what       = "Machine \"{machine}\" has Exchange 5.5 when the organization in {forest} is to go to native mode."
  why        = "Native mode is for organizations without Exchange 5.5, now and ever after; Exchange 2000 and 2003 may stay."
  remedy     = "Move its mailboxes, and remove Exchange 5.5 and the Site Replication Service first."
  source     = "E24"
  confidence = "H"
}

rule "DH-EX-NATIVE-CONNECTOR" {
  verdict    = "warn"
  title      = "Native mode beside a connector"
  what       = "Machine \"{machine}\" still has the Active Directory Connector when the organization in {forest} is to go to native mode."
  why        = "It has nothing to connect any more, and Exchange 2007 and later will stop at it."
  remedy     = "Uninstall it first."
  source     = "E24 X5"
  confidence = "H"
}

rule "DH-EX-REBOOT-PENDING" {
  verdict    = "block"
  title      = "Restart pending"
  what       = "Machine \"{machine}\" waits for a restart when Setup of {product} is to run."
  why        = "Setup stops while one is pending."
  remedy     = "Restart the machine first."
  source     = "X5"
  confidence = "H"
}
