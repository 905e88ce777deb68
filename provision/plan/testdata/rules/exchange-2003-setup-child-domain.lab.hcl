# WORLD all
# Exchange 2003 in a child domain, and what it needs elsewhere.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.ex03s]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "promote" {
    on      = machine.dc02
    domain  = "sales.contoso.test"
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
  }
  step "join" {
    on     = machine.ex03s
    domain = "sales.contoso.test"
  }
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "only-here" {
  after = stage.forest
  step "domainprep" {
    on    = machine.dc02
    media = media.exchange-2003
  }
  step "exchange_setup" {        # WARNING: DH-EX-DOMAINPREP-ELSEWHERE
    on           = machine.ex03s # WARNING: DH-E2003-DOMAIN-CATALOG
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "everywhere" {
  after = stage.forest
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc02
    media = media.exchange-2003
  }
  step "run" {
    on          = machine.dc02
    command     = "ver"
    establishes = ["global-catalog"]
  }
  step "exchange_setup" { # KEEPS: DH-EX-DOMAINPREP-ELSEWHERE DH-E2003-DOMAIN-CATALOG
    on           = machine.ex03s
    media        = media.exchange-2003
    organization = "Contoso"
  }
}
