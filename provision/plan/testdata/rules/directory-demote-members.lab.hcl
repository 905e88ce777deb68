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

stage "joined" {
  after = stage.forest
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
}

stage "demote-members" {
  after = stage.joined
  step "demote" {
    on   = machine.dc01 # WARNING: DH-AD-DEMOTE-MEMBERS
    last = true
  }
}
