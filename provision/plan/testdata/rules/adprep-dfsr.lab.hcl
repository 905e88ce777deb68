# WORLD all
# New schemas, and the levels that go with them.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc08, machine.dc12, machine.dc16, machine.dc00, machine.dc02]
  }
}

stage "founded-2012" {
  after = stage.windows
  step "promote" {
    on           = machine.dc12
    domain       = "fabrikam.test"
    netbios      = "FABRIKAM"
    forest_level = 2003
  }
}

stage "dfsr" {
  after = stage.founded-2012
  step "raise_level" {
    on    = machine.dc12
    scope = "domain"
    level = 2008
  }
  step "raise_level" { # KEEPS: DH-AD-FOREST-MIXED DH-AD-LEVEL-CONTROLLERS DH-AD-LEVEL-LOWERED DH-AD-LEVEL-TWICE
    on    = machine.dc12
    scope = "forest"
    level = 2008
  }
  step "run" { # KEEPS: DH-AD-DFSR-LEVEL
    on          = machine.dc12
    command     = "ver"
    establishes = ["sysvol-dfsr"]
  }
  step "install" {
    on = machine.dc19
  }
  step "promote" {
    on     = machine.dc19
    domain = "fabrikam.test"
    role   = "replica"
  }
}
