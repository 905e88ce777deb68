# WORLD all
# Memory and processors that nobody uses.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "smp" {
  after = stage.windows
  step "install" {
    on = machine.w2ksmp # WARNING: DH-LIMIT-W2K-SMP
  }
}
