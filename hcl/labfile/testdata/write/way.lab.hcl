# A lab that a program wrote, with a sentence that is so long that it has to go on in the next line of
# the comment.
#
# Run:
#
#     doublehop up

lab "way" {
  description = "A \"way\" of $${two} machines"
  clock { start = "2006-03-01T08:00:00Z" }
}

variable "discs" {
  description = "Folder with your own disc images"
  default     = "./discs"
}

secret "administrator" { generate = true }
secret "windows_2003_key" { env = "LAB_WINDOWS_2003_KEY" }

media "windows-2003" { path = "${var.discs}/windows-2003.iso" }

media "exchange-2003" { path = "${var.discs}/exchange-2003.iso" }

network "corp" { subnet = "10.20.0.0/24" }

# The first domain controller.
machine "dc01" {
  os             = "windows-2003"
  memory         = "1GiB"
  install_from   = media.windows-2003
  product_key    = secret.windows_2003_key
  admin_password = secret.administrator
  components     = ["dns"]
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.10" }
}

machine "ex03" {
  os             = "windows-2003"
  memory         = "1GiB"
  install_from   = media.windows-2003
  product_key    = secret.windows_2003_key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.20"
    dns     = [machine.dc01.address]
  }
}

stage "windows" {
  step "install" { on = [machine.dc01, machine.ex03] }
}

# No step takes this back.
stage "forest" {
  description = "A domain"
  after       = stage.windows
  # DH-AD-NO-DOMAIN
  step "promote" {
    on     = machine.dc01
    domain = "contoso.test"
  }
  step "run" "one" {
    on          = machine.dc01
    command     = "net share"
    expect_code = 0
    reboot      = true
    limit       = "1m0s"
  }
  step "run" "two" {
    on      = machine.ex03
    command = "net share"
    after   = [step.one]
  }
  step "join" {
    on       = machine.ex03
    domain   = "contoso.test"
    password = secret.administrator
  }
  step "forestprep" {
    on    = machine.dc01
    media = media.exchange-2003
  }
  check "shares" {
    on    = machine.dc01
    share = ["SYSVOL", "NETLOGON"]
  }
}
