# WORLD all
# What Exchange 2003 and its successors demand of one another.

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

stage "hop" {
  after = stage.forest
  step "prepare_legacy_permissions" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" { # KEEPS: DH-EX-PREPARE-AT-ONCE
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "exchange_install" { # KEEPS: DH-EX-ROLE-ORDER DH-EX-LINK-STATE
    on             = machine.ex10
    media          = media.exchange-2010-sp3
    routing_server = machine.ex03
  }
}

stage "there" {
  after = stage.hop
  step "move_mailboxes" { # KEEPS: DH-EX-MOVE-BACK DH-EX-FRONT-END-LATER
    on   = machine.ex10
    from = machine.ex03
  }
}

stage "back" {
  after = stage.there
  step "move_mailboxes" {
    on   = machine.ex03 # ERROR: DH-EX-MOVE-BACK
    from = machine.ex10
  }
}

stage "folders-first" {
  after = stage.hop
  step "public_folders" {
    on   = machine.ex10
    from = machine.ex03 # WARNING: DH-EX-FOLDERS-OLD-USERS
  }
}

stage "folders-last" {
  after = stage.hop
  step "move_mailboxes" {
    on   = machine.ex10
    from = machine.ex03
  }
  step "public_folders" { # KEEPS: DH-EX-FOLDERS-OLD-USERS
    on   = machine.ex10
    from = machine.ex03
  }
  step "run" {
    on          = machine.ex03
    command     = "ver"
    establishes = ["legacy-cleared"]
  }
  step "exchange_remove" { # KEEPS: DH-EX-REMOVE-LAST-2003
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
}

stage "front-end-comes" {
  after = stage.folders-last
  step "exchange_setup" {
    on           = machine.fe03
    media        = media.exchange-2003
    organization = "Contoso"
    front_end    = true # ERROR: DH-EX-FRONT-END-ALONE
  }
}
