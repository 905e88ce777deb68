# A class: clients by key, two sites by map, discs by name, and blocks by the dozen.
lab "class" {
  description = "Clients ${join(", ", machine.client[*].name)} at ${length(network.site)} sites"
}

variable "trainees" {
  type    = set(string)
  default = ["bob", "alice"]
  validation {
    condition     = length(var.trainees) <= 20
    error_message = "The subnet has addresses for 20 clients."
  }
}
variable "banner" {
  type      = string
  sensitive = true
  default   = "Property of Contoso"
}

locals {
  sites = { hq = { number = 20, dcs = 2 }, branch = { number = 21, dcs = 1 } }
  dcs = { for d in flatten([for site, s in local.sites : [for n in range(s.dcs) : { site = site, number = n + 1 }]]) :
  "${d.site}-${d.number}" => d }
  order = sort(var.trainees)
}

secret "administrator" { generate = true }
secret "key" {
  for_each = toset(["windows_2003", "windows_2000"])
  env      = "LAB_${upper(each.key)}_KEY"
}
media "windows" {
  for_each = { "2003" = "windows-2003-sp2", "2000" = "windows-2000-sp4" }
  path     = "/discs/${each.value}.iso"
  product  = each.value
}
network "site" {
  for_each = local.sites
  subnet   = cidrsubnet("10.0.0.0/8", 16, each.value.number)
}
network "backup" { subnet = "192.168.7.0/24" }
