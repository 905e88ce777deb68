# WORLD all
# What Exchange keeps Active Directory from.

stage "windows" {
  step "install" {
    on = [machine.dc12, machine.exr]
  }
}

stage "exchange" {
  after = stage.windows
  step "promote" {
    on           = machine.dc12
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2003
  }
  step "join" {
    on     = machine.exr
    domain = "contoso.test"
  }
  step "prepare_schema" {
    on    = machine.dc12
    media = media.exchange-2010-sp3-ru11
  }
  step "prepare_ad" {
    on           = machine.dc12
    media        = media.exchange-2010-sp3-ru11
    organization = "Contoso"
  }
  step "exchange_install" {
    on    = machine.exr
    media = media.exchange-2010-sp3-ru11
  }
  step "install" {
    on = machine.dc16b
  }
}

stage "level-within" {
  after = stage.exchange
  step "raise_level" {
    on    = machine.dc12
    scope = "domain"
    level = "2012R2"
  }
}
