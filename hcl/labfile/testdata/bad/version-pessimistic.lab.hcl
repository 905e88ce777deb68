# VERSION 1.5.0
lab "x" {
  required_version = "~> 1.4.2" # ERROR: Another version of Doublehop is needed
}
