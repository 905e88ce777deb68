# WORLD all
# Exchange 2000 on Windows 2000, its upgrade from inside out, and what is in its way.

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

stage "without-sp3" {
  after = stage.exchange-2000
  step "forestprep" { # WARNING: DH-E2003-SCHEMA-EDITS
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.ex00 # ERROR: DH-EX-UPGRADE-LEVEL
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
