# WORLD all
# The first hop: Exchange 2010 beside Exchange 2003, and everything that it demands.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03]
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
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
}

stage "named" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2010-sp3
    organization = "Contoso"
  }
}
