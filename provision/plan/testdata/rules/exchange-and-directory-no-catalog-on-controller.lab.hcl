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

stage "no-catalog-on-controller" {
  after = stage.forest
  step "promote" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
  }
  step "components" {
    on  = machine.dc02
    add = ["iis", "smtp", "nntp", "aspnet"]
  }
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.dc02 # ERROR: DH-EX-ON-CONTROLLER-CATALOG # WARNING: DH-EX-ON-CONTROLLER
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
