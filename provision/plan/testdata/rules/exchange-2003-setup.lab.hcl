# WORLD all
# Setup of Exchange 2003, and what it asks of the machine and the forest.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03, machine.fe03]
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
}

# Setup before any preparation.
stage "unprepared" {
  after = stage.forest
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

# Nothing of it works without a domain.
stage "workgroup" {
  after = stage.windows
  step "forestprep" {
    on    = machine.ex03
    media = media.exchange-2003
  }
}

# The disc of a later version knows other preparations.
stage "later-disc" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2010
  }
}

stage "prepared" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "domainprep-first" {
  after = stage.forest
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "twice" {
  after = stage.prepared
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "server" {
  after = stage.prepared
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "server-twice" {
  after = stage.server
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "other-name" {
  after = stage.server
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.fe03
    media        = media.exchange-2003
    organization = "Fabrikam"
  }
}

stage "on-the-controller" {
  after = stage.prepared
  step "components" {
    on  = machine.dc01
    add = ["iis", "smtp", "nntp", "aspnet"]
  }
  step "exchange_setup" {
    on           = machine.dc01
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

# Updates of the server.
stage "updates" {
  after = stage.server
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp1
  }
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2010-sp3
  }
  step "exchange_update" {
    on    = machine.dc01
    media = media.exchange-2003-sp2
  }
}

stage "native" {
  after = stage.server
  step "native_mode" {
    on = machine.dc01
  }
  step "native_mode" {
    on = machine.dc01
  }
}

stage "no-organization" {
  after = stage.forest
  step "native_mode" {
    on = machine.dc01
  }
}

stage "front-end" {
  after = stage.server
  step "join" {
    on     = machine.fe03
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.fe03
    media        = media.exchange-2003
    organization = "Contoso"
    front_end    = true
  }
  step "create_mailboxes" {
    on    = machine.fe03
    count = "5"
  }
}

stage "features" {
  after = stage.server
  step "run" {
    on          = machine.ex03
    command     = "ver"
    establishes = ["rpc-over-http"]
  }
}

stage "pending" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "run" {
    on          = machine.ex03
    command     = "ver"
    establishes = ["reboot-pending"]
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "restarted" {
  after = stage.prepared
  step "run" {
    on          = machine.ex03
    command     = "ver"
    establishes = ["reboot-pending"]
  }
  step "reboot" {
    on = machine.ex03
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "legacy-step" {
  after = stage.server
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2003
  }
}

stage "no-server" {
  after = stage.forest
  step "create_mailboxes" {
    on    = machine.ex03
    count = "5"
  }
}
