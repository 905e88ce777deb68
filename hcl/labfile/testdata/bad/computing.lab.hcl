lab "x" {}
locals {
  loops  = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]] # ERROR: Too much to compute
  again  = [for a in range(1000) : [for b in range(1000) : b]]
}
