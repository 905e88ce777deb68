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

stage "store-recovery" {
  after = stage.e2013
  step "mount_store" {
    on       = machine.ex13
    edb      = "C:\\MAIL\\PRIV1.EDB"
    product  = "exchange-2013"
    database = "Mailbox Database"
    recovery = true
  }
}
