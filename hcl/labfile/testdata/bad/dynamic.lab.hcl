lab "x" {
  dynamic "clock" { # ERROR: Unknown block
    for_each = []
    content {}
  }
}
variable "hidden" {
  default   = "p"
  sensitive = true
}
secret "pw" { generate = true }
media "w" { path = "w.iso" }
network "corp" { subnet = "10.20.0.0/24" }
machine "m" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  dynamic "disk" {
    for_each = { system = "1GiB", data = "big" }
    labels   = [disk.key]
    content { size = disk.value } # ERROR: Not a size
  }
  dynamic "disc" { # ERROR: Unknown block
    for_each = []
    content {}
  }
  dynamic "nic" { # ERROR: Missing argument # ERROR: Missing block
    lables = [] # ERROR: Unknown argument
  }
  dynamic "nic" {
    for_each = [1, 2]
    labels   = ["corp"] # ERROR: Network attached twice
    content { address = "10.20.0.${nic.value}" }
  }
  dynamic "nic" {
    for_each = [1]
    iterator = each # ERROR: Bad name
    content { address = each.value }
  }
  dynamic "nic" {
    for_each = ["corp"]
    iterator = card
    labels   = [card.value] # ERROR: Network attached twice
    content {
      address = "10.20.${card.key}.${card.count}" # ERROR: Unknown attribute
      adress  = "10.20.0.1" # ERROR: Unknown argument
    }
    content "x" { address = "" } # ERROR: Duplicate block
  }
  dynamic {} # ERROR: Wrong number of labels
  dynamic "nic" {
    for_each = []
    content "x" { address = "10.20.0.9" } # ERROR: Wrong number of labels
  }
}
machine "n" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = secret.pw
  dynamic "disk" {
    for_each = 1 # ERROR: Wrong type of argument
    labels   = ["system"]
    content { size = "2GiB" }
  }
  dynamic "disk" { # ERROR: Wrong number of labels
    for_each = ["2GiB"]
    content { size = disk.value }
  }
  dynamic "disk" {
    for_each = ["2GiB"]
    labels   = "system" # ERROR: Wrong type of argument
    content { size = disk.value }
  }
  dynamic "nic" {
    for_each = { corp = machine.n.address }
    labels   = [nic.key]
    content { address = nic.value } # ERROR: References go in a circle
  }
}
stage "windows" {
  dynamic "step" {
    for_each = ["dc", "Ex", "dc"]
    labels   = ["run", step.value] # ERROR: Bad name # ERROR: Duplicate name
    content {
      on      = machine.m
      command = [step.value] # ERROR: Wrong type of argument
      after   = [step.other] # ERROR: Unknown reference
    }
  }
  dynamic "step" {
    for_each = ["walk"]
    labels   = [step.value] # ERROR: Unknown step
    content { on = machine.m }
  }
  dynamic "check" {
    for_each = [var.hidden] 
    labels   = [check.value] # ERROR: Sensitive value in the open
    content { on = machine.m }
  }
  dynamic "check" {
    for_each = [null]
    labels   = ["a", check.value] # ERROR: Wrong type of argument
    content { on = machine.m }
  }
}
