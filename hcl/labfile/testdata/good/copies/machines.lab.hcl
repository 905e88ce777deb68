machine "dc" {
  for_each       = local.dcs
  os             = "windows-2003"
  memory         = "512MiB"
  install_from   = media.windows["2003"]
  product_key    = secret.key["windows_2003"]
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic {
    network = network.site[each.value.site]
    address = cidrhost(network.site[each.value.site].subnet, 9 + each.value.number)
    dns     = [for other in machine.dc : other.address if other.name != "dc-${each.key}"]
  }
  dynamic "nic" {
    for_each = each.value.site == "hq" ? { backup = 100 + each.value.number } : {}
    labels   = [nic.key]
    content { address = cidrhost(network.backup.subnet, nic.value) }
  }
}

machine "client" {
  for_each       = var.trainees
  os             = "windows-2000"
  computer_name  = "PC-${each.key}"
  memory         = "256MiB"
  install_from   = media.windows["2000"]
  product_key    = secret.key["windows_2000"]
  admin_password = secret.administrator
  dynamic "disk" {
    for_each = ["4GiB", "1GiB"]
    iterator = size
    labels   = [size.key == 0 ? "system" : "data"]
    content { size = size.value }
  }
  nic "site-branch" {
    address = cidrhost(network.site["branch"].subnet, 100 + index(local.order, each.value))
    dns     = [machine.dc["hq-1"].address, machine.dc["branch-1"].addresses["site-branch"]]
  }
}

machine "spare" {
  for_each       = {}
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.windows["2003"]
  admin_password = secret.administrator
}
