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

stage "forest-only" {
  after = stage.forest
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "forest"
  }
}

stage "mixed" {
  after = stage.forest-only
  step "adprep" {
    on    = machine.dc01 # WARNING: DH-AD-MIXED-MODE
    media = media.windows-2008r2-sp1
    scope = "domain"
  }
  step "promote" {
    on     = machine.dc08 # WARNING: DH-AD-MIXED-MODE
    domain = "contoso.test"
    role   = "replica"
  }
}
