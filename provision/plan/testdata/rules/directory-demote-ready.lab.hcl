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

stage "demote-ready" {
  after = stage.replica
  step "run" {
    on          = machine.dc02
    command     = "ver"
    establishes = ["global-catalog"]
  }
  step "move_roles" {
    on    = machine.dc02
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  step "name_servers" {
    on      = machine.dc01
    servers = ["10.20.0.12"]
  }
  step "demote" { # KEEPS: DH-AD-DEMOTE-DNS
    on = machine.dc01
  }
}
