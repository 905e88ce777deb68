# WORLD all
# New schemas, and the levels that go with them.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc08, machine.dc12, machine.dc16, machine.dc00, machine.dc02]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
}

stage "level-low" {
  after = stage.forest
  step "promote" {
    on     = machine.dc12 # ERROR: DH-AD-LEVEL-LOW # WARNING: DH-AD-2003-WITH-2012R2
    domain = "contoso.test"
    role   = "replica"
  }
}
