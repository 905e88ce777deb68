# WORLD all
# Setup of Exchange 2003, and what it asks of the machine and the forest.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03, machine.fe03]
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

stage "no-organization" {
  after = stage.forest
  step "native_mode" {
    on = machine.dc01 # ERROR: DH-EX-NO-SERVERS
  }
}
