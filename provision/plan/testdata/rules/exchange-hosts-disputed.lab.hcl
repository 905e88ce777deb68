# WORLD all
# The matrix changed its mind about 2012 R2.

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

stage "prepared-2010" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3-ru22
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2010-sp3-ru22
    organization = "Contoso"
  }
}

stage "disputed" {
  after = stage.prepared-2010
  step "install" {
    on = [machine.ex16, machine.ex10]
  }
  step "join" {
    on     = machine.ex16
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.ex10
    domain = "contoso.test"
  }
  step "exchange_install" {
    on    = machine.ex16 # WARNING: DH-EX-HOST-DISPUTED
    media = media.exchange-2010-sp3-ru22
  }
  step "exchange_install" {
    on    = machine.ex10
    media = media.exchange-2010-sp3-ru22
  }
}
