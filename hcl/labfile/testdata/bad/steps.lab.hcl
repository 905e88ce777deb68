lab "x" {}
secret "pw" { generate = true }
media "win" { path = "win.iso" }
network "corp" { subnet = "10.20.0.0/24" }
machine "dc01" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.10" }
}
machine "ex01" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.win
  admin_password = secret.pw
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.20" }
}
stage "windows" {
  step "instal" { on = machine.dc01 } # ERROR: Unknown step
  step "mailflow" { on = machine.dc01 } # ERROR: Wrong word for a step
  step "install" {} # ERROR: Missing argument
  step "install" { on = null } # ERROR: Missing argument
  step "install" { on = [] } # ERROR: Step on no machine
  step "install" { on = "dc01" } # ERROR: Wrong type of argument
  step "install" { on = [machine.dc01, machine.dc01] } # ERROR: Named twice
  step "install" { on = { a = machine.dc01, b = "x" } } # ERROR: Wrong type of argument
  step "install" { on = [machine.dc01, secret.pw, "ex01"] } # ERROR: Wrong type of argument # ERROR: Wrong type of argument
  step "install" { on = [machine.dc02] } # ERROR: Unknown reference
  step "install" { on = {} } # ERROR: Step on no machine
  step "promote" { # ERROR: Missing argument
    on                 = [machine.dc01, machine.ex01] # ERROR: Step on several machines
    domian             = "contoso.test" # ERROR: Unknown argument
    safe_mode_password = "hunter2" # ERROR: Secret written in a file
    dns {} # ERROR: Argument written as a block
    netbios {} # ERROR: Argument written as a block
  }
  step "promote" "named" {
    on      = machine.dc01
    domain  = "contoso" # ERROR: Wrong value of argument
    netbios = secret.pw # ERROR: Wrong type of argument
    after   = step.run # ERROR: Wrong type of argument
  }
  step "run" {
    on          = machine.ex01
    command     = "bell \u0007" # ERROR: Text that cannot be carried
    script      = "~/x.cmd" # ERROR: Bad path
    expect_code = 1.5 # ERROR: Number out of range
    reboot      = "perhaps" # ERROR: Wrong type of argument
    environment = ["a"] # ERROR: Wrong type of argument
    limit       = "soon" # ERROR: Not a duration
    space       = "much" # ERROR: Not a size
    after       = [step.rnu] # ERROR: Unknown reference
  }
  step "run" "two" {
    on          = machine.ex01
    limit       = 20 # ERROR: Duration without a unit
    environment = { "a\nb" = "1", c = ["d"] } # ERROR: Text that cannot be carried # ERROR: Wrong type of argument
    after       = ["run"] # ERROR: Wrong type of argument
    script      = "https://example.com/x.cmd" # ERROR: Bad path
    command     = 10 + null # ERROR: Operation failed
  }
  step "run" "three" {
    on          = machine.ex01
    limit       = "-5m" # ERROR: Not a duration
    environment = machine.ex01 # ERROR: Wrong type of argument
    after       = [step.three] # ERROR: Step after itself
  }
  step "run" "two" { on = machine.ex01 } # ERROR: Duplicate name
  step "run" "Four!" { on = machine.ex01 } # ERROR: Bad name
  step "run" "five" {
    on      = machine.ex01
    allow   = ["DH-E2003-X64", "x64"] # ERROR: Not a rule # ERROR: Rule silenced without a reason
    after   = [step.two, step.two] # ERROR: Named twice
  }
  step "run" "six" {
    on      = machine.ex01
    because = "I know better" # ERROR: Reason without a rule
  }
  check "run" "seven" { on = machine.ex01 } # ERROR: Wrong word for a step
  check "owa" {
    on      = machine.ex01
    service = "W3SVC" # ERROR: Wrong type of argument
  }
  check "chekc" "eight" { on = machine.ex01 } # ERROR: Unknown step
  step "join" {
    on      = machine.ex01
    domain  = null # ERROR: Missing argument
    through = media.win # ERROR: Wrong type of argument
  }
  step "forestprep" {
    on    = machine.dc01
    media = "win" # ERROR: Wrong type of argument
  }
}
stage "order" {
  after = stage.windows
  step "run" "early" {
    on    = machine.dc01
    after = [step.late] # ERROR: Steps wait for each other
  }
  step "run" "late" { on = machine.dc01 }
  step "run" "this" {
    on    = machine.ex01
    after = [step.that] # ERROR: Steps wait for each other
  }
  step "run" "that" {
    on    = machine.ex01
    after = [step.early]
  }
}
