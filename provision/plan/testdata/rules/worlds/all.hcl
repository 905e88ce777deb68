# Machines and discs for the whole way from Windows 2000 and Exchange 2000 to the newest, so that each case is a few
# stages. What a case does not install is not there.

lab "corpus" {
  clock { start = "2010-03-01T08:00:00Z" }
}

secret "administrator" { generate = true }
secret "key" { env = "KEY" }

network "corp" { subnet = "10.20.0.0/24" }

media "windows-2003-sp1" {
  path    = "windows-2003-sp1.iso"
  product = "windows-2003-sp1"
}

media "windows-2000" {
  path    = "windows-2000.iso"
  product = "windows-2000"
}

media "windows-2000-sp4" {
  path    = "windows-2000-sp4.iso"
  product = "windows-2000-sp4"
}

media "windows-2003" {
  path    = "windows-2003.iso"
  product = "windows-2003"
}

media "windows-2003-sp2" {
  path    = "windows-2003-sp2.iso"
  product = "windows-2003-sp2"
}

media "windows-2008-sp2" {
  path    = "windows-2008-sp2.iso"
  product = "windows-2008-sp2"
}

media "windows-2008r2-sp1" {
  path    = "windows-2008r2-sp1.iso"
  product = "windows-2008r2-sp1"
}

media "windows-2012" {
  path    = "windows-2012.iso"
  product = "windows-2012"
}

media "windows-2012r2" {
  path    = "windows-2012r2.iso"
  product = "windows-2012r2"
}

media "windows-2016" {
  path    = "windows-2016.iso"
  product = "windows-2016"
}

media "windows-2019" {
  path    = "windows-2019.iso"
  product = "windows-2019"
}

media "windows-2022" {
  path    = "windows-2022.iso"
  product = "windows-2022"
}

media "windows-2025" {
  path    = "windows-2025.iso"
  product = "windows-2025"
}

media "exchange-2000" {
  path    = "exchange-2000.iso"
  product = "exchange-2000"
}

media "exchange-2000-sp1" {
  path    = "exchange-2000-sp1.iso"
  product = "exchange-2000-sp1"
}

media "exchange-2000-sp3" {
  path    = "exchange-2000-sp3.iso"
  product = "exchange-2000-sp3"
}

media "exchange-2000-sp3-kb870540" {
  path    = "exchange-2000-sp3-kb870540.iso"
  product = "exchange-2000-sp3-kb870540"
}

media "exchange-2003" {
  path    = "exchange-2003.iso"
  product = "exchange-2003"
}

media "exchange-2003-sp1" {
  path    = "exchange-2003-sp1.iso"
  product = "exchange-2003-sp1"
}

media "exchange-2003-sp2" {
  path    = "exchange-2003-sp2.iso"
  product = "exchange-2003-sp2"
}

media "exchange-2007" {
  path    = "exchange-2007.iso"
  product = "exchange-2007"
}

media "exchange-2007-sp1" {
  path    = "exchange-2007-sp1.iso"
  product = "exchange-2007-sp1"
}

media "exchange-2007-sp3" {
  path    = "exchange-2007-sp3.iso"
  product = "exchange-2007-sp3"
}

media "exchange-2007-sp3-ru10" {
  path    = "exchange-2007-sp3-ru10.iso"
  product = "exchange-2007-sp3-ru10"
}

media "exchange-2010" {
  path    = "exchange-2010.iso"
  product = "exchange-2010"
}

media "exchange-2010-sp3" {
  path    = "exchange-2010-sp3.iso"
  product = "exchange-2010-sp3"
}

media "exchange-2010-sp3-ru8" {
  path    = "exchange-2010-sp3-ru8.iso"
  product = "exchange-2010-sp3-ru8"
}

media "exchange-2010-sp3-ru11" {
  path    = "exchange-2010-sp3-ru11.iso"
  product = "exchange-2010-sp3-ru11"
}

media "exchange-2010-sp3-ru22" {
  path    = "exchange-2010-sp3-ru22.iso"
  product = "exchange-2010-sp3-ru22"
}

media "exchange-2013" {
  path    = "exchange-2013.iso"
  product = "exchange-2013"
}

media "exchange-2013-cu2" {
  path    = "exchange-2013-cu2.iso"
  product = "exchange-2013-cu2"
}

media "exchange-2013-cu10" {
  path    = "exchange-2013-cu10.iso"
  product = "exchange-2013-cu10"
}

media "exchange-2013-cu23" {
  path    = "exchange-2013-cu23.iso"
  product = "exchange-2013-cu23"
}

media "exchange-2016" {
  path    = "exchange-2016.iso"
  product = "exchange-2016"
}

media "exchange-2016-cu11" {
  path    = "exchange-2016-cu11.iso"
  product = "exchange-2016-cu11"
}

media "exchange-2016-cu23" {
  path    = "exchange-2016-cu23.iso"
  product = "exchange-2016-cu23"
}

media "exchange-2019" {
  path    = "exchange-2019.iso"
  product = "exchange-2019"
}

media "exchange-2019-cu14" {
  path    = "exchange-2019-cu14.iso"
  product = "exchange-2019-cu14"
}

media "exchange-2019-cu15" {
  path    = "exchange-2019-cu15.iso"
  product = "exchange-2019-cu15"
}

media "exchange-se" {
  path    = "exchange-se.iso"
  product = "exchange-se"
}

machine "dc01" {
  os             = "windows-2003"
  arch           = "x64"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.10" }
}

machine "dc00" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "512MiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.11"
    dns     = [machine.dc01.address]
  }
}

machine "dc02" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "512MiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.12"
    dns     = [machine.dc01.address]
  }
}

machine "dc08" {
  os             = "windows-2008r2"
  service_pack   = 1
  memory         = "1GiB"
  install_from   = media.windows-2008r2-sp1
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.13"
    dns     = [machine.dc01.address]
  }
}

machine "dc12" {
  os             = "windows-2012r2"
  memory         = "1GiB"
  install_from   = media.windows-2012r2
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.14"
    dns     = [machine.dc01.address]
  }
}

machine "dc16" {
  os             = "windows-2016"
  memory         = "2GiB"
  install_from   = media.windows-2016
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.15"
    dns     = [machine.dc01.address]
  }
}

machine "ex00" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "1GiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.20"
    dns     = [machine.dc00.address]
  }
}

machine "fe00" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "1GiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.21"
    dns     = [machine.dc00.address]
  }
}

machine "ex03" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.22"
    dns     = [machine.dc01.address]
  }
}

machine "fe03" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.23"
    dns     = [machine.dc01.address]
  }
}

machine "ex07" {
  os             = "windows-2008"
  service_pack   = 2
  memory         = "2GiB"
  install_from   = media.windows-2008-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.24"
    dns     = [machine.dc01.address]
  }
}

machine "ex10" {
  os             = "windows-2008r2"
  service_pack   = 1
  memory         = "4GiB"
  install_from   = media.windows-2008r2-sp1
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.25"
    dns     = [machine.dc01.address]
  }
}

machine "ex13" {
  os             = "windows-2012"
  memory         = "8GiB"
  install_from   = media.windows-2012
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.26"
    dns     = [machine.dc01.address]
  }
}

machine "ex16" {
  os             = "windows-2012r2"
  memory         = "8GiB"
  install_from   = media.windows-2012r2
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.27"
    dns     = [machine.dc01.address]
  }
}

machine "ex19" {
  os             = "windows-2019"
  memory         = "8GiB"
  install_from   = media.windows-2019
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.28"
    dns     = [machine.dc01.address]
  }
}

machine "exse" {
  os             = "windows-2022"
  memory         = "8GiB"
  install_from   = media.windows-2022
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.29"
    dns     = [machine.dc01.address]
  }
}

machine "ex64" {
  os             = "windows-2003"
  arch           = "x64"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.30"
    dns     = [machine.dc01.address]
  }
}

machine "w2ksp2" {
  os             = "windows-2000"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2000
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.31"
    dns     = [machine.dc01.address]
  }
}

machine "ex01sp4" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "1GiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.32"
    dns     = [machine.dc01.address]
  }
}

machine "w2k8sp1" {
  os             = "windows-2008"
  service_pack   = 1
  memory         = "4GiB"
  install_from   = media.windows-2008-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.33"
    dns     = [machine.dc01.address]
  }
}

machine "small" {
  os             = "windows-2008r2"
  service_pack   = 1
  memory         = "2GiB"
  install_from   = media.windows-2008r2-sp1
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.34"
    dns     = [machine.dc01.address]
  }
}

machine "dcrtm" {
  os             = "windows-2003"
  arch           = "x64"
  service_pack   = 0
  memory         = "512MiB"
  install_from   = media.windows-2003
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "16GiB" }
  nic "corp" { address = "10.20.0.35" }
}

machine "ex03a" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.36"
    dns     = [machine.dc08.address]
  }
}

machine "ex19x" {
  os             = "windows-2019"
  memory         = "8GiB"
  install_from   = media.windows-2019
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.37"
    dns     = [machine.dc16.address]
  }
}

machine "exsex" {
  os             = "windows-2022"
  memory         = "8GiB"
  install_from   = media.windows-2022
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.38"
    dns     = [machine.dc16.address]
  }
}

machine "dc25" {
  os             = "windows-2025"
  memory         = "2GiB"
  install_from   = media.windows-2025
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.39"
    dns     = [machine.dc16.address]
  }
}

machine "dc19" {
  os             = "windows-2019"
  memory         = "2GiB"
  install_from   = media.windows-2019
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.40"
    dns     = [machine.dc12.address]
  }
}

machine "late" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  clock_skew = "7m"
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.42"
    dns     = [machine.dc01.address]
  }
}

machine "alittle" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  clock_skew = "-4m"
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.43"
    dns     = [machine.dc01.address]
  }
}

machine "m8g" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "8GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.44"
    dns     = [machine.dc01.address]
  }
}

machine "m8ge" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "8GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  edition = "enterprise"
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.45"
    dns     = [machine.dc01.address]
  }
}

machine "c8" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  cpus = 8
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.46"
    dns     = [machine.dc01.address]
  }
}

machine "w2ksmp" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "1GiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.key
  admin_password = secret.administrator
  cpus = 2
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.47"
    dns     = [machine.dc01.address]
  }
}

machine "e6g" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "6GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  edition = "enterprise"
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.48"
    dns     = [machine.dc01.address]
  }
}

machine "e2g" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "2GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.49"
    dns     = [machine.dc01.address]
  }
}

machine "exsales" {
  os             = "windows-2008r2"
  service_pack   = 1
  memory         = "4GiB"
  install_from   = media.windows-2008r2-sp1
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.50"
    dns     = [machine.dc02.address]
  }
}

machine "ex0k" {
  os             = "windows-2000"
  service_pack   = 4
  memory         = "1GiB"
  install_from   = media.windows-2000-sp4
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.51"
    dns     = [machine.dc01.address]
  }
}

machine "exother" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.52"
    dns     = [machine.dcrtm.address]
  }
}

machine "exr" {
  os             = "windows-2008r2"
  service_pack   = 1
  memory         = "4GiB"
  install_from   = media.windows-2008r2-sp1
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.53"
    dns     = [machine.dc12.address]
  }
}

machine "dc16b" {
  os             = "windows-2016"
  memory         = "2GiB"
  install_from   = media.windows-2016
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "40GiB" }
  nic "corp" {
    address = "10.20.0.54"
    dns     = [machine.dc12.address]
  }
}

machine "ex03s" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.55"
    dns     = [machine.dc02.address]
  }
}

machine "ex03b" {
  os             = "windows-2003"
  service_pack   = 2
  memory         = "1GiB"
  install_from   = media.windows-2003-sp2
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp", "nntp", "aspnet"]
  disk "system" { size = "16GiB" }
  nic "corp" {
    address = "10.20.0.56"
    dns     = [machine.dc01.address]
  }
}
