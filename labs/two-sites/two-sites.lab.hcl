# A forest of two domains with two domain controllers in the first, and Exchange 2003 with a front-end and a back-end
# server, to which clients come by RPC over HTTP.
#
# The second domain stands for the branch: a lab's networks are sealed from one another, so both sites are on one.

lab "two-sites" {
  description = "Two domains, a front-end and a back-end server"
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

# The root of the forest.
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

# A second domain controller of the root.
machine "dc02" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.11"
    dns     = [machine.dc01.address]
  }
}

# The branch: the domain sales.contoso.test.
machine "dc03" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.12"
    dns     = [machine.dc01.address]
  }
}

# Mailboxes and public folders.
machine "be01" {
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

# What clients speak to.
machine "fe01" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.21"
    dns     = [machine.dc01.address]
  }
}

stage "windows" {
  description = "All machines installed, in a workgroup"
  step "install" { on = values(machine) }
}

stage "forest" {
  description = "The root domain on two controllers, and its child"
  after       = stage.windows
  step "promote" "root" {
    on           = machine.dc01
    domain       = "contoso.test"
    netbios      = "CONTOSO"
    forest_level = "2003"
  }
  step "promote" "replica" {
    on     = machine.dc02
    domain = "contoso.test"
    role   = "replica"
    after  = [step.root]
  }
  step "promote" "branch" {
    on      = machine.dc03
    domain  = "sales.contoso.test"
    netbios = "SALES"
    role    = "child"
    parent  = "contoso.test"
    after   = [step.root]
  }
  step "join" "servers" {
    on     = machine.be01
    domain = "contoso.test"
    after  = [step.root]
  }
  step "join" "front" {
    on     = machine.fe01
    domain = "contoso.test"
    after  = [step.root]
  }
}

stage "schema" {
  description = "The forest and both domains prepared for Exchange"
  after       = stage.forest
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange
  }
  step "domainprep" "root" {
    on    = machine.dc01
    media = media.exchange
  }
  step "domainprep" "branch" {
    on    = machine.dc03
    media = media.exchange
    after = [step.forestprep]
  }
}

stage "exchange" {
  description = "The back-end, and the front-end after it"
  after       = stage.schema
  step "exchange_setup" "back" {
    on           = machine.be01
    media        = media.exchange
    organization = "Contoso"
  }
  step "exchange_setup" "front" {
    on           = machine.fe01
    media        = media.exchange
    organization = "Contoso"
    front_end    = true
    after        = [step.back]
  }
}

stage "sp2" {
  description = "Service pack 2, the front-end first"
  after       = stage.exchange
  step "exchange_update" "front" {
    on    = machine.fe01
    media = media.exchange-sp2
  }
  step "exchange_update" "back" {
    on    = machine.be01
    media = media.exchange-sp2
    after = [step.front]
  }
  # RPC over HTTP needs Windows 2003 on the servers and on the global catalogs. It is switched on in System Manager;
  # the step says that it is, so that later stages are held to it.
  step "run" "rpc-over-http" {
    on          = machine.fe01
    command     = "sc query rpcss"
    establishes = ["rpc-over-http"]
    after       = [step.back]
  }
  step "create_mailboxes" {
    on    = machine.be01
    count = 20
    after = [step.rpc-over-http]
  }
  check "mail" {
    on      = machine.be01
    service = ["MSExchangeIS", "MSExchangeSA", "SMTPSVC", "W3SVC"]
    smtp    = true
  }
  check "web" {
    on      = machine.fe01
    service = ["MSExchangeSA", "SMTPSVC", "W3SVC"]
    owa     = true
  }
}
