lab "x" {
  clock { start = null } # ERROR: Missing argument
}
