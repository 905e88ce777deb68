lab "x" {}
network "corp" {
  subnet = # ERROR: Invalid expression
}
