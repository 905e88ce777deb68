# A key in a comment is committed too: BCDFG-HJKMP-QRTVW-XY234-6789B # ERROR: Product key in a file
# Pictures of one are not: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX
lab "x" {
  description = "bcdfg-hjkmp-qrtvw-xy234-6789b" # ERROR: Product key in a file
}
secret "windows_key" { value = "BCDFG-HJKMP-QRTVW-XY234-6789B" } # ERROR: Product key in a file
