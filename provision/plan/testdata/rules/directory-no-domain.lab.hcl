# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.dc00, machine.fe03]
  }
}

stage "no-domain" {
  after = stage.windows
  step "join" {
    on     = machine.fe03
    domain = "contoso.test" # ERROR: DH-AD-NO-DOMAIN
  }
}
