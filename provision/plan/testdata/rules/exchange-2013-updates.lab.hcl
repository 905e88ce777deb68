# WORLD all
# Exchange 2013 in pieces, and its updates.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex13, machine.ex16]
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
    on     = machine.ex13
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.ex16
    domain = "contoso.test"
  }
}

stage "split" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2013-cu23
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2013-cu23
    organization = "Contoso"
  }
  step "exchange_install" {
    on    = machine.ex13
    media = media.exchange-2013-cu23
    roles = ["client-access"]
  }
  step "exchange_install" { # KEEPS: DH-EX-ROLE-ORDER
    on    = machine.ex16
    media = media.exchange-2013-cu23
    roles = ["mailbox"]
  }
}

stage "half" {
  after = stage.split
  step "exchange_remove" {
    on = machine.ex13 # ERROR: DH-EX-REMOVE-ROLES
  }
}

stage "other-half" {
  after = stage.split
  step "exchange_remove" { # KEEPS: DH-EX-REMOVE-ROLES
    on = machine.ex16
  }
}

stage "early" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2013-cu2
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2013-cu2
    organization = "Contoso"
  }
  step "exchange_install" {
    on    = machine.ex13
    media = media.exchange-2013-cu2
  }
}

stage "far" {
  after = stage.early
  step "exchange_update" {
    on    = machine.ex13
    media = media.exchange-2013-cu23 # WARNING: DH-EX-DOTNET-LADDER
  }
}

stage "near" {
  after = stage.early
  step "exchange_update" { # KEEPS: DH-EX-DOTNET-LADDER
    on    = machine.ex13
    media = media.exchange-2013-cu10
  }
}
