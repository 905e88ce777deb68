lab "x" {
  description = "the key is ${secret.key}" # ERROR: Secret in an expression
}
secret "key" { env = "KEY" }
secret "nothing" {} # ERROR: Secret without a source
secret "never" { generate = false } # ERROR: Secret without a source
secret "both" { # ERROR: Secret with several sources
  generate = true
  env      = "KEY"
}
secret "written" { value = "hunter2" } # ERROR: Secret written in a file
secret "typo" { enviroment = "KEY" } # ERROR: Unknown argument
secret "spaced" { env = "MY KEY" } # ERROR: Bad name of an environment variable
secret "empty" { command = [] } # ERROR: Command without a program
secret "shell" { command = "pass show lab" } # ERROR: Wrong type of argument
secret "path" { file = "C:\\keys\\key.txt" } # ERROR: Bad path
secret "home" { file = "~/key" } # ERROR: Bad path
secret "blank" { file = "" } # ERROR: Bad path
secret "yes" { generate = "perhaps" } # ERROR: Wrong type of argument
locals {
  copied        = secret.key
  shown         = "<${local.copied}>" # ERROR: Secret in an expression
  upper         = upper(secret.key) # ERROR: Secret in an expression
  encoded       = jsonencode(secret.key) # ERROR: Secret in an expression
  twice         = jsonencode({ a = local.copied }) # ERROR: Secret in an expression
  sum           = secret.key + 1 # ERROR: Secret in an expression
  the_password  = "hunter2" # ERROR: Secret written in a file
  empty_password = ""
}
variable "admin_password" { default = "hunter2" } # ERROR: Secret written in a file
