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

stage "exchange-2007" {
  after = stage.forest
  step "raise_level" {
    on    = machine.dc01
    scope = "domain"
    level = 2003
  }
  step "install" {
    on = machine.ex07
  }
  step "join" {
    on     = machine.ex07
    domain = "contoso.test"
  }
  step "prepare_schema" {
    on    = machine.dc01
    media = media.exchange-2007-sp3
  }
  step "prepare_ad" {
    on           = machine.dc01
    media        = media.exchange-2007-sp3
    organization = "Contoso"
  }
  step "exchange_install" {
    on    = machine.ex07
    media = media.exchange-2007-sp3
  }
}

stage "certificate" {
  after = stage.exchange-2007
  clock = "2011-04-01T08:00:00Z" # WARNING: DH-TIME-MACHINE-PASSWORD DH-TIME-USER-PASSWORD DH-TIME-ACTIVATION DH-TIME-EVALUATION DH-TIME-CERTIFICATE
  step "reboot" {
    on = machine.ex07
  }
}
