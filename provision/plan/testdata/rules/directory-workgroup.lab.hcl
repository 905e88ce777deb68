# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.dc00, machine.fe03]
  }
}

stage "workgroup" {
  after = stage.windows
  step "run" {
    on          = machine.fe03 # ERROR: DH-AD-NO-FOREST
    command     = "ver"
    establishes = ["sysvol-dfsr"]
  }
}
