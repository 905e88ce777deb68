# Memory and processors that a guest or its Exchange cannot use, or lacks.

rule "DH-LIMIT-MEMORY" {
  verdict    = "warn"
  title      = "More memory than the edition uses"
  what       = "Machine \"{machine}\" has {memory}. The {edition} edition of {os} for {arch} uses {most} at most{told}."
  why        = "The rest lies idle and is missing elsewhere on the host."
  remedy     = "Give it less, or say with edition that the disc holds a larger one."
  source     = "F1 W35"
  confidence = "H"
}

rule "DH-LIMIT-CPUS" {
  verdict    = "warn"
  title      = "More processors than the edition uses"
  what       = "Machine \"{machine}\" has {cpus} processors. The {edition} edition of {os} for {arch} uses {sockets} at most{told}."
  why        = "The guest leaves the others idle, and the host still schedules them."
  remedy     = "Give it fewer, or say with edition that the disc holds a larger one."
  source     = "F1"
  confidence = "M"
}

rule "DH-LIMIT-W2K-SMP" {
  verdict    = "warn"
  title      = "Several processors under Windows 2000"
  what       = "Machine \"{machine}\" has {cpus} processors and is installed with Windows 2000."
  why        = "Its guests run without ACPI and APIC, on which Setup of Windows 2000 hangs under emulation, so Setup chooses the hardware layer for one processor. It stays for good."
  remedy     = "Give it one."
  source     = "F2"
  confidence = "H"
}

rule "DH-LIMIT-EXCHANGE-MEMORY" {
  verdict    = "warn"
  title      = "Less memory than Exchange asks for"
  what       = "Machine \"{machine}\" has {memory}. {product} is documented to need {least}."
  why        = "Setup warns or ends with less, and the store pages more than it serves."
  remedy     = "Give the machine more memory."
  source     = "E8 E11 X2 X4"
  confidence = "H"
}

rule "DH-LIMIT-E2003-MEMORY" {
  verdict    = "warn"
  title      = "More memory than 32-bit Exchange uses"
  what       = "Machine \"{machine}\" has {memory} for {product}."
  why        = "32-bit Exchange uses no more than 4 GiB, and each further one takes page table entries and paged pool from the kernel, until the store fails for want of them."
  remedy     = "Give it 4 GiB or less."
  source     = "E70"
  confidence = "H"
}

rule "DH-LIMIT-3GB" {
  verdict    = "warn"
  title      = "Exchange 2003 with more than 1 GiB and no /3GB"
  what       = "Machine \"{machine}\" has {memory} for {product}."
  why        = "With more than 1 GiB a server with mailboxes or public folders wants /3GB /USERVA=3030 in boot.ini: without them the store's address space fragments, and event 9665 says so at each start. A front-end, and a domain controller, want neither."
  remedy     = "Put them into boot.ini with a run step and restart, or give the machine 1 GiB or less."
  source     = "E71"
  confidence = "H"
}
