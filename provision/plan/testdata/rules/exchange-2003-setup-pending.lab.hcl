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

stage "pending" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "run" {
    on          = machine.ex03
    command     = "ver"
    establishes = ["reboot-pending"]
  }
  step "exchange_setup" {
    on           = machine.ex03 # ERROR: DH-EX-REBOOT-PENDING
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
