# From inside out: Exchange 2000 on Windows 2000 becomes Exchange 2003, and only then Windows is upgraded under it.
#
# The other order cannot be: Setup of Windows 2003 stops on a server with Exchange 2000
# (`doublehop explain DH-E2000-UPGRADE-WINDOWS`). The domain controller comes last. ForestPrep of Exchange 2003 has run
# before adprep, so no attribute is mangled (`doublehop explain DH-AD-MANGLED`).

lab "inside-out" {
  description = "Exchange 2000 on Windows 2000 to Exchange 2003 on Windows 2003"
  clock { start = "2004-03-28T08:00:00Z" }
}

variable "discs" {
  description = "Folder with your own disc images"
  default     = "./discs"
}

secret "administrator" { generate = true }
secret "windows_2000_key" { env = "LAB_WINDOWS_2000_KEY" }
secret "windows_2003_key" { env = "LAB_WINDOWS_2003_KEY" }

media "windows-2000-sp4" {
  path    = "${var.discs}/windows-2000-sp4.iso"
  product = "windows-2000-sp4"
}

media "exchange-2000" {
  path    = "${var.discs}/exchange-2000.iso"
  product = "exchange-2000"
}

media "exchange-2000-sp3" {
  path    = "${var.discs}/exchange-2000-sp3.iso"
  product = "exchange-2000-sp3"
}

media "exchange-2003" {
  path    = "${var.discs}/exchange-2003.iso"
  product = "exchange-2003"
}

media "exchange-2003-sp2" {
  path    = "${var.discs}/exchange-2003-sp2.iso"
  product = "exchange-2003-sp2"
}

media "windows-2003-sp2" {
  path    = "${var.discs}/windows-2003-sp2.iso"
  product = "windows-2003-sp2"
}

network "corp" { subnet = "10.20.0.0/24" }

# Domain controller on Windows 2000 SP4.
machine "dc01" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "512MiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.windows_2000_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.10" }
}

# Exchange server on Windows 2000 SP4.
machine "ex00" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "1GiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.windows_2000_key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp"]
  disk "system" { size = "36GiB" }
  nic "corp" {
    address = "10.20.0.20"
    dns     = [machine.dc01.address]
  }
}

stage "start-forest" {
  description = "Windows, and a domain"
  step "install" { on = [machine.dc01, machine.ex00] }
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex00
    domain = "contoso.test"
    after  = [step.promote]
  }
}

stage "start-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.start-forest
  step "forestprep" {
    on    = machine.ex00
    media = media.exchange-2000
  }
  step "domainprep" {
    on    = machine.ex00
    media = media.exchange-2000
  }
}

stage "start-exchange" {
  description = "Exchange installed"
  after       = stage.start-schema
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2000
    organization = "Contoso"
  }
  step "exchange_update" {
    on    = machine.ex00
    media = media.exchange-2000-sp3
  }
}

stage "start-mail" {
  description = "Mailboxes and public folders with something in them"
  after       = stage.start-exchange
  step "create_mailboxes" {
    on    = machine.ex00
    count = 20
  }
  # The same mail in every rehearsal, to be counted again after each hop.
  step "seed_mail" {
    on    = machine.ex00
    count = 20
  }
  step "public_folders" { on = machine.ex00 }
  check "ex00-services" {
    on      = machine.ex00
    service = ["MSExchangeIS", "MSExchangeSA", "W3SVC"]
  }
}

# Exchange 2000 SP3 becomes Exchange 2003 in place.
#
# No step takes these back; the way back is the checkpoint before:
#   contoso.test: Exchange schema 4397 → 6870
#   contoso.test: Exchange organization version 6903
#   contoso.test: domain prepared for Exchange, version 4406 → 6936
#   ex00: Exchange 2000 SP3 → Exchange 2003, build 6.5.6944
#   contoso.test: schema 13 → 30
#   contoso.test: domain prepared for Windows Server 2003
stage "hop1-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.start-mail
  # Without it: Forest not prepared for Exchange. (DH-EX-NO-FORESTPREP)
  step "forestprep" {
    on      = machine.ex00
    media   = media.exchange-2003
    allow   = ["DH-E2003-SCHEMA-EDITS"]
    because = "Nobody has edited the schema of this lab by hand."
  }
  # Without it: Domain not prepared for Exchange. (DH-EX-NO-DOMAINPREP)
  step "domainprep" {
    on    = machine.ex00
    media = media.exchange-2003
  }
}

stage "hop1-exchange" {
  description = "Exchange installed"
  after       = stage.hop1-schema
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "windows-2003" {
  description = "The service pack, and Windows under Exchange; the domain controller last"
  after       = stage.hop1-exchange
  step "exchange_update" {
    on    = machine.ex00
    media = media.exchange-2003-sp2
  }
  step "upgrade_windows" "ex00-upgrade-windows" {
    on          = machine.ex00
    media       = media.windows-2003-sp2
    product_key = secret.windows_2003_key
  }
  # Without it: Forest not prepared. (DH-AD-ADPREP-FOREST)
  step "adprep" "dc01-adprep" {
    on    = machine.dc01
    media = media.windows-2003-sp2
    scope = "forest"
    after = [step.ex00-upgrade-windows]
  }
  # Without it: Domain not prepared. (DH-AD-ADPREP-DOMAIN)
  step "adprep" "dc01-adprep-2" {
    on    = machine.dc01
    media = media.windows-2003-sp2
    scope = "domain"
  }
  step "upgrade_windows" "dc01-upgrade-windows" {
    on          = machine.dc01
    media       = media.windows-2003-sp2
    product_key = secret.windows_2003_key
  }
  check "ex00-services" {
    on      = machine.ex00
    service = ["MSExchangeIS", "MSExchangeSA", "W3SVC"]
  }
}
