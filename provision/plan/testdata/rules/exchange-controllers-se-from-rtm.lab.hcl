# WORLD all
# From a level that cannot be upgraded in place.

stage "windows" {
  step "install" {
    on = [machine.dcrtm, machine.dc16]
  }
}

stage "controller-2016" {
  after = stage.windows
  step "promote" {
    on           = machine.dc16
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2016
  }
}

stage "rtm-2019" {
  after = stage.controller-2016
  step "prepare_schema" {
    on    = machine.dc16
    media = media.exchange-2019
  }
  step "prepare_ad" {
    on           = machine.dc16
    media        = media.exchange-2019
    organization = "Contoso"
  }
  step "install" {
    on = machine.ex19x
  }
  step "join" {
    on     = machine.ex19x
    domain = "contoso.test"
  }
  step "exchange_install" {
    on    = machine.ex19x
    media = media.exchange-2019
  }
}

stage "se-from-rtm" {
  after = stage.rtm-2019
  step "prepare_schema" {
    on    = machine.dc16
    media = media.exchange-se # WARNING: DH-EX-COEXIST-LEVEL
  }
  step "prepare_ad" {
    on    = machine.dc16
    media = media.exchange-se # WARNING: DH-EX-COEXIST-LEVEL
  }
  step "exchange_install" {
    on    = machine.ex19x # ERROR: DH-EX-UPGRADE-LEVEL
    media = media.exchange-se # WARNING: DH-EX-COEXIST-LEVEL
  }
}
