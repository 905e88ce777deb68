# WORLD all
# What the first release of Exchange 2007 looks for in each domain.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.dc02, machine.ex00]
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
  step "exchange_update" {
    on    = machine.ex00
    media = media.exchange-2000-sp3
  }
  step "exchange_update" {
    on    = machine.ex00
    media = media.exchange-2000-sp3-kb870540
  }
  step "native_mode" {
    on = machine.dc00
  }
}

stage "first-release" {
  after = stage.forest
  step "prepare_legacy_permissions" {
    on    = machine.dc00 # ERROR: DH-E2007-LEGACY-CONTROLLER
    media = media.exchange-2007
  }
}

stage "service-pack" {
  after = stage.forest
  step "prepare_legacy_permissions" { # KEEPS: DH-E2007-LEGACY-CONTROLLER
    on    = machine.dc00
    media = media.exchange-2007-sp1
  }
}
