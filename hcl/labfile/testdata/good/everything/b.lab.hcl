machine "dc01" {
  os             = "windows-2003"
  computer_name  = "main-dc"
  memory         = "512MiB"
  cpus           = 2
  install_from   = media.windows
  product_key    = local.key
  admin_password = var.count > 1 ? secret.admin : secret.from_file
  components     = ["dns"]
  time_zone      = 35
  licenses       = 0
  owner          = "A. Trainee"
  organization   = local.organization
  disk "system" { size = var.sizes.system }
  disk "data" { size = var.sizes.data }
  nic "corp" {
    address = local.first
    gateway = machine.router.addresses["corp"]
    dns     = [machine.dc02.address, local.first]
  }
}

# Two controllers that name each other: no circle, since an address needs no DNS.
machine "dc02" {
  os             = "windows-2003"
  memory         = "512MiB"
  install_from   = media.windows
  product_key    = local.key
  admin_password = secret.from_command
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.11"
    dns     = [machine.dc01.address, "10.20.0.11"]
  }
}

machine "router" {
  os             = "windows-2000"
  memory         = "256MiB"
  install_from   = media.windows
  admin_password = secret.admin
  disk "system" { size = "8GiB" }
  nic "corp" { address = "10.20.0.1" }
  nic "dmz" { address = cidrhost(network.dmz.subnet, -2) }
}

stage "recovery" {
  description = "The second branch, written before its parent"
  after       = stage.windows
  step "run" {
    on          = machine.dc01
    script      = "files/hello.tpl"
    environment = { TO = machine.dc02.computer_name, NET = network.dmz.name }
    expect_code = -1
    space       = "1.5GiB"
    limit       = "90s"
    reboot      = true
    allow       = ["DH-AD-REVERT"]
    because     = "The point of the rehearsal"
  }
}

stage "windows" {
  step "install" { on = values(machine) }
  step "run" {
    on      = local.servers
    command = templatefile("files/hello.tpl", { greeting = "Hello", name = machine.dc01.name })
    after   = [step.install]
  }
  step "run" { on = machine.router }
  step "run" "last" {
    on    = machine.router
    after = [step.run, step.run-2]
  }
}

stage "forest" {
  after = stage.windows
  step "promote" {
    on                 = machine.dc01
    domain             = "contoso.test"
    safe_mode_password = secret.admin
  }
  step "join" {
    on      = machine.dc02
    domain  = "contoso.test"
    through = machine.dc01
  }
  check "mailflow" { on = machine.dc02 }
  check "mailflow" "again" { on = machine.dc02 }
}
