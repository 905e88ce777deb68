# WORLD all
# Windows first: its Setup refuses.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.ex00, machine.fe00, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc00
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex00
    domain = "contoso.test"
  }
}

stage "exchange-2000" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2000
    organization = "Contoso"
  }
}

stage "sp3" {
  after = stage.exchange-2000
  step "exchange_update" {
    on    = machine.ex00
    media = media.exchange-2000-sp3
  }
}

stage "outside-in" {
  after = stage.sp3
  step "upgrade_windows" {
    on          = machine.ex00
    media       = media.windows-2003 # ERROR: DH-E2000-UPGRADE-WINDOWS
    product_key = secret.key
  }
}
