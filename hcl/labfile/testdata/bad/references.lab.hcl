lab "x" {
  description = discs # ERROR: Unknown reference
}
variable "discs" { default = "d" }
locals {
  a = var.disks # ERROR: Unknown reference
  b = locl.a # ERROR: Unknown reference
  c = data.thing.x # ERROR: Unknown reference
  d = var # ERROR: Reference to nothing in particular
  e = var[0] # ERROR: Reference to nothing in particular
  f = machine.dc02.name # ERROR: Unknown reference
  g = network.corp.mask # ERROR: Unknown attribute
  h = step.install # ERROR: Step outside its stage
  i = windows # ERROR: Unknown reference
  j = media.discs # ERROR: Unknown reference
  k = upper(1, 2) # ERROR: Too many function arguments
  l = shout("a") # ERROR: Call to unknown function
  m = timestamp() # ERROR: Call to unknown function
  n = network.corp.name.x # ERROR: Unsupported attribute
  o = windows-2003 # ERROR: Unknown reference
  a = 1 # ERROR: Attribute redefined
}
locals {
  b = 2 # ERROR: Duplicate name
}
network "corp" { subnet = "10.0.0.0/24" }
