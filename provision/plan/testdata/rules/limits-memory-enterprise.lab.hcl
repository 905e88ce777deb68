# WORLD all
# Memory and processors that nobody uses.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "memory-enterprise" {
  after = stage.windows
  step "install" { # KEEPS: DH-LIMIT-CPUS
    on = machine.m8ge
  }
}
