# WORLD all
# Nothing of it works without a domain.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03, machine.fe03]
  }
}

stage "workgroup" {
  after = stage.windows
  step "forestprep" {
    on    = machine.ex03 # ERROR: DH-EX-NO-FOREST
    media = media.exchange-2003
  }
}
