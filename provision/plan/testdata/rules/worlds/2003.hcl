# Windows 2003 and Exchange 2003, with what a rehearsal of a double hop adds.

lab "corpus" {}

secret "administrator" { generate = true }
secret "key" { generate = true }

media "windows-2000" {
  path    = "windows-2000.iso"
  product = "windows-2000-sp4"
}
media "windows-2003" {
  path    = "windows-2003.iso"
  product = "windows-2003-sp2"
}
media "exchange-2003" {
  path    = "exchange-2003.iso"
  product = "exchange-2003"
}
media "exchange-2003-sp2" {
  path    = "exchange-2003-sp2.iso"
  product = "exchange-2003-sp2"
}

network "corp" { subnet = "10.20.0.0/24" }

machine "dc01" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows-2003
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.10" }
}

machine "ex03" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.20"
    dns     = [machine.dc01.address]
  }
}
