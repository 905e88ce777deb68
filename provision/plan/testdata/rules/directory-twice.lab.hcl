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

stage "twice" {
  after = stage.forest
  step "promote" {
    on      = machine.dc01 # ERROR: DH-AD-PROMOTED-TWICE
    domain  = "fabrikam.test"
    netbios = "FABRIKAM"
  }
}
