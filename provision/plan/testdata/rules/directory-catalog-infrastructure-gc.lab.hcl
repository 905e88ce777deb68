# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" { # KEEPS: DH-WIN-INSTALLED-TWICE
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
  step "promote" { # KEEPS: DH-AD-CHILD-NAME DH-AD-DOMAIN-EXISTS DH-AD-LEVEL-OS DH-AD-MEMBER-PROMOTED DH-AD-NETBIOS-CLASH DH-AD-PROMOTED-TWICE
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
  }
}

stage "catalog-infrastructure-gc" {
  after = stage.replica
  step "run" { # KEEPS: DH-AD-NO-FOREST
    on          = machine.dc02
    command     = "ver"
    establishes = ["global-catalog"]
  }
  step "move_roles" { # KEEPS: DH-AD-INFRASTRUCTURE-CATALOG DH-AD-ROLES-TWICE
    on    = machine.dc02
    roles = ["infrastructure"]
  }
}
