lab "x" {}
secret "pw" { generate = true }
media "win" { path = "win.iso" }
network "corp" { subnet = "10.20.0.0/24" }
network "dmz" { subnet = "10.30.0.0/24" }

machine "outside" { 
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.30.0.10" } # ERROR: Address outside its subnet
}
machine "zero" { 
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.0" } # ERROR: Address that no machine can have
}
machine "broadcast" { 
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.255" } # ERROR: Address that no machine can have
}
machine "first" { 
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.10" }
  nic "dmz" {
    address = "10.30.0.10"
    gateway = "10.20.0.10" # ERROR: Address outside its subnet
    dns     = [machine.first, "here", "10.20.0.10", "10.20.0.10", "10.99.0.1"] # ERROR: Wrong type of argument # ERROR: Not an address # ERROR: Named twice # WARNING: DNS server that is not there
  }
}
machine "second" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" {
    address = "10.20.0.10" # ERROR: Address used twice
    gateway = "10.20.0.10" # ERROR: Gateway to itself
  }
  nic "corp" { address = "10.20.0.21" } # ERROR: Network attached twice
}
machine "third" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" {
    address = "10.20.0.33"
    gateway = "10.20.0.1" # WARNING: Gateway that is not there
    dns     = [machine.lonely.address] # ERROR: Machine without an address
  }
}
machine "fourth" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" {
    address = machine.third.addresses["dmz"] # ERROR: Invalid index
    dns     = [machine.third.adress] # ERROR: Unknown attribute
  }
}
machine "lonely" { # WARNING: Machine without a network
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
}
machine "many" { # ERROR: Too many network cards
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "n0" { address = "10.40.0.10" }
  nic "n1" { address = "10.41.0.10" }
  nic "n2" { address = "10.42.0.10" }
  nic "n3" { address = "10.43.0.10" }
  nic "n4" { address = "10.44.0.10" }
  nic "n5" { address = "10.45.0.10" }
  nic "n6" { address = "10.46.0.10" }
  nic "n7" { address = "10.47.0.10" }
  nic "n8" { address = "10.48.0.10" }
}
network "n0" { subnet = "10.40.0.0/24" }
network "n1" { subnet = "10.41.0.0/24" }
network "n2" { subnet = "10.42.0.0/24" }
network "n3" { subnet = "10.43.0.0/24" }
network "n4" { subnet = "10.44.0.0/24" }
network "n5" { subnet = "10.45.0.0/24" }
network "n6" { subnet = "10.46.0.0/24" }
network "n7" { subnet = "10.47.0.0/24" }
network "n8" { subnet = "10.48.0.0/24" }
machine "ring-a" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = machine.ring-b.address } # ERROR: References go in a circle
}
machine "ring-b" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = machine.ring-a.address }
}
