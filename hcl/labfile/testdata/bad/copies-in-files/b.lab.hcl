locals {
  hosts = { a = 20 }
  far   = machine.client["nobody"].address # ERROR: Unknown reference
}
machine "client-b" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = machine.client["a"].address } # ERROR: Address used twice
}
