# WORLD all
# What time breaks.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.fe03, machine.ex03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
}

stage "lonely" {
  after = stage.forest
  clock = "2011-03-01T08:00:00Z" # WARNING: DH-TIME-MACHINE-PASSWORD DH-TIME-USER-PASSWORD DH-TIME-ACTIVATION DH-TIME-EVALUATION
  step "reboot" {
    on = machine.dc01
  }
}
