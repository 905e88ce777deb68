lab "x" {
  connect = "qemu+ext:///system?command=/bin/sh" # ERROR: Hypervisor that cannot be used
  clock { start = "1989-11-09T18:00:00Z" } # ERROR: Time out of range
}
