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

stage "three-gigabytes" {
  after = stage.forest
  step "join" {
    on     = machine.e2g
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.e2g # WARNING: DH-LIMIT-3GB
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
