lab "Exchange Lab" { # ERROR: Bad name
  description = "bell \u0007" # ERROR: Text that cannot be carried
  connect     = "not an address" # ERROR: Not an address of a hypervisor
  colour      = "blue" # ERROR: Unknown argument
  clock {
    start = "yesterday" # ERROR: Not a time
    drift = "1s" # ERROR: Unknown argument
  }
  clock { start = "2006-03-01T08:00:00Z" } # ERROR: Duplicate block
  connection {} # ERROR: Unknown block
}
