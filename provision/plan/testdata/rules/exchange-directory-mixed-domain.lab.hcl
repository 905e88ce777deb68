# WORLD all
# Exchange 2007 wants native domains.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "forest-2000" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
}

stage "mixed-domain" {
  after = stage.forest-2000
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2007-sp3 # ERROR: DH-EX-DOMAIN-MIXED
  }
}
