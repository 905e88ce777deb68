lab "x" {
  connect = "qemu+ssh://root@host/system?netcat=/tmp/evil" # ERROR: Hypervisor that cannot be used
  clock {} # ERROR: Missing argument
}
