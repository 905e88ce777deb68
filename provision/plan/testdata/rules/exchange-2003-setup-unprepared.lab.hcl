# WORLD all
# Setup before any preparation.

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

stage "unprepared" {
  after = stage.forest
  step "exchange_setup" { # ERROR: DH-EX-NO-FORESTPREP DH-EX-NO-DOMAINPREP
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
