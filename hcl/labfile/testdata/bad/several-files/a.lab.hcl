lab "x" {}
network "corp" { subnet = "10.20.0.0/24" }
locals { b = local.a } # ERROR: References go in a circle
variable "port" { type = number }
variable "lab_password" { type = string }
