lab "x" {
  description = "one"
  description = "two" # ERROR: Attribute redefined
}
