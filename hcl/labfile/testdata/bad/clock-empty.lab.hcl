lab "x" {
  clock {} # ERROR: Missing argument
}
