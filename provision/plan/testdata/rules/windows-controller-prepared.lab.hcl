# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "controller" {
  after = stage.windows
  step "promote" {
    on      = machine.dc00
    domain  = "old.test"
    netbios = "OLD"
  }
}

stage "controller-prepared" {
  after = stage.controller
  step "adprep" {
    on    = machine.dc00
    media = media.windows-2003
    scope = "forest"
  }
  step "adprep" { # KEEPS: DH-AD-ADPREP-DISC DH-AD-ADPREP-W2K-SP
    on    = machine.dc00
    media = media.windows-2003
    scope = "domain"
  }
  step "upgrade_windows" {
    on          = machine.dc00
    media       = media.windows-2003
    product_key = secret.key
  }
}
