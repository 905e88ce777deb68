# WORLD all
# Forests, domains and their controllers.

stage "windows" {
  step "install" {
    on = [machine.dc01, machine.dc02, machine.dc00, machine.fe03]
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

stage "child" {
  after = stage.forest
  step "promote" {
    on      = machine.dc02
    domain  = "sales.contoso.test"
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
  }
}

stage "demote-child" {
  after = stage.child
  step "demote" { # KEEPS: DH-AD-DEMOTE-DNS DH-AD-DEMOTE-FOREST-ROLES DH-AD-DEMOTE-LAST DH-AD-DEMOTE-MEMBERS DH-AD-DEMOTE-NOT-LAST DH-AD-DEMOTE-PARENT DH-AD-DEMOTE-ROLES DH-AD-NOT-CONTROLLER DH-AD-ONLY-CATALOG
    on   = machine.dc02
    last = true
  }
}
