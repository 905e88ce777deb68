# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.dc00, machine.fe03]
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

stage "joined" {
  after = stage.forest
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
}

stage "not-a-controller" {
  after = stage.joined
  step "demote" {
    on = machine.fe03 # ERROR: DH-AD-NOT-CONTROLLER
  }
}
