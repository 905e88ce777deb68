# WORLD all
# Two forests are two worlds.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03, machine.dcrtm, machine.exother]
  }
}

stage "forests" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "promote" {
    on      = machine.dcrtm
    domain  = "fabrikam.test"
    netbios = "FABRIKAM"
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.exother
    domain = "fabrikam.test"
  }
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "forestprep" {
    on    = machine.dcrtm
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dcrtm
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "exchange_setup" {
    on           = machine.exother
    media        = media.exchange-2003
    organization = "Fabrikam"
  }
  step "create_mailboxes" {
    on    = machine.ex03 # WARNING: DH-E2003-W2K3-SP1
    count = 2
  }
}

stage "move-between-forests" {
  after = stage.forests
  step "move_mailboxes" {
    on   = machine.exother
    from = machine.ex03 # ERROR: DH-EX-MOVE-FOREST
  }
}
