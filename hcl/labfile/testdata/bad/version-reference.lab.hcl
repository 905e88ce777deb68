lab "x" {
  required_version = var.wanted # ERROR: Not a version
}
