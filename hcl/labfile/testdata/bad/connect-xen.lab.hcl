lab "x" {
  connect = "xen:///system" # ERROR: Hypervisor that cannot be used
  clock { start = 2006 } # ERROR: Not a time
}
