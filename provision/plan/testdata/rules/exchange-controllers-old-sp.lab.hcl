# WORLD all
# Domain controllers that Exchange refuses, and those that it wants.

stage "windows" {
  step "install" {
    on = [machine.dcrtm, machine.dc16]
  }
}

stage "rtm" {
  after = stage.windows
  step "promote" {
    on           = machine.dcrtm
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2003
  }
}

stage "old-sp" {
  after = stage.rtm
  step "prepare_schema" {
    on    = machine.dcrtm
    media = media.exchange-2010-sp3-ru22 # ERROR: DH-EX-DC-SP
  }
}
