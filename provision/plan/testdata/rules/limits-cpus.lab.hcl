# WORLD all
# Memory and processors that nobody uses.

stage "windows" {
  step "install" { # KEEPS: DH-LIMIT-MEMORY DH-LIMIT-W2K-SMP
    on = machine.dc01
  }
}

stage "cpus" {
  after = stage.windows
  step "install" {
    on = machine.c8 # WARNING: DH-LIMIT-CPUS
  }
}
