# WORLD all
# What Exchange keeps Active Directory from.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.ex03, machine.fe03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
}

stage "upgraded-2010" {
  after = stage.forest
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "forest"
    level = 2003
  }
  step "install" {
    on = machine.ex10
  }
  step "join" {
    on     = machine.ex10
    domain = "contoso.test"
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2010-sp3
    organization = "Contoso"
  }
  step "exchange_install" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
}

stage "windows-under-2010" {
  after = stage.upgraded-2010
  step "upgrade_windows" {
    on    = machine.ex10
    media = media.windows-2012 # WARNING: DH-EX-UPGRADE-WINDOWS
  }
}
