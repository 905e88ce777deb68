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

stage "updated" {
  after = stage.rtm
  step "service_pack" { # KEEPS: DH-WIN-SP-TWICE
    on    = machine.dcrtm
    media = media.windows-2003-sp2
  }
  step "prepare_schema" {
    on    = machine.dcrtm
    media = media.exchange-2010-sp3-ru22
  }
}
