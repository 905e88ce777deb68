# WORLD all
# Domain controllers that Exchange refuses, and those that it wants.

stage "windows" {
  step "install" {
    on = [machine.dcrtm, machine.dc16]
  }
}

stage "controller-2016" {
  after = stage.windows
  step "promote" {
    on           = machine.dc16
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2016
  }
}

stage "too-new" {
  after = stage.controller-2016
  step "prepare_schema" {
    on    = machine.dc16
    media = media.exchange-2010-sp3 # ERROR: DH-EX-DC-NEW DH-EX-LEVEL-NEW
  }
}
