# WORLD all
# What Exchange may stand on.

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

stage "prepared" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "with-iis" {
  after = stage.prepared
  step "install" {
    on = machine.dc02
  }
  step "join" {
    on     = machine.dc02
    domain = "contoso.test"
  }
  step "components" {
    on  = machine.dc02
    add = ["iis", "smtp", "nntp", "aspnet"]
  }
  step "exchange_setup" {
    on           = machine.dc02
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
