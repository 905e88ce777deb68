# The demo: two machines on a sealed network, from a blank disk to a domain
# controller and an Exchange server, on stand-in discs that behave like
# Microsoft's and hold nothing of theirs. See e2e/standin.

lab "demo" {
  description = "A domain controller and an Exchange server, on stand-in discs"
  clock { start = "2006-03-01T08:00:00Z" }
}

variable "discs" {
  description = "Folder with the disc images"
  default     = "./discs"
}

secret "administrator" { generate = true }

# The stand-in's own key: no Windows takes it. For a lab of yours, see
# labs/exchange-2003.
secret "windows_key" { file = "standin.key" }

media "windows" { path = "${var.discs}/win2003-standin.iso" }
media "exchange" { path = "${var.discs}/exchange2003-standin.iso" }

network "corp" { subnet = "10.20.0.0/24" }

machine "dc01" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.10" }
}

machine "ex01" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "2GiB" }
  nic "corp" {
    address = "10.20.0.20"
    dns     = [machine.dc01.address]
  }
}

stage "windows" {
  step "install" { on = [machine.dc01, machine.ex01] }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on      = machine.dc01
    domain  = "contoso.test"
    netbios = "CONTOSO"
  }
  step "join" {
    on     = machine.ex01
    domain = "contoso.test"
  }
}

stage "exchange" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange
  }
  step "exchange_setup" {
    on           = machine.ex01
    media        = media.exchange
    organization = "Contoso"
  }
}
