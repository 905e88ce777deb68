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

stage "skewed" {
  after = stage.forest
  step "install" {
    on = machine.late
  }
  step "join" {
    on     = machine.late # ERROR: DH-AD-CLOCK-SKEW
    domain = "contoso.test"
  }
}
