# WORLD all
# Mailboxes on Exchange 2003 without a service pack, and with one; the first server of a group goes.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03, machine.ex03b]
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
  step "join" {
    on     = machine.ex03b
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
  step "exchange_setup" {
    on           = machine.ex03b
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "plain" {
  after = stage.forest
  step "create_mailboxes" {
    on    = machine.ex03 # WARNING: DH-E2003-W2K3-SP1
    count = 5
  }
}

stage "updated" {
  after = stage.forest
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  step "create_mailboxes" { # KEEPS: DH-E2003-W2K3-SP1
    on    = machine.ex03
    count = 5
  }
}

stage "first-goes" {
  after = stage.updated
  step "exchange_remove" {
    on    = machine.ex03 # ERROR: DH-EX-REMOVE-MAILBOXES DH-EX-REMOVE-FOLDERS # WARNING: DH-EX-REMOVE-FIRST
    media = media.exchange-2003-sp2
  }
}

stage "second-goes" {
  after = stage.updated
  step "exchange_remove" { # KEEPS: DH-EX-REMOVE-FIRST
    on    = machine.ex03b
    media = media.exchange-2003
  }
}
