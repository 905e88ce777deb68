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

stage "a-little-late" {
  after = stage.forest
  step "install" {
    on = machine.alittle
  }
  step "join" {
    on     = machine.alittle
    domain = "contoso.test"
  }
}
