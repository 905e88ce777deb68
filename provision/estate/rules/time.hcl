# What clocks must satisfy when a stage sets the lab's time, or a checkpoint
# wakes up after a long sleep.

rule "DH-TIME-BACKWARDS" {
  verdict    = "block"
  title      = "Clock turned back"
  what       = "The lab's clock stands at {from} and is to go back to {to}."
  why        = "Domain controllers stamp what they change with their time, and Kerberos, passwords and tombstones count from it. After a step back, old changes look new to them until the lab reaches the old time again."
  remedy     = "Give the stage a later time, or begin a branch at an earlier checkpoint."
  source     = "W5"
  confidence = "H"
}

rule "DH-TIME-TOMBSTONE" {
  verdict    = "block"
  title      = "Clock jumps past the tombstone lifetime"
  what       = "The lab's clock jumps by {jump}. The tombstone lifetime of the forest of {forest} is {days} days, and it has several domain controllers: {controllers}."
  why        = "Each finds that the others were silent for longer than deleted objects are remembered, and stops inbound replication with them: event 2042, error 8614. A forest with a single domain controller is immune."
  remedy     = "Jump in stages of less than {days} days, and let the domain controllers replicate in each. Or raise tombstoneLifetime to 3650 days in a stage before, while all is well, with a run step that establishes \"tombstones-3650-days\"."
  source     = "W4 W5 W11"
  confidence = "H"
}

rule "DH-TIME-W32TIME" {
  verdict    = "warn"
  title      = "Jump larger than the Windows Time service corrects"
  what       = "The lab's clock jumps by {jump}, and the Windows Time service of {controllers} corrects {most} at most."
  why        = "The lab sets every machine's clock while it is off. A domain controller with Windows Server 2008 or later that wakes up with the old time, because its memory was saved, does not follow the others by itself."
  remedy     = "Start the domain controllers from power-off, and look at w32tm before going on."
  source     = "W5"
  confidence = "H"
}

rule "DH-TIME-MACHINE-PASSWORD" {
  verdict    = "warn"
  title      = "Machines change their passwords"
  what       = "The lab's clock jumps by {jump}, and the passwords of computer accounts are changed after {after}: those of {who}."
  why        = "Each does so at its next start. That harms nothing while the lab moves as a whole, but a disk from before then knows a password that the domain has forgotten."
  remedy     = "Revert the lab as a whole only, or set DisablePasswordChange on the machines before the jump."
  source     = "W12 W19"
  confidence = "H"
}

rule "DH-TIME-USER-PASSWORD" {
  verdict    = "warn"
  title      = "Passwords of users expire"
  what       = "Between {from} and {to}, passwords that were set when {who} was founded become older than {after}."
  why        = "That is the age that the default domain policy allows. An expired password of the account that runs the steps, or of a service, asks for a new one where nobody answers."
  remedy     = "Let the accounts' passwords never expire, or raise the maximum age in the policy in a stage before."
  source     = "mem"
  confidence = "mem-H"
}

rule "DH-TIME-ACTIVATION" {
  verdict    = "warn"
  title      = "Activation of Windows 2003 falls due"
  what       = "Between {from} and {to}, {after} pass since the installation of {who}."
  why        = "Windows Server 2003 from a retail disc refuses logons after that time unless it was activated. Discs for volume licences need no activation; evaluation copies ask for it after 14 days."
  remedy     = "Use a disc for a volume licence, or activate the machine by telephone before."
  source     = "W33 W34"
  confidence = "M"
}

rule "DH-TIME-EVALUATION" {
  verdict    = "warn"
  title      = "Evaluation of Windows ends"
  what       = "Between {from} and {to}, {after} pass since the installation of {who}."
  why        = "A machine from an evaluation disc shuts itself down every hour once its time is over. From other discs nothing happens."
  remedy     = "Install the machine from another disc, where it is an evaluation copy."
  source     = "W33"
  confidence = "H"
}

rule "DH-TIME-CERTIFICATE" {
  verdict    = "warn"
  title      = "Exchange's own certificates expire"
  what       = "Between {from} and {to}, the certificates that Setup of Exchange made on {who} come to the end of their {after}."
  why        = "Transport, the web services and, from Exchange 2013 on, the authentication between servers rely on them."
  remedy     = "Renew them with New-ExchangeCertificate in a stage before the jump."
  source     = "mem"
  confidence = "mem-H"
}
