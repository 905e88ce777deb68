# WORLD all
# The three attributes of KB314649.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.ex00, machine.fe00, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" { # KEEPS: DH-AD-DC-EXCHANGE DH-AD-DC-EXCHANGE-DISPUTED DH-EX-DCPROMO
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
  step "forestprep" { # KEEPS: DH-E2003-CONNECTOR DH-E2003-E55-CONNECTOR DH-E2003-E55-SP DH-EX-DC-NEW DH-EX-FORESTPREP-DOMAIN DH-EX-FORESTPREP-LATER DH-EX-FORESTPREP-TWICE
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "domainprep" { # KEEPS: DH-EX-DOMAINPREP-TWICE
    on    = machine.dc00
    media = media.exchange-2000
  }
  step "exchange_setup" { # KEEPS: DH-E2000-W2K3 DH-E2003-COMPONENTS DH-E2003-FRONT-END-FIRST DH-E2003-UNSUPPORTED-COMPONENTS DH-E2003-W2K-SP DH-E2003-X64 DH-EX-DC-DISPUTED DH-EX-LEVEL-DISPUTED DH-EX-NO-DOMAINPREP DH-EX-NO-FOREST DH-EX-NO-FORESTPREP DH-EX-ON-CONTROLLER DH-EX-ON-CONTROLLER-CATALOG DH-EX-ORGANIZATION DH-EX-REBOOT-PENDING DH-EX-TWICE DH-EX-UPGRADE-LEVEL
    on           = machine.ex00
    media        = media.exchange-2000
    organization = "Contoso"
  }
}

stage "sp3" {
  after = stage.exchange-2000
  step "exchange_update" { # KEEPS: DH-EX-NO-SERVER DH-EX-UPDATE-OLDER DH-EX-UPDATE-PRODUCT DH-EX-UPDATE-TWICE
    on    = machine.ex00
    media = media.exchange-2000-sp3
  }
}

stage "adprep-first" {
  after = stage.sp3
  step "adprep" {
    on    = machine.dc00
    media = media.windows-2003 # ERROR: DH-AD-MANGLED
    scope = "forest"
  }
  step "forestprep" { # WARNING: DH-E2003-SCHEMA-EDITS
    on    = machine.dc00 # ERROR: DH-EX-MANGLED
    media = media.exchange-2003
  }
}
