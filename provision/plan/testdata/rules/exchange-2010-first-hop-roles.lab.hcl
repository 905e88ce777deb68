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

stage "schema" {
  after = stage.permissions
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}

stage "ad" {
  after = stage.schema
  step "prepare_ad" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}

stage "machines" {
  after = stage.ad
  step "install" {
    on = [machine.ex10, machine.ex07, machine.fe03]
  }
  step "join" {
    on     = machine.ex10
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.ex07
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
}

stage "roles" {
  after = stage.machines
  step "exchange_install" {
    on             = machine.ex10
    media          = media.exchange-2010-sp3
    routing_server = machine.ex03
    roles          = ["mailbox"] # WARNING: DH-EX-ROLE-ORDER
  }
}
