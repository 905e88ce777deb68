# WORLD all
# Updates of the server.

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

stage "server" {
  after = stage.prepared
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "updates" {
  after = stage.server
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2 # WARNING: DH-EX-UPDATE-TWICE
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp1 # ERROR: DH-EX-UPDATE-OLDER
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2010-sp3 # ERROR: DH-EX-UPDATE-PRODUCT
  }
  step "exchange_update" {
    on    = machine.dc01 # ERROR: DH-EX-NO-SERVER
    media = media.exchange-2003-sp2
  }
}
