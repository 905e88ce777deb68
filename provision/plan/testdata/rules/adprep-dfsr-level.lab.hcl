# WORLD all
# New schemas, and the levels that go with them.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc08, machine.dc12, machine.dc16, machine.dc00, machine.dc02]
  }
}

stage "founded-2012" {
  after = stage.windows
  step "promote" { # KEEPS: DH-AD-2003-WITH-2012R2 DH-AD-ADPREP-DOMAIN DH-AD-ADPREP-FOREST DH-AD-FRS DH-AD-LEVEL-LOW DH-AD-MIXED-MODE
    on           = machine.dc12
    domain       = "fabrikam.test"
    netbios      = "FABRIKAM"
    forest_level = 2003
  }
}

stage "dfsr-level" {
  after = stage.founded-2012
  step "run" {
    on          = machine.dc12
    command     = "ver"
    establishes = ["sysvol-dfsr"] # ERROR: DH-AD-DFSR-LEVEL
  }
}
