# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "pack" {
  after = stage.windows
  step "service_pack" { # KEEPS: DH-WIN-SP-NONE DH-WIN-SP-OLD DH-WIN-SP-OS
    on    = machine.w2ksp2
    media = media.windows-2000-sp4
  }
}

stage "pack-twice" {
  after = stage.pack
  step "service_pack" {
    on    = machine.w2ksp2
    media = media.windows-2000-sp4 # WARNING: DH-WIN-SP-TWICE
  }
}
