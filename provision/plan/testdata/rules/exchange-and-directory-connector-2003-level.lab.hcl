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

stage "connector-2003-level" {
  after = stage.forest
  step "run" {
    on          = machine.dc01
    command     = "ver"
    establishes = ["connector-2003"]
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "forest"
    level = 2003
  }
}
