# WORLD all
# A service pack that extends the schema, in a child domain.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.exsales]
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
  step "promote" {
    on      = machine.dc02
    domain  = "sales.contoso.test"
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
  }
  step "join" {
    on     = machine.exsales
    domain = "sales.contoso.test"
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2010
    organization = "Contoso"
  }
  step "prepare_domain" {
    on    = machine.dc01
    media = media.exchange-2010
  }
  step "exchange_install" {
    on    = machine.exsales
    media = media.exchange-2010
  }
}

stage "unprepared" {
  after = stage.forest
  step "exchange_update" {
    on    = machine.exsales # ERROR: DH-EX-UPDATE-DOMAIN
    media = media.exchange-2010-sp3
  }
}

stage "prepared" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "exchange_update" { # KEEPS: DH-EX-UPDATE-DOMAIN
    on    = machine.exsales
    media = media.exchange-2010-sp3
  }
}
