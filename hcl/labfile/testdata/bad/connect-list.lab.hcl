lab "x" {
  connect = ["qemu:///system"] # ERROR: Wrong type of argument
  clock "now" { start = null } # ERROR: Wrong number of labels # ERROR: Missing argument
}
