# What forests and domains must satisfy: domain controllers, schema and levels,
# operations masters, and what Exchange expects of them.

rule "DH-AD-NETBIOS-CLASH" {
  verdict    = "block"
  title      = "Name taken"
  what       = "{what} has the name {name}, which is also the NetBIOS name of the domain {domain}."
  why        = "NetBIOS knows only one owner of a name on a network."
  remedy     = "Rename the computer, or give the domain another name with netbios."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-NO-DOMAIN" {
  verdict    = "block"
  title      = "No such domain"
  what       = "No domain {domain} exists when machine \"{machine}\" needs it."
  why        = "Somebody must found it before others can belong to it."
  remedy     = "Found it in an earlier stage or in this one:\n\n  step \"promote\" {\n    on     = machine.NAME\n    domain = \"{domain}\"\n  }"
  source     = "model"
  confidence = "H"
}

rule "DH-AD-NO-FOREST" {
  verdict    = "block"
  title      = "Machine is in no domain"
  what       = "Machine \"{machine}\" stands in a workgroup when {what} is to run on it."
  why        = "It changes a directory, and the machine belongs to none."
  remedy     = "Run it on a domain controller, or let the machine join the domain first."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-DNS" {
  verdict    = "block"
  title      = "Machine cannot find the domain"
  what       = "Machine \"{machine}\" asks no domain controller of {domain} for names, so it cannot find the domain."
  why        = "A domain is found by its service records, which only the DNS server on its domain controllers has."
  remedy     = "On a network that both share, put the domain controller's address first:\n\n  nic \"NETWORK\" { dns = [machine.{controller}.address] }"
  source     = "model"
  confidence = "H"
}

rule "DH-AD-CLOCK-SKEW" {
  verdict    = "block"
  title      = "Clocks too far apart for Kerberos"
  what       = "The clock of machine \"{machine}\" is {skew} away from that of \"{controller}\", a domain controller of {domain}."
  why        = "Kerberos refuses tickets of a machine whose clock is more than {most} away, and nothing sets the clock of a machine that is in no domain yet."
  remedy     = "Take clock_skew off one of the machines, or correct the clock with a run step and allow this rule there."
  source     = "W5"
  confidence = "H"
}

rule "DH-AD-CONTROLLER-JOINS" {
  verdict    = "block"
  title      = "Domain controller cannot join"
  what       = "Machine \"{machine}\" is a domain controller of {domain} when it is to join a domain."
  why        = "A domain controller belongs to its own domain."
  remedy     = "Remove this step."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-JOINED-TWICE" {
  verdict    = "block"
  title      = "Machine joined twice"
  what       = "Machine \"{machine}\" is a member of {domain} already."
  why        = "A machine belongs to one domain."
  remedy     = "Remove this step."
  source     = "model"
  confidence = "H"
}

rule "DH-EX-DCPROMO" {
  verdict    = "block"
  title      = "Promotion or demotion of an Exchange server"
  what       = "Machine \"{machine}\" runs {product} when it is to be {what}."
  why        = "A server may neither become a domain controller nor cease to be one while Exchange is on it: its services lose their accounts and permissions, and nobody supports what is left."
  remedy     = "Do it before Exchange is installed or after it is uninstalled, or use another machine."
  source     = "X2 X4 E8"
  confidence = "H"
}

rule "DH-AD-NO-DIRECTORY" {
  verdict    = "block"
  title      = "Windows without Active Directory"
  what       = "Machine \"{machine}\" runs {os}, which cannot be a domain controller of Active Directory."
  why        = "Windows NT 4.0 is older than it, and the Web Edition was sold without it."
  remedy     = "Promote a machine with another edition."
  source     = "W24"
  confidence = "H"
}

rule "DH-AD-PROMOTED-TWICE" {
  verdict    = "block"
  title      = "Machine promoted twice"
  what       = "Machine \"{machine}\" is a domain controller of {domain} already."
  why        = "A domain controller serves one domain."
  remedy     = "Remove this step, or name a machine that is no domain controller."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-MEMBER-PROMOTED" {
  verdict    = "block"
  title      = "Promotion of another domain's member"
  what       = "Machine \"{machine}\" is a member of {domain} when it is to become a domain controller of {new}."
  why        = "Its account in {domain} would be left behind, and its profile and permissions with it."
  remedy     = "Promote a machine that stands in a workgroup. A member can become a further domain controller of its own domain, or the first one of a domain below it."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-DOMAIN-EXISTS" {
  verdict    = "block"
  title      = "Domain exists already"
  what       = "The domain {domain} was founded by machine \"{controller}\"."
  why        = "This step founds a domain, and there is one of that name."
  remedy     = "Remove it, found another domain, or add a domain controller to this one with role = \"replica\"."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-CHILD-NAME" {
  verdict    = "block"
  title      = "Child outside its parent"
  what       = "The domain {domain} is to stand below {parent}."
  why        = "The name of a child domain is one label before its parent's name."
  remedy     = "Call it LABEL.{parent}."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-LEVEL-OS" {
  verdict    = "block"
  title      = "Functional level too new for the system"
  what       = "Machine \"{machine}\" runs {os}, which knows functional levels up to {highest}, and {what} is at level {level}."
  why        = "A domain controller does not start in a domain or forest whose level it does not know, and dcpromo refuses it. Levels do not go down again."
  remedy     = "Give the machine a later Windows, or keep the lower level."
  source     = "W6 W25"
  confidence = "H"
}

rule "DH-AD-LEVEL-LOW" {
  verdict    = "block"
  title      = "Functional level too low for the system"
  what       = "Machine \"{machine}\" is to be a domain controller with {os}, and {what} is at level {level}."
  why        = "Domain controllers with {os} serve from level {lowest} on."
  remedy     = "Raise the level to {lowest} first, once no older domain controller stands in the way."
  source     = "W6"
  confidence = "H"
}

rule "DH-AD-MIXED-MODE" {
  verdict    = "warn"
  title      = "Domain in mixed mode"
  what       = "The domain {domain} is in mixed mode when {what} comes to it."
  why        = "Windows Server 2008 and later no longer speak to domain controllers of Windows NT and expect a domain in native mode; adprep and dcpromo end with a message otherwise."
  remedy     = "Switch the domain to native mode first. There is no way back, and none is needed without Windows NT."
  source     = "mem W14"
  confidence = "mem-H"
}

rule "DH-AD-FRS" {
  verdict    = "block"
  title      = "SYSVOL still replicated by FRS"
  what       = "Machine \"{machine}\" is to be a domain controller with {os} in the forest of {forest}, whose SYSVOL is replicated by FRS."
  why        = "{os} replicates SYSVOL by DFSR only, and promotion checks for it."
  remedy     = "Raise the domain to level 2008 and take SYSVOL over to DFSR with dfsrmig, until it is in the state Eliminated on every domain controller."
  source     = "W6"
  confidence = "H"
}

rule "DH-AD-DFSR-LEVEL" {
  verdict    = "block"
  title      = "Level too low for SYSVOL on DFSR"
  what       = "The domain {domain} is at functional level {level} when its SYSVOL is to be replicated by DFSR."
  why        = "The tool for it, dfsrmig, works from domain level 2008 on."
  remedy     = "Raise the domain first."
  source     = "W6"
  confidence = "H"
}

rule "DH-AD-2003-WITH-2012R2" {
  verdict    = "warn"
  title      = "Windows 2003 and 2012 R2 domain controllers in one domain"
  what       = "Machine \"{machine}\" is to be a domain controller with {os} in {domain}, beside \"{other}\" with {otheros}."
  why        = "Machines change their passwords every 30 days. The two do not write the same keys for the new one, and members then fail to log on at one of them."
  remedy     = "Keep them together for less than 30 days of the lab's time, or take domain controllers with Windows Server 2012 or 2008 R2 in between."
  source     = "W13"
  confidence = "H"
}

rule "DH-AD-ADPREP-FOREST" {
  verdict    = "block"
  title      = "Forest not prepared"
  what       = "The forest of {forest} has schema {now}, and domain controllers with {os} need schema {schema}."
  why        = "The schema is extended by adprep /forestprep of {os}. Setup of a domain controller and dcpromo look for it and end without it."
  remedy     = "Run adprep of {os} first: for the forest on the schema master, then for each domain on its infrastructure master."
  source     = "W1 W14 W26"
  confidence = "H"
}

rule "DH-AD-ADPREP-DOMAIN" {
  verdict    = "block"
  title      = "Domain not prepared"
  what       = "The forest of {forest} is prepared for {os}, and the domain {domain} is not."
  why        = "In every domain that is to have domain controllers with {os}, adprep /domainprep must have run. Setup and dcpromo look for its mark."
  remedy     = "Run adprep of {os} for the domain on its infrastructure master."
  source     = "W1 W14 W26"
  confidence = "H"
}

rule "DH-AD-ADPREP-DISC" {
  verdict    = "block"
  title      = "No adprep on the disc"
  what       = "The disc holds {os}, which has no adprep."
  why        = "The first Windows with adprep is Windows Server 2003."
  remedy     = "Name the disc of the Windows that new domain controllers are to have."
  source     = "W1"
  confidence = "H"
}

rule "DH-AD-ADPREP-MASTER" {
  verdict    = "block"
  title      = "Adprep away from the master"
  what       = "Machine \"{machine}\" is to run adprep of {os}, and the {role} master is \"{holder}\"."
  why        = "Up to Windows Server 2008 R2, adprep changes the directory on the machine that it runs on: the forest on the schema master, a domain on its infrastructure master."
  remedy     = "Run it on machine \"{holder}\", or move the role."
  source     = "W1 W14"
  confidence = "H"
}

rule "DH-AD-ADPREP-HOST" {
  verdict    = "block"
  title      = "Adprep on too old a machine"
  what       = "Machine \"{machine}\" is to run adprep of {os}, and has {here} for {arch}."
  why        = "From Windows Server 2012 on adprep is a 64-bit program for Windows Server 2008 and later. It reaches the masters over the network, and promotion runs it by itself."
  remedy     = "Run it on a 64-bit member of the forest, or leave it out: promoting the first domain controller with {os} does the same."
  source     = "W14"
  confidence = "H"
}

rule "DH-AD-ADPREP-TWICE" {
  verdict    = "warn"
  title      = "Prepared already"
  what       = "{what} was prepared for schema {now} before, which includes {os}."
  why        = "This step changes nothing."
  remedy     = "It can be removed."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-ADPREP-W2K-SP" {
  verdict    = "block"
  title      = "Windows 2000 domain controller too old for adprep"
  what       = "Machine \"{machine}\" is a Windows 2000 domain controller with service pack {now} when the schema is extended for {os}."
  why        = "Up to service pack 2 a large change of the schema can delete columns of the database on the way in, and the domain controller never starts again. A fix for it is mandatory on every Windows 2000 domain controller of the forest."
  remedy     = "Install service pack 4 on it first."
  source     = "W1 W27"
  confidence = "H"
}

rule "DH-AD-MANGLED" {
  verdict    = "block"
  title      = "Attributes of Exchange 2000 mangled by adprep"
  what       = "The forest of {forest} has the schema of Exchange 2000 when adprep of {os} extends it."
  why        = "Both bring attributes with the LDAP names secretary, labeledURI and houseIdentifier. The later ones win, and those of Exchange get names that begin with Dup: replication carries them on, and what asks for them by name finds them no longer."
  remedy     = "Import InetOrgPersonPrevent.ldf on the schema master \"{master}\" first, as KB325379 prints it, or run ForestPrep of Exchange 2003 before adprep, which gives the attributes of Exchange other names."
  source     = "W1 E4"
  confidence = "H"
}

rule "DH-AD-NOT-CONTROLLER" {
  verdict    = "block"
  title      = "Machine is no domain controller"
  what       = "Machine \"{machine}\" is no domain controller when this step comes."
  why        = "The step changes what only a domain controller has."
  remedy     = "Name a domain controller, or promote the machine first."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-LEVEL-LOWERED" {
  verdict    = "block"
  title      = "Functional levels do not go down"
  what       = "{what} is at level {now} and is to go to {level}."
  why        = "Raising a functional level cannot be undone, but for a few cases from Windows Server 2008 R2 on."
  remedy     = "Remove this step. The way back is a checkpoint of the whole lab from before."
  source     = "W6"
  confidence = "H"
}

rule "DH-AD-LEVEL-TWICE" {
  verdict    = "warn"
  title      = "Level reached already"
  what       = "{what} is at level {now} already."
  why        = "This step changes nothing. Raising the forest raises its domains with it."
  remedy     = "It can be removed."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-LEVEL-CONTROLLERS" {
  verdict    = "block"
  title      = "Domain controllers too old for the level"
  what       = "{what} is to go to level {level}, which some of its domain controllers do not know: {controllers}."
  why        = "A domain controller knows the levels up to its own Windows. A single older one keeps its domain down, and one anywhere keeps the forest down. Windows refuses to raise the level while the directory lists one."
  remedy     = "Upgrade their Windows or demote them first."
  source     = "W6 W25"
  confidence = "H"
}

rule "DH-AD-FOREST-MIXED" {
  verdict    = "block"
  title      = "Domain in mixed mode keeps the forest down"
  what       = "The forest of {forest} is to go to level {level}, and its domain {domain} is in mixed mode."
  why        = "The domains rise with their forest, and only from native mode."
  remedy     = "Switch the domain to native mode first."
  source     = "W28"
  confidence = "H"
}

rule "DH-AD-CONNECTOR-2000" {
  verdict    = "block"
  title      = "Active Directory Connector of Exchange 2000 above level 2000"
  what       = "The Active Directory Connector of Exchange 2000 stands on machine \"{machine}\", and the forest of {forest} is at level {level}."
  why        = "From 2003 interim on members of groups replicate value by value, which connectors before 6.0.6615 do not understand: they drop members and write the loss into both directories."
  remedy     = "Upgrade the connector with the one from the Exchange 2003 disc first, or uninstall it."
  source     = "E5 E2"
  confidence = "H"
}

rule "DH-AD-ROLES-TWICE" {
  verdict    = "warn"
  title      = "Roles held already"
  what       = "Machine \"{machine}\" holds these operations master roles already: {roles}."
  why        = "This step changes nothing."
  remedy     = "It can be removed."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-INFRASTRUCTURE-CATALOG" {
  verdict    = "warn"
  title      = "Infrastructure master on a global catalog"
  what       = "Machine \"{machine}\" is to be the infrastructure master of {domain}. It is a global catalog, and other domain controllers of {domain} are none."
  why        = "The infrastructure master finds names of other domains that grew stale by what it misses, and a global catalog misses nothing. In a forest of several domains they then stay stale on the others."
  remedy     = "Give the role to a domain controller that is no global catalog, or make all of the domain's controllers global catalogs."
  source     = "W29"
  confidence = "H"
}

rule "DH-AD-DEMOTE-LAST" {
  verdict    = "block"
  title      = "Last domain controller demoted"
  what       = "Machine \"{machine}\" is the last domain controller of {domain}."
  why        = "Without one there is no domain: every account in it is lost. dcpromo asks for it in so many words."
  remedy     = "Promote another domain controller of {domain} first. Where the domain is to end, say last = true."
  source     = "W30"
  confidence = "H"
}

rule "DH-AD-DEMOTE-NOT-LAST" {
  verdict    = "block"
  title      = "Not the last domain controller"
  what       = "Machine \"{machine}\" is to be demoted as the last domain controller of {domain}, which has {others} too."
  why        = "A domain ends with its last domain controller, and dcpromo refuses to take another one for it."
  remedy     = "Leave last out, or demote the others first."
  source     = "W30"
  confidence = "H"
}

rule "DH-AD-DEMOTE-PARENT" {
  verdict    = "block"
  title      = "Domain has children"
  what       = "Machine \"{machine}\" is the last domain controller of {domain}, and the domain {child} stands below it."
  why        = "A domain with children cannot end, and the forest's first domain ends last."
  remedy     = "End {child} first."
  source     = "W30"
  confidence = "H"
}

rule "DH-AD-DEMOTE-FOREST-ROLES" {
  verdict    = "block"
  title      = "Forest's master would end with its domain"
  what       = "Machine \"{machine}\" ends the domain {domain} and holds operations master roles of the forest: {roles}."
  why        = "A domain that ends cannot hand the roles of the forest on by itself."
  remedy     = "Move them to a domain controller of another domain first, such as \"{other}\"."
  source     = "W30"
  confidence = "H"
}

rule "DH-AD-DEMOTE-MEMBERS" {
  verdict    = "warn"
  title      = "Domain ends with members in it"
  what       = "Machine \"{machine}\" ends the domain {domain}, and machine \"{member}\" is a member of it."
  why        = "Its account ends with the domain: nobody can log on to it but its local users."
  remedy     = "Take it out of the domain, or expect to find it in none."
  source     = "W30"
  confidence = "H"
}

rule "DH-EX-DOMAIN-ENDS" {
  verdict    = "block"
  title      = "Domain of an Exchange server ends"
  what       = "Machine \"{machine}\" ends the domain {domain}, to which machine \"{member}\" with {product} belongs."
  why        = "Exchange runs on its computer's account and keeps its configuration in the directory."
  remedy     = "Uninstall Exchange there first, or keep the domain."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-DEMOTE-ROLES" {
  verdict    = "warn"
  title      = "Operations master demoted"
  what       = "Machine \"{machine}\" holds operations master roles when it is demoted: {roles}."
  why        = "Demotion hands them to a domain controller of its own choice. Where none answers it leaves them with a machine that is gone, and they must be seized."
  remedy     = "Move them first, where it matters who holds them."
  source     = "W31"
  confidence = "M"
}

rule "DH-AD-ONLY-CATALOG" {
  verdict    = "block"
  title      = "Only global catalog demoted"
  what       = "Machine \"{machine}\" is the only global catalog of the forest of {forest}."
  why        = "Promotion in Windows 2000 and 2003 makes only a forest's first domain controller a global catalog. Without one logons fail in native mode, and Exchange finds no recipients and stops its services."
  remedy     = "Make \"{other}\" a global catalog first, and let it replicate."
  source     = "X2 W32"
  confidence = "H"
}

rule "DH-AD-DEMOTE-DNS" {
  verdict    = "warn"
  title      = "Machine loses its DNS server"
  what       = "Machine \"{member}\" asks {asked} will be no domain controller of {domain} any more."
  why        = "The zone of the domain goes with the directory, and the machine finds its domain no longer. A domain controller that was demoted still asks whom it asked before, which is itself where nobody told it otherwise."
  remedy     = "Point the member at \"{other}\" with name_servers, or in its nic block from the start."
  source     = "model"
  confidence = "H"
}

rule "DH-AD-PARTIAL-REVERT" {
  verdict    = "block"
  title      = "Revert of a part of a forest"
  what       = "Of the forest of {forest}, {back} would go back and {stay} would not."
  why        = "{harm} Machines of one forest hold copies of one truth, and Windows before 2012 cannot tell that a copy is from the past."
  remedy     = "Revert the whole lab to one checkpoint."
  source     = "W2 W12"
  confidence = "H"
}

rule "DH-AD-DC-EXCHANGE" {
  verdict    = "block"
  title      = "Domain controller that Exchange does not work with"
  what       = "Machine \"{machine}\" is to be a domain controller with {os} in the forest of {forest}, where {product} stands on machine \"{server}\"."
  why        = "{product} works with domain controllers from {least} to {most}. It takes any one that it finds in its site, and fails at those beyond."
  remedy     = "Bring Exchange to an update that knows {os}, or bring the domain controller once this Exchange has gone."
  source     = "X1 X2 X4 E3 E10 E13 E15"
  confidence = "H"
}

rule "DH-AD-DC-EXCHANGE-DISPUTED" {
  verdict    = "warn"
  title      = "Domain controller that sources disagree about"
  what       = "Machine \"{machine}\" is to be a domain controller with {os} in the forest of {forest}, where {product} stands on machine \"{server}\"."
  why        = "For {product}, sources agree on domain controllers up to {most}, and disagree on {os}."
  remedy     = "Rehearse it before you count on it."
  source     = "E13 E15 mem"
  confidence = "L"
}

rule "DH-AD-LEVEL-EXCHANGE" {
  verdict    = "block"
  title      = "Functional level that Exchange does not know"
  what       = "{what} is to go to level {level}, and {product} stands on machine \"{server}\"."
  why        = "{product} is supported up to level {most}, and levels do not go down again."
  remedy     = "Bring Exchange to an update that knows the level, or raise it once this Exchange has gone."
  source     = "X1 X2 E10 E13"
  confidence = "H"
}

rule "DH-AD-LEVEL-EXCHANGE-DISPUTED" {
  verdict    = "warn"
  title      = "Functional level that sources disagree about"
  what       = "{what} is to go to level {level}, and {product} stands on machine \"{server}\"."
  why        = "For {product}, sources agree on levels up to {most}, and disagree above. Levels do not go down again."
  remedy     = "Keep a checkpoint from before, and rehearse it before you count on it."
  source     = "E13 X2 mem"
  confidence = "L"
}
