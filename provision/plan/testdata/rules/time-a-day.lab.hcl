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

stage "replica" {
  after = stage.forest
  step "promote" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
  }
  step "join" { # KEEPS: DH-AD-CLOCK-SKEW
    on     = machine.fe03
    domain = "contoso.test"
  }
}

stage "a-day" {
  after = stage.replica
  clock = "2010-03-02T08:00:00Z" # KEEPS: DH-TIME-ACTIVATION DH-TIME-BACKWARDS DH-TIME-CERTIFICATE DH-TIME-EVALUATION DH-TIME-MACHINE-PASSWORD DH-TIME-TOMBSTONE DH-TIME-USER-PASSWORD DH-TIME-W32TIME
  step "reboot" {
    on = machine.dc01
  }
}
