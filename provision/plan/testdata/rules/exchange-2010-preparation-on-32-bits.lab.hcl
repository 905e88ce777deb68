# WORLD all
# Setup of Exchange 2010 is 64-bit, and that of 2007 has a 32-bit build.

stage "windows" {
  step "install" {
    on = machine.dc02
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on           = machine.dc02
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2003
  }
}

stage "on-32-bits" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc02 # ERROR: DH-EX-PREPARE-X86
    media = media.exchange-2010-sp3
  }
}
