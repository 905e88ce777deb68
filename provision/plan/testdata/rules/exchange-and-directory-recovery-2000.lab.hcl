# WORLD all
# What Exchange keeps Active Directory from.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.ex03, machine.fe03]
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

stage "recovery-2000" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2000 # ERROR: DH-EX-DC-NEW
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2000
  }
  step "install" {
    on = machine.ex0k
  }
  step "join" {
    on     = machine.ex0k
    domain = "contoso.test"
  }
  step "exchange_setup" {
    on           = machine.ex0k
    media        = media.exchange-2000-sp3
    organization = "Contoso"
  }
  step "mount_store" {
    on       = machine.ex0k # ERROR: DH-EX-RECOVERY-GROUP
    edb      = "C:\\OLD\\PRIV1.EDB"
    recovery = true
  }
}
