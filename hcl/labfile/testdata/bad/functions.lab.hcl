lab "x" {}
locals {
  a = file("/etc/passwd") # ERROR: Error in function call
  b = file("../secrets.lab.hcl") # ERROR: Error in function call
  c = file("absent.txt") # ERROR: Error in function call
  d = cidrhost("10.0.0.0/24", 300) # ERROR: Error in function call
  e = cidrhost("here", 3) # ERROR: Error in function call
  f = cidrnetmask("here") # ERROR: Error in function call
  g = cidrsubnet("10.0.0.0/24", 9, 0) # ERROR: Error in function call
  h = cidrsubnet("10.0.0.0/24", 2, 4) # ERROR: Error in function call
  i = base64decode("?") # ERROR: Error in function call
  j = templatefile("absent.txt", {}) # ERROR: Error in function call
  k = fileexists("../x") # ERROR: Error in function call
  l = filebase64("C:\\x") # ERROR: Error in function call
  m = cidrhost("10.0.0.0/24", 1.5) # ERROR: Error in function call
  n = cidrhost("fd00::/64", 1) # ERROR: Error in function call
}
