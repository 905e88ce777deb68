# WORLD all
# What Exchange asks of domain controllers and levels.

stage "windows" {
  step "install" {
    on = machine.dc01
  }
}

stage "plain-2003" {
  after = stage.windows
  step "run" {
    on      = machine.dc01
    command = "ver"
  }
}
