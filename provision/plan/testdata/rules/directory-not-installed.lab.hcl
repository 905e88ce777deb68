# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.dc00, machine.fe03]
  }
}

stage "not-installed" {
  after = stage.windows
  step "reboot" {
    on = machine.ex03 # ERROR: DH-WIN-NOT-INSTALLED
  }
}
