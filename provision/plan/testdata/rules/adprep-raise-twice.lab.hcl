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

stage "raise" {
  after = stage.forest
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003
  }
}

stage "raise-twice" {
  after = stage.raise
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003 # WARNING: DH-AD-LEVEL-TWICE
  }
}
