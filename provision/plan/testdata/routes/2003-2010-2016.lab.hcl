# Exchange 2003 SP2 → Exchange 2010 SP3 → Exchange 2016 CU23
#
# Written by `doublehop route`. Every step stands here because a rule asks for it, or because the way
# would not reach its end without; the comments name the rule (`doublehop explain DH-…`). Put your
# disc images into the folder of the variable discs, and the product keys into the environment.

lab "exchange-2003-to-2016" {
  description = "From Exchange 2003 SP2 to Exchange 2016 CU23, step by step"
  clock { start = "2017-04-12T08:00:00Z" }
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

media "windows-2012r2" {
  path    = "${var.discs}/windows-2012r2.iso"
  product = "windows-2012r2"
}

media "windows-2016" {
  path    = "${var.discs}/windows-2016.iso"
  product = "windows-2016"
}

media "exchange-2003" {
  path    = "${var.discs}/exchange-2003.iso"
  product = "exchange-2003"
}

media "exchange-2003-sp2" {
  path    = "${var.discs}/exchange-2003-sp2.iso"
  product = "exchange-2003-sp2"
}

media "exchange-2010-sp3" {
  path    = "${var.discs}/exchange-2010-sp3.iso"
  product = "exchange-2010-sp3"
}

media "exchange-2010-sp3-ru11" {
  path    = "${var.discs}/exchange-2010-sp3-ru11.iso"
  product = "exchange-2010-sp3-ru11"
}

media "exchange-2016-cu23" {
  path    = "${var.discs}/exchange-2016-cu23.iso"
  product = "exchange-2016-cu23"
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

# Domain controller on Windows Server 2003 SP2, 32 bit.
machine "dc02" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.windows_2003_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.11"
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
    address = "10.20.0.20"
    dns     = [machine.dc01.address, machine.dc02.address]
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
    address = "10.20.0.21"
    dns     = [machine.dc01.address, machine.dc02.address]
  }
}

# Domain controller on Windows Server 2012 R2.
machine "dc03" {
  os             = "windows-2012r2"
  arch           = "x64"
  memory         = "2GiB"
  cpus           = 2
  install_from   = media.windows-2012r2
  admin_password = secret.administrator
  disk "system" { size = "60GiB" }
  nic "corp" {
    address = "10.20.0.12"
    dns     = [machine.dc01.address, machine.dc02.address]
  }
}

# Exchange server on Windows Server 2016.
machine "ex16" {
  os             = "windows-2016"
  arch           = "x64"
  memory         = "8GiB"
  cpus           = 2
  install_from   = media.windows-2016
  admin_password = secret.administrator
  disk "system" { size = "80GiB" }
  nic "corp" {
    address = "10.20.0.22"
    dns     = [machine.dc03.address]
  }
}

stage "start-forest" {
  description = "Windows, and a domain"
  step "install" { on = [machine.dc01, machine.dc02, machine.ex03] }
  step "promote" "dc01-promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "adprep" "dc01-adprep" {
    on    = machine.dc01
    media = media.windows-2003-sp2
    scope = "forest"
  }
  step "adprep" "dc01-adprep-2" {
    on    = machine.dc01
    media = media.windows-2003-sp2
    scope = "domain"
  }
  step "promote" "dc02-promote" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
    after  = [step.dc01-adprep-2]
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
    after  = [step.dc02-promote]
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

# From Exchange 2003 SP2 on ex03 to Exchange 2010 SP3 on ex10. Mailboxes are moved with
# New-MoveRequest on Exchange 2010, offline.
#
# No step takes these back; the way back is the checkpoint before:
#   contoso.test: native mode
#   contoso.test: domain level 2000 → 2003
#   contoso.test: forest level 2000 → 2003
#   contoso.test: Exchange organization in native mode
#   contoso.test: permissions of Exchange 2003 fit for Exchange 2010 SP3
#   contoso.test: Exchange schema 6870 → 14734
#   contoso.test: Exchange organization version 6903 → 14322
#   contoso.test: domain prepared for Exchange, version 6936 → 13040
#   contoso.test: Exchange 2007 can no longer be added
stage "hop1-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.start-mail
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
  # Without it: Exchange organization in mixed mode. (DH-EX-MIXED-MODE)
  step "native_mode" { on = machine.dc01 }
  step "install" { on = machine.ex10 }
  step "join" {
    on     = machine.ex10
    domain = "contoso.test"
    after  = [step.native_mode]
  }
}

stage "hop1-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.hop1-ready
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

stage "hop1-exchange" {
  description = "Exchange installed"
  after       = stage.hop1-schema
  step "exchange_install" {
    on             = machine.ex10
    media          = media.exchange-2010-sp3
    routing_server = machine.ex03
  }
}

stage "hop1-move" {
  description = "Mailboxes and public folders moved"
  after       = stage.hop1-exchange
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

stage "hop1-removal" {
  description = "The older version removed"
  after       = stage.hop1-move
  # Without it: Domain controller that Exchange does not work with. (DH-AD-DC-EXCHANGE)
  step "exchange_remove" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  check "ex10-services" {
    on      = machine.ex10
    service = ["MSExchangeIS", "MSExchangeADTopology", "W3SVC"]
  }
}

# From Exchange 2010 SP3 on ex10 to Exchange 2016 CU23 on ex16. Mailboxes are moved with
# New-MoveRequest on Exchange 2016, online.
#
# No step takes these back; the way back is the checkpoint before:
#   contoso.test: schema 30 → 69
#   contoso.test: domain prepared for Windows Server 2012 R2
#   contoso.test: domain level 2003 → 2008R2
#   contoso.test: forest level 2003 → 2008R2
#   contoso.test: Exchange schema 14734 → 15334
#   contoso.test: Exchange organization version 14322 → 16223
#   contoso.test: domain prepared for Exchange, version 13040 → 13243
#   contoso.test: Exchange 2013 can no longer be added
stage "hop2-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.hop1-removal
  # Without it: Domain controller that Exchange does not work with. (DH-AD-DC-EXCHANGE)
  step "exchange_update" {
    on    = machine.ex10
    media = media.exchange-2010-sp3-ru11
  }
  step "install" { on = [machine.dc03, machine.ex16] }
  step "promote" {
    on     = machine.dc03
    domain = "contoso.test"
    role   = "replica"
    after  = [step.exchange_update]
  }
  # Without it: Operations master demoted. (DH-AD-DEMOTE-ROLES)
  step "move_roles" {
    on    = machine.dc03
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  step "name_servers" "ex10-name-servers" {
    on      = machine.ex10
    servers = ["10.20.0.12"]
    after   = [step.move_roles]
  }
  step "name_servers" "dc01-name-servers" {
    on      = machine.dc01
    servers = ["10.20.0.12"]
    after   = [step.ex10-name-servers]
  }
  # Without it: Domain controllers too old for the level. (DH-AD-LEVEL-CONTROLLERS)
  step "demote" "dc01-demote" { on = machine.dc01 }
  step "name_servers" "dc02-name-servers" {
    on      = machine.dc02
    servers = ["10.20.0.12"]
    after   = [step.dc01-demote]
  }
  # Without it: Domain controllers too old for the level. (DH-AD-LEVEL-CONTROLLERS)
  step "demote" "dc02-demote" { on = machine.dc02 }
  # Without it: Functional level of the forest too low. (DH-EX-FOREST-LEVEL)
  step "raise_level" {
    on    = machine.dc03
    level = "2008R2"
    scope = "forest"
    after = [step.dc02-demote]
  }
  step "join" {
    on     = machine.ex16
    domain = "contoso.test"
    after  = [step.raise_level]
  }
}

stage "hop2-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.hop2-ready
  # Without it: Preparations at once. (DH-EX-PREPARE-AT-ONCE)
  step "prepare_schema" {
    on    = machine.ex16
    media = media.exchange-2016-cu23
  }
  # Without it: Organization not prepared. (DH-EX-NO-PREPARE-AD)
  step "prepare_ad" {
    on    = machine.ex16
    media = media.exchange-2016-cu23
  }
}

stage "hop2-exchange" {
  description = "Exchange installed"
  after       = stage.hop2-schema
  step "exchange_install" {
    on    = machine.ex16
    media = media.exchange-2016-cu23
  }
}

stage "hop2-move" {
  description = "Mailboxes and public folders moved"
  after       = stage.hop2-exchange
  # Without it: Public folders before mailboxes. (DH-EX-FOLDERS-FIRST DH-EX-FOLDERS-SYSTEM)
  step "move_mailboxes" {
    on   = machine.ex16
    from = machine.ex10
  }
  # Without it: Server with public folders removed. (DH-EX-REMOVE-FOLDERS)
  step "public_folders" {
    on   = machine.ex16
    from = machine.ex10
  }
}

stage "hop2-removal" {
  description = "The older version removed"
  after       = stage.hop2-move
  step "exchange_remove" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
  check "ex16-services" {
    on      = machine.ex16
    service = ["MSExchangeIS", "MSExchangeADTopology", "W3SVC"]
  }
}
