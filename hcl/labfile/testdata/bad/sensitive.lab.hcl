# VAR parsed=[ hunter2
# VAR typed=["hunter2"]
lab "x" {
  description = "of ${var.customer}" # ERROR: Sensitive value in the open
}
variable "customer" {
  default   = "hunter2"
  sensitive = true
  validation {
    condition     = length(var.customer) > 10 # ERROR: Variable refused by its validation
    error_message = "hunter2 ${var.customer}"
  }
}
variable "parsed" { # ERROR: Wrong type of variable
  type      = list(string)
  sensitive = true
}
variable "typed" { # ERROR: Wrong type of variable
  type      = number
  sensitive = true
}
variable "wrong" {
  sensitive = "perhaps" # ERROR: Wrong type
  default   = "x"
}
variable "sort" {
  type    = strnig # ERROR: Invalid type specification
  default = "x"
}
locals {
  number = parseint(var.customer, 10) # ERROR: Invalid function argument
  half   = { a = var.customer, b = 1 }
}
secret "pw" { generate = true }
media "w" { path = "${local.half.a}.iso" } # ERROR: Sensitive value in the open
network "corp" { subnet = var.customer } # ERROR: Sensitive value in the open
machine "m" { # WARNING: Machine without a network
  os             = "windows-2003"
  memory         = "256MiB"
  cpus           = local.half.b
  owner          = nonsensitive(sensitive("me"))
  computer_name  = var.customer # ERROR: Sensitive value in the open
  install_from   = media.w
  admin_password = var.customer # ERROR: Sensitive value in the open
  disk "system" { size = "2GiB" }
}
stage "windows" {
  step "promote" {
    on     = machine.m
    domain = var.customer # ERROR: Sensitive value in the open
  }
  step "run" {
    on      = machine.m
    command = "${var.customer}\u0007" # ERROR: Text that cannot be carried
  }
}
