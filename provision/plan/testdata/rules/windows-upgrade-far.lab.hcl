# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "upgrade-far" {
  after = stage.windows
  step "upgrade_windows" {
    on    = machine.dc00
    media = media.windows-2008-sp2 # ERROR: DH-WIN-UPGRADE-PATH
  }
}
