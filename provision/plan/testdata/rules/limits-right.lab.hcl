# WORLD all
# Memory and processors that nobody uses.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "exchange" {
  after = stage.windows
  step "install" {
    on = [machine.e6g, machine.e2g, machine.ex03]
  }
}

stage "forest" {
  after = stage.exchange
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "right" {
  after = stage.forest
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
  step "exchange_setup" { # KEEPS: DH-LIMIT-3GB DH-LIMIT-E2003-MEMORY
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
