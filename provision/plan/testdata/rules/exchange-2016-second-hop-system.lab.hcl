# WORLD all
# The mailboxes of the system itself, and a lost server.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc08, machine.ex10, machine.ex13, machine.ex16]
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
  step "join" {
    on     = machine.ex13
    domain = "contoso.test"
  }
  step "join" {
    on     = machine.ex16
    domain = "contoso.test"
  }
}

stage "exchange-2010" {
  after = stage.forest
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2010-sp3
    organization = "Contoso"
  }
  step "exchange_install" {
    on    = machine.ex10
    media = media.exchange-2010-sp3
  }
  step "create_mailboxes" {
    on    = machine.ex10
    count = 5
  }
  step "public_folders" {
    on = machine.ex10
  }
}

stage "ru11" {
  after = stage.exchange-2010
  step "exchange_update" {
    on    = machine.ex10
    media = media.exchange-2010-sp3-ru11
  }
}

stage "new-controllers" {
  after = stage.ru11
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "forest"
  }
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "domain"
  }
  step "promote" {
    on     = machine.dc08
    domain = "contoso.test"
    role   = "replica"
  }
  step "move_roles" {
    on    = machine.dc08
    roles = ["schema", "naming", "pdc", "rid", "infrastructure"]
  }
  step "run" {
    on          = machine.dc08
    command     = "ver"
    establishes = ["global-catalog"]
  }
  step "demote" {
    on = machine.dc01 # WARNING: DH-AD-DEMOTE-DNS
  }
  step "raise_level" {
    on    = machine.dc08
    scope = "forest"
    level = "2008R2"
  }
}

stage "e2016" {
  after = stage.new-controllers
  step "prepare_schema" {
    on    = machine.dc08
    media = media.exchange-2016-cu23
  }
  step "prepare_ad" {
    on    = machine.dc08
    media = media.exchange-2016-cu23
  }
  step "exchange_install" {
    on    = machine.ex16
    media = media.exchange-2016-cu23
  }
}

stage "left" {
  after = stage.e2016
  step "move_mailboxes" {
    on   = machine.ex16
    from = machine.ex10
  }
}

stage "moved" {
  after = stage.e2016
  step "move_mailboxes" { # KEEPS: DH-EX-ARBITRATION
    on   = machine.ex16
    from = machine.ex10
  }
}

stage "removed" {
  after = stage.moved
  step "exchange_remove" { # KEEPS: DH-EX-REMOVE-SYSTEM
    on = machine.ex10      # ERROR: DH-EX-REMOVE-FOLDERS
  }
}

stage "too-early" {
  after = stage.e2016
  step "exchange_remove" {
    on = machine.ex10 # ERROR: DH-EX-REMOVE-MAILBOXES DH-EX-REMOVE-FOLDERS DH-EX-REMOVE-SYSTEM
  }
}

stage "alive" {
  after = stage.e2016
  step "disaster_recovery" {
    on    = machine.ex16             # WARNING: DH-EX-RECOVERY-ALIVE
    media = media.exchange-2016-cu11 # ERROR: DH-EX-RECOVERY-LEVEL
  }
}

stage "lost" {
  after = stage.e2016
  step "run" {
    on          = machine.ex16
    command     = "ver"
    establishes = ["exchange-lost"]
  }
  step "disaster_recovery" { # KEEPS: DH-EX-RECOVERY-ALIVE DH-EX-RECOVERY-LEVEL DH-EX-RECOVERY-WINDOWS
    on    = machine.ex16
    media = media.exchange-2016-cu23
  }
}
