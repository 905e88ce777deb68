# WORLD all
# Mailboxes, and the roles that they need.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex10]
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
    on     = machine.ex10
    domain = "contoso.test"
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2010-sp3
    organization = "Contoso"
  }
}

stage "all" {
  after = stage.forest
  step "exchange_install" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
  step "create_mailboxes" { # KEEPS: DH-EX-ROLES
    on    = machine.ex10
    count = 5
  }
  step "exchange_update" { # KEEPS: DH-EX-EDGE-SUBSCRIPTION DH-EX-UPDATE-DOMAIN
    on    = machine.ex10
    media = media.exchange-2010-sp3-ru11
  }
}

stage "mailbox-only" {
  after = stage.forest
  step "exchange_install" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
    roles = ["mailbox"] # WARNING: DH-EX-ROLE-ORDER
  }
  step "create_mailboxes" {
    on    = machine.ex10 # ERROR: DH-EX-ROLES
    count = 5
  }
}

stage "edge" {
  after = stage.forest
  step "exchange_install" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
    roles = ["edge-transport"]
  }
  step "exchange_update" {
    on    = machine.ex10 # WARNING: DH-EX-EDGE-SUBSCRIPTION
    media = media.exchange-2010-sp3-ru11
  }
}
