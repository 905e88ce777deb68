lab "x" {}
locals {
  a = 1e100000 # ERROR: Number too large
}
