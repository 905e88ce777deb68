# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "old-controller" {
  after = stage.windows
  step "promote" {
    on      = machine.w2ksp2
    domain  = "old.test"
    netbios = "OLD"
  }
  step "adprep" {
    on    = machine.w2ksp2
    media = media.windows-2003 # ERROR: DH-AD-ADPREP-W2K-SP
    scope = "forest"
  }
}
