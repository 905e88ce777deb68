# WORLD all
# What time breaks.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.fe03, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
}

stage "windows-2008" {
  after = stage.forest
  step "install" {
    on = machine.dc08
  }
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2008r2-sp1
    scope = "forest"
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2000
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
}

stage "w32time" {
  after = stage.windows-2008
  clock = "2010-03-15T08:00:00Z" # WARNING: DH-TIME-W32TIME
  step "reboot" {
    on = machine.dc08
  }
}
