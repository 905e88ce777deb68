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

stage "child-roles" {
  after = stage.child
  step "move_roles" {
    on    = machine.dc02
    roles = ["schema"]
  }
  step "demote" {
    on   = machine.dc02 # ERROR: DH-AD-DEMOTE-FOREST-ROLES
    last = true
  }
}
