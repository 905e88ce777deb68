lab "x" {}
secret "pw" { generate = true }
media "win" { path = "win.iso" }
network "corp" { subnet = "10.20.0.0/24" }
network "dmz" { subnet = "10.30.0.0/24" }

machine "a-name-of-16-chr" { # ERROR: Bad computer name
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.10" }
}
machine "DC01" { # ERROR: Bad name
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.11" }
}
machine "con" { # ERROR: Bad computer name
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.12" }
}
machine "named" { 
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  computer_name = "MAIL_1" # ERROR: Bad computer name
  nic "corp" { address = "10.20.0.13" }
}
machine "one" { 
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  computer_name = "mail"
  nic "corp" { address = "10.20.0.14" }
}
machine "two" { 
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  computer_name = "MAIL" # ERROR: Computer name used twice
  nic "corp" { address = "10.20.0.15" }
}
machine "mail" { # ERROR: Computer name used twice
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.16" }
}
machine "mail" { # ERROR: Duplicate name
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.17" }
}
