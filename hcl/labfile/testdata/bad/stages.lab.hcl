lab "x" {}
secret "pw" { generate = true }
media "win" { path = "win.iso" }
network "corp" { subnet = "10.20.0.0/24" }
machine "dc01" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.10" }
}
machine "ex01" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.20" }
}
stage "windows" {
  step "install" { on = values(machine) }
  stpe "install" {} # ERROR: Unknown block
  afer = stage.none # ERROR: Unknown argument
}
stage "again" {} # ERROR: Second first stage
stage "lost" { after = stage.windwos } # ERROR: Unknown reference
stage "text" { after = "windows" } # ERROR: Wrong type of argument
stage "both" { after = [stage.windows, stage.again] } # ERROR: Stage after several stages
stage "machine" { after = machine.dc01 } # ERROR: Wrong type of argument
stage "windows" { after = stage.again } # ERROR: Duplicate name
stage "a" { after = stage.c } # ERROR: Stages go in a circle
stage "b" { after = stage.a }
stage "c" { after = stage.b }
stage "self" { after = stage.self } # ERROR: Stages go in a circle
stage "Bad_Name" { after = stage.windows } # ERROR: Bad name
stage "hot" {
  after      = stage.windows
  checkpoint = "hot" # ERROR: Unknown word
}
stage "talkative" {
  after       = stage.windows
  description = ["a"] # ERROR: Wrong type of argument
  step {} # ERROR: Wrong number of labels
  step "a" "b" "c" {} # ERROR: Wrong number of labels
}
