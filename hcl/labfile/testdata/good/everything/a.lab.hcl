# Every argument of every block, and references in every direction.
lab "everything" {
  description      = <<-EOT
    Two lines
    of text
  EOT
  connect          = "qemu+ssh://root@lab-host/system?keyfile=/root/.ssh/lab"
  required_version = ">= 0.1, < 99.0"
  clock { start = "2003-10-28T09:30:00+02:00" }
}

variable "suffix" {
  type        = string
  description = "Ends the organization's name"
  default     = "Ltd."
  validation {
    condition     = length(var.suffix) > 0 && var.count > 0
    error_message = "The suffix is not empty."
  }
}
variable "count" { type = number }
variable "sizes" {
  type    = object({ system = string, data = optional(string, "1GiB") })
  default = { system = "20GiB" }
}

locals {
  organization = "Contoso ${var.suffix}"
  first        = cidrhost(network.corp.subnet, 10)
  key          = secret.windows
  servers      = [machine.dc01, machine.dc02]
}

secret "windows" { env = "KEY" }
secret "admin" { generate = true }
secret "from_file" { file = "key.txt" }
secret "from_command" { command = ["pass", "show", "lab", "lab"] }

network "corp" { subnet = "10.20.0.0/24" }
network "dmz" { subnet = cidrsubnet("192.168.0.0/16", 8, 3) }

media "windows" {
  path   = "/discs/${file("files/name.txt")}.iso"
  sha256 = upper(sha256("a disc"))
}
