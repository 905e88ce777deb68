# WORLD all
# The first hop: Exchange 2010 beside Exchange 2003, and everything that it demands.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on           = machine.dc01
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = 2003
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
}

stage "exchange-2003" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "create_mailboxes" {
    on    = machine.ex03 # WARNING: DH-E2003-W2K3-SP1
    count = 5
  }
}

stage "sp2" {
  after = stage.exchange-2003
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
}

stage "native" {
  after = stage.sp2
  step "native_mode" {
    on = machine.dc01
  }
}

stage "permissions" {
  after = stage.native
  step "prepare_legacy_permissions" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}

stage "no-connector" {
  after = stage.permissions
  step "run" {
    on          = machine.dc01
    command     = "ver"
    establishes = ["connector-2003"]
  }
  step "run" {
    on          = machine.dc01
    command     = "ver"
    establishes = ["no-connector"]
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}
