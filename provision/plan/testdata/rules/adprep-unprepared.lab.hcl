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

stage "unprepared" {
  after = stage.forest
  step "promote" {
    on     = machine.dc08 # ERROR: DH-AD-ADPREP-FOREST # WARNING: DH-AD-MIXED-MODE
    domain = "contoso.test"
    role   = "replica"
  }
}
