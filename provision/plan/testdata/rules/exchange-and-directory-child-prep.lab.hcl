# WORLD all
# What Exchange keeps Active Directory from.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.ex03, machine.fe03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
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

stage "child-prep" {
  after = stage.child
  step "forestprep" {
    on    = machine.dc02 # ERROR: DH-EX-FORESTPREP-DOMAIN
    media = media.exchange-2003
  }
}
