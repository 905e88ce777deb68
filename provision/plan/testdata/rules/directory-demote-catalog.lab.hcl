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

stage "replica" {
  after = stage.forest
  step "promote" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
  }
}

stage "demote-catalog" {
  after = stage.replica
  step "move_roles" {
    on    = machine.dc02
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  step "demote" {
    on = machine.dc01 # ERROR: DH-AD-ONLY-CATALOG # WARNING: DH-AD-DEMOTE-DNS
  }
}
