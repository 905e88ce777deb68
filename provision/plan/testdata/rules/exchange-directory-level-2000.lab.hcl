# WORLD all
# Exchange 2010 wants the forest at 2003.

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

stage "level-2000" {
  after = stage.forest-2000
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3 # ERROR: DH-EX-FOREST-LEVEL
  }
}
