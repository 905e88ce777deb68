# The double hop: Exchange 2003 to 2010, and from there to 2013; and on a branch, to 2016.
#
# There is no direct way from 2003 to 2013 or later (`doublehop explain DH-EX-COEXIST`). Both branches begin at the
# same checkpoint, after Exchange 2003 has gone, so the first hop is made once:
#
#     doublehop up -f labs/double-hop --to to-2013-removal
#     doublehop up -f labs/double-hop --to to-2016-removal --name second

lab "double-hop" {
  description = "Exchange 2003 to 2010, then to 2013 or 2016"
  clock { start = "2014-04-18T08:00:00Z" }
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

media "windows-2008r2-sp1" {
  path    = "${var.discs}/windows-2008r2-sp1.iso"
  product = "windows-2008r2-sp1"
}

media "windows-2012r2" {
  path    = "${var.discs}/windows-2012r2.iso"
  product = "windows-2012r2"
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

media "exchange-2013-cu23" {
  path    = "${var.discs}/exchange-2013-cu23.iso"
  product = "exchange-2013-cu23"
}

media "exchange-2010-sp3-ru8" {
  path    = "${var.discs}/exchange-2010-sp3-ru8.iso"
  product = "exchange-2010-sp3-ru8"
}

media "windows-2016" {
  path    = "${var.discs}/windows-2016.iso"
  product = "windows-2016"
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
    dns     = [machine.dc01.address]
  }
}

# Exchange server on Windows Server 2012 R2.
machine "ex13" {
  os             = "windows-2012r2"
  arch           = "x64"
  memory         = "8GiB"
  cpus           = 2
  install_from   = media.windows-2012r2
  admin_password = secret.administrator
  disk "system" { size = "80GiB" }
  nic "corp" {
    address = "10.20.0.22"
    dns     = [machine.dc01.address]
  }
}

# Domain controller on Windows Server 2012 R2.
machine "dc02" {
  os             = "windows-2012r2"
  arch           = "x64"
  memory         = "2GiB"
  cpus           = 2
  install_from   = media.windows-2012r2
  admin_password = secret.administrator
  disk "system" { size = "60GiB" }
  nic "corp" {
    address = "10.20.0.11"
    dns     = [machine.dc01.address]
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
    address = "10.20.0.23"
    dns     = [machine.dc02.address]
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
stage "hop1-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.start-mail
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
  # Without it: Schema not prepared. (DH-EX-NO-PREPARE-SCHEMA)
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
  # Without it: Versions that cannot live together. (DH-EX-COEXIST)
  step "exchange_remove" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  check "ex10-services" {
    on      = machine.ex10
    service = ["MSExchangeIS", "MSExchangeADTopology", "W3SVC"]
  }
}

# From Exchange 2010 SP3 on ex10 to Exchange 2013 CU23 on ex13. Mailboxes are moved with
# New-MoveRequest on Exchange 2013, online.
#
# No step takes these back; the way back is the checkpoint before:
#   contoso.test: Exchange schema 14734 → 15312
#   contoso.test: Exchange organization version 14322 → 16133
#   contoso.test: domain prepared for Exchange, version 13040 → 13237
stage "to-2013-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.hop1-removal
  step "install" { on = machine.ex13 }
  step "join" {
    on     = machine.ex13
    domain = "contoso.test"
  }
}

stage "to-2013-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.to-2013-ready
  # Without it: Schema not prepared. (DH-EX-NO-PREPARE-SCHEMA)
  step "prepare_schema" {
    on    = machine.ex13
    media = media.exchange-2013-cu23
  }
  # Without it: Organization not prepared. (DH-EX-NO-PREPARE-AD)
  step "prepare_ad" {
    on    = machine.ex13
    media = media.exchange-2013-cu23
  }
}

stage "to-2013-exchange" {
  description = "Exchange installed"
  after       = stage.to-2013-schema
  step "exchange_install" {
    on    = machine.ex13
    media = media.exchange-2013-cu23
  }
}

stage "to-2013-move" {
  description = "Mailboxes and public folders moved"
  after       = stage.to-2013-exchange
  # Without it: Public folders before mailboxes. (DH-EX-FOLDERS-FIRST DH-EX-FOLDERS-SYSTEM)
  step "move_mailboxes" {
    on   = machine.ex13
    from = machine.ex10
  }
  # Without it: Update rollup for public folders. (DH-EX-FOLDERS-RU8)
  step "exchange_update" {
    on    = machine.ex10
    media = media.exchange-2010-sp3-ru8
    after = [step.move_mailboxes]
  }
  # Without it: Server with public folders removed. (DH-EX-REMOVE-FOLDERS)
  step "public_folders" {
    on    = machine.ex13
    from  = machine.ex10
    after = [step.exchange_update]
  }
}

stage "to-2013-removal" {
  description = "The older version removed"
  after       = stage.to-2013-move
  step "exchange_remove" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
  check "ex13-services" {
    on      = machine.ex13
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
stage "to-2016-ready" {
  description = "What the newer version asks for before it comes"
  after       = stage.hop1-removal
  # Without it: Domain controller that Exchange does not work with. (DH-AD-DC-EXCHANGE)
  step "exchange_update" {
    on    = machine.ex10
    media = media.exchange-2010-sp3-ru11
  }
  step "install" { on = [machine.dc02, machine.ex16] }
  step "promote" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
    after  = [step.exchange_update]
  }
  # Without it: Operations master demoted. (DH-AD-DEMOTE-ROLES)
  step "move_roles" {
    on    = machine.dc02
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  # Without it: Machine loses its DNS server. (DH-AD-DEMOTE-DNS)
  step "name_servers" {
    on      = [machine.dc01, machine.ex03, machine.ex10]
    servers = ["10.20.0.11"]
    after   = [step.move_roles]
  }
  # Without it: Domain controllers too old for the level. (DH-AD-LEVEL-CONTROLLERS)
  step "demote" {
    on    = machine.dc01
    after = [step.name_servers]
  }
  # Without it: Functional level of the forest too low. (DH-EX-FOREST-LEVEL)
  step "raise_level" {
    on    = machine.dc02
    level = "2008R2"
    scope = "forest"
    after = [step.demote]
  }
  step "join" {
    on     = machine.ex16
    domain = "contoso.test"
    after  = [step.raise_level]
  }
}

stage "to-2016-schema" {
  description = "The directory prepared for Exchange"
  after       = stage.to-2016-ready
  # Without it: Schema not prepared. (DH-EX-NO-PREPARE-SCHEMA)
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

stage "to-2016-exchange" {
  description = "Exchange installed"
  after       = stage.to-2016-schema
  step "exchange_install" {
    on    = machine.ex16
    media = media.exchange-2016-cu23
  }
}

stage "to-2016-move" {
  description = "Mailboxes and public folders moved"
  after       = stage.to-2016-exchange
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

stage "to-2016-removal" {
  description = "The older version removed"
  after       = stage.to-2016-move
  step "exchange_remove" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
  check "ex16-services" {
    on      = machine.ex16
    service = ["MSExchangeIS", "MSExchangeADTopology", "W3SVC"]
  }
}
