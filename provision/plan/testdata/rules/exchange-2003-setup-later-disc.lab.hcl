# WORLD all
# The disc of a later version knows other preparations.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.ex03, machine.fe03]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex03
    domain = "contoso.test"
  }
}

stage "later-disc" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2010 # ERROR: DH-EX-FORESTPREP-LATER
  }
}
