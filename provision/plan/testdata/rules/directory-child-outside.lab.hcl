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

stage "child-outside" {
  after = stage.forest
  step "promote" {
    on      = machine.dc02
    domain  = "sales.fabrikam.test" # ERROR: DH-AD-CHILD-NAME
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
  }
}
