machine "client" { # ERROR: Duplicate name # ERROR: Missing argument # ERROR: Missing argument # ERROR: Missing argument # ERROR: Missing argument
  for_each = toset(["z"])
}
stage "windows" {
  step "install" { on = machine.client }
}
