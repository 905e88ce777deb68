# WORLD all
# A domain controller that is too new for Exchange 2003.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "forest-2000" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
}

stage "newest" {
  after = stage.forest-2000
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003
  }
  step "raise_level" {
    on    = machine.dc01
    scope = "forest"
    level = 2003
  }
  step "install" {
    on = machine.dc12
  }
  step "promote" {
    on     = machine.dc12 # WARNING: DH-AD-2003-WITH-2012R2
    domain = "contoso.test"
    role   = "replica"
  }
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003 # ERROR: DH-EX-DC-NEW
  }
}
