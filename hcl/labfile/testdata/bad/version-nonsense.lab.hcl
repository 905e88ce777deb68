# VERSION 1.5.0
lab "x" {
  required_version = "latest" # ERROR: Not a version
}
