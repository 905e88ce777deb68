lab "x" {
  clock {
    start = "2006-03-01T08:00:00Z"
    mode  = "real" # ERROR: Two clocks
  }
}
secret "pw" { generate = true }
media "win" {
  path    = "a.iso"
  product = "windows-2003-sp9" # ERROR: Unknown product
}
media "ex" {
  path    = "b.iso"
  product = "exchange-2010-sp33" # ERROR: Unknown product
}
media "number" {
  path    = "c.iso"
  product = ["exchange-2003"] # ERROR: Wrong type of argument
}
network "corp" { subnet = "10.20.0.0/24" }
machine "one" {
  os             = "windows-2016"
  arch           = "x86" # ERROR: No such architecture
  edition        = "standart" # ERROR: Unknown word
  service_pack   = 1 # ERROR: No such service pack
  language       = "english" # ERROR: Not a language
  image          = "100% core" # ERROR: Text that cannot be carried
  clock_skew     = "soon" # ERROR: Not a duration
  memory         = "2GiB"
  components     = ["iis"] # ERROR: Component that the system lacks
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "40GiB" }
  nic "corp" { address = "10.20.0.2" }
}
machine "two" {
  os             = "windows-2000"
  arch           = "x64" # ERROR: No such architecture
  service_pack   = 5 # ERROR: No such service pack
  clock_skew     = "-200000h" # ERROR: Not a duration
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "4GiB" }
  nic "corp" { address = "10.20.0.3" }
}
stage "windows" {
  clock = "noon" # ERROR: Not a time
}
