# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.ex00, machine.dc00]
  }
}

stage "e55" {
  after = stage.windows
  step "run" {
    on          = machine.ex00
    command     = "ver"
    establishes = ["exchange-5.5-sp3"]
  }
}

stage "under-5-5" {
  after = stage.e55
  step "upgrade_windows" {
    on          = machine.ex00
    media       = media.windows-2003 # WARNING: DH-E55-UPGRADE-WINDOWS
    product_key = secret.key
  }
}
