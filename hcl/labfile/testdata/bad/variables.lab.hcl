# VAR untold=1
# ERROR nowhere: Unknown variable
# VAR count=three
# VAR port=99
# ENV DOUBLEHOP_VAR_nobody=1
lab "x" {}
variable "needed" {} # ERROR: Variable without a value
variable "count" { type = number } # ERROR: Wrong type of variable
variable "wrong" {
  type    = list(string)
  default = "text" # ERROR: Wrong type of variable
}
variable "typo" {
  type    = strnig # ERROR: Invalid type specification
  default = 1
}
variable "circular" { default = var.count } # ERROR: Reference in a constant
variable "again" { default = 1 }
variable "again" { default = 2 } # ERROR: Duplicate name
variable "Upper" { default = 2 } # ERROR: Bad name
variable "described" {
  description = [1] # ERROR: Wrong type
  default     = 1
  nullable    = false # ERROR: Unknown argument
}
variable "port" {
  type = number
  validation {
    condition     = var.port < 50 # ERROR: Variable refused by its validation
    error_message = "The port is below 50."
  }
  validation { condition = true } # ERROR: Missing argument
  validation {
    condition     = "perhaps" # ERROR: Wrong type
    error_message = "x"
  }
  validation {
    condition     = true
    error_message = ["x"] # ERROR: Wrong type
  }
  validation {
    condition     = local.x # ERROR: Reference in a validation
    error_message = "x"
  }
}
