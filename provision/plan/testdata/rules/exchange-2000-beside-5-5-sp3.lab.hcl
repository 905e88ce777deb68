# WORLD all
# Exchange 2000 on Windows 2000, its upgrade from inside out, and what is in its way.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.ex00, machine.fe00, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc00
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex00
    domain = "contoso.test"
  }
}

stage "exchange-2000" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2000
    organization = "Contoso"
  }
}

stage "sp3" {
  after = stage.exchange-2000
  step "exchange_update" {
    on    = machine.ex00
    media = media.exchange-2000-sp3
  }
}

stage "beside-5-5-sp3" {
  after = stage.sp3
  step "run" {
    on          = machine.fe00
    command     = "ver"
    establishes = ["exchange-5.5-sp3"]
  }
  step "run" "connector" {
    on          = machine.dc00
    command     = "ver"
    establishes = ["connector-2003"]
  }
  step "forestprep" { # WARNING: DH-E2003-SCHEMA-EDITS
    on    = machine.dc00
    media = media.exchange-2003
  }
}
