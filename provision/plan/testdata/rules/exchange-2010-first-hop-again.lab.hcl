# WORLD all
# The first hop: Exchange 2010 beside Exchange 2003, and everything that it demands.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03]
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
    on     = machine.ex03
    domain = "contoso.test"
  }
}

stage "exchange-2003" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  step "exchange_setup" {
    on           = machine.ex03
    media        = media.exchange-2003
    organization = "Contoso"
  }
  step "create_mailboxes" {
    on    = machine.ex03 # WARNING: DH-E2003-W2K3-SP1
    count = 5
  }
}

stage "sp2" {
  after = stage.exchange-2003
  step "exchange_update" {
    on    = machine.ex03
    media = media.exchange-2003-sp2
  }
}

stage "native" {
  after = stage.sp2
  step "native_mode" {
    on = machine.dc01
  }
}

stage "permissions" {
  after = stage.native
  step "prepare_legacy_permissions" {
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}

stage "schema" {
  after = stage.permissions
  step "prepare_schema" { # KEEPS: DH-EX-COEXIST DH-EX-CONNECTOR DH-EX-DC-OLD DH-EX-DC-SP DH-EX-DOMAIN-MIXED DH-EX-E55 DH-EX-FOREST-LEVEL DH-EX-LEGACY-PERMISSIONS DH-EX-LEVEL-NEW DH-EX-PREPARE-X86 DH-EX-SCHEMA-MASTER-2025
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}

stage "ad" {
  after = stage.schema
  step "prepare_ad" { # KEEPS: DH-EX-COEXIST-LEVEL DH-EX-NO-ORGANIZATION DH-EX-NO-PREPARE-SCHEMA
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}

stage "domains" {
  after = stage.ad
  step "prepare_domain" { # WARNING: DH-EX-DOMAINS-PREPARED
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}

stage "again" {
  after = stage.domains
  step "prepare_schema" { # WARNING: DH-EX-FORESTPREP-TWICE
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
  step "prepare_ad" { # WARNING: DH-EX-PREPARED-TWICE
    on    = machine.dc01
    media = media.exchange-2010-sp3
  }
}
