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

stage "netbios-clash" {
  after = stage.forest
  step "install" {
    on = machine.dcrtm
  }
  step "promote" {
    on      = machine.dcrtm
    domain  = "fabrikam.test"
    netbios = "FE03" # ERROR: DH-AD-NETBIOS-CLASH
  }
}
