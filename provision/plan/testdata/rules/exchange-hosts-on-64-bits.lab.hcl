# WORLD all
# What Exchange may stand on.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on           = machine.dc01
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2003
  }
}

stage "prepared" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "on-64-bits" {
  after = stage.prepared
  step "install" {
    on = machine.ex64
  }
  step "join" {
    on     = machine.ex64
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.ex64 # ERROR: DH-E2003-X64
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
