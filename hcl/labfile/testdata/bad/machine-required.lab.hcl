lab "x" {}
secret "pw" { generate = true }
media "win" { path = "win.iso" }
network "corp" { subnet = "10.20.0.0/24" }
network "dmz" { subnet = "10.30.0.0/24" }

machine "empty" {} # ERROR: Missing argument # ERROR: Missing argument # ERROR: Missing argument # ERROR: Missing argument # ERROR: Machine without a disk # WARNING: Machine without a network
machine "typos" { # ERROR: Missing argument
  os             = "windows-203" # ERROR: Unknown operating system
  memroy         = "256MiB" # ERROR: Unknown argument
  install_from   = media.wni # ERROR: Unknown reference
  admin_password = secret.pw
  disk           = "2GiB" # ERROR: Block written as an argument
  disk "system" { sise = "2GiB" } # ERROR: Unknown argument # ERROR: Missing argument
  disc "data" { size = "1GiB" } # ERROR: Unknown block
  nic "crop" { address = "10.20.0.10" } # ERROR: Unknown network
  nic { address = "10.20.0.11" } # ERROR: Card on no network
  disk { size = "2GiB" } # ERROR: Wrong number of labels
}
machine "nulls" {
  os             = null # ERROR: Missing argument
  memory         = null # ERROR: Missing argument
  install_from   = null # ERROR: Missing argument
  admin_password = null # ERROR: Missing argument
  computer_name  = null
  disk "system" { size = null } # ERROR: Missing argument
  nic "corp" { address = null } # ERROR: Missing argument
}
machine "types" {
  os             = ["windows-2003"] # ERROR: Wrong type of argument
  memory         = 512 # ERROR: Size without a unit
  cpus           = "many" # ERROR: Wrong type of argument
  install_from   = "win" # ERROR: Wrong type of argument
  product_key    = media.win # ERROR: Secret needed
  admin_password = "hunter2" # ERROR: Secret written in a file
  components     = "iis" # ERROR: Wrong type of argument
  time_zone      = 85.5 # ERROR: Number out of range
  licenses       = true # ERROR: Wrong type of argument
  owner          = 42
  computer_name  = ["A"] # ERROR: Wrong type of argument
  disk "system" { size = 16 } # ERROR: Size without a unit
  nic "corp" {
    address = network.corp # ERROR: Wrong type of argument
    gateway = machine.good # ERROR: Wrong type of argument
    dns     = "10.20.0.10" # ERROR: Wrong type of argument
  }
}
machine "good" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.77" }
}
