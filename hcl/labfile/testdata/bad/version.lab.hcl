# VERSION 0.1.0
lab "x" {
  required_version = ">= 0.2" # ERROR: Another version of Doublehop is needed
  something_new    = true
}
hologram "y" {}
