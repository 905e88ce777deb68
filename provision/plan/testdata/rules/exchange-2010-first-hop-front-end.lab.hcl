# WORLD all
# Mailboxes leave a front-end of Exchange 2003 behind, and a second connector is made.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03, machine.fe03, machine.ex07, machine.ex10]
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
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.ex07
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.ex10
    domain = "contoso.test"
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
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  step "create_mailboxes" {
    on    = machine.ex03
    count = 5
  }
  step "native_mode" {
    on = machine.dc01
  }
}

stage "front-end" {
  after = stage.forest
  step "exchange_setup" { # KEEPS: DH-EX-FRONT-END-ALONE
    on           = machine.fe03
    media        = media.exchange-2003
    organization = "Contoso"
    front_end    = true
  }
  step "exchange_update" {
    on    = machine.fe03
    media = media.exchange-2003-sp2
  }
}

stage "hop" {
  after = stage.front-end
  step "prepare_legacy_permissions" {
    on    = machine.dc01
    media = media.exchange-2007-sp3
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2007-sp3
  }
  step "prepare_ad" {
    on    = machine.dc01
    media = media.exchange-2007-sp3
  }
  step "exchange_install" {
    on             = machine.ex07
    media          = media.exchange-2007-sp3
    routing_server = machine.ex03
  }
}

stage "moved" {
  after = stage.hop
  step "move_mailboxes" {
    on   = machine.ex07
    from = machine.ex03 # WARNING: DH-EX-FRONT-END-LATER
  }
}

stage "second-connector" {
  after = stage.hop
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "exchange_install" {
    on             = machine.ex10
    media          = media.exchange-2010-sp3
    routing_server = machine.ex03 # WARNING: DH-EX-LINK-STATE
  }
}

stage "quiet" {
  after = stage.hop
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "run" {
    on          = machine.ex03
    command     = "ver"
    establishes = ["link-state-suppressed"]
  }
  step "run" {
    on          = machine.fe03
    command     = "ver"
    establishes = ["link-state-suppressed"]
  }
  step "exchange_install" { # KEEPS: DH-EX-LINK-STATE
    on             = machine.ex10
    media          = media.exchange-2010-sp3
    routing_server = machine.ex03
  }
}
