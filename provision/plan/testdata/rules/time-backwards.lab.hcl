# WORLD all
# What time breaks.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.fe03, machine.ex03]
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

stage "replica" {
  after = stage.forest
  step "promote" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
  }
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
}

stage "backwards" {
  after = stage.replica
  clock = "2009-01-01T08:00:00Z" # ERROR: DH-TIME-BACKWARDS
  step "reboot" {
    on = machine.dc01
  }
}
