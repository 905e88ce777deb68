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

stage "early-release" {
  after = stage.prepared-2010
  step "install" {
    on = machine.w2k8sp1
  }
  step "join" {
    on     = machine.w2k8sp1
    domain = "contoso.test"
  }
  step "exchange_install" {
    on    = machine.w2k8sp1 # ERROR: DH-EX-HOST-SP
    media = media.exchange-2010-sp3-ru22
  }
}
