lab "x" {}
secret "pw" { generate = true }
media "win" { path = "win.iso" }
network "corp" { subnet = "10.20.0.0/24" }
network "dmz" { subnet = "10.30.0.0/24" }

variable "small" { default = "32MiB" }
variable "admin" { default = "hunter2" }
machine "small" {
  os             = "windows-2003"
  memory         = var.small # ERROR: Machine memory too small
  cpus           = 0 # ERROR: Number out of range
  install_from   = media.win
  admin_password = var.admin # ERROR: Secret needed
  components     = ["iis", "iis", "smpt", 7, "dns"] # ERROR: Named twice # ERROR: Unknown component # ERROR: Unknown component
  time_zone      = 4000 # ERROR: Number out of range
  licenses       = 3 # ERROR: Number out of range
  owner          = "100% \"mine\"" # ERROR: Text that cannot be carried
  organization   = "" # ERROR: Text that cannot be carried
  disk "system" { size = "1GiB" } # ERROR: System disk too small
  nic "corp" { address = "10.20.0.256" } # ERROR: Not an address
}
machine "large" {
  os             = "windows-2003"
  memory         = "100GiB" # ERROR: Machine memory too large
  cpus           = 8
  install_from   = media.win
  admin_password = secret.pw
  owner          = "Müller" # ERROR: Text that cannot be carried
  organization   = "A & B" # ERROR: Text that cannot be carried
  disk "system" { size = "3TiB" } # ERROR: Disk too large
  disk "data" { size = "1000KB" } # ERROR: Disk size not in whole MiB
  disk "more" { size = "1GiB" } # ERROR: Too many disks
  nic "corp" { address = "10.20.0.1" }
}
machine "odd" {
  os             = "windows-2000"
  memory         = "1000KiB" # ERROR: Memory not in whole MiB
  install_from   = media.win
  admin_password = secret.pw
  components     = ["aspnet"] # ERROR: Component that the system lacks
  organization   = "two\nlines" # ERROR: Text that cannot be carried
  disk "system" { size = "200GiB" } # WARNING: Disk larger than the system reaches
  disk "system" { size = "1GiB" } # ERROR: Duplicate name
  nic "corp" { address = "10.20.0.2" }
}
machine "generous" { # WARNING: Machine without a network
  os             = "windows-2003"
  memory         = "8GiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "System Disk" { size = "a lot" } # ERROR: Bad name # ERROR: Not a size
}
machine "minus" {
  os             = "windows-nt4" # ERROR: System that cannot be installed
  memory         = "-1GiB" # ERROR: Not a size
  install_from   = secret.pw # ERROR: Wrong type of argument
  admin_password = secret.pw
  disk "system" { size = "0GiB" } # ERROR: Disk size not in whole MiB
  nic "corp" { address = "10.20.0.3" }
}
