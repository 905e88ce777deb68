# WORLD all
# What Exchange keeps Active Directory from.

stage "windows" {
  step "install" {
    on = [machine.dc12, machine.exr]
  }
}

stage "exchange" {
  after = stage.windows
  step "promote" {
    on           = machine.dc12
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2003
  }
  step "join" {
    on     = machine.exr
    domain = "contoso.test"
  }
  step "prepare_schema" {
    on    = machine.dc12
    media = media.exchange-2010-sp3-ru11
  }
  step "prepare_ad" {
    on           = machine.dc12
    media        = media.exchange-2010-sp3-ru11
    organization = "Contoso"
  }
  step "exchange_install" {
    on    = machine.exr
    media = media.exchange-2010-sp3-ru11
  }
  step "install" {
    on = machine.dc16b
  }
}

stage "level-above" {
  after = stage.exchange
  step "raise_level" {
    on    = machine.dc12
    scope = "domain"
    level = "2012R2"
  }
  step "promote" {
    on      = machine.dc16b
    domain  = "contoso.test"
    role    = "replica"
    allow   = ["DH-AD-DC-EXCHANGE"]
    because = "The rehearsal is to show what breaks."
  }
  step "run" {
    on          = machine.dc16b
    command     = "ver"
    establishes = ["global-catalog"]
  }
  step "move_roles" {
    on    = machine.dc16b
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  step "demote" {
    on = machine.dc12 # WARNING: DH-AD-DEMOTE-DNS
  }
  step "raise_level" {
    on    = machine.dc16b
    scope = "domain"
    level = 2016 # ERROR: DH-AD-LEVEL-EXCHANGE
  }
}
