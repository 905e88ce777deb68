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

stage "child" {
  after = stage.forest
  step "promote" {
    on      = machine.dc02
    domain  = "sales.contoso.test"
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
  }
}

stage "demote-parent" {
  after = stage.child
  step "demote" {
    on   = machine.dc01 # ERROR: DH-AD-DEMOTE-PARENT
    last = true
  }
}
