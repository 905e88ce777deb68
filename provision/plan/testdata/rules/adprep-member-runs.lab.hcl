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

stage "member-runs" {
  after = stage.forest
  step "join" {
    on     = machine.dc02
    domain = "contoso.test"
  }
  step "adprep" {
    on    = machine.dc02 # ERROR: DH-AD-ADPREP-MASTER
    media = media.windows-2008r2-sp1
    scope = "forest"
  }
}
