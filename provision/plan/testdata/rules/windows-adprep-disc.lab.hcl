# WORLD all
# Service packs and upgrades of Windows.

stage "windows" {
  step "install" {
    on = [machine.dc00, machine.w2ksp2, machine.dcrtm, machine.dc01, machine.dc08]
  }
}

stage "adprep-disc" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "adprep" {
    on    = machine.dc01
    media = media.windows-2000-sp4 # ERROR: DH-AD-ADPREP-DISC
    scope = "forest"
  }
}
