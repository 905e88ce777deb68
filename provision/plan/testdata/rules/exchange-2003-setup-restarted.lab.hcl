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

stage "prepared" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "restarted" {
  after = stage.prepared
  step "run" {
    on          = machine.ex03
    command     = "ver"
    establishes = ["reboot-pending"]
  }
  step "reboot" { # KEEPS: DH-WIN-NOT-INSTALLED
    on = machine.ex03
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
