# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "upgrade" {
  after = stage.windows
  step "upgrade_windows" {
    on          = machine.dc00
    media       = media.windows-2003
    product_key = secret.key
  }
}
