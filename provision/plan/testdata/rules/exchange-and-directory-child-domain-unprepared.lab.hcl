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

stage "child" {
  after = stage.forest
  step "promote" {
    on      = machine.dc02
    domain  = "sales.contoso.test"
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
  }
}

stage "child-domain-unprepared" {
  after = stage.child
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003
  }
  step "raise_level" {
    on    = machine.dc02
    scope = "domain"
    level = 2003
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "forest"
    level = 2003
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
  step "install" {
    on = machine.exsales
  }
  step "join" {
    on     = machine.exsales
    domain = "sales.contoso.test"
  }
  step "exchange_install" { # ERROR: DH-EX-NO-PREPARE-DOMAIN
    on    = machine.exsales
    media = media.exchange-2010-sp3
  }
}
