# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.fe03, machine.dc12, machine.ex10, machine.dcrtm, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "promote" {
    on      = machine.fe03
    domain  = "sales.contoso.test"
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
  }
  step "promote" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
  }
  step "move_roles" {
    on    = machine.dc02
    roles = ["infrastructure"]
  }
}

stage "infrastructure-catalog" {
  after = stage.forest
  step "move_roles" {
    on    = machine.dc01
    roles = ["infrastructure"] # WARNING: DH-AD-INFRASTRUCTURE-CATALOG
  }
}
