# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.dc00, machine.fe03]
  }
}

stage "installed-twice" {
  after = stage.windows
  step "install" {
    on = machine.dc01 # ERROR: DH-WIN-INSTALLED-TWICE
  }
}
