# WORLD all
# What Exchange asks of domain controllers and levels.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "forest-2000" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
}

stage "native-domain" {
  after = stage.forest-2000
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2000
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2007-sp3
  }
}
