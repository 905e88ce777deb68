# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.ex00, machine.dc00]
  }
}

stage "e55" {
  after = stage.windows
  step "run" { # KEEPS: DH-AD-RENAMED
    on          = machine.ex00
    command     = "ver"
    establishes = ["exchange-5.5-sp3"]
  }
}

stage "beside-5-5" {
  after = stage.e55
  step "upgrade_windows" { # KEEPS: DH-E55-UPGRADE-WINDOWS DH-WIN-UPGRADE-PATH DH-WIN-UPGRADE-SP
    on          = machine.dc00
    media       = media.windows-2003
    product_key = secret.key
  }
}
