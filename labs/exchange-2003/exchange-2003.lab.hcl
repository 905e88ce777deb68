# One forest with one Exchange 2003 SP2 organization, from your own discs.
#
# Put the images into ./discs (or set the variable), the product keys into the
# environment, and run:
#
#     doublehop up -f labs/exchange-2003

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

media "windows" {
  path    = "${var.discs}/windows-2003-sp2.iso"
  product = "windows-2003-sp2"
}
media "exchange" {
  path    = "${var.discs}/exchange-2003.iso"
  product = "exchange-2003"
}
media "exchange-sp2" {
  path    = "${var.discs}/exchange-2003-sp2.iso"
  product = "exchange-2003-sp2"
}

network "corp" { subnet = "10.20.0.0/24" }

machine "dc01" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.10" }
}

machine "ex01" {
  os             = "windows-2003"
  service_pack   = 2
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
  description = "Both machines installed, in a workgroup"
  step "install" { on = [machine.dc01, machine.ex01] }
}

stage "forest" {
  description = "A domain, with the Exchange server to be as its member"
  after       = stage.windows
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
  description = "Active Directory prepared for Exchange; there is no way back but this checkpoint's parent"
  after       = stage.forest
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
}

stage "sp2" {
  description = "Service pack 2, as every migration from here asks for"
  after       = stage.exchange
  step "exchange_update" {
    on    = machine.ex01
    media = media.exchange-sp2
  }
  check "services" {
    on      = machine.ex01
    service = ["MSExchangeIS", "MSExchangeSA", "SMTPSVC", "W3SVC"]
    smtp    = true
    owa     = true
  }
}
