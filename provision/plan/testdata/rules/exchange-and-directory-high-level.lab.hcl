# WORLD all
# What Exchange keeps Active Directory from.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.ex03, machine.fe03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
}

stage "exchange" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "create_mailboxes" {
    on    = machine.ex03 # WARNING: DH-E2003-W2K3-SP1
    count = 3
  }
}

stage "disputed-controller" {
  after = stage.exchange
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2000
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
    on     = machine.dc08 # WARNING: DH-AD-DC-EXCHANGE-DISPUTED
    domain = "contoso.test"
    role   = "replica"
  }
}

stage "high-level" {
  after = stage.disputed-controller
  step "run" {
    on          = machine.dc08
    command     = "ver"
    establishes = ["global-catalog"]
  }
  step "move_roles" {
    on    = machine.dc08
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  step "demote" {
    on = machine.dc01 # WARNING: DH-AD-DEMOTE-DNS
  }
  step "raise_level" {
    on    = machine.dc08
    scope = "domain"
    level = "2008R2" # WARNING: DH-AD-LEVEL-EXCHANGE-DISPUTED
  }
  step "raise_level" {
    on    = machine.dc08
    scope = "forest"
    level = "2008R2" # WARNING: DH-AD-LEVEL-EXCHANGE-DISPUTED
  }
}
