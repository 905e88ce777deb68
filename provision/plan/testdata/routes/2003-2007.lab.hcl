# Exchange 2003 SP2 → Exchange 2007 SP3
#
# Written by `doublehop route`. Every step stands here because a rule asks for it, or because the way
# would not reach its end without; the comments name the rule (`doublehop explain DH-…`). Put your
# disc images into the folder of the variable discs, and the product keys into the environment.

lab "exchange-2003-to-2007" {
  description = "From Exchange 2003 SP2 to Exchange 2007 SP3, step by step"
  clock { start = "2008-08-27T08:00:00Z" }
}

variable "discs" {
  description = "Folder with your own disc images"
  default     = "./discs"
}

secret "administrator" { generate = true }
secret "windows_2003_key" { env = "LAB_WINDOWS_2003_KEY" }

media "windows-2003-sp2" {
  path    = "${var.discs}/windows-2003-sp2.iso"
  product = "windows-2003-sp2"
}

media "windows-2008-sp2-x64" {
  path    = "${var.discs}/windows-2008-sp2-x64.iso"
  product = "windows-2008-sp2"
}

media "exchange-2003" {
  path    = "${var.discs}/exchange-2003.iso"
  product = "exchange-2003"
}

media "exchange-2003-sp2" {
  path    = "${var.discs}/exchange-2003-sp2.iso"
  product = "exchange-2003-sp2"
}

media "exchange-2007-sp3" {
  path    = "${var.discs}/exchange-2007-sp3.iso"
  product = "exchange-2007-sp3"
}

network "corp" { subnet = "10.20.0.0/24" }

# Domain controller on Windows Server 2003 SP2, 32 bit.
machine "dc01" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.windows_2003_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.10" }
}

# Exchange server on Windows Server 2003 SP2, 32 bit.
machine "ex03" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.windows_2003_key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "36GiB" }
  nic "corp" {
    address = "10.20.0.20"
    dns     = [machine.dc01.address]
  }
}

# Exchange server on Windows Server 2008 SP2, 64 bit.
machine "ex07" {
  os             = "windows-2008"
  arch           = "x64"
  service_pack   = 2
  memory         = "4GiB"
  cpus           = 2
  install_from   = media.windows-2008-sp2-x64
  admin_password = secret.administrator
  disk "system" { size = "60GiB" }
  nic "corp" {
    address = "10.20.0.21"
    dns     = [machine.dc01.address]
  }
}

stage "start-forest" {
  description = "Windows, and a domain"
  step "install" { on = [machine.dc01, machine.ex03] }
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
    after  = [step.promote]
  }
}

stage "start-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.start-forest
  step "forestprep" {
    on    = machine.ex03
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.ex03
    media = media.exchange-2003
  }
}

stage "start-exchange" {
  description = "Exchange installed"
  after       = stage.start-schema
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
}

stage "start-mail" {
  description = "Mailboxes and public folders with something in them"
  after       = stage.start-exchange
  step "create_mailboxes" {
    on    = machine.ex03
    count = 20
  }
  # The same mail in every rehearsal, to be counted again after each hop.
  step "seed_mail" {
    on    = machine.ex03
    count = 20
  }
  step "public_folders" { on = machine.ex03 }
  check "ex03-services" {
    on      = machine.ex03
    service = ["MSExchangeIS", "MSExchangeSA", "W3SVC"]
  }
}

# From Exchange 2003 SP2 on ex03 to Exchange 2007 SP3 on ex07. Mailboxes are moved with Move-Mailbox
# on Exchange 2007, offline.
#
# No step takes these back; the way back is the checkpoint before:
#   contoso.test: native mode
#   contoso.test: Exchange organization in native mode
#   contoso.test: permissions of Exchange 2003 fit for Exchange 2007 SP3
#   contoso.test: Exchange schema 6870 → 14625
#   contoso.test: Exchange organization version 6903 → 11222
#   contoso.test: domain prepared for Exchange, version 6936 → 11221
stage "hop1-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.start-mail
  # Without it: Domain in mixed mode. (DH-EX-DOMAIN-MIXED)
  step "raise_level" {
    on    = machine.dc01
    level = "2000"
    scope = "domain"
  }
  # Without it: Exchange organization in mixed mode. (DH-EX-MIXED-MODE)
  step "native_mode" { on = machine.dc01 }
  step "install" { on = machine.ex07 }
  step "join" {
    on     = machine.ex07
    domain = "contoso.test"
    after  = [step.native_mode]
  }
}

stage "hop1-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.hop1-ready
  # Without it: Permissions of the older version not prepared. (DH-EX-LEGACY-PERMISSIONS)
  step "prepare_legacy_permissions" {
    on    = machine.ex07
    media = media.exchange-2007-sp3
  }
  # Without it: Preparations at once. (DH-EX-PREPARE-AT-ONCE)
  step "prepare_schema" {
    on    = machine.ex07
    media = media.exchange-2007-sp3
  }
  # Without it: Organization not prepared. (DH-EX-NO-PREPARE-AD)
  step "prepare_ad" {
    on    = machine.ex07
    media = media.exchange-2007-sp3
  }
}

stage "hop1-exchange" {
  description = "Exchange installed"
  after       = stage.hop1-schema
  step "exchange_install" {
    on             = machine.ex07
    media          = media.exchange-2007-sp3
    routing_server = machine.ex03
  }
}

stage "hop1-move" {
  description = "Mailboxes and public folders moved"
  after       = stage.hop1-exchange
  # Without it: Server with mailboxes removed. (DH-EX-REMOVE-MAILBOXES)
  step "move_mailboxes" {
    on   = machine.ex07
    from = machine.ex03
  }
  # Without it: Server with public folders removed. (DH-EX-REMOVE-FOLDERS)
  step "public_folders" {
    on   = machine.ex07
    from = machine.ex03
  }
}

stage "hop1-removal" {
  description = "The older version removed"
  after       = stage.hop1-move
  step "exchange_remove" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  check "ex07-services" {
    on      = machine.ex07
    service = ["MSExchangeIS", "MSExchangeADTopology", "W3SVC"]
  }
}
