# WORLD all
# Memory and processors that nobody uses.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "memory" {
  after = stage.windows
  step "install" {
    on = machine.m8g # WARNING: DH-LIMIT-MEMORY
  }
}
