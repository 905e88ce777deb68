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

stage "controller-joins" {
  after = stage.forest
  step "join" {
    on     = machine.dc01 # ERROR: DH-AD-CONTROLLER-JOINS
    domain = "contoso.test"
  }
}
