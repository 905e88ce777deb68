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

stage "new-controller" {
  after = stage.exchange
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
    on = machine.dc12
  }
  step "promote" {
    on     = machine.dc12 # ERROR: DH-AD-DC-EXCHANGE # WARNING: DH-AD-2003-WITH-2012R2
    domain = "contoso.test"
    role   = "replica"
  }
}
