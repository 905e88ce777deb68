# An old mail store, and a server to read it with.
#
# The lab builds an Exchange 2003 SP2 server as the lost one was called, and then, on three branches, looks into the
# store, mounts it in the place of the server's own, or mounts it beside for recovery. Put the files of the store
# (PRIV1.EDB and PRIV1.STM, both) into the folder of the variable store. They are copied; yours are never written to.

lab "recovery" {
  description = "Mount an old Exchange 2003 store, whole or for recovery"
  clock { start = "2008-01-01T08:00:00Z" }
}

variable "store" {
  description = "Folder with the files of the old store"
  default     = "./store"
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

# Call the computer, the organization and the administrative group as they were called: the store remembers them.
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
  description = "A server of the release that wrote the store"
  after       = stage.schema
  step "exchange_setup" {
    on           = machine.ex01
    media        = media.exchange
    organization = "Contoso"
  }
  step "exchange_update" {
    on    = machine.ex01
    media = media.exchange-sp2
  }
  step "copy" "store" {
    on   = machine.ex01
    from = var.store
    to   = "C:\\OLD"
  }
}

stage "look" {
  description = "What state is the store in?"
  after       = stage.exchange
  step "eseutil" {
    on      = machine.ex01
    edb     = "C:\\OLD\\PRIV1.EDB"
    actions = ["header"]
    state   = "any"
  }
}

# The last resort: repair loses what cannot be read, and the mended copy needs all three actions.
stage "repair" {
  description = "The copy repaired"
  after       = stage.exchange
  step "eseutil" {
    on      = machine.ex01
    edb     = "C:\\OLD\\PRIV1.EDB"
    actions = ["repair", "defragment"]
  }
}

stage "mount" {
  description = "The old store in the place of the server's own"
  after       = stage.exchange
  step "mount_store" {
    on      = machine.ex01
    edb     = "C:\\OLD\\PRIV1.EDB"
    stm     = "C:\\OLD\\PRIV1.STM"
    product = "exchange-2003"
  }
}

# Dial tone: users work in the server's own store while the old one is read beside it.
stage "beside" {
  description = "The old store in a recovery storage group"
  after       = stage.exchange
  step "create_mailboxes" {
    on    = machine.ex01
    count = 20
  }
  step "mount_store" {
    on       = machine.ex01
    edb      = "C:\\OLD\\PRIV1.EDB"
    stm      = "C:\\OLD\\PRIV1.STM"
    product  = "exchange-2003"
    recovery = true
  }
}
