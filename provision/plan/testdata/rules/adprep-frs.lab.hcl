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

stage "frs" {
  after = stage.founded-2012
  step "install" {
    on = machine.dc19
  }
  step "promote" {
    on     = machine.dc19 # ERROR: DH-AD-LEVEL-LOW DH-AD-FRS
    domain = "fabrikam.test"
    role   = "replica"
  }
}
