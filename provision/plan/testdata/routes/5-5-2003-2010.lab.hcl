# Exchange 5.5 SP3 → Exchange 2003 → Exchange 2010 SP3
#
# Written by `doublehop route`. Every step stands here because a rule asks for it, or because the way
# would not reach its end without; the comments name the rule (`doublehop explain DH-…`). Put your
# disc images into the folder of the variable discs, and the product keys into the environment.

lab "exchange-55-to-2010" {
  description = "From Exchange 5.5 SP3 to Exchange 2010 SP3, step by step"
  clock { start = "2010-05-09T08:00:00Z" }
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

media "windows-2003-sp2" {
  path    = "${var.discs}/windows-2003-sp2.iso"
  product = "windows-2003-sp2"
}

media "windows-2008r2-sp1" {
  path    = "${var.discs}/windows-2008r2-sp1.iso"
  product = "windows-2008r2-sp1"
}

media "exchange-2003" {
  path    = "${var.discs}/exchange-2003.iso"
  product = "exchange-2003"
}

media "exchange-2003-sp2" {
  path    = "${var.discs}/exchange-2003-sp2.iso"
  product = "exchange-2003-sp2"
}

media "exchange-5-5-sp3" {
  path    = "${var.discs}/exchange-5-5-sp3.iso"
  product = "exchange-5.5-sp3"
}

media "exchange-2010-sp3" {
  path    = "${var.discs}/exchange-2010-sp3.iso"
  product = "exchange-2010-sp3"
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
machine "ex55" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "1GiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.windows_2000_key
  admin_password = secret.administrator
  disk "system" { size = "36GiB" }
  nic "corp" {
    address = "10.20.0.20"
    dns     = [machine.dc01.address]
  }
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
    address = "10.20.0.21"
    dns     = [machine.dc01.address]
  }
}

# Exchange server on Windows Server 2008 R2 SP1.
machine "ex10" {
  os             = "windows-2008r2"
  arch           = "x64"
  service_pack   = 1
  memory         = "4GiB"
  cpus           = 2
  install_from   = media.windows-2008r2-sp1
  admin_password = secret.administrator
  disk "system" { size = "60GiB" }
  nic "corp" {
    address = "10.20.0.22"
    dns     = [machine.dc01.address]
  }
}

stage "start-forest" {
  description = "Windows, and a domain"
  step "install" { on = [machine.dc01, machine.ex55] }
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex55
    domain = "contoso.test"
    after  = [step.promote]
  }
  # Have Exchange 5.5 SP3 or SP4 on it. Nothing is run for it: put commands of yours here, or do it at
  # the machine's screen.
  step "run" {
    on          = machine.ex55
    establishes = ["exchange-5.5-sp3"]
  }
}

# From Exchange 5.5 SP3 on ex55 to Exchange 2003 on ex03. Mailboxes are moved with System Manager of
# Exchange 2003, offline.
#
# No step takes these back; the way back is the checkpoint before:
#   contoso.test: Exchange schema 6870
#   contoso.test: Exchange organization version 6903
#   contoso.test: domain prepared for Exchange, version 6936
#   contoso.test: Exchange organization Contoso, mixed mode
stage "hop1-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.start-forest
  # Without it: Exchange 5.5 and Active Directory apart. (DH-E2003-E55-CONNECTOR)
  # Install the Active Directory Connector of Exchange 2003. Nothing is run for it: put commands of
  # yours here, or do it at the machine's screen.
  step "run" {
    on          = machine.dc01
    establishes = ["connector-2003"]
  }
  step "install" { on = machine.ex03 }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
    after  = [step.run]
  }
}

stage "hop1-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.hop1-ready
  # Without it: Forest not prepared for Exchange. (DH-EX-NO-FORESTPREP)
  step "forestprep" {
    on    = machine.ex03
    media = media.exchange-2003
  }
  # Without it: Domain not prepared for Exchange. (DH-EX-NO-DOMAINPREP)
  step "domainprep" {
    on    = machine.ex03
    media = media.exchange-2003
  }
}

stage "hop1-exchange" {
  description = "Exchange installed"
  after       = stage.hop1-schema
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "hop1-move" {
  description = "Mailboxes and public folders moved"
  after       = stage.hop1-exchange
  # Without it: Older server below its floor. (DH-EX-COEXIST-LEVEL)
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  # Without it: Server with mailboxes removed. (DH-EX-REMOVE-MAILBOXES)
  step "move_mailboxes" {
    on   = machine.ex03
    from = machine.ex55
  }
  # Without it: Server with public folders removed. (DH-EX-REMOVE-FOLDERS)
  step "public_folders" {
    on   = machine.ex03
    from = machine.ex55
  }
}

stage "hop1-removal" {
  description = "The older version removed"
  after       = stage.hop1-move
  # Without it: Native mode beside Exchange 5.5. (DH-EX-NATIVE-E55)
  step "exchange_remove" {
    on    = machine.ex55
    media = media.exchange-5-5-sp3
  }
  check "ex03-services" {
    on      = machine.ex03
    service = ["MSExchangeIS", "MSExchangeSA", "W3SVC"]
  }
}

# From Exchange 2003 SP2 on ex03 to Exchange 2010 SP3 on ex10. Mailboxes are moved with
# New-MoveRequest on Exchange 2010, offline.
#
# No step takes these back; the way back is the checkpoint before:
#   contoso.test: schema 13 → 30
#   contoso.test: domain prepared for Windows Server 2003
#   contoso.test: native mode
#   contoso.test: domain level 2000 → 2003
#   contoso.test: forest level 2000 → 2003
#   contoso.test: Exchange organization in native mode
#   contoso.test: permissions of Exchange 2003 fit for Exchange 2010 SP3
#   contoso.test: Exchange schema 6870 → 14734
#   contoso.test: Exchange organization version 6903 → 14322
#   contoso.test: domain prepared for Exchange, version 6936 → 13040
#   contoso.test: Exchange 2007 can no longer be added
stage "hop2-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.hop1-removal
  # Without it: Forest not prepared. (DH-AD-ADPREP-FOREST)
  step "adprep" "dc01-adprep" {
    on    = machine.dc01
    media = media.windows-2003-sp2
    scope = "forest"
  }
  # Without it: Domain not prepared. (DH-AD-ADPREP-DOMAIN)
  step "adprep" "dc01-adprep-2" {
    on    = machine.dc01
    media = media.windows-2003-sp2
    scope = "domain"
  }
  # Without it: Domain controllers too old for the level. (DH-AD-LEVEL-CONTROLLERS)
  step "upgrade_windows" {
    on          = machine.dc01
    media       = media.windows-2003-sp2
    product_key = secret.windows_2003_key
  }
  # Without it: Domain in mixed mode keeps the forest down. (DH-AD-FOREST-MIXED)
  step "raise_level" "dc01-raise-level" {
    on    = machine.dc01
    level = "2000"
    scope = "domain"
  }
  # Without it: Functional level of the forest too low. (DH-EX-FOREST-LEVEL)
  step "raise_level" "dc01-raise-level-2" {
    on    = machine.dc01
    level = "2003"
    scope = "forest"
  }
  # Without it: Active Directory Connector still installed. (DH-EX-CONNECTOR)
  # Uninstall the Active Directory Connector. Nothing is run for it: put commands of yours here, or do
  # it at the machine's screen.
  step "run" {
    on          = machine.dc01
    establishes = ["no-connector"]
  }
  # Without it: Exchange organization in mixed mode. (DH-EX-MIXED-MODE)
  step "native_mode" { on = machine.dc01 }
  step "install" { on = machine.ex10 }
  step "join" {
    on     = machine.ex10
    domain = "contoso.test"
    after  = [step.native_mode]
  }
}

stage "hop2-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.hop2-ready
  # Without it: Permissions of the older version not prepared. (DH-EX-LEGACY-PERMISSIONS)
  step "prepare_legacy_permissions" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
  # Without it: Preparations at once. (DH-EX-PREPARE-AT-ONCE)
  step "prepare_schema" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
  # Without it: Organization not prepared. (DH-EX-NO-PREPARE-AD)
  step "prepare_ad" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
}

stage "hop2-exchange" {
  description = "Exchange installed"
  after       = stage.hop2-schema
  step "exchange_install" {
    on             = machine.ex10
    media          = media.exchange-2010-sp3
    routing_server = machine.ex03
  }
}

stage "hop2-move" {
  description = "Mailboxes and public folders moved"
  after       = stage.hop2-exchange
  # Without it: Server with mailboxes removed. (DH-EX-REMOVE-MAILBOXES)
  step "move_mailboxes" {
    on   = machine.ex10
    from = machine.ex03
  }
  # Without it: Server with public folders removed. (DH-EX-REMOVE-FOLDERS)
  step "public_folders" {
    on   = machine.ex10
    from = machine.ex03
  }
}

stage "hop2-removal" {
  description = "The older version removed"
  after       = stage.hop2-move
  step "exchange_remove" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  check "ex10-services" {
    on      = machine.ex10
    service = ["MSExchangeIS", "MSExchangeADTopology", "W3SVC"]
  }
}
