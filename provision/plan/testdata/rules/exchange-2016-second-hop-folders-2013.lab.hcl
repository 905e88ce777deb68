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

stage "e2013" {
  after = stage.exchange-2010
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2013-cu23
  }
  step "prepare_ad" {
    on    = machine.dc01
    media = media.exchange-2013-cu23
  }
  step "exchange_install" {
    on    = machine.ex13
    media = media.exchange-2013-cu23
  }
}

stage "folders-2013" {
  after = stage.e2013
  step "move_mailboxes" {
    on   = machine.ex13
    from = machine.ex10
  }
  step "public_folders" {
    on   = machine.ex13
    from = machine.ex10 # ERROR: DH-EX-FOLDERS-RU8
  }
}

stage "early-2013" {
  after = stage.exchange-2010
  step "exchange_update" {
    on    = machine.ex10
    media = media.exchange-2010-sp3-ru8
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2013-cu2
  }
  step "prepare_ad" {
    on    = machine.dc01
    media = media.exchange-2013-cu2
  }
  step "exchange_install" {
    on    = machine.ex13
    media = media.exchange-2013-cu2
  }
}

stage "early-folders" {
  after = stage.early-2013
  step "move_mailboxes" {
    on   = machine.ex13
    from = machine.ex10
  }
  step "public_folders" {
    on   = machine.ex13 # ERROR: DH-EX-FOLDERS-CU7
    from = machine.ex10
  }
}
