lab "x" {}
media "none" {} # ERROR: Missing argument
media "null" { path = null } # ERROR: Missing argument
media "remote" { path = "https://example.com/win.iso" } # ERROR: Bad path
media "folder" { path = "./discs/" } # ERROR: Bad path
media "archive" { path = "win2003.zip" } # ERROR: Bad path
media "odd" { path = "win2003.bin" } # WARNING: Odd name of a disc image
media "newline" { path = "a\nb.iso" } # ERROR: Bad path
media "pinned" {
  path   = "a.iso"
  sha256 = "abc" # ERROR: Not a SHA-256
}
media "listed" { path = ["a.iso"] } # ERROR: Wrong type of argument
media "9lives" { path = "a.iso" } # ERROR: Bad name
media "windows" { path = "a.iso" }
media "windows" { path = "b.iso" } # ERROR: Duplicate name
