name = "x"         # ERROR: Argument outside a block
lab "x" {}
netwrok "corp" {   # ERROR: Unknown block
  subnet = "10.0.0.0/24"
}
output "x" {}      # ERROR: Unknown block
step "install" {}  # ERROR: Unknown block
machine {}         # ERROR: Wrong number of labels
network "a" "b" {} # ERROR: Wrong number of labels
locals "a" {}      # ERROR: Wrong number of labels
