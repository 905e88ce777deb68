# WORLD all
# The second hop: from Exchange 2010 to 2013 and 2016, levels and domain controllers.

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

stage "folders-first" {
  after = stage.e2016
  step "public_folders" {
    on   = machine.ex16
    from = machine.ex10 # ERROR: DH-EX-FOLDERS-FIRST DH-EX-FOLDERS-SYSTEM
  }
}

stage "two-kinds" {
  after = stage.e2016
  step "public_folders" {
    on = machine.ex16 # ERROR: DH-EX-FOLDERS-BOTH
  }
}

stage "beside" {
  after = stage.two-kinds
  step "move_mailboxes" {
    on   = machine.ex16
    from = machine.ex10
  }
  step "public_folders" {
    on   = machine.ex16
    from = machine.ex10 # ERROR: DH-EX-FOLDERS-BOTH
  }
}

stage "made-after" {
  after = stage.e2016
  step "move_mailboxes" {
    on   = machine.ex16
    from = machine.ex10
  }
  step "public_folders" "take" {
    on   = machine.ex16
    from = machine.ex10
  }
  step "public_folders" "make" { # KEEPS: DH-EX-FOLDERS-BOTH
    on    = machine.ex16
    names = ["More"]
    after = [step.take]
  }
}
