lab "x" {}
network "corp" { subnet = "10.20.0.0/16" }
network "inside" { subnet = "10.20.30.0/24" } # ERROR: Subnets overlap
network "same" { subnet = "10.20.0.0/16" } # ERROR: Subnets overlap
network "public" { subnet = "131.107.0.0/16" } # ERROR: Subnet that is not private
network "half" { subnet = "172.0.0.0/8" } # ERROR: Subnet that is not private
network "host" { subnet = "10.30.0.1/24" } # ERROR: Subnet with bits of a host
network "tiny" { subnet = "10.40.0.0/30" } # ERROR: Subnet of the wrong size
network "huge" { subnet = "0.0.0.0/0" } # ERROR: Subnet of the wrong size
network "six" { subnet = "fd00::/64" } # ERROR: Not a subnet
network "words" { subnet = "the office" } # ERROR: Not a subnet
network "none" {} # ERROR: Missing argument
network "list" { subnet = ["10.50.0.0/24"] } # ERROR: Wrong type of argument
network "under_score" { subnet = "10.60.0.0/24" } # ERROR: Bad name
network "ends-" { subnet = "10.70.0.0/24" } # ERROR: Bad name
network "Ünicode" { subnet = "10.80.0.0/24" } # ERROR: Bad name
network "../../etc" { subnet = "10.90.0.0/24" } # ERROR: Bad name
network "a-name-that-is-far-too-long-for-a-network" { subnet = "10.91.0.0/24" } # ERROR: Bad name
network "mask" {
  subnet  = "10.92.0.0/24"
  netmask = "255.255.255.0" # ERROR: Unknown argument
}
network "argued" { # ERROR: Missing argument
  subnet { # ERROR: Argument written as a block
  }
} 
