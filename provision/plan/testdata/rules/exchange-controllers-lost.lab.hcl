# WORLD all
# Domain controllers that Exchange refuses, and those that it wants.

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

stage "recent" {
  after = stage.controller-2016
  step "prepare_schema" {
    on    = machine.dc16
    media = media.exchange-2019-cu14
  }
  step "prepare_ad" {
    on           = machine.dc16
    media        = media.exchange-2019-cu14
    organization = "Contoso"
  }
  step "install" {
    on = [machine.ex19x, machine.exsex]
  }
  step "join" {
    on     = machine.ex19x
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.exsex
    domain = "contoso.test"
  }
  step "exchange_install" {
    on    = machine.ex19x
    media = media.exchange-2019-cu14
  }
}

stage "lost" {
  after = stage.recent
  step "disaster_recovery" {
    on    = machine.exsex # ERROR: DH-EX-RECOVERY-NONE
    media = media.exchange-2019-cu14
  }
}
