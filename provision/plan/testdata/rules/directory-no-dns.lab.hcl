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

stage "no-dns" {
  after = stage.forest
  step "install" {
    on = machine.dcrtm
  }
  step "join" {
    on     = machine.dcrtm # ERROR: DH-AD-DNS
    domain = "contoso.test"
  }
}
