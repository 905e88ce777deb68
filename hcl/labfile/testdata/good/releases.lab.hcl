# What a lab file says of discs and clocks.

lab "releases" {
  clock { mode = "real" }
}

secret "administrator" { generate = true }

media "windows-2008" {
  path    = "windows-2008-x86.iso"
  product = "windows-2008-sp2"
}
media "exchange" {
  path    = "exchange-2010.iso"
  product = "exchange-2010-sp3"
}

network "corp" { subnet = "10.20.0.0/24" }

machine "dc08" {
  os             = "windows-2008"
  arch           = "x86"
  edition        = "enterprise"
  service_pack   = 2
  language       = "de-DE"
  image          = "Windows Longhorn SERVERENTERPRISE"
  clock_skew     = "-7m"
  memory         = "1GiB"
  install_from   = media.windows-2008
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" { address = "10.20.0.10" }
}

stage "windows" {
  step "install" { on = machine.dc08 }
}

stage "later" {
  after = stage.windows
  clock = "2012-07-01T00:00:00Z"
  checkpoint = "warm"
  step "run" {
    on      = machine.dc08
    command = "time /t"
  }
}
