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

stage "no-move" {
  after = stage.exchange
  step "native_mode" {
    on = machine.dc01
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
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
    on = machine.ex13
  }
  step "join" {
    on     = machine.ex13
    domain = "contoso.test"
  }
  step "exchange_install" { # ERROR: DH-EX-NO-PREPARE-SCHEMA
    on    = machine.ex13
    media = media.exchange-2013-cu23 # ERROR: DH-EX-COEXIST
  }
  step "move_mailboxes" {
    on   = machine.ex13
    from = machine.ex03 # ERROR: DH-EX-NO-MOVE
  }
}
