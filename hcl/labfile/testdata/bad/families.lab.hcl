lab "x" {
  description = each.key # ERROR: Reference outside for_each
  for_each    = {} # ERROR: Unknown argument
}
variable "list" { default = ["a", "b"] }
variable "hidden" {
  default   = "p"
  sensitive = true
}
secret "pw" { generate = true }
secret "key" {
  for_each = toset(["retail", "volume"])
  env      = "KEY_${upper(each.value)}"
}
media "w" { path = "w.iso" }
network "corp" { subnet = "10.20.0.0/24" }
network "site" {
  for_each = { a = 1, b = 2 }
  subnet   = "10.2${each.value}.0.0/24"
}
machine "dc01" {
  os             = "windows-2003"
  count          = 3 # ERROR: Unknown argument
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  product_key    = secret.key # ERROR: Secret needed
  disk "system" { size = "2GiB" }
  nic "corp" {
    address = "10.20.0.10"
    dns     = [machine.client.address] # ERROR: Reference without a key
  }
  nic "site" { address = "10.21.0.5" } # ERROR: Unknown network
  nic { address = "10.21.0.5" } # ERROR: Card on no network
  nic "site-a" {
    network = network.site["a"] # ERROR: Network named twice
    address = "10.21.0.5"
  }
  nic {
    network = network.site # ERROR: Wrong type of argument
    address = "10.21.0.5"
  }
}
machine "client" {
  for_each       = { a = 20, b = 21, c = 300 }
  os             = "windows-2003"
  memory         = "32MiB" # ERROR: Machine memory too small
  install_from   = media.w
  admin_password = secret.pw
  product_key    = secret.key["oem"] # ERROR: Unknown reference
  disk "system" { size = each.valeu } # ERROR: Unknown attribute
  nic "corp" { address = "10.20.0.${each.value}" } # ERROR: Not an address
}
machine "names" {
  for_each       = toset(["UPPER", "fine"]) # ERROR: Bad name # ERROR: Duplicate name
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
}
machine "names-fine" { # WARNING: Machine without a network
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
}
machine "first" {
  for_each       = toset(["copy"]) # ERROR: Duplicate name
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
}
machine "first-copy" { # WARNING: Machine without a network
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
}
media "list" {
  for_each = var.list # ERROR: Wrong type of argument
  path     = "${each.value}.iso"
}
media "text" {
  for_each = "a" # ERROR: Wrong type of argument
  path     = "a.iso"
}
media "null" {
  for_each = null # ERROR: Missing argument
  path     = "a.iso"
}
media "numbers" {
  for_each = toset([1, 2]) # ERROR: Wrong type of argument
  path     = "a.iso"
}
media "object" {
  for_each = machine.dc01 # ERROR: Wrong type of argument
  path     = "a.iso"
}
media "hidden" {
  for_each = toset([var.hidden]) # ERROR: Sensitive value in the open
  path     = "a.iso"
}
media "wrong" {
  for_each = local.nothing # ERROR: Unknown reference
  path     = "${each.value}.iso"
}
media "self" {
  for_each = media.self # ERROR: References go in a circle
  path     = "a.iso"
}
media "many" {
  for_each = toset([for i in setproduct(range(101), range(10)) : "k${i[0]}-${i[1]}"]) # ERROR: Too many copies
  path     = "a.iso"
}
locals {
  one    = machine.client["z"].address # ERROR: Unknown reference
  number = machine.client[0].address # ERROR: Unknown reference
  attr   = machine.client.a # ERROR: Reference without a key
  whole  = machine.client-a.address # ERROR: Unknown reference
  single = machine.dc01["a"].address # ERROR: Unknown attribute
  disc   = media.wrong["a"]
  far    = network.site["a"].mask # ERROR: Unknown attribute
  index  = machine.client[var.list[1]].nmae # ERROR: Unsupported attribute
  card   = machine.names-fine.address # ERROR: Machine without an address
}
stage "windows" {
  for_each = {} # ERROR: Unknown argument
  step "install" { on = machine.client }
  step "promote" {
    for_each = machine.client # ERROR: Unknown argument
    on       = machine.client # ERROR: Step on several machines
    domain   = "contoso.test"
  }
  step "install" { on = [machine.client, machine.client["a"]] } # ERROR: Named twice
  step "join" {
    on      = machine.dc01
    domain  = "contoso.test"
    through = machine.client # ERROR: Wrong type of argument
  }
}
