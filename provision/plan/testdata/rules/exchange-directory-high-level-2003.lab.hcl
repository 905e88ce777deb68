# WORLD all
# What Exchange asks of domain controllers and levels.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "forest-2000" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
}

stage "disputed" {
  after = stage.forest-2000
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "forest"
    level = 2003
  }
  step "install" {
    on = machine.dc08
  }
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "forest"
  }
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "domain"
  }
  step "promote" {
    on     = machine.dc08
    domain = "contoso.test"
    role   = "replica"
  }
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003-sp2 # WARNING: DH-EX-DC-DISPUTED
  }
}

stage "high-level" {
  after = stage.disputed
  step "move_roles" {
    on    = machine.dc08
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  step "run" {
    on          = machine.dc08
    command     = "ver"
    establishes = ["global-catalog"]
  }
  step "demote" { # KEEPS: DH-EX-DOMAIN-ENDS
    on = machine.dc01 # WARNING: DH-AD-DEMOTE-DNS
  }
  step "raise_level" {
    on    = machine.dc08
    scope = "forest"
    level = "2008R2"
  }
  step "domainprep" {
    on    = machine.dc08
    media = media.exchange-2003-sp2
  }
}

stage "high-level-2003" {
  after = stage.high-level
  step "install" {
    on = machine.ex03a
  }
  step "join" {
    on     = machine.ex03a
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.ex03a
    media        = media.exchange-2003-sp2 # WARNING: DH-EX-DC-DISPUTED DH-EX-LEVEL-DISPUTED
    organization = "Contoso"
  }
}
