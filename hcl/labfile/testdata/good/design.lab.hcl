# The example of the design, with its check.
lab "exchange-2003" {
  description = "One forest, one Exchange 2003 SP2 organization"
  clock { start = "2006-03-01T08:00:00Z" }
}

variable "discs" {
  description = "Folder with your own disc images"
  default     = "./discs"
}

secret "administrator" { generate = true }
secret "windows_key" { env = "LAB_WINDOWS_2003_KEY" }

media "windows" { path = "${var.discs}/win2003-ent-sp1.iso" }
media "exchange" { path = "${var.discs}/exchange-2003-ent.iso" }

network "corp" { subnet = "10.20.0.0/24" }

machine "dc01" {
  os             = "windows-2003"
  memory         = "512MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.10" }
}

machine "ex01" {
  os             = "windows-2003"
  memory         = "1GiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
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

stage "schema" {
  after = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange
  }
  step "domainprep" {
    on    = machine.dc01
    media = media.exchange
  }
}

stage "exchange" {
  after = stage.schema
  step "exchange_setup" {
    on           = machine.ex01
    media        = media.exchange
    organization = "Contoso"
  }
  check "owa" {
    on      = machine.ex01
    service = ["MSExchangeIS", "MSExchangeSA", "W3SVC"]
  }
}
