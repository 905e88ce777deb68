lab "x" {}
locals {
  square = 1e999 * 1e999 * 1e999 * 1e999 # ERROR: Number too large
  text   = "${1e999 * 1e999 * 1e999 * 1e999}" # ERROR: Number too large
  cubes  = setproduct(range(100), range(100), range(100)) # ERROR: Error in function call
  wide   = format("%100000000s", "x") # ERROR: Error in function call
  deep   = jsondecode(join("", [for i in range(1000) : "["])) # ERROR: Error in function call
  indent = indent(1000000000, "a\nb") # ERROR: Error in function call
}
