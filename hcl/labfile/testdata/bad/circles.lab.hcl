lab "x" {}
locals {
  a    = local.b # ERROR: References go in a circle
  b    = local.c
  c    = local.a
  self = local.self # ERROR: References go in a circle
  far  = local.a
}
network "corp" { subnet = "10.0.${local.octet}.0/24" }
locals {
  octet = length(network.corp.subnet) # ERROR: References go in a circle
}
