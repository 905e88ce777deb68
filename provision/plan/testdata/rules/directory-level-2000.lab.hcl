# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.dc00, machine.fe03]
  }
}

stage "level-2000" {
  after = stage.windows
  step "promote" {
    on           = machine.dc00
    domain       = "old.test"
    netbios      = "OLD"
    forest_level = 2003 # ERROR: DH-AD-LEVEL-OS
  }
}
