# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "pack-for-another" {
  after = stage.windows
  step "service_pack" {
    on    = machine.w2ksp2
    media = media.windows-2003-sp2 # ERROR: DH-WIN-SP-OS
  }
}
