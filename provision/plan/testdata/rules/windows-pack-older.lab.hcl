# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "pack-older" {
  after = stage.windows
  step "service_pack" {
    on    = machine.dc01
    media = media.windows-2003-sp1 # ERROR: DH-WIN-SP-OLD
  }
}
