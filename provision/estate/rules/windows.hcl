# What the Windows of one machine must satisfy: its installation, its service
# packs and upgrades, its name.

rule "DH-WIN-NOT-INSTALLED" {
  verdict    = "block"
  title      = "Machine not installed"
  what       = "Machine \"{machine}\" has no operating system when this step comes."
  why        = "Every other step speaks to a Windows that runs."
  remedy     = "Install the machine in an earlier stage, or put this above the step:\n\n  step \"install\" { on = machine.{machine} }"
  source     = "model"
  confidence = "H"
}

rule "DH-WIN-INSTALLED-TWICE" {
  verdict    = "block"
  title      = "Machine installed twice"
  what       = "Machine \"{machine}\" has an operating system already when this step comes."
  why        = "Setup would erase it, with everything that earlier stages did."
  remedy     = "Remove one of the two install steps on this way through the stages."
  source     = "model"
  confidence = "H"
}

rule "DH-WIN-NAME-CLASH" {
  verdict    = "block"
  title      = "Computer name taken"
  what       = "Machine \"{machine}\" is to be called {computer}, and so is machine \"{other}\"."
  why        = "Windows refuses two computers of one name on a network, and a domain keeps one account for both."
  remedy     = "Set computer_name on one of them."
  source     = "model"
  confidence = "H"
}

rule "DH-WIN-SP-OS" {
  verdict    = "block"
  title      = "Service pack for another Windows"
  what       = "Machine \"{machine}\" runs {os}, and the disc holds a service pack for {other}."
  why        = "A service pack updates the version of Windows that it was made for, and its Setup refuses any other."
  remedy     = "Name a disc with a service pack for {os}."
  source     = "model"
  confidence = "H"
}

rule "DH-WIN-SP-OLD" {
  verdict    = "block"
  title      = "Service pack older than the installed one"
  what       = "Machine \"{machine}\" has service pack {now}, and the disc holds service pack {level}."
  why        = "Setup of a service pack does not go back to an earlier one."
  remedy     = "Remove this step. Where the earlier level is meant, install the machine from a disc that has it."
  source     = "model"
  confidence = "H"
}

rule "DH-WIN-SP-TWICE" {
  verdict    = "warn"
  title      = "Service pack installed already"
  what       = "Machine \"{machine}\" has service pack {level} already."
  why        = "This step changes nothing and takes as long as the first time."
  remedy     = "It can be removed."
  source     = "model"
  confidence = "H"
}

rule "DH-WIN-SP-NONE" {
  verdict    = "block"
  title      = "No such service pack"
  what       = "Service pack {level} is to be put on machine \"{machine}\", which runs {os}. Published for it were {there}."
  why        = "The disc of a first release holds none, and none with a higher number was published."
  remedy     = "Look at what the disc holds, and correct the product of its media block."
  source     = "model"
  confidence = "H"
}

rule "DH-WIN-UPGRADE-PATH" {
  verdict    = "block"
  title      = "No upgrade in place"
  what       = "Machine \"{machine}\" runs {from} for {arch} and is to be upgraded to {to}."
  why        = "Setup of {to} upgrades {sources}, and never from one architecture to the other."
  remedy     = "Upgrade by way of a version between them, or install a new machine and move over what the old one does."
  source     = "W21 W22 W40"
  confidence = "H"
}

rule "DH-WIN-UPGRADE-SP" {
  verdict    = "block"
  title      = "Service pack too old for the upgrade"
  what       = "Machine \"{machine}\" has service pack {now} of {from}. Setup of {to} upgrades {from} from service pack {least} on."
  why        = "Setup checks the level first, and ends."
  remedy     = "Install the service pack first."
  source     = "W21 W22"
  confidence = "H"
}

rule "DH-E2000-UPGRADE-WINDOWS" {
  verdict    = "block"
  title      = "Windows upgrade under Exchange 2000"
  what       = "Machine \"{machine}\" runs {product} when its Windows is to become {to}."
  why        = "Exchange 2000 does not run on Windows Server 2003, and winnt32 ends with a message when it finds it. The order is from the inside out: Exchange first, then Windows."
  remedy     = "Upgrade Exchange on the machine to 2003 first, after its ForestPrep and DomainPrep, or move its mailboxes away and uninstall it."
  source     = "E2 E3 E7"
  confidence = "H"
}

rule "DH-E55-UPGRADE-WINDOWS" {
  verdict    = "warn"
  title      = "Windows upgrade under Exchange 5.5"
  what       = "Exchange 5.5 stands on machine \"{machine}\" when its Windows is to become {to}."
  why        = "Exchange 5.5 runs on Windows NT 4.0 and Windows 2000, and on no later one."
  remedy     = "Move its mailboxes to a newer version on another machine first."
  source     = "E27"
  confidence = "M"
}

rule "DH-EX-UPGRADE-WINDOWS" {
  verdict    = "block"
  title      = "Windows upgrade under Exchange"
  what       = "Machine \"{machine}\" runs {product} when its Windows is to become {to}."
  why        = "Exchange 2007 and later do not survive an upgrade of the Windows beneath them: Windows arrives, and Exchange is beyond repair. Nobody supports it."
  remedy     = "Install Exchange on a new machine with {to}, move everything over, and uninstall it here."
  source     = "E23 X7"
  confidence = "H"
}

rule "DH-EX-RENAMED" {
  verdict    = "block"
  title      = "Exchange server renamed"
  what       = "Machine \"{machine}\" runs {product} when its computer is to have another name."
  why        = "The server's object in the directory, its services and its stores carry the name that Exchange was installed under, and nothing changes it in all of these places."
  remedy     = "Give the computer its name before Exchange is installed, or install a server under the new name and move the mailboxes."
  source     = "X6"
  confidence = "H"
}

rule "DH-AD-RENAMED" {
  verdict    = "block"
  title      = "Windows 2000 domain controller renamed"
  what       = "Machine \"{machine}\" is a domain controller with Windows 2000 when its computer is to have another name."
  why        = "Windows 2000 cannot rename a domain controller. Windows Server 2003 and later can."
  remedy     = "Demote the machine, rename it and promote it again."
  source     = "W23"
  confidence = "H"
}
