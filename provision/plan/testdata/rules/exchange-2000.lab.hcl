# WORLD all
# Exchange 2000 on Windows 2000, its upgrade from inside out, and what is in its way.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.ex00, machine.fe00, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc00
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex00
    domain = "contoso.test"
  }
}

stage "exchange-2000" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2000
    organization = "Contoso"
  }
}

stage "sp3" {
  after = stage.exchange-2000
  step "exchange_update" {
    on    = machine.ex00
    media = media.exchange-2000-sp3
  }
}

stage "prepared-2003" {
  after = stage.sp3
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
}

# Exchange first, Windows afterwards.
stage "inside-out" {
  after = stage.prepared-2003
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "upgrade_windows" {
    on    = machine.ex00
    media = media.windows-2003
  }
}

# Windows first: its Setup refuses.
stage "outside-in" {
  after = stage.sp3
  step "upgrade_windows" {
    on    = machine.ex00
    media = media.windows-2003
  }
}

stage "without-sp3" {
  after = stage.exchange-2000
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "unsupported" {
  after = stage.prepared-2003
  step "run" {
    on          = machine.ex00
    command     = "ver"
    establishes = ["unsupported-components"]
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "supported-again" {
  after = stage.prepared-2003
  step "run" {
    on          = machine.ex00
    command     = "ver"
    establishes = ["unsupported-components"]
  }
  step "run" {
    on          = machine.ex00
    command     = "ver"
    establishes = ["no-unsupported-components"]
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "two-servers" {
  after = stage.sp3
  step "join" {
    on     = machine.fe00
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.fe00
    media        = media.exchange-2000-sp3
    organization = "Contoso"
    front_end    = true
  }
}

stage "back-end-first" {
  after = stage.two-servers
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "front-end-first" {
  after = stage.two-servers
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.fe00
    media        = media.exchange-2003
    organization = "Contoso"
    front_end    = true
  }
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
}

stage "on-windows-2003" {
  after = stage.exchange-2000
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2000
    organization = "Contoso"
  }
}

# The three attributes of KB314649.
stage "adprep-first" {
  after = stage.sp3
  step "adprep" {
    on    = machine.dc00
    media = media.windows-2003
    scope = "forest"
  }
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
}

stage "adprep-prevented" {
  after = stage.sp3
  step "run" {
    on          = machine.dc00
    command     = "ver"
    establishes = ["inetorgperson-prevented"]
  }
  step "adprep" {
    on    = machine.dc00
    media = media.windows-2003
    scope = "forest"
  }
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
}

stage "connector-2000" {
  after = stage.sp3
  step "run" {
    on          = machine.dc00
    command     = "ver"
    establishes = ["connector-2000"]
  }
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
}

stage "connector-2003" {
  after = stage.sp3
  step "run" {
    on          = machine.dc00
    command     = "ver"
    establishes = ["connector-2003"]
  }
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
}

stage "beside-5-5" {
  after = stage.sp3
  step "run" {
    on          = machine.fe00
    command     = "ver"
    establishes = ["exchange-5.5"]
  }
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
  step "native_mode" {
    on = machine.dc00
  }
}

stage "beside-5-5-sp3" {
  after = stage.sp3
  step "run" {
    on          = machine.fe00
    command     = "ver"
    establishes = ["exchange-5.5-sp3"]
  }
  step "forestprep" {
    on    = machine.dc00
    media = media.exchange-2003
  }
}

stage "native-connector" {
  after = stage.sp3
  step "run" {
    on          = machine.dc00
    command     = "ver"
    establishes = ["connector-2000"]
  }
  step "native_mode" {
    on = machine.dc00
  }
}

stage "windows-2000-feature" {
  after = stage.inside-out
  step "run" {
    on          = machine.ex00
    command     = "ver"
    establishes = ["rpc-over-http"]
  }
}

stage "feature-on-2000" {
  after = stage.prepared-2003
  step "exchange_setup" {
    on           = machine.ex00
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "run" {
    on          = machine.ex00
    command     = "ver"
    establishes = ["volume-shadow-copy"]
  }
}
