# WORLD all
# The 32-bit build of 2007, for laboratories.

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

stage "prepared-2007" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2007-sp3
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2007-sp3
    organization = "Contoso"
  }
}

stage "lab-build" {
  after = stage.prepared-2007
  step "install" {
    on = [machine.fe03, machine.ex07]
  }
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.ex07
    domain = "contoso.test"
  }
  step "exchange_install" {
    on    = machine.fe03 # ERROR: DH-EX-COMPONENTS-FORBIDDEN # WARNING: DH-E2007-LAB-ONLY DH-LIMIT-EXCHANGE-MEMORY
    media = media.exchange-2007-sp3
  }
  step "exchange_install" {
    on    = machine.ex07
    media = media.exchange-2007-sp3
  }
}
