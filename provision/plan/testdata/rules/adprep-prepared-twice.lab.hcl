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

stage "prepared" {
  after = stage.forest-only
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2000
  }
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "domain"
  }
}

stage "prepared-twice" {
  after = stage.prepared
  step "adprep" { # WARNING: DH-AD-ADPREP-TWICE
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "forest"
  }
}
