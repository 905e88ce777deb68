lab "x" {}
variable "keys" { type = set(string) }
variable "hidden" {
  type      = number
  sensitive = true
}
secret "pw" { generate = true }
media "w" { path = "w.iso" }
network "corp" { subnet = "10.20.0.0/24" }
machine "client" {
  for_each       = var.keys # ERROR: Duplicate name
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = cidrhost(network.corp.subnet, local.hosts[each.key]) } # ERROR: Invalid index
}
